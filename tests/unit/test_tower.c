#include "rpc/tower.h"

#include <string.h>

#include "rpc/limits.h"
#include "tests/unit/golden.h"
#include "tests/unit/unit.h"

#define ROWS(array) (sizeof(array) / sizeof((array)[0]))

/* The towers of the vectors, field by field, and as string bindings. */
static const struct row {
	const char *vector;
	const struct syntax_id *transfer_syntax;
	struct tower tower; /* without the syntaxes */
	const char *text;
} rows[] = {
	{"tower-tcp", &syntax_ndr,
	 {.protseq = PROTSEQ_NCACN_IP_TCP, .port = 49664, .host = {192, 0, 2, 7}, .endpoint = "",
	  .hostname = ""},
	 "ncacn_ip_tcp:192.0.2.7[49664]"},
	{"tower-ndr64", &syntax_ndr64,
	 {.protseq = PROTSEQ_NCACN_IP_TCP, .endpoint = "", .hostname = ""},
	 "ncacn_ip_tcp:0.0.0.0[0]"},
	{"tower-udp", &syntax_ndr,
	 {.protseq = PROTSEQ_NCADG_IP_UDP, .port = 1025, .host = {192, 0, 2, 7}, .endpoint = "",
	  .hostname = ""},
	 "ncadg_ip_udp:192.0.2.7[1025]"},
	{"tower-http", &syntax_ndr,
	 {.protseq = PROTSEQ_NCACN_HTTP, .port = 593, .host = {192, 0, 2, 7}, .endpoint = "",
	  .hostname = ""},
	 "ncacn_http:192.0.2.7[593]"},
	{"tower-np", &syntax_ndr,
	 {.protseq = PROTSEQ_NCACN_NP, .endpoint = "\\PIPE\\rpcecho", .hostname = "LABHOST"},
	 "ncacn_np:LABHOST[\\PIPE\\rpcecho]"},
	{"tower-ncalrpc", &syntax_ndr,
	 {.protseq = PROTSEQ_NCALRPC, .endpoint = "echo.local", .hostname = ""},
	 "ncalrpc:[echo.local]"},
};

static struct tower expected(const struct row *row)
{
	struct tower t = row->tower;

	t.interface_id = syntax_echo;
	t.transfer_syntax = *row->transfer_syntax;
	return t;
}

static void check_tower(const struct tower *t, const struct tower *e)
{
	CHECK(syntax_equal(&t->interface_id, &e->interface_id));
	CHECK(syntax_equal(&t->transfer_syntax, &e->transfer_syntax));
	CHECK_INT(t->protseq, e->protseq);
	CHECK_INT(t->port, e->port);
	CHECK_MEM(t->host, e->host, sizeof(t->host));
	CHECK_STR(t->endpoint, e->endpoint);
	CHECK_STR(t->hostname, e->hostname);
}

static bool decodes(const uint8_t *data, size_t len)
{
	struct tower t;

	return tower_decode(data, len, &t);
}

static void every_sequence_is_decoded(void)
{
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct golden g = golden_load(rows[i].vector);
		const struct tower e = expected(&rows[i]);
		char text[BINDING_TEXT_LEN];
		struct tower t;

		CHECK(tower_decode(g.data, g.len, &t));
		check_tower(&t, &e);
		CHECK_STR(tower_format(&t, text), rows[i].text);
		golden_free(&g);
	}
}

/* Also within a big-endian PDU: towers are byte strings. */
static void every_sequence_is_encoded_the_same_in_both_orders(void)
{
	for (size_t i = 0; i < 2 * ROWS(rows); i++) {
		const struct row *row = &rows[i / 2];
		const struct tower t = expected(row);
		uint8_t buf[RPC_MAX_TOWER];
		struct writer w;

		cursor_write(&w, buf, sizeof(buf));
		w.big_endian = i % 2 != 0;
		CHECK(tower_put(&w, &t));
		golden_same(&w, row->vector);
	}
}

