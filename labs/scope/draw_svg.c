/*
 * The ladder as a picture: one SVG that needs nothing else.
 *
 *      time   client          firewall          server   notes
 *        |  TIME_X  AT_CLIENT                             at the right of the last lifeline
 *
 * Letters are as wide as in a monospaced font of 12 pixels, so that what fits is known.
 */
#include <string.h>

#include "labs/scope/draw.h"
#include "labs/scope/draw_xml.h"

#define LETTER 7.3 /* pixels */
#define ROW 34u
#define LINE 15u
#define TOP 64u
#define AT_CLIENT 128u
#define HALF 300u
#define WHOLE 420u /* between two lifelines */
#define NOTES 430u
#define LIST_GAP 40u

struct picture {
	const struct drawing *d;
	const struct ladder *l;
	unsigned at[3];
	unsigned note;
	unsigned width, height;
};

static size_t letters(unsigned pixels)
{
	return (size_t)(pixels / LETTER);
}

/* How much of the text fits on the next line: up to a space, if there is one. */
static size_t line_len(const char *text, size_t most)
{
	size_t len = strlen(text), n;

	if (len <= most)
		return len;
	n = most;
	while (n > 0 && text[n] != ' ')
		n--;
	return n > 0 ? n : most;
}

static unsigned lines(const char *text, size_t most)
{
	unsigned n = 0;

	while (*text != '\0') {
		text += line_len(text, most);
		text += strspn(text, " ");
		n++;
	}
	return n;
}

static unsigned row_height(const struct row *row)
{
	const unsigned n = lines(row->note, letters(NOTES));

	return ROW + (n > 2 ? (n - 2) * LINE : 0);
}

static struct picture measure(const struct drawing *d, const struct ladder *l)
{
	struct picture p = {.d = d, .l = l, .height = TOP + LINE};

	p.at[END_CLIENT] = AT_CLIENT;
	p.at[END_FIREWALL] = AT_CLIENT + HALF;
	p.at[END_SERVER] = AT_CLIENT + (l->of->three ? 2 * HALF : WHOLE);
	p.note = p.at[END_SERVER] + 24;
	p.width = p.note + NOTES + 16;
	for (size_t i = 0; i < l->n_rows; i++)
		p.height += row_height(&l->rows[i]);
	return p;
}

static void text_at(const struct picture *p, unsigned x, unsigned y, const char *attributes, const char *text)
{
	fprintf(p->d->out, "<text x=\"%u\" y=\"%u\"%s>", x, y, attributes);
	draw_xml(p->d->out, text);
	fputs("</text>", p->d->out);
}

/* Cut to what fits. */
static void short_text(const struct picture *p, unsigned x, unsigned y, unsigned room, const char *attributes,
                       const char *text)
{
	char cut[LADDER_LABEL_LEN];
	size_t most = letters(room);

	if (most >= sizeof(cut))
		most = sizeof(cut) - 1;
	snprintf(cut, sizeof(cut), "%s", text);
	if (strlen(text) > most && most > 2) {
		size_t at = most - 2;

		while (at > 0 && ((unsigned char)cut[at] & 0xc0) == 0x80) /* not within a character */
			at--;
		memcpy(cut + at, "..", 3);
	}
	text_at(p, x, y, attributes, cut);
}

static void notes(const struct picture *p, unsigned y, const char *note)
{
	const size_t most = letters(NOTES);
	char line[LADDER_NOTE_LEN];
	const unsigned n = lines(note, most);

	y = n > 1 ? y - LINE / 2 + 4 : y + 4;
	while (*note != '\0') {
		const size_t len = line_len(note, most);

		snprintf(line, sizeof(line), "%.*s", (int)len, note);
		text_at(p, p->note, y, " class=\"note\"", line);
		note += len;
		note += strspn(note, " ");
		y += LINE;
	}
}

static void head(const struct picture *p, unsigned x, unsigned y, bool right)
{
	const int back = right ? -9 : 9;

	fprintf(p->d->out, "<path class=\"head\" d=\"M%u %ul%d -4.5v9z\"/>", x, y, back);
}

static void arrow(const struct picture *p, const struct row *row, unsigned y)
{
	const bool right = row->from < row->to;
	const unsigned from = p->at[row->from], to = p->at[row->to], left = right ? from : to;
	const unsigned tip = row->lost ? (right ? to - 7 : to + 7) : to;
	/* The label stands over the half that the arrow begins in, clear of the middle lifeline. */
	unsigned room = right ? to - from : from - to, begin = left;

	if (p->l->of->three && room > HALF) {
		room = HALF;
		begin = right ? left : left + HALF;
	}
	fprintf(p->d->out, "<path class=\"arrow\" d=\"M%u %uH%u\"/>", from, y, right ? tip - 4 : tip + 4);
	head(p, tip, y, right);
	short_text(p, begin + room / 2, y - 6, room - 24, " class=\"label\" text-anchor=\"middle\"", row->label);
	if (!row->lost)
		return;
	fprintf(p->d->out, "<path class=\"cross\" d=\"M%u %ul14 14m0 -14l-14 14\"/>", to - 7, y - 7);
	short_text(p, right ? to + 16 : to - 16, y + 4, HALF - 32, right ? "" : " text-anchor=\"end\"", row->cross);
}

