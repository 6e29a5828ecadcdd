#include "client/report.h"

#include <stdlib.h>
#include <string.h>

#include "client/endpoint.h"
#include "client/identity.h"
#include "client/label.h"
#include "client/oncrpc.h"
#include "client/text.h"
#include "rpc/authn.h"
#include "rpc/known.h"
#include "rpc/status.h"

#define INDENT 4u
#define WIDTH 78u

/* The texts that a hint is made of. */
struct names {
	char label[LABEL_LEN];
	char peer[RPC_MAX_NAME + 8];
	char port[8];
	char offender[ADDR_TEXT_LEN];
	char other_host[16];
};

/* What was asked for; "" if it was nothing in particular. Returns text. */
static char *label(const struct twostep *t, char text[LABEL_LEN])
{
	text[0] = '\0';
	if (t->has_interface)
		label_interface(&t->interface_id, text);
	else if (t->has_program)
		program_label(&t->program, text);
	return text;
}

/* "ncacn_ip_tcp:10.2.2.2[5003]", "oncrpc:10.2.2.2[5003]". Returns text. */
static char *endpoint(const struct twostep *t, const union addr *to, char text[BINDING_TEXT_LEN])
{
	char host[ADDR_TEXT_LEN];

	if (!t->args->oncrpc)
		return endpoint_format(to, text);
	snprintf(text, BINDING_TEXT_LEN, "oncrpc:%s[%u]", addr_format(to, host), addr_port(to));
	return text;
}

static bool is_second_step(enum step step)
{
	return step >= STEP_CONNECT_SERVICE;
}

/* Fills in `n` and `d`, which points into it. */
static void collect_names(const struct twostep *t, struct names *n, struct diagnosis_names *d)
{
	const union addr *peer = is_second_step(t->outcome.step) ? &t->service : &t->mapper;
	const uint8_t *h = t->towers[0].host;

	*n = (struct names){0};
	label(t, n->label);
	if (peer->sa.sa_family != AF_UNSPEC) {
		addr_format_port(peer, n->peer);
		snprintf(n->port, sizeof(n->port), "%u", addr_port(peer));
	} else {
		snprintf(n->peer, sizeof(n->peer), "%s", t->target->host);
		snprintf(n->port, sizeof(n->port), "%u", t->target->port);
	}
	addr_format(&t->offender, n->offender);
	if (t->n_towers > 0 && endpoint_is_elsewhere(&t->towers[0], &t->mapper))
		snprintf(n->other_host, sizeof(n->other_host), "%u.%u.%u.%u", h[0], h[1], h[2], h[3]);
	*d = (struct diagnosis_names){
		.host = t->target->host,
		.peer = n->peer,
		.port = n->port,
		.interface = n->label,
		.offender = n->offender,
		.other_host = n->other_host,
		.said = t->args->oncrpc ? oncrpc_said(&t->outcome) : "",
		.user = t->args->user != NULL ? t->args->user : "",
		.auth = args_auth_name(t->args),
		.level = authn_level_name(t->args->auth_level),
	};
}

static char *hint(const struct twostep *t, char text[DIAGNOSIS_HINT_LEN])
{
	struct diagnosis_names d;
	struct names n;

	collect_names(t, &n, &d);
	return diagnosis_hint(&t->outcome, &d, text);
}

/* ---- JSON ---- */

static json_t *json_or_null(bool there, const char *text)
{
	return there ? json_string(text) : json_null();
}

/* To microseconds; more would be noise. */
static double rounded(double ms)
{
	return (double)(int64_t)(ms * 1e3 + 0.5) / 1e3;
}

static json_t *times(const struct twostep *t)
{
	json_t *ms = json_object();

	for (enum step step = STEP_RESOLVE; step < STEP_COUNT; step++)
		if (t->ms[step] >= 0)
			json_object_set_new(ms, diagnosis_step_name(step), json_real(rounded(t->ms[step])));
	return ms;
}

/* Who was asked for. */
static void put_interface(json_t *o, const struct twostep *t)
{
	const bool there = t->has_interface;
	const char *name = there ? known_name(&t->interface_id.uuid) : NULL;
	char uuid[UUID_TEXT_LEN], version[LABEL_VERSION_LEN];

	json_object_set_new(o, "interface", json_or_null(name != NULL, name));
	json_object_set_new(o, "uuid", json_or_null(there, uuid_format(&t->interface_id.uuid, uuid)));
	json_object_set_new(o, "version", json_or_null(there, label_version(&t->interface_id, version)));
}

