/* One row, on connections of its own. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/unit.h"
#include "tests/wire/wire.h"

enum { MAX_CONNECTIONS = 4, BEHIND = 64 /* bytes that are shown of what should not have come */ };

struct connection {
	char name[PDU_TEXT_NAME_LEN];
	char addr[8]; /* secondary address */
	enum wire_port port;
	void *handle;
};

struct run {
	const struct wire_how *how;
	struct pdu_setting setting;
	struct connection connections[MAX_CONNECTIONS];
	size_t n_connections;
	struct connection *at; /* of this turn */
	unsigned int turn;     /* counted from 1 */
	struct wire_result result;
};

/* Handles are random, so that the one for which nobody asked is not there. */
#define FREE_NOTHING "request call=900 op=4 handle=0"
#define FREED_NOTHING "response call=900 handle=0 u32=0"
#define ADD "request call=900 op=0 u32=0xcafe"
#define ADDED "response call=900 u32=0xcaff"
#define NOT_BOUND "fault call=900 status=0x1c010003 dne"

#define MAPPER_PROBES {[WIRE_SERVES] = {FREE_NOTHING, FREED_NOTHING}, \
		       [WIRE_UNBOUND] = {FREE_NOTHING, NOT_BOUND}, \
		       [WIRE_CLOSES] = {FREE_NOTHING, ""}}

/* What waits on echo's port is AddOne of a zero, of which the last byte is missing. */
const struct wire_probe wire_probes[WIRE_PORTS][WIRE_CLOSES + 1] = {
	[WIRE_MAPPER] = MAPPER_PROBES,
	[WIRE_LOCAL] = MAPPER_PROBES,
	[WIRE_IPV6] = MAPPER_PROBES,
	[WIRE_ECHO] = {
		[WIRE_SERVES] = {ADD, ADDED},
		[WIRE_UNBOUND] = {ADD, NOT_BOUND},
		[WIRE_COLLECTING] = {"request call=5 flags=2 stub=00", "response call=5 u32=1"},
		[WIRE_CLOSES] = {ADD, ""},
	},
};

static const char *const port_names[WIRE_PORTS] = {
	[WIRE_MAPPER] = "mapper", [WIRE_ECHO] = "echo", [WIRE_LOCAL] = "local", [WIRE_IPV6] = "ipv6"};

const char *wire_port_name(enum wire_port port)
{
	return port_names[port];
}

bool wire_uses(const struct wire_row *row, enum wire_port port)
{
	char on[32];

	snprintf(on, sizeof(on), "on %s", port_names[port]);
	return row->port == port || strstr(row->in, on) != NULL;
}

/* ---- failures ------------------------------------------------------------------------ */

static struct pdu_bytes copy_bytes(const uint8_t *data, size_t len)
{
	struct pdu_bytes b = {malloc(len ? len : 1), len, NULL, 0};

	if (!b.data)
		abort();
	if (len > 0)
		memcpy(b.data, data, len);
	return b;
}

static bool fail(struct run *r, const char *where, const uint8_t *expected, size_t expected_len,
		 const uint8_t *actual, size_t actual_len)
{
	struct wire_result *res = &r->result;

	res->right = false;
	snprintf(res->where, sizeof(res->where), "turn %u, %s, %s", r->turn,
		 r->at ? r->at->name : "no connection", where);
	res->expected = copy_bytes(expected, expected_len);
	res->actual = copy_bytes(actual, actual_len);
	return false;
}

void wire_result_free(struct wire_result *r)
{
	pdu_bytes_free(&r->expected);
	pdu_bytes_free(&r->actual);
}

/* ---- connections --------------------------------------------------------------------- */

static enum wire_port port_of(const char *name)
{
	for (enum wire_port p = 0; p < WIRE_PORTS; p++) {
		size_t n = strlen(port_names[p]);

		if (strncmp(name, port_names[p], n) == 0 &&
		    (!name[n] || (isdigit((unsigned char)name[n]) && !name[n + 1])))
			return p;
	}
	UNIT_ABORT("\"%s\" is no connection", name);
}