static void draw_row(const struct picture *p, const struct row *row, unsigned y)
{
	static const char *const classes[] = {"plain", "good", "bad", "data"};
	static const char *const ends[] = {"client", "firewall", "server"};
	char text[64];

	fprintf(p->d->out, "<g class=\"%s\"><title>", classes[row->tone]);
	draw_xml(p->d->out, row->label);
	if (row->kind == ROW_ARROW)
		fprintf(p->d->out, ", from %s to %s%s%s", ends[row->from], ends[row->to], row->lost ? ", lost there" : "",
		        row->note[0] != '\0' ? ": " : "");
	draw_xml(p->d->out, row->note);
	fputs("</title>", p->d->out);
	snprintf(text, sizeof(text), "%.6f", (double)row->time / 1e9);
	text_at(p, AT_CLIENT - 24, y + 4, " class=\"time\" text-anchor=\"end\"", text);
	if (row->kind == ROW_MORE)
		short_text(p, (p->at[END_CLIENT] + p->at[p->l->of->three ? END_FIREWALL : END_SERVER]) / 2, y + 4,
		           HALF - 24, " class=\"more\" text-anchor=\"middle\"", row->label);
	else
		arrow(p, row, y);
	notes(p, y, row->note);
	fputs("</g>\n", p->d->out);
}

static void draw_head(const struct picture *p, unsigned x, unsigned y)
{
	const struct ladder *l = p->l;
	FILE *out = p->d->out;

	fprintf(out,
	        "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" aria-labelledby=\"t%u d%u\" x=\"%u\" y=\"%u\" "
	        "width=\"%u\" height=\"%u\" viewBox=\"0 0 %u %u\">\n<title id=\"t%u\">",
	        l->number, l->number, x, y, p->width, p->height, p->width, p->height, l->number);
	draw_xml(out, l->title[END_CLIENT]);
	fputs(ladder_asks_mapper(l) ? " asks the mapper at " : " goes to the service at ", out);
	draw_xml(out, l->title[END_SERVER]);
	fprintf(out, "</title>\n<desc id=\"d%u\">", l->number);
	draw_xml(out, l->verdict);
	fputc(' ', out);
	draw_xml(out, l->rule);
	fputc(' ', out);
	draw_xml(out, l->hint);
	fputs("</desc>\n", out);
}

static void draw_lifelines(const struct picture *p)
{
	/* Long names have two lines: the name above the address. */
	for (int i = 0; i < 3; i++) {
		const char *title = p->l->title[i], *space = strrchr(title, ' ');
		char name[sizeof(p->l->title[0])];

		if (i == END_FIREWALL && !p->l->of->three)
			continue;
		snprintf(name, sizeof(name), "%.*s", space != NULL ? (int)(space - title) : 0, title);
		short_text(p, p->at[i], 24, HALF - 20, " class=\"name\" text-anchor=\"middle\"", name);
		short_text(p, p->at[i], 40, HALF - 20, space != NULL ? " text-anchor=\"middle\"" : " class=\"name\" text-anchor=\"middle\"",
		           space != NULL ? space + 1 : title);
		fprintf(p->d->out, "<path class=\"life\" d=\"M%u 48V%u\"/>\n", p->at[i], p->height - 8);
	}
}

static void draw_at(const struct drawing *d, const struct ladder *l, unsigned x, unsigned y)
{
	const struct picture p = measure(d, l);
	unsigned row_y = TOP + ROW / 2;

	draw_head(&p, x, y);
	fprintf(d->out, "<rect class=\"paper\" width=\"%u\" height=\"%u\"/>\n", p.width, p.height);
	draw_lifelines(&p);
	for (size_t i = 0; i < l->n_rows; i++) {
		draw_row(&p, &l->rows[i], row_y);
		row_y += row_height(&l->rows[i]);
	}
	fputs("</svg>\n", d->out);
}

void draw_svg_ladder(const struct drawing *d, const struct ladder *l)
{
	draw_at(d, l, 0, 0);
}

/* Room below a ladder for its verdict, and for the rule. */
static unsigned gap(const struct ladder *l)
{
	return LIST_GAP + (l->rule[0] != '\0' ? LINE : 0);
}

static void draw_verdict(const struct drawing *d, const struct ladder *l, unsigned y)
{
	fprintf(d->out, "<g class=\"%s\"><text class=\"name\" x=\"%u\" y=\"%u\">",
	        l->result.outcome.step == STEP_DONE ? "good" : "bad", AT_CLIENT - 100, y);
	draw_xml(d->out, l->verdict);
	fputs("</text></g>\n", d->out);
	if (l->rule[0] == '\0')
		return;
	fprintf(d->out, "<text x=\"%u\" y=\"%u\">Decided by ", AT_CLIENT - 100, y + LINE);
	draw_xml(d->out, l->rule);
	fputs("</text>\n", d->out);
}

void draw_svg(const struct drawing *d, const struct ladder *list, size_t n)
{
	unsigned width = 0, height = LIST_GAP, y = 0;

	for (size_t i = 0; i < n; i++) {
		const struct picture p = measure(d, &list[i]);

		width = p.width > width ? p.width : width;
		height += p.height + gap(&list[i]);
	}
	fprintf(d->out,
	        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%u\" height=\"%u\" viewBox=\"0 0 %u %u\">\n"
	        "<title>Conversations with an endpoint mapper: ",
	        width, height, width, height);
	draw_xml(d->out, d->sources);
	fprintf(d->out, "</title>\n<style>\n%s</style>\n<rect class=\"paper\" width=\"%u\" height=\"%u\"/>\n",
	        draw_xml_style, width, height);
	for (size_t i = 0; i < n; i++) {
		const struct picture p = measure(d, &list[i]);

		draw_at(d, &list[i], 0, y);
		draw_verdict(d, &list[i], y + p.height + 14);
		y += p.height + gap(&list[i]);
	}
	fputs("</svg>\n", d->out);
}
