/* Ladders, against those in tests/captures/ that were looked at by eye. */
#include <stdlib.h>
#include <string.h>

#include "labs/scope/options.h"
#include "tests/unit/scope_rig.h"
#include "tests/unit/unit.h"

static const char *const names[] = {"open", "range-dropped", "range-rejected", "range-reset", "mapper-dropped",
                                    "dropped6", "nat"};
#define N_NAMES (sizeof(names) / sizeof(names[0]))

static void check_golden(const char *name, const char *kind, bool two, bool rules)
{
	struct scope_rig r;
	char path[128], *want, *got;
	size_t len;

	scope_rig_init(&r);
	scope_load(&r, name, two, rules);
	got = scope_draw_text(&r, two);
	snprintf(path, sizeof(path), "tests/captures/%s%s.ladder", name, kind);
	want = scope_file(path, &len);
	CHECK_STR(got, want);
	free(want);
	free(got);
	scope_rig_fini(&r);
}

static void captures_of_both_sides(void)
{
	for (size_t i = 0; i < N_NAMES; i++)
		check_golden(names[i], "", true, true);
}

static void no_trace_means_no_rule(void)
{
	check_golden("range-dropped", "-no-trace", true, false);
}

static void one_capture_has_two_lifelines(void)
{
	check_golden("range-dropped", "-one", false, false);
	check_golden("range-rejected", "-one", false, false);
}

static void one_capture_and_a_trace_show_the_cross(void)
{
	check_golden("range-dropped", "-one-trace", false, true);
}

/* ---- folding ----------------------------------------------------------------------------- */

static const struct scope_link to_mapper = {"10.1.1.2", "192.0.2.7", 40000, 135, NULL, {100, 900}, 0};
static const struct scope_link to_service = {"10.1.1.2", "192.0.2.7", 40001, 49664, NULL, {5000, 7000}, 0};

static void begin_long(struct scope_rig *r, unsigned calls)
{
	struct scope_link m = to_mapper, s = to_service;

	scope_rig_init(r);
	scope_map(r, &m);
	scope_handshake(r, &s);
	scope_send_text(r, &s, true, "bind context=0:echo:ndr");
	scope_send_text(r, &s, false, "bind_ack result=0,0,ndr");
	for (unsigned i = 0; i < calls; i++) {
		scope_send_text(r, &s, true, "request call=2 op=0 stub=*4");
		scope_send_text(r, &s, false, "response call=2 stub=*4");
	}
	scope_send(r, &s, true, FRAME_FIN | FRAME_ACK, NULL, 0);
}

static void long_exchanges_are_folded(void)
{
	struct scope_rig r;
	char *text;

	begin_long(&r, 500);
	text = scope_draw_text(&r, false);
	CHECK(strstr(text, "... 991 more data packets") != NULL);
	CHECK(strstr(text, "FIN :49664") != NULL);
	free(text);
	scope_rig_fini(&r);
	begin_long(&r, 5); /* ten rows are not */
	text = scope_draw_text(&r, false);
	CHECK(strstr(text, "more data") == NULL);
	free(text);
	scope_rig_fini(&r);
}

static void rows_are_bounded(void)
{
	struct scope_link m = to_mapper;
	struct ladder_names none = {.n = 0};
	struct scope_rig r;
	struct ladder l;

	scope_rig_init(&r);
	scope_handshake(&r, &m);
	for (unsigned i = 0; i < 2 * SCOPE_MAX_ROWS; i++) {
		scope_send_text(&r, &m, true, "bind context=0:epm:ndr");
	}
	scope_join(&r, false);
	REQUIRE(ladder_make(&l, &r.join, 0, &none));
	CHECK_INT(l.n_rows, SCOPE_MAX_ROWS);
	CHECK_INT(l.rows[l.n_rows - 1].kind, ROW_MORE);
	CHECK_INT(l.rows[l.n_rows - 1].count, 2 * SCOPE_MAX_ROWS + 2 - SCOPE_MAX_ROWS + 1);
	ladder_free(&l);
	scope_rig_fini(&r);
}

static void repetitions_are_one_row(void)
{
	struct scope_link m = to_mapper;
	struct scope_rig r;
	char *text;

	scope_rig_init(&r);
	scope_send(&r, &m, true, FRAME_SYN, NULL, 0);
	r.time += 2999000000;
	scope_send_again(&r, &m, true, FRAME_SYN, NULL, 0);
	r.time += 3999000000;
	scope_send_again(&r, &m, true, FRAME_SYN, NULL, 0);
	text = scope_draw_text(&r, false);
	CHECK(strstr(text, "three times in 7.0 s; no answer: Win32 1722") != NULL);
	free(text);
	scope_rig_fini(&r);
}