static void put_program(json_t *o, const struct twostep *t)
{
	const char *name = t->has_program ? program_name(t->program.number) : NULL;
	char version[12];

	snprintf(version, sizeof(version), "%u", t->program.version);
	json_object_set_new(o, "interface", json_or_null(name != NULL, name));
	json_object_set_new(o, "uuid", json_null());
	json_object_set_new(o, "program", t->has_program ? json_integer(t->program.number) : json_null());
	json_object_set_new(o, "version", json_or_null(t->has_program, version));
}

/* Who authenticates, and how. */
static json_t *auth(const struct twostep *t)
{
	const struct identity *id = t->args->identity;

	if (id == NULL)
		return json_null();
	return json_pack("{s:s, s:s, s:s, s:s, s:b}", "user", id->user, "domain", id->domain, "mechanism",
	                 args_auth_name(t->args), "level", authn_level_name(t->args->auth_level), "mapper",
	                 t->args->auth_map);
}

/* What Windows would say, or libtirpc. */
static void put_numbers(json_t *o, const struct twostep *t)
{
	const uint32_t win32 = diagnosis_win32(&t->outcome);

	json_object_set_new(o, "win32", t->args->oncrpc ? json_null() : json_integer(win32));
	json_object_set_new(o, "win32_name", json_or_null(!t->args->oncrpc, status_name(win32)));
	if (t->args->oncrpc)
		json_object_set_new(o, "libtirpc", json_string(oncrpc_said(&t->outcome)));
}

json_t *report_json(const struct twostep *t)
{
	const bool done = t->outcome.step == STEP_DONE;
	const bool mapped = t->service.sa.sa_family != AF_UNSPEC;
	const bool blamed = t->offender.sa.sa_family != AF_UNSPEC;
	char where[BINDING_TEXT_LEN], offender[ADDR_TEXT_LEN], text[DIAGNOSIS_HINT_LEN];
	json_t *o = json_object();

	if (t->args->oncrpc)
		put_program(o, t);
	else
		put_interface(o, t);
	json_object_set_new(o, "endpoint", json_or_null(mapped, endpoint(t, &t->service, where)));
	json_object_set_new(o, "step", json_string(diagnosis_step_name(t->outcome.step)));
	json_object_set_new(o, "cause", json_string(cause_name(t->outcome.cause)));
	put_numbers(o, t);
	json_object_set_new(o, "offender", json_or_null(blamed, addr_format(&t->offender, offender)));
	json_object_set_new(o, "auth", auth(t));
	json_object_set_new(o, "ms", times(t));
	json_object_set_new(o, "hint", json_or_null(!done, hint(t, text)));
	return o;
}

bool report_print_json(json_t *value)
{
	if (value == NULL) {
		fputs("epmap: out of memory\n", stderr);
		return false;
	}
	/* ASCII, so that foreign text cannot do anything to a terminal. */
	json_dumpf(value, stdout, JSON_INDENT(2) | JSON_ENSURE_ASCII | JSON_REAL_PRECISION(10));
	fputc('\n', stdout);
	json_decref(value);
	return true;
}

/* ---- for people ---- */

static void print_safe(FILE *out, const char *s, size_t len)
{
	char one[8];

	for (size_t i = 0; i < len; i++)
		fputs(text_escape(s + i, 1, one, sizeof(one)), out);
}

/* A value within a line. */
static void print_value(FILE *out, const json_t *v)
{
	char *text;

	if (json_is_string(v)) {
		print_safe(out, json_string_value(v), json_string_length(v));
	} else if (json_is_null(v)) {
		fputs("none", out);
	} else if (json_is_boolean(v)) {
		fputs(json_is_true(v) ? "yes" : "no", out);
	} else {
		text = json_dumps(v, JSON_COMPACT | JSON_ENCODE_ANY | JSON_ENSURE_ASCII | JSON_REAL_PRECISION(10));
		fputs(text != NULL ? text : "?", out);
		free(text);
	}
}

