#include "labs/scope/ladder.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "labs/scope/list.h"
#include "rpc/status.h"

/* Of a long exchange of data, so many rows at its beginning and at its end are drawn. */
#define HEAD 6u
#define TAIL 3u
/* A packet that is sent again is looked for among so many rows. */
#define NEAR 32u

/* While rows are made. */
struct making {
	struct ladder *l;
	size_t run; /* row where the present exchange of data began */
	bool running;
	uint32_t left_out;
};

__attribute__((format(printf, 2, 3))) static void add_note(struct row *row, const char *format, ...)
{
	size_t len = strlen(row->note);
	va_list args;

	if (len > 0)
		len += (size_t)snprintf(row->note + len, sizeof(row->note) - len, "; ");
	if (len >= sizeof(row->note))
		return;
	va_start(args, format);
	vsnprintf(row->note + len, sizeof(row->note) - len, format, args);
	va_end(args);
}

static const struct passage *passage_of(const struct ladder *l, uint32_t i)
{
	return &l->join->passages[i];
}

/* ---- which rows -------------------------------------------------------------------------- */

/* The packet itself, or the one that it repeats. */
static const struct packet *origin(const struct ladder *l, const struct passage *p)
{
	return view_origin(p->before != NULL ? l->join->a : l->join->b, join_packet(p));
}

static bool is_bare_ack(const struct packet *p)
{
	return !p->icmp && p->length == 0 && (p->flags & (FRAME_SYN | FRAME_FIN | FRAME_RST)) == 0;
}

static bool is_syn(const struct packet *p)
{
	return !p->icmp && (p->flags & (FRAME_SYN | FRAME_ACK)) == FRAME_SYN;
}

/* *data: it is part of an exchange of data. */
static enum tone tone_of(const struct ladder *l, const struct passage *p, uint32_t i, bool *data)
{
	const struct packet *packet = join_packet(p);
	enum tone tone = TONE_DATA;
	size_t n;
	const struct heard *heard = join_heard(l->join, p, &n);

	*data = false;
	if (p->lost || packet->icmp || (packet->flags & FRAME_RST) != 0)
		return TONE_BAD;
	if (i == l->result.mapped_by || i == l->result.bound_by)
		return TONE_GOOD;
	for (size_t k = 0; k < n; k++) {
		if (heard[k].kind == EVENT_FAULT || heard[k].kind == EVENT_REJECTED ||
		    (heard[k].kind == EVENT_ANSWER && heard[k].value != STATUS_OK))
			return TONE_BAD;
		if (heard[k].kind == EVENT_BIND || heard[k].kind == EVENT_ACCEPTED)
			return TONE_PLAIN;
		if (heard[k].kind == EVENT_QUESTION || heard[k].kind == EVENT_ANSWER)
			tone = TONE_PLAIN;
	}
	if ((packet->flags & (FRAME_SYN | FRAME_FIN)) != 0)
		return TONE_PLAIN;
	*data = true;
	return tone;
}

/* The row of the packet that this one repeats with the same fate. *other: one with another
 * fate is there. */
static struct row *find_repeated(const struct ladder *l, const struct passage *p, bool *other)
{
	const struct packet *wanted = origin(l, p);

	*other = false;
	for (size_t i = l->n_rows; i > 0 && l->n_rows - i < NEAR; i--) {
		struct row *row = &l->rows[i - 1];

		if (row->kind != ROW_ARROW || origin(l, passage_of(l, row->first)) != wanted)
			continue;
		if (row->from == p->from && row->to == p->to && row->lost == p->lost)
			return row;
		*other = true;
	}
	return NULL;
}