static bool open_connection(struct run *r, const char *name)
{
	struct connection *c = &r->connections[r->n_connections];
	enum wire_port port = port_of(name);

	REQUIRE(r->n_connections < MAX_CONNECTIONS);
	snprintf(c->name, sizeof(c->name), "%s", name);
	snprintf(c->addr, sizeof(c->addr), "%d", port == WIRE_ECHO ? r->how->echo_port : r->how->mapper_port);
	c->port = port;
	c->handle = r->how->way->open(r->how->arg, port);
	r->at = c;
	if (!c->handle)
		return fail(r, "connecting", NULL, 0, NULL, 0);
	r->n_connections++;
	return true;
}

/* To the connection of that name, which is made if there is none. */
static bool go_to(struct run *r, const char *name)
{
	bool has_address;

	r->at = NULL;
	for (size_t i = 0; i < r->n_connections; i++)
		if (strcmp(r->connections[i].name, name) == 0)
			r->at = &r->connections[i];
	if (!r->at && !open_connection(r, name))
		return false;
	has_address = r->at->port == WIRE_MAPPER || r->at->port == WIRE_ECHO;
	r->setting.group = r->at->name;
	r->setting.addr = r->at->port == WIRE_LOCAL ? "EPMAPPER" : r->at->addr;
	r->setting.port = r->how->echo_port;
	memcpy(r->setting.host, has_address ? r->how->host : (const uint8_t[4]){0}, 4);
	return true;
}

/* ---- to and fro ---------------------------------------------------------------------- */

static bool send_bytes(struct run *r, const uint8_t *data, size_t len)
{
	const struct wire_how *how = r->how;

	while (len > 0) {
		size_t n = len;

		if (how->portion > 0 && n > how->portion)
			n = how->portion;
		if (r->result.sent < how->cut && n > how->cut - r->result.sent)
			n = how->cut - r->result.sent;
		if (!how->way->send(r->at->handle, data, n))
			return fail(r, "sending", NULL, 0, NULL, 0);
		r->result.sent += n;
		data += n;
		len -= n;
	}
	return true;
}

/* Sends PDUs, and in the same breath what stands behind them, which is not counted. */
static bool say(struct run *r, const char *text, const char *behind)
{
	struct pdu_bytes b, more;
	bool sent;

	r->setting.big_endian = r->how->big_endian;
	r->setting.group = NULL;
	b = pdu_text_in(text, &r->setting);
	more = pdu_text_in(behind, &r->setting);
	r->setting.big_endian = false;
	r->setting.group = r->at->name;
	if (b.n_holes > 0)
		UNIT_ABORT("\"%s\" has a name that stands for nothing yet", text);
	b.data = realloc(b.data, b.len + more.len + 1);
	if (!b.data)
		abort();
	memcpy(b.data + b.len, more.data, more.len);
	sent = send_bytes(r, b.data, b.len + more.len);
	r->result.sent -= sent ? more.len : 0;
	pdu_bytes_free(&b);
	pdu_bytes_free(&more);
	return sent;
}

/* What comes is exactly these PDUs. */
static bool hear(struct run *r, const char *text)
{
	const struct wire_way *way = r->how->way;
	uint32_t group = way->group ? way->group(r->at->handle) : 0;
	struct pdu_bytes b;
	uint8_t *actual;
	size_t len;
	bool same;

	if (group != 0)
		pdu_text_know_group(&r->setting, r->at->name, group);
	b = pdu_text_in(text, &r->setting);
	actual = malloc(b.len ? b.len : 1);
	if (!actual)
		abort();
	len = way->hear(r->at->handle, actual, b.len);
	r->result.heard += len;
	pdu_text_settle(&b, actual, len, &r->setting);
	same = len == b.len && memcmp(actual, b.data, len) == 0;
	if (!same)
		fail(r, "the answer", b.data, b.len, actual, len);
	free(actual);
	pdu_bytes_free(&b);
	return same;
}