/* quotient 3, remainder 2 */
static void print_members(FILE *out, const json_t *object)
{
	const char *gap = "", *key;
	json_t *value;

	json_object_foreach((json_t *)(uintptr_t)object, key, value) {
		fprintf(out, "%s%s ", gap, key);
		print_value(out, value);
		gap = ", ";
	}
	fputc('\n', out);
}

void report_result(FILE *out, const json_t *result)
{
	if (json_is_null(result)) {
		fputs("done\n", out);
	} else if (json_is_object(result)) {
		print_members(out, result);
	} else if (json_is_array(result)) {
		for (size_t i = 0; i < json_array_size(result); i++)
			report_result(out, json_array_get(result, i));
	} else {
		print_value(out, result);
		fputc('\n', out);
	}
}

/* The cells of a row. Some show only where the row ends. */
static const struct cell {
	enum step step;
	const char *label;
	bool always;
	bool always_onc; /* the same for ONC RPC */
} cells[] = {
	{STEP_RESOLVE, "name", false, false},
	{STEP_CONNECT_MAPPER, "mapper", true, true},
	{STEP_BIND_MAPPER, "bind to mapper", false, false},
	{STEP_MAP, "map", true, true},
	{STEP_CONNECT_SERVICE, "port", true, true},
	{STEP_BIND_SERVICE, "bind", true, false},
	{STEP_CALL, "call", false, true},
};

/* As wide as any endpoint of that host. */
static int endpoint_width(const struct twostep *t)
{
	char text[BINDING_TEXT_LEN];
	union addr widest = t->mapper;

	addr_set_port(&widest, UINT16_MAX);
	return (int)strlen(endpoint(t, &widest, text));
}

static void print_endpoint(FILE *out, const struct twostep *t)
{
	char text[BINDING_TEXT_LEN] = "-";

	if (t->mapper.sa.sa_family == AF_UNSPEC)
		return;
	if (t->service.sa.sa_family != AF_UNSPEC)
		endpoint(t, &t->service, text);
	fprintf(out, "%-*s  ", endpoint_width(t), text);
}

void report_row(FILE *out, const struct twostep *t, unsigned label_width)
{
	const bool color = text_has_color(out);
	const enum step end = t->outcome.step == STEP_DONE ? STEP_COUNT : t->outcome.step;
	char name[LABEL_LEN];
	const char *gap = "";

	if (t->has_interface || t->has_program)
		fprintf(out, "%-*s  ", (int)label_width, label(t, name));
	print_endpoint(out, t);
	for (size_t i = 0; i < sizeof(cells) / sizeof(cells[0]) && cells[i].step <= end; i++) {
		const bool failed = cells[i].step == end;

		if (!failed && !(t->args->oncrpc ? cells[i].always_onc : cells[i].always))
			continue;
		fprintf(out, "%s%s", gap, cells[i].label);
		if (cells[i].step == STEP_CONNECT_SERVICE)
			fprintf(out, " %u", addr_port(&t->service));
		fprintf(out, " %s%s%s", text_color(color, failed ? TEXT_BAD : TEXT_GOOD),
		        failed ? cause_name(t->outcome.cause) : "ok", text_color(color, TEXT_PLAIN));
		gap = "  ";
	}
	fputc('\n', out);
}

void report_failure(FILE *out, const struct twostep *t, const char *lead, char said[DIAGNOSIS_HINT_LEN])
{
	const uint32_t win32 = diagnosis_win32(&t->outcome);
	const bool color = text_has_color(out);
	char text[DIAGNOSIS_HINT_LEN], offender[ADDR_TEXT_LEN];

	fprintf(out, "%s%s%s: %s%s", lead, text_color(color, TEXT_BOLD), diagnosis_step_name(t->outcome.step),
	        cause_name(t->outcome.cause), text_color(color, TEXT_PLAIN));
	if (t->offender.sa.sa_family != AF_UNSPEC)
		fprintf(out, " from %s", addr_format(&t->offender, offender));
	if (t->args->oncrpc)
		fprintf(out, ", %s\n", oncrpc_said(&t->outcome));
	else
		fprintf(out, ", Win32 %u %s\n", win32, status_name(win32));
	hint(t, text);
	if (said != NULL && strcmp(said, text) == 0)
		return;
	text_wrap(out, INDENT, WIDTH, text);
	if (said != NULL)
		memcpy(said, text, sizeof(text));
}