/* A row that makes an exchange of data too long goes into its middle. */
static void shorten_run(struct making *m)
{
	struct ladder *l = m->l;
	struct row *more = &l->rows[m->run + HEAD], *next = more + 1;

	if (l->n_rows - m->run <= HEAD + 1 + TAIL)
		return;
	if (more->kind == ROW_ARROW) {
		*more = (struct row){.kind = ROW_MORE, .tone = TONE_DATA, .first = more->first, .last = more->last,
		                     .count = more->count, .time = more->time};
	}
	more->last = next->last;
	more->count += next->count;
	snprintf(more->label, sizeof(more->label), "%u more data packets", more->count);
	memmove(next, next + 1, (l->n_rows - m->run - HEAD - 2) * sizeof(*next));
	l->n_rows--;
}

/* The conversation has too many rows: the last one counts the rest. */
static void leave_out(struct making *m, uint32_t i)
{
	struct row *last = &m->l->rows[m->l->n_rows - 1];

	if (m->left_out++ == 0)
		*last = (struct row){.kind = ROW_MORE, .tone = TONE_DATA, .first = last->first, .last = last->last,
		                     .count = last->count, .time = last->time};
	last->last = i;
	last->count++;
	snprintf(last->label, sizeof(last->label), "%u more packets", last->count);
}

static bool add_row(struct making *m, uint32_t i)
{
	struct ladder *l = m->l;
	const struct passage *p = passage_of(l, i);
	const struct packet *packet = join_packet(p);
	struct row *row;
	bool other = false;

	if (is_bare_ack(packet) && !p->lost)
		return true;
	row = packet->again != 0 ? find_repeated(l, p, &other) : NULL;
	if (row != NULL) {
		row->count++;
		row->last = i;
		return true;
	}
	if (!list_room(&l->rows, l->n_rows, &l->cap_rows, sizeof(*row), SCOPE_MAX_ROWS)) {
		if (l->n_rows == SCOPE_MAX_ROWS)
			leave_out(m, i);
		return l->n_rows == SCOPE_MAX_ROWS;
	}
	row = &l->rows[l->n_rows++];
	*row = (struct row){.kind = ROW_ARROW, .from = p->from, .to = p->to,
	                    .lost = p->lost, .first = i, .last = i, .count = 1,
	                    .time = p->time - passage_of(l, l->of->first)->time};
	row->tone = tone_of(l, p, i, &row->data);
	ladder_label(l->join, l->of, p, row->label);
	if (packet->again != 0 && strlen(row->label) + 7 < sizeof(row->label))
		strcat(row->label, " again");
	if (row->data && !m->running)
		m->run = l->n_rows - 1;
	m->running = row->data;
	if (m->running)
		shorten_run(m);
	return true;
}

/* ---- notes ------------------------------------------------------------------------------- */

static void note_translation(const struct ladder *l, const struct passage *p, struct row *row)
{
	const struct flow *before = join_flow(l->join, p), *after = join_flow_after(l->join, p);
	char server[ADDR_TEXT_LEN], client[ADDR_TEXT_LEN];

	if (p->before == NULL || after == NULL || !is_syn(p->before))
		return;
	if (!addr_same_host(&before->server, &after->server) || addr_port(&before->server) != addr_port(&after->server))
		add_note(row, "translated: the server is %s", addr_format_port(&after->server, server));
	if (!addr_same_host(&before->client, &after->client))
		add_note(row, "translated: the client is %s", addr_format(&after->client, client));
}

/* "rule 6 drop"; "" if it takes more than that to name it. */
static void name_rule(const struct nft_decision *d, char text[LADDER_LABEL_LEN])
{
	const struct nft_rule *rule = d->rule;
	const bool drop = d->verdict == NFT_DROP;

	text[0] = '\0';
	if (rule->policy)
		snprintf(text, LADDER_LABEL_LEN, "policy %s", drop ? "drop" : "accept");
	else if (rule->handle != 0 && !rule->ambiguous)
		snprintf(text, LADDER_LABEL_LEN, "rule %u %s", rule->handle,
		         !drop ? "accept" : strstr(rule->text, "reject") != NULL ? "reject" : "drop");
}

