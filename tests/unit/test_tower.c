#include "rpc/tower.h"

#include <string.h>

#include "idl/rpcecho.h"
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

	t.interface_id = echo_id;
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
	CHECK(tower_decode(buf, w.len, &again));
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

/* tower-tcp with one byte changed: where it is decides what becomes of it. */
/* UUIDs, versions, port and address; the minor version of floor 3 says nothing. */
static bool may_be_anything(size_t at)
{
	return (at >= 5 && at < 23) || at == 25 || at == 26 || (at >= 30 && at < 48) || at == 50 || at == 51 ||
	       at == 57 || at == 58 || at == 64 || at == 65 || at >= 71;
}

static void every_byte_of_a_tcp_tower_counts(void)
{
	const struct tower tower = {
		.interface_id = {{0x12345678, 0x9abc, 0xdef0, {1, 2, 3, 4, 5, 6, 7, 8}}, 0x0102, 0x0304},
		.transfer_syntax = syntax_ndr,
		.protseq = PROTSEQ_NCACN_IP_TCP,
		.port = 0x1234,
		.host = {10, 2, 2, 2},
		.endpoint = "",
		.hostname = "",
	};
	uint8_t octets[75];
	struct tower t;
	struct writer w;

	cursor_write(&w, octets, sizeof(octets));
	REQUIRE(tower_put(&w, &tower) && w.len == sizeof(octets) && tower_decode(octets, w.len, &t));
	check_tower(&t, &tower);
	for (size_t at = 0; at < sizeof(octets); at++) {
		for (unsigned change = 1; change < 256; change++) {
			octets[at] ^= (uint8_t)change;
			CHECK_INT(tower_decode(octets, sizeof(octets), &t) && t.protseq == PROTSEQ_NCACN_IP_TCP,
			          may_be_anything(at));
			if (t.protseq == PROTSEQ_NCACN_IP_TCP && at != 57 && at != 58) {
				uint8_t again[75];

				cursor_write(&w, again, sizeof(again));
				CHECK(tower_put(&w, &t) && memcmp(again, octets, sizeof(again)) == 0);
			}
			octets[at] ^= (uint8_t)change;
		}
	}
}

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
	{"longest_names_are_written_and_longer_ones_are_not",
	 longest_names_are_written_and_longer_ones_are_not},
	{"unknown_sequence_is_not_written", unknown_sequence_is_not_written},
	{"every_byte_of_a_tcp_tower_counts", every_byte_of_a_tcp_tower_counts},
	{"wrong_floor_one_or_two_is_unknown", wrong_floor_one_or_two_is_unknown},
	{"right_side_of_floor_three_is_not_looked_at", right_side_of_floor_three_is_not_looked_at},
	{"names_without_bytes_are_empty", names_without_bytes_are_empty},
	{"only_port_sequences_have_an_address", only_port_sequences_have_an_address},
	{NULL, NULL},
};