static void the_answer_has_the_error(void)
{
	struct scope_link m = to_mapper;
	struct scope_rig r;
	char *text;

	scope_rig_init(&r);
	scope_handshake(&r, &m);
	scope_send_text(&r, &m, true, "bind context=0:epm:ndr");
	scope_send_text(&r, &m, false, "bind_ack result=0,0,ndr");
	scope_send_vector(&r, &m, true, "pdu-request-ept-map");
	scope_send_vector(&r, &m, false, "pdu-response-ept-map-none");
	scope_send(&r, &m, true, FRAME_FIN | FRAME_ACK, NULL, 0);
	scope_send(&r, &m, false, FRAME_FIN | FRAME_ACK, NULL, 0);
	text = scope_draw_text(&r, false);
	CHECK(strstr(text, "|   Win32 1753\n   |--- FIN") != NULL);
	CHECK(strstr(text, "does not know echo v1.0:") != NULL);
	free(text);
	scope_rig_fini(&r);
}

static void who_asks_no_mapper_gets_no_hints_about_it(void)
{
	struct scope_link s = to_mapper;
	struct scope_rig r;
	char *text;

	s.server_port = 5001;
	scope_rig_init(&r);
	view_service_port(r.views[0], 5001);
	scope_send(&r, &s, true, FRAME_SYN, NULL, 0);
	text = scope_draw_text(&r, false);
	CHECK(strstr(text, "Step two failed: connect-service: timeout") != NULL);
	CHECK(strstr(text, "he mapper") == NULL);
	free(text);
	scope_rig_fini(&r);
}

static void names_are_in_reach_of_the_lifelines(void)
{
	struct scope_link m = to_mapper;
	struct scope_rig r;
	char *text;

	m.client = "fd00:1111:2222:3333:4444:5555:6666:7777";
	m.server = "fd00:1111:2222:3333:4444:5555:6666:8888";
	scope_rig_init(&r);
	scope_send(&r, &m, true, FRAME_SYN, NULL, 0);
	text = scope_draw_text(&r, true);
	CHECK(strstr(text, "7777  firewall  fd00:") != NULL);
	free(text);
	scope_rig_fini(&r);
}

/* ---- other drawings ---------------------------------------------------------------------- */

typedef void draw_all(const struct drawing *d, const struct ladder *l);

static void html(const struct drawing *d, const struct ladder *l)
{
	draw_html_begin(d);
	draw_html_ladder(d, l);
	draw_html_end(d);
}

static void svg(const struct drawing *d, const struct ladder *l)
{
	draw_svg(d, l, 1);
}

static char *draw_one(struct scope_rig *r, draw_all *draw)
{
	struct ladder_names bad = {.n = 1, .list = {{.name = "<b>&\"'"}}};
	const struct join *j = scope_join(r, true);
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);
	struct drawing d = {.out = out, .n_conversations = 1, .gaps = &r->gaps, .names = &bad, .sources = "a<b>"};
	struct ladder l;

	REQUIRE(out != NULL && ladder_make(&l, j, 0, &bad));
	draw(&d, &l);
	ladder_free(&l);
	fclose(out);
	return text;
}

/* Every element is closed, in order. */
static void check_nesting(const char *text)
{
	char stack[64][16];
	size_t depth = 0;

	for (const char *p = text; (p = strchr(p, '<')) != NULL; p++) {
		char name[16] = "";
		const char *end = strchr(p, '>');

		if (p[1] == '!')
			continue;
		REQUIRE(end != NULL);
		sscanf(p + 1 + (p[1] == '/'), "%15[a-z0-9]", name);
		if (end[-1] == '/' || strcmp(name, "meta") == 0)
			continue;
		if (p[1] != '/') {
			REQUIRE(depth < 64);
			strcpy(stack[depth++], name);
			continue;
		}
		if (!CHECK(depth > 0) || !CHECK_STR(name, stack[--depth]))
			return;
	}
	CHECK_INT(depth, 0);
}