static void cut_off_tower_is_malformed(void)
{
	static const struct {
		const char *vector;
		size_t len;
	} whole[] = {
		{"tower-tcp", 75}, {"tower-udp", 75},	  {"tower-http", 75},	 {"tower-np", 91},
		{"tower-ndr64", 75}, {"tower-np-empty", 70}, {"tower-ncalrpc", 75},
	};

	for (size_t i = 0; i < ROWS(whole); i++)
		CHECK_INT(golden_shortest(whole[i].vector, decodes), whole[i].len);
}

static const struct tower *putting;

static bool put(struct writer *w)
{
	return tower_put(w, putting);
}

static void tower_needs_all_of_its_room(void)
{
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct golden g = golden_load(rows[i].vector);
		const struct tower t = expected(&rows[i]);

		putting = &t;
		CHECK_INT(golden_room(put, 200), g.len);
		golden_free(&g);
	}
}

static void lengths_that_do_not_add_up_are_malformed(void)
{
	static const char *const vectors[] = {
		"lying-tower-six-floors", "lying-tower-four-floors", "lying-tower-65535-floors",
		"lying-tower-left-long",  "lying-tower-right-long",  "lying-tower-right-short",
		"lying-tower-trailing",
	};

	for (size_t i = 0; i < ROWS(vectors); i++)
		if (!CHECK(!golden_accepts(vectors[i], decodes)))
			CHECK_STR(vectors[i], "refused");
}

/* ---- towers made here --------------------------------------------------------------- */

/* Starts a tower of n floors with echo and NDR in the first two. */
static void begin(struct writer *w, uint8_t *buf, size_t cap, uint16_t n)
{
	static const struct syntax_id *const ids[] = {&syntax_echo, &syntax_ndr};

	cursor_write(w, buf, cap);
	cursor_put_u16_le(w, n);
	for (size_t i = 0; i < 2 && i < n; i++) {
		cursor_put_u16_le(w, 19);
		cursor_put_u8(w, 0x0d);
		uuid_put_le(w, &ids[i]->uuid);
		cursor_put_u16_le(w, ids[i]->major);
		cursor_put_u16_le(w, 2);
		cursor_put_u16_le(w, ids[i]->minor);
	}
}

static void add_floor(struct writer *w, uint8_t protocol, const void *right, size_t n)
{
	cursor_put_u16_le(w, 1);
	cursor_put_u8(w, protocol);
	cursor_put_u16_le(w, (uint16_t)n);
	cursor_put_bytes(w, right, n);
}

/* Decodes what was written; the tower must add up. */
static struct tower decoded(const struct writer *w)
{
	struct tower t;

	CHECK(!w->bad);
	CHECK(tower_decode(w->data, w->len, &t));
	return t;
}

static void three_or_fewer_or_six_floors_are_unknown(void)
{
	static const uint16_t counts[] = {0, 1, 2, 3, 6, 7, RPC_MAX_FLOORS};
	uint8_t buf[200];
	struct writer w;

	for (size_t i = 0; i < ROWS(counts); i++) {
		struct tower t;

		begin(&w, buf, sizeof(buf), counts[i]);
		for (uint16_t n = 2; n < counts[i]; n++)
			add_floor(&w, 0x0b, "\0", 2);
		t = decoded(&w);
		CHECK_INT(t.protseq, PROTSEQ_UNKNOWN);
		CHECK_STR(t.endpoint, "");
		CHECK_STR(t.hostname, "");
	}
}

static void more_floors_than_the_limit_are_malformed(void)
{
	uint8_t buf[200];
	struct writer w;

	for (uint16_t n = RPC_MAX_FLOORS; n <= RPC_MAX_FLOORS + 1; n++) {
		begin(&w, buf, sizeof(buf), n);
		for (uint16_t i = 2; i < n; i++)
			add_floor(&w, 0x0b, "\0", 2);
		CHECK_INT(decodes(buf, w.len), n <= RPC_MAX_FLOORS);
	}
}