/* Nothing more comes, and the server has ended the connection. */
static bool hear_end(struct run *r)
{
	uint8_t behind[BEHIND];
	size_t len = r->how->way->hear(r->at->handle, behind, sizeof(behind));

	if (len > 0)
		return fail(r, "behind the last answer", NULL, 0, behind, len);
	if (!r->how->way->ended(r->at->handle))
		return fail(r, "the end of the connection", NULL, 0, NULL, 0);
	return true;
}

/* ---- turns --------------------------------------------------------------------------- */

static bool is_eof(const char *text)
{
	return strncmp(text, "eof", 3) == 0 && !text[3 + strspn(text + 3, " ")];
}

/* Takes "on NAME;" from the front of a turn. */
static bool take_connection(struct run *r, char **text)
{
	char *name;

	*text += strspn(*text, " ;");
	if (strncmp(*text, "on ", 3) != 0)
		return true;
	*text += 3;
	name = strsep(text, ";");
	if (!*text)
		UNIT_ABORT("there is nothing to say on %s", name);
	*text += strspn(*text, " ");
	return go_to(r, name);
}

/* `ask`: the request that must not be answered goes along. */
static bool run_turn(struct run *r, char *in, const char *out, bool ask)
{
	r->turn++;
	if (!take_connection(r, &in))
		return false;
	if (is_eof(in)) {
		r->how->way->end(r->at->handle);
		return hear(r, out) && hear_end(r);
	}
	return say(r, in, ask ? r->how->probes[r->at->port][WIRE_CLOSES].in : "") && hear(r, out);
}

/* Where a connection ends, a further request is sent: along with the last turn if turns
 * are whole, else when it has ended. Either way it is not answered. */
static bool check_after(struct run *r, enum wire_after after, bool asked)
{
	const struct wire_probe *probes = r->how->probes[r->at->port];
	bool right = true;

	if (after == WIRE_CLOSES) {
		right = hear_end(r);
		if (right && !asked) {
			struct pdu_bytes b = pdu_text_in(probes[after].in, &r->setting);

			r->how->way->send(r->at->handle, b.data, b.len); /* the peer may be gone */
			pdu_bytes_free(&b);
			right = hear_end(r);
		}
		return right;
	}
	if (after == WIRE_COLLECTING) {
		right = say(r, probes[after].in, "") && hear(r, probes[after].out);
		after = WIRE_SERVES;
	}
	return right && say(r, probes[after].in, "") && hear(r, probes[after].out);
}

/* All turns. *asked: the last of them has asked what must not be answered. */
static bool run_turns(struct run *r, const struct wire_row *row, char *ins, char *outs, bool *asked)
{
	const bool whole = r->how->portion == 0 && r->how->cut == 0;

	*asked = false;
	while (ins) {
		char *in = strsep(&ins, "|");
		const char *out = strsep(&outs, "|");

		if (!out || (!ins) != (!outs))
			UNIT_ABORT("row %s, %s: there are turns without answer", row->row, row->what);
		*asked = whole && !ins && row->after == WIRE_CLOSES && !is_eof(in + strspn(in, " "));
		if (!run_turn(r, in, out, *asked))
			return false;
	}
	return true;
}

/* Ends a connection that is still there: nothing more may come. */
static bool finish(struct run *r, struct connection *c)
{
	r->at = c;
	r->how->way->end(c->handle);
	return hear_end(r);
}

struct wire_result wire_run(const struct wire_row *row, const struct wire_how *how)
{
	struct run r = {.how = how, .result.right = true};
	char *in = strdup(row->in), *out = strdup(row->out);
	bool asked = false, right;
	size_t sent, heard;

	if (!in || !out)
		abort();
	right = go_to(&r, port_names[row->port]) && run_turns(&r, row, in, out, &asked);
	sent = r.result.sent;
	heard = r.result.heard;
	right = right && check_after(&r, row->after, asked);
	for (size_t i = 0; right && i < r.n_connections; i++)
		right = finish(&r, &r.connections[i]);
	for (size_t i = 0; i < r.n_connections; i++)
		how->way->close(r.connections[i].handle);
	r.result.sent = sent;
	r.result.heard = heard;
	free(in);
	free(out);
	return r.result;
}