static void note_rule(const struct ladder *l, const struct passage *p, struct row *row)
{
	char text[NFT_TEXT_LEN + 160], name[LADDER_LABEL_LEN];
	const struct nft_rule *rule = p->decision.rule;

	if (p->lost && rule == NULL && l->join->b == NULL)
		return;
	if (p->lost && rule == NULL) {
		add_note(row, p->from == END_CLIENT ? "seen before the firewall, not behind it"
		                                    : "seen behind the firewall, not before it");
		return;
	}
	if (rule == NULL || !(p->lost || is_syn(join_packet(p))))
		return;
	name_rule(&p->decision, name);
	if (p->lost)
		snprintf(row->cross, sizeof(row->cross), "%s", name);
	else if (name[0] != '\0')
		add_note(row, "%s", name);
	/* The one that decided against the client stands below, in full. */
	if (p->lost ? rule != l->result.decision.rule : name[0] == '\0')
		add_note(row, "%s", ladder_rule(&p->decision, text));
}

static const char *times(unsigned n, char text[24])
{
	static const char *const words[] = {"never", "once", "twice", "three times", "four times", "five times",
	                                    "six times", "seven times", "eight times", "nine times"};

	if (n < sizeof(words) / sizeof(words[0]))
		return words[n];
	snprintf(text, 24, "%u times", n);
	return text;
}

static void note_times(const struct ladder *l, struct row *row)
{
	const double seconds =
		(double)(passage_of(l, row->last)->time - passage_of(l, row->first)->time) / 1e9;
	char text[24];

	if (row->count > 1)
		add_note(row, "%s in %.*f s", times(row->count, text), seconds < 1 ? 2 : seconds < 10 ? 1 : 0, seconds);
}

/* The row that the client failed on: the last one of that connection that it waited at, or
 * that it was told by. That a connection ends tells it nothing new, unless nothing else did. */
static struct row *find_failed(const struct ladder *l)
{
	const bool silence = l->result.outcome.cause == CAUSE_TIMEOUT;

	for (size_t i = l->n_rows; i > 0; i--) {
		struct row *row = &l->rows[i - 1];
		const struct passage *p = passage_of(l, row->first);
		const struct packet *packet = join_packet(p);

		if (row->kind != ROW_ARROW || join_flow(l->join, p) != l->result.flow)
			continue;
		if (packet->length == 0 && (packet->flags & FRAME_FIN) != 0 && l->result.outcome.cause != CAUSE_CLOSED_BY_PEER)
			continue;
		if (silence ? packet->from_client && (packet->flags & FRAME_RST) == 0
		            : !packet->from_client && row->to == END_CLIENT && !row->lost)
			return row;
	}
	return NULL;
}

static void note_win32(const struct ladder *l, struct row *row)
{
	const uint32_t win32 = diagnosis_win32(&l->result.outcome);
	const size_t len = strlen(row->note);

	if (l->result.outcome.cause == CAUSE_TIMEOUT && !row->lost)
		add_note(row, "no answer: Win32 %u", win32);
	else if (row->count > 1)
		snprintf(row->note + len, sizeof(row->note) - len, ": Win32 %u", win32);
	else
		add_note(row, "Win32 %u", win32);
}

/* As precise as it makes sense. */
static void note_step(struct row *row, const char *step, double ms)
{
	add_note(row, "step %s done, %.*f ms", step, ms < 0.1 ? 2 : ms < 100 ? 1 : 0, ms);
}

static void add_notes(struct ladder *l)
{
	struct row *failed = l->result.outcome.step != STEP_DONE ? find_failed(l) : NULL;

	for (size_t i = 0; i < l->n_rows; i++) {
		struct row *row = &l->rows[i];
		const struct passage *p = passage_of(l, row->first);

		if (row->kind != ROW_ARROW)
			continue;
		if (row->first == l->result.mapped_by)
			note_step(row, "one", l->result.map_ms);
		if (row->first == l->result.bound_by)
			note_step(row, "two", l->result.service_ms);
		note_times(l, row);
		if (row == failed)
			note_win32(l, row);
		note_translation(l, p, row);
		note_rule(l, p, row);
	}
}