static void longer_tower_than_the_limit_is_malformed(void)
{
	static const uint8_t filling[RPC_MAX_TOWER];
	uint8_t buf[RPC_MAX_TOWER + 1];
	struct writer w;

	for (size_t total = RPC_MAX_TOWER; total <= RPC_MAX_TOWER + 1; total++) {
		begin(&w, buf, sizeof(buf), 3);
		add_floor(&w, 0x0b, filling, total - w.len - 5);
		CHECK_INT(w.len, total);
		CHECK_INT(decodes(buf, w.len), total <= RPC_MAX_TOWER);
	}
}

/* A pipe tower with this name, n bytes of it, in floor 4 or 5. */
static enum protseq pipe_with_name(const void *name, size_t n, int floor)
{
	uint8_t buf[RPC_MAX_TOWER];
	struct writer w;

	begin(&w, buf, sizeof(buf), 5);
	add_floor(&w, 0x0b, "\0", 2);
	add_floor(&w, 0x0f, floor == 4 ? name : "x", floor == 4 ? n : 2);
	add_floor(&w, 0x11, floor == 5 ? name : "x", floor == 5 ? n : 2);
	return decoded(&w).protseq;
}

static void names_must_end_with_their_only_nul(void)
{
	for (int floor = 4; floor <= 5; floor++) {
		CHECK_INT(pipe_with_name("", 0, floor), PROTSEQ_NCACN_NP);
		CHECK_INT(pipe_with_name("", 1, floor), PROTSEQ_NCACN_NP);
		CHECK_INT(pipe_with_name("abc", 4, floor), PROTSEQ_NCACN_NP);
		CHECK_INT(pipe_with_name("abc", 3, floor), PROTSEQ_UNKNOWN);
		CHECK_INT(pipe_with_name("a\0c", 4, floor), PROTSEQ_UNKNOWN);
		CHECK_INT(pipe_with_name("abc\0", 5, floor), PROTSEQ_UNKNOWN);
	}
}

static void names_fit_up_to_their_limit(void)
{
	char name[RPC_MAX_NAME + 1];

	memset(name, 'x', sizeof(name));
	name[RPC_MAX_NAME - 1] = '\0';
	CHECK_INT(pipe_with_name(name, RPC_MAX_NAME, 4), PROTSEQ_NCACN_NP);
	CHECK_INT(pipe_with_name(name, RPC_MAX_NAME, 5), PROTSEQ_NCACN_NP);
	name[RPC_MAX_NAME - 1] = 'x';
	name[RPC_MAX_NAME] = '\0';
	CHECK_INT(pipe_with_name(name, RPC_MAX_NAME + 1, 4), PROTSEQ_UNKNOWN);
	CHECK_INT(pipe_with_name(name, RPC_MAX_NAME + 1, 5), PROTSEQ_UNKNOWN);
}

static void longest_names_are_written_and_longer_ones_are_not(void)
{
	char name[RPC_MAX_NAME + 1];
	uint8_t buf[RPC_MAX_TOWER];
	struct tower t = {.protseq = PROTSEQ_NCACN_NP, .endpoint = name, .hostname = name};
	struct tower again;
	struct writer w;

	memset(name, 'x', RPC_MAX_NAME);
	name[RPC_MAX_NAME - 1] = '\0';
	cursor_write(&w, buf, sizeof(buf));
	CHECK(tower_put(&w, &t));
	again = decoded(&w);
	check_tower(&again, &t);

	name[RPC_MAX_NAME - 1] = 'x';
	name[RPC_MAX_NAME] = '\0';
	t.endpoint = "";
	cursor_write(&w, buf, sizeof(buf));
	CHECK(!tower_put(&w, &t));
	t.endpoint = name;
	t.hostname = "";
	cursor_write(&w, buf, sizeof(buf));
	CHECK(!tower_put(&w, &t));
}

