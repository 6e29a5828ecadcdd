/* The ladder in a terminal. */
#include <stdlib.h>
#include <string.h>

#include "client/text.h"
#include "labs/scope/draw.h"

#define MARGIN 3u     /* before the first lifeline */
#define TIMES 12u     /* columns that --times takes */
#define LEAST_HALF 22u
#define LEAST_NOTE 26u
#define MOST_WIDTH 1000u

/* Where the lifelines stand. */
struct layout {
	unsigned at[3]; /* by enum end */
	unsigned note;  /* where notes begin */
	unsigned width;
};

/* A line that is being drawn; always ended. */
struct canvas {
	char text[MOST_WIDTH + 1];
	unsigned width;
};

static void clear(struct canvas *c, unsigned width)
{
	c->width = width < MOST_WIDTH ? width : MOST_WIDTH;
	memset(c->text, ' ', c->width);
	c->text[c->width] = '\0';
}

static void put(struct canvas *c, unsigned at, const char *text, size_t len)
{
	for (size_t i = 0; i < len && at + i < c->width; i++)
		c->text[at + i] = text[i];
}

static void put_text(struct canvas *c, unsigned at, const char *text, unsigned most)
{
	size_t len = strlen(text);

	if (len <= most) {
		put(c, at, text, len);
		return;
	}
	put(c, at, text, most > 2 ? most - 2 : 0);
	put(c, at + (most > 2 ? most - 2 : 0), "..", 2);
}

static void trim(struct canvas *c)
{
	size_t len = strlen(c->text);

	while (len > 0 && c->text[len - 1] == ' ')
		len--;
	c->text[len] = '\0';
}

/* ---- layout ------------------------------------------------------------------------------ */

static unsigned need(size_t len)
{
	return (unsigned)len + 10;
}

static unsigned largest(unsigned a, unsigned b)
{
	return a > b ? a : b;
}

static struct layout lay_out(const struct drawing *d, const struct ladder *l)
{
	unsigned first = LEAST_HALF, second = LEAST_HALF, left = MARGIN + (d->times ? TIMES : 0), room;
	struct layout y = {.width = d->width < MOST_WIDTH ? d->width : MOST_WIDTH};

	for (size_t i = 0; i < l->n_rows; i++) {
		const struct row *row = &l->rows[i];
		const bool right = row->from != END_CLIENT && row->to != END_CLIENT && row->kind == ROW_ARROW;
		unsigned cross = (unsigned)strlen(row->cross) + 4;

		first = largest(first, right ? cross : need(strlen(row->label)));
		second = largest(second, right ? need(strlen(row->label)) : cross);
	}
	/* Notes need room, too; then labels are cut. */
	room = y.width > left + LEAST_NOTE + 4 ? y.width - left - LEAST_NOTE - 4 : 0;
	if (!l->of->three)
		second = 0;
	if (second > LEAST_HALF && first + second > room)
		second = largest(LEAST_HALF, room > first ? room - first : 0);
	if (first + second > room)
		first = largest(LEAST_HALF, room > second ? room - second : 0);
	y.at[END_CLIENT] = left;
	y.at[END_FIREWALL] = left + first;
	y.at[END_SERVER] = left + first + second;
	y.note = y.at[END_SERVER] + 4;
	if (y.note + LEAST_NOTE > y.width)
		y.width = y.note + LEAST_NOTE;
	return y;
}

/* ---- rows -------------------------------------------------------------------------------- */

static void lifelines(const struct layout *y, const struct ladder *l, struct canvas *c)
{
	clear(c, y->width);
	for (int i = 0; i < 3; i++)
		if (i != END_FIREWALL || l->of->three)
			c->text[y->at[i]] = '|';
}

/* With a space on either side. */
static void put_label(struct canvas *c, unsigned at, const char *label, unsigned most)
{
	const size_t len = strlen(label);

	put(c, at, " ", 1);
	put_text(c, at + 1, label, most);
	put(c, at + 1 + (len < most ? (unsigned)len : most), " ", 1);
}

static void arrow(const struct layout *y, const struct ladder *l, const struct row *row, struct canvas *c)
{
	const bool right = row->from < row->to;
	const unsigned from = y->at[right ? row->from : row->to], to = y->at[right ? row->to : row->from];
	/* The label keeps out of the middle lifeline's way. */
	const unsigned end = l->of->three && from < y->at[END_FIREWALL] ? y->at[END_FIREWALL] : to;
	const bool crossed = l->of->three && from < y->at[END_FIREWALL] && to > y->at[END_FIREWALL];
	memset(c->text + from + 1, '-', to - from - 1);
	if (crossed)
		c->text[y->at[END_FIREWALL]] = '|';
	c->text[right ? to - 1 : from + 1] = right ? '>' : '<';
	put_label(c, from + 4, row->label, end - from - 8);
	if (!row->lost)
		return;
	c->text[y->at[END_FIREWALL]] = 'X';
	if (right)
		put_text(c, y->at[END_FIREWALL] + 2, row->cross, y->at[END_SERVER] - y->at[END_FIREWALL] - 3);
	else if (row->cross[0] != '\0')
		put_text(c, y->at[END_FIREWALL] - 1 - (unsigned)strlen(row->cross), row->cross,
		         (unsigned)strlen(row->cross));
}