static void pages_are_whole_and_escaped(void)
{
	static draw_all *const kinds[] = {html, svg};

	for (size_t i = 0; i < 2; i++) {
		struct scope_rig r;
		char *text;

		begin_long(&r, 500);
		gaps_add(&r.gaps, "a <thing>");
		text = draw_one(&r, kinds[i]);
		check_nesting(text);
		CHECK(strstr(text, "<b>") == NULL);
		CHECK(strstr(text, "&lt;b&gt;&amp;&quot;") != NULL);
		CHECK(strstr(text, "http://") == strstr(text, "http://www.w3.org/2000/svg"));
		CHECK(strstr(text, "https:") == NULL && strstr(text, "url(") == NULL && strstr(text, "src=") == NULL);
		CHECK(strstr(text, "prefers-color-scheme:dark") != NULL);
		CHECK(strstr(text, "<desc") != NULL && strstr(text, "<title") != NULL);
		CHECK((strstr(text, "<details>") != NULL) == (kinds[i] == html));
		free(text);
		scope_rig_fini(&r);
	}
}

static void json_has_every_packet(void)
{
	struct ladder_names none = {.n = 0};
	struct scope_rig r;
	struct ladder l;
	json_t *o;

	scope_rig_init(&r);
	scope_load(&r, "range-dropped", true, true);
	scope_join(&r, true);
	REQUIRE(ladder_make(&l, &r.join, 0, &none));
	o = draw_json_ladder(&l);
	CHECK_INT(json_array_size(json_object_get(o, "packets")), r.join.conversations[0].n);
	CHECK_STR(json_string_value(json_object_get(json_object_get(o, "result"), "step")), "connect-service");
	CHECK_STR(json_string_value(json_object_get(json_object_get(o, "result"), "cause")), "timeout");
	json_decref(o);
	ladder_free(&l);
	scope_rig_fini(&r);
}

/* ---- options ----------------------------------------------------------------------------- */

static bool parse(const char *words, struct options *o, char *error)
{
	static char copy[512], name[] = "epmscope";
	char *argv[24] = {name}, *save;
	int argc = 1;

	snprintf(copy, sizeof(copy), "%s", words);
	for (char *w = strtok_r(copy, " ", &save); w != NULL && argc < 23; w = strtok_r(NULL, " ", &save))
		argv[argc++] = w;
	return options_parse(argc, argv, o, error);
}

static void options_are_checked(void)
{
	static const char *const wrong[] = {
		"", "a b c", "--port 0 a", "--port x a", "--width 20 a", "--name a", "--name x=y a", "--name 1.1.1.1= a",
		"-i a b", "--for 3 a", "--once a", "--bogus a", "-o", "-i a -i b -i c", "-i a --for -1",
		"--service 0 a", "--service x a",
	};
	char error[OPTIONS_ERROR_LEN];
	struct options o;

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		error[0] = '\0';
		if (!CHECK(!parse(wrong[i], &o, error)) || !CHECK(error[0] != '\0'))
			CHECK_STR(wrong[i], NULL);
	}
	CHECK(parse("--port 1135 --port 135 --name 10.1.1.2=in --name firewall=fw --html -o x --times a b", &o, error));
	CHECK(o.n_ports == 2 && o.names.n == 2 && o.n_sources == 2 && o.times && o.format == FORMAT_HTML);
	CHECK(parse("-i eth0 --for 2.5 --once --new --service 5001", &o, error));
	CHECK(o.live && o.once && o.only_new && o.ports[0] == 135 && o.n_services == 1 && o.services[0] == 5001);
	CHECK(parse("--help a b c", &o, error) || error[0] != '\0');
}

const struct unit_test suite_scope_ladder[] = {
	{"captures_of_both_sides", captures_of_both_sides},
	{"no_trace_means_no_rule", no_trace_means_no_rule},
	{"one_capture_has_two_lifelines", one_capture_has_two_lifelines},
	{"one_capture_and_a_trace_show_the_cross", one_capture_and_a_trace_show_the_cross},
	{"long_exchanges_are_folded", long_exchanges_are_folded},
	{"rows_are_bounded", rows_are_bounded},
	{"repetitions_are_one_row", repetitions_are_one_row},
	{"the_answer_has_the_error", the_answer_has_the_error},
	{"who_asks_no_mapper_gets_no_hints_about_it", who_asks_no_mapper_gets_no_hints_about_it},
	{"names_are_in_reach_of_the_lifelines", names_are_in_reach_of_the_lifelines},
	{"pages_are_whole_and_escaped", pages_are_whole_and_escaped},
	{"json_has_every_packet", json_has_every_packet},
	{"options_are_checked", options_are_checked},
	{NULL, NULL},
};