static void unknown_sequence_is_not_written(void)
{
	const struct tower t = {.protseq = PROTSEQ_UNKNOWN, .endpoint = "", .hostname = ""};
	uint8_t buf[RPC_MAX_TOWER];
	struct writer w;

	cursor_write(&w, buf, sizeof(buf));
	CHECK(!tower_put(&w, &t));
	CHECK(w.bad);
	CHECK_INT(w.len, 0);
}

/* A TCP tower that is right but for one floor, with these right sides of 4 and 5. */
static enum protseq tcp_with(const char *port, size_t port_len, const char *host, size_t host_len)
{
	uint8_t buf[200];
	struct writer w;

	begin(&w, buf, sizeof(buf), 5);
	add_floor(&w, 0x0b, "\0", 2);
	add_floor(&w, 0x07, port, port_len);
	add_floor(&w, 0x09, host, host_len);
	return decoded(&w).protseq;
}

static void port_and_address_have_exactly_their_size(void)
{
	CHECK_INT(tcp_with("\xc2\0", 2, "\xc0\0\2\7", 4), PROTSEQ_NCACN_IP_TCP);
	CHECK_INT(tcp_with("\xc2\0", 0, "\xc0\0\2\7", 4), PROTSEQ_UNKNOWN);
	CHECK_INT(tcp_with("\xc2\0", 1, "\xc0\0\2\7", 4), PROTSEQ_UNKNOWN);
	CHECK_INT(tcp_with("\xc2\0\0", 3, "\xc0\0\2\7", 4), PROTSEQ_UNKNOWN);
	CHECK_INT(tcp_with("\xc2\0", 2, "\xc0\0\2\7", 0), PROTSEQ_UNKNOWN);
	CHECK_INT(tcp_with("\xc2\0", 2, "\xc0\0\2\7", 3), PROTSEQ_UNKNOWN);
	CHECK_INT(tcp_with("\xc2\0", 2, "\xc0\0\2\7\0", 5), PROTSEQ_UNKNOWN);
}

/* Floors 3 to 5 with these protocol identifiers; 0 in the last: four floors. */
static enum protseq with_protocols(uint8_t rpc, uint8_t endpoint, uint8_t host)
{
	uint8_t buf[200];
	struct writer w;

	begin(&w, buf, sizeof(buf), host != 0 ? 5 : 4);
	add_floor(&w, rpc, "\0", 2);
	add_floor(&w, endpoint, "x", 2);
	if (host != 0)
		add_floor(&w, host, "abc", 4);
	return decoded(&w).protseq;
}

static void unknown_protocols_are_unknown(void)
{
	CHECK_INT(with_protocols(0x0b, 0x07, 0x09), PROTSEQ_NCACN_IP_TCP);
	CHECK_INT(with_protocols(0x0c, 0x10, 0), PROTSEQ_NCALRPC);
	CHECK_INT(with_protocols(0x0b, 0x07, 0x20), PROTSEQ_UNKNOWN);
	CHECK_INT(with_protocols(0x0b, 0x07, 0), PROTSEQ_UNKNOWN);
	CHECK_INT(with_protocols(0x0b, 0x0f, 0), PROTSEQ_UNKNOWN);
	CHECK_INT(with_protocols(0x0c, 0x10, 0x11), PROTSEQ_UNKNOWN);
	CHECK_INT(with_protocols(0x0b, 0x0c, 0x0d), PROTSEQ_UNKNOWN); /* SPX */
	CHECK_INT(with_protocols(0x00, 0x00, 0x00), PROTSEQ_UNKNOWN);
}

/* ncalrpc has no host floor; one with the identifier 0 is still one too many. */
static void fifth_floor_of_ncalrpc_is_unknown(void)
{
	uint8_t buf[200];
	struct writer w;

	begin(&w, buf, sizeof(buf), 5);
	add_floor(&w, 0x0c, "\0", 2);
	add_floor(&w, 0x10, "x", 2);
	add_floor(&w, 0x00, "", 0);
	CHECK_INT(decoded(&w).protseq, PROTSEQ_UNKNOWN);
}