/* ---- around it --------------------------------------------------------------------------- */

bool ladder_asks_mapper(const struct ladder *l)
{
	return join_flow(l->join, passage_of(l, l->of->first))->mapper;
}

static void make_verdict(struct ladder *l)
{
	const struct outcome *o = &l->result.outcome;
	const uint32_t win32 = diagnosis_win32(o);
	const bool first = o->step != STEP_DONE && o->step <= STEP_MAP, asked = ladder_asks_mapper(l);
	char offender[ADDR_TEXT_LEN], from[ADDR_TEXT_LEN + 8] = "";

	if (o->step == STEP_DONE) {
		snprintf(l->verdict, sizeof(l->verdict), "%s",
		         !asked                             ? "The service was reached; no mapper was asked."
		         : l->result.has_service            ? "Both steps done."
		         : l->result.mapped_by != UINT32_MAX ? "Step one done; no connection to the service followed."
		                                             : "The mapper was reached; no endpoint was asked for.");
		return;
	}
	if (l->result.offender.sa.sa_family != AF_UNSPEC)
		snprintf(from, sizeof(from), " from %s", addr_format(&l->result.offender, offender));
	snprintf(l->verdict, sizeof(l->verdict), "Step %s failed: %s: %s%s%s, Win32 %u %s", first ? "one" : "two",
	         diagnosis_step_name(o->step), cause_name(o->cause), from,
	         l->result.from_firewall && o->cause == CAUSE_RESET ? " (made by the firewall)" : "", win32,
	         status_name(win32));
	ladder_rule(&l->result.decision, l->rule);
}

/* Who the firewall is, as far as it has shown itself or people have named it. */
static void name_firewall(struct ladder *l, const struct ladder_names *names)
{
	char addr[ADDR_TEXT_LEN];

	for (size_t i = 0; i < l->n_rows && l->firewall.sa.sa_family == AF_UNSPEC; i++) {
		const struct packet *packet = join_packet(passage_of(l, l->rows[i].first));

		if (packet->icmp && passage_of(l, l->rows[i].first)->from == END_FIREWALL)
			l->firewall = packet->sender;
	}
	l->firewall_name = "firewall";
	for (size_t i = 0; i < names->n; i++) {
		const union addr *host = &names->list[i].host;

		if (host->sa.sa_family == AF_UNSPEC ||
		    (l->firewall.sa.sa_family != AF_UNSPEC && addr_same_host(host, &l->firewall)))
			l->firewall_name = names->list[i].name;
	}
	snprintf(l->title[END_FIREWALL], sizeof(l->title[0]), "%s%s%s", l->firewall_name,
	         l->firewall.sa.sa_family != AF_UNSPEC ? " " : "",
	         l->firewall.sa.sa_family != AF_UNSPEC ? addr_format(&l->firewall, addr) : "");
}

static void make_titles(struct ladder *l, const struct ladder_names *names)
{
	const struct flow *flow = join_flow(l->join, passage_of(l, l->of->first));

	ladder_host(names, &flow->client, l->title[END_CLIENT]);
	ladder_host(names, &flow->server, l->title[END_SERVER]);
	name_firewall(l, names);
}

bool ladder_make(struct ladder *l, const struct join *j, size_t i, const struct ladder_names *names)
{
	struct making m = {.l = l};
	bool ok;

	memset(l, 0, sizeof(*l));
	l->join = j;
	l->of = &j->conversations[i];
	l->number = (unsigned)i + 1;
	ok = result_make(&l->result, j, l->of);
	for (uint32_t k = l->of->first; k < l->of->first + l->of->n && ok; k++)
		ok = add_row(&m, k);
	if (!ok)
		return false;
	add_notes(l);
	make_titles(l, names);
	make_verdict(l);
	if (ladder_asks_mapper(l)) /* hints are for those who went both steps */
		result_hint(&l->result, j, l->of, l->hint);
	return true;
}

void ladder_free(struct ladder *l)
{
	free(l->rows);
	l->rows = NULL;
}