/* As many words as fit; returns what is left over. */
static const char *put_words(struct canvas *c, unsigned at, unsigned room, const char *words)
{
	size_t len = strlen(words), n = len;

	if (len > room) {
		n = room;
		while (n > 0 && words[n] != ' ')
			n--;
		if (n == 0)
			n = room;
	}
	put(c, at, words, n);
	words += n;
	return words + strspn(words, " ");
}

static void print(const struct drawing *d, struct canvas *c, enum text_color color)
{
	trim(c);
	fprintf(d->out, "%s%s%s\n", text_color(d->color && color != TEXT_PLAIN, color), c->text,
	        text_color(d->color && color != TEXT_PLAIN, TEXT_PLAIN));
}

static enum text_color color_of(const struct row *row)
{
	switch (row->tone) {
	case TONE_GOOD:
		return TEXT_GOOD;
	case TONE_BAD:
		return TEXT_BAD;
	case TONE_DATA:
		return TEXT_DIM;
	default:
		return TEXT_PLAIN;
	}
}

static void draw_row(const struct drawing *d, const struct ladder *l, const struct layout *y, const struct row *row)
{
	const char *note = row->note;
	struct canvas c;
	char text[LADDER_LABEL_LEN + 8];

	lifelines(y, l, &c);
	if (d->times) {
		snprintf(text, sizeof(text), "%11.6f", (double)row->time / 1e9);
		put(&c, 0, text, strlen(text));
	}
	if (row->kind == ROW_MORE) {
		snprintf(text, sizeof(text), "... %s", row->label);
		put_text(&c, y->at[END_CLIENT] + 5, text, y->at[END_SERVER] - y->at[END_CLIENT] - 6);
	} else {
		arrow(y, l, row, &c);
	}
	note = put_words(&c, y->note, y->width - y->note, note);
	print(d, &c, color_of(row));
	while (note[0] != '\0') {
		lifelines(y, l, &c);
		note = put_words(&c, y->note, y->width - y->note, note);
		print(d, &c, color_of(row));
	}
}

static unsigned centred(unsigned at, size_t len)
{
	return at > len / 2 ? at - (unsigned)(len / 2) : 0;
}

static void draw_titles(const struct drawing *d, const struct ladder *l, const struct layout *y)
{
	struct canvas c;
	unsigned at = y->at[END_CLIENT] > 2 ? y->at[END_CLIENT] - 2 : 0, next;

	clear(&c, y->width);
	for (int i = 0; i < 3; i++) {
		const char *title = l->title[i];

		if (i == END_FIREWALL && !l->of->three)
			continue;
		next = i == END_CLIENT ? at : largest(at, centred(y->at[i], strlen(title)));
		put(&c, next, title, strlen(title));
		at = next + (unsigned)strlen(title) + 2;
	}
	print(d, &c, TEXT_BOLD);
}

void draw_text_ladder(const struct drawing *d, const struct ladder *l)
{
	const struct layout y = lay_out(d, l);
	const bool good = l->result.outcome.step == STEP_DONE;
	const enum text_color color = good ? TEXT_GOOD : TEXT_BAD;

	if (d->n_conversations > 1)
		fprintf(d->out, "%sConversation %u of %zu%s\n\n", text_color(d->color, TEXT_BOLD), l->number,
		        d->n_conversations, text_color(d->color, TEXT_PLAIN));
	draw_titles(d, l, &y);
	for (size_t i = 0; i < l->n_rows; i++)
		draw_row(d, l, &y, &l->rows[i]);
	fprintf(d->out, "\n%s%s%s\n", text_color(d->color, color), l->verdict, text_color(d->color, TEXT_PLAIN));
	if (l->rule[0] != '\0')
		fprintf(d->out, "Decided by %s\n", l->rule);
	if (l->hint[0] != '\0')
		text_wrap(d->out, 4, y.width < 90 ? y.width : 90, l->hint);
	fputc('\n', d->out);
}

void draw_text_end(const struct drawing *d)
{
	if (d->gaps->n == 0)
		return;
	fprintf(d->out, "Not understood:\n");
	for (size_t i = 0; i < d->gaps->n; i++)
		fprintf(d->out, "%8lu  %s\n", d->gaps->list[i].count, d->gaps->list[i].text);
}