/* tower-tcp with one byte changed: where it is decides what becomes of it. */
static void wrong_floor_one_or_two_is_unknown(void)
{
	static const size_t offsets[] = {4, 29}; /* the 0d of either */

	for (size_t i = 0; i < ROWS(offsets); i++) {
		struct golden g = golden_load("tower-tcp");
		struct tower t;

		g.data[offsets[i]] = 0x0c;
		CHECK(tower_decode(g.data, g.len, &t));
		CHECK_INT(t.protseq, PROTSEQ_UNKNOWN);
		golden_free(&g);
	}
}

/* The minor version of floor 3 decides nothing. */
static void right_side_of_floor_three_is_not_looked_at(void)
{
	struct golden g = golden_load("tower-tcp");
	struct tower t;

	g.data[57] = 7;
	CHECK(tower_decode(g.data, g.len, &t));
	CHECK_INT(t.protseq, PROTSEQ_NCACN_IP_TCP);
	golden_free(&g);
}

static void names_without_bytes_are_empty(void)
{
	struct golden g = golden_load("tower-np-empty");
	char text[BINDING_TEXT_LEN];
	struct tower t;

	CHECK(tower_decode(g.data, g.len, &t));
	CHECK_INT(t.protseq, PROTSEQ_NCACN_NP);
	CHECK_STR(t.endpoint, "");
	CHECK_STR(t.hostname, "");
	CHECK_STR(tower_format(&t, text), "ncacn_np:");
	golden_free(&g);
}

static void only_port_sequences_have_an_address(void)
{
	CHECK(tower_has_host(PROTSEQ_NCACN_IP_TCP));
	CHECK(tower_has_host(PROTSEQ_NCADG_IP_UDP));
	CHECK(tower_has_host(PROTSEQ_NCACN_HTTP));
	CHECK(!tower_has_host(PROTSEQ_NCACN_NP));
	CHECK(!tower_has_host(PROTSEQ_NCALRPC));
	CHECK(!tower_has_host(PROTSEQ_UNKNOWN));
}

const struct unit_test suite_tower[] = {
	{"every_sequence_is_decoded", every_sequence_is_decoded},
	{"every_sequence_is_encoded_the_same_in_both_orders",
	 every_sequence_is_encoded_the_same_in_both_orders},
	{"cut_off_tower_is_malformed", cut_off_tower_is_malformed},
	{"tower_needs_all_of_its_room", tower_needs_all_of_its_room},
	{"lengths_that_do_not_add_up_are_malformed", lengths_that_do_not_add_up_are_malformed},
	{"three_or_fewer_or_six_floors_are_unknown", three_or_fewer_or_six_floors_are_unknown},
	{"more_floors_than_the_limit_are_malformed", more_floors_than_the_limit_are_malformed},
	{"longer_tower_than_the_limit_is_malformed", longer_tower_than_the_limit_is_malformed},
	{"names_must_end_with_their_only_nul", names_must_end_with_their_only_nul},
	{"names_fit_up_to_their_limit", names_fit_up_to_their_limit},
	{"longest_names_are_written_and_longer_ones_are_not",
	 longest_names_are_written_and_longer_ones_are_not},
	{"unknown_sequence_is_not_written", unknown_sequence_is_not_written},
	{"port_and_address_have_exactly_their_size", port_and_address_have_exactly_their_size},
	{"unknown_protocols_are_unknown", unknown_protocols_are_unknown},
	{"fifth_floor_of_ncalrpc_is_unknown", fifth_floor_of_ncalrpc_is_unknown},
	{"wrong_floor_one_or_two_is_unknown", wrong_floor_one_or_two_is_unknown},
	{"right_side_of_floor_three_is_not_looked_at", right_side_of_floor_three_is_not_looked_at},
	{"names_without_bytes_are_empty", names_without_bytes_are_empty},
	{"only_port_sequences_have_an_address", only_port_sequences_have_an_address},
	{NULL, NULL},
};
