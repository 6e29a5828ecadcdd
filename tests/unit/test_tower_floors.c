/* Towers made here, floor by floor; those of the vectors are in test_tower.c. */
#include "rpc/tower.h"

#include <string.h>

#include "idl/rpcecho.h"
#include "rpc/limits.h"
#include "tests/unit/unit.h"

#define ROWS(array) (sizeof(array) / sizeof((array)[0]))

/* Starts a tower of n floors with echo and NDR in the first two. */
static void begin(struct writer *w, uint8_t *buf, size_t cap, uint16_t n)
{
	static const struct syntax_id *const ids[] = {&echo_id, &syntax_ndr};

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

/* A floor with n bytes on its left side, the first of them the protocol. */
static void add_wide_floor(struct writer *w, uint8_t protocol, size_t n, const void *right,
			   size_t right_len)
{
	const uint8_t left[24] = {protocol};

	cursor_put_u16_le(w, (uint16_t)n);
	cursor_put_bytes(w, left, n);
	cursor_put_u16_le(w, (uint16_t)right_len);
	cursor_put_bytes(w, right, right_len);
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
	struct tower t;
	struct writer w;

	for (uint16_t n = RPC_MAX_FLOORS; n <= RPC_MAX_FLOORS + 1; n++) {
		begin(&w, buf, sizeof(buf), n);
		for (uint16_t i = 2; i < n; i++)
			add_floor(&w, 0x0b, "\0", 2);
		CHECK_INT(tower_decode(buf, w.len, &t), n <= RPC_MAX_FLOORS);
	}
}

static void longer_tower_than_the_limit_is_malformed(void)
{
	static const uint8_t filling[RPC_MAX_TOWER];
	uint8_t buf[RPC_MAX_TOWER + 1];
	struct tower t;
	struct writer w;

	for (size_t total = RPC_MAX_TOWER; total <= RPC_MAX_TOWER + 1; total++) {
		begin(&w, buf, sizeof(buf), 3);
		add_floor(&w, 0x0b, filling, total - w.len - 5);
		CHECK_INT(w.len, total);
		CHECK_INT(tower_decode(buf, w.len, &t), total <= RPC_MAX_TOWER);
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

/* ncalrpc has no host floor; one with the identifier 0 is still one too many, and so are two. */
static void fifth_floor_of_ncalrpc_is_unknown(void)
{
	uint8_t buf[200];
	struct writer w;

	for (uint16_t n = 4; n <= 6; n++) {
		begin(&w, buf, sizeof(buf), n);
		add_floor(&w, 0x0c, "\0", 2);
		add_floor(&w, 0x10, "x", 2);
		for (uint16_t i = 4; i < n; i++)
			add_floor(&w, 0x00, "", 0);
		CHECK_INT(decoded(&w).protseq, n == 4 ? PROTSEQ_NCALRPC : PROTSEQ_UNKNOWN);
	}
}

/* A TCP tower that is right, but floor `odd` has n bytes on its left side. */
static enum protseq tcp_with_left_side(int odd, size_t n)
{
	static const struct {
		uint8_t protocol;
		const char *right;
		size_t len;
	} floors[] = {{0x0b, "\0", 2}, {0x07, "\xc2\0", 2}, {0x09, "\xc0\0\2\7", 4}};
	uint8_t buf[200];
	struct writer w;

	begin(&w, buf, sizeof(buf), 5);
	for (int i = 3; i <= 5; i++)
		add_wide_floor(&w, floors[i - 3].protocol, i == odd ? n : 1, floors[i - 3].right,
			       floors[i - 3].len);
	return decoded(&w).protseq;
}

static void left_sides_of_protocols_have_exactly_their_size(void)
{
	for (int odd = 3; odd <= 5; odd++) {
		CHECK_INT(tcp_with_left_side(odd, 0), PROTSEQ_UNKNOWN);
		CHECK_INT(tcp_with_left_side(odd, 1), PROTSEQ_NCACN_IP_TCP);
		CHECK_INT(tcp_with_left_side(odd, 2), PROTSEQ_UNKNOWN);
	}
}

/* A TCP tower whose floor 1 or 2 has sides of these sizes. */
static enum protseq tcp_with_syntax(int odd, size_t left, size_t right)
{
	uint8_t buf[200];
	struct writer w;

	begin(&w, buf, sizeof(buf), 0);
	cursor_patch_u16(&w, 0, 5);
	for (int i = 1; i <= 2; i++)
		add_wide_floor(&w, 0x0d, i == odd ? left : 19, "\0\0", i == odd ? right : 2);
	add_floor(&w, 0x0b, "\0", 2);
	add_floor(&w, 0x07, "\xc2\0", 2);
	add_floor(&w, 0x09, "\xc0\0\2\7", 4);
	return decoded(&w).protseq;
}

static void sides_of_syntaxes_have_exactly_their_size(void)
{
	for (int odd = 1; odd <= 2; odd++) {
		CHECK_INT(tcp_with_syntax(odd, 19, 2), PROTSEQ_NCACN_IP_TCP);
		CHECK_INT(tcp_with_syntax(odd, 0, 2), PROTSEQ_UNKNOWN);
		CHECK_INT(tcp_with_syntax(odd, 18, 2), PROTSEQ_UNKNOWN);
		CHECK_INT(tcp_with_syntax(odd, 20, 2), PROTSEQ_UNKNOWN);
		CHECK_INT(tcp_with_syntax(odd, 19, 0), PROTSEQ_UNKNOWN);
		CHECK_INT(tcp_with_syntax(odd, 19, 1), PROTSEQ_UNKNOWN);
		CHECK_INT(tcp_with_syntax(odd, 19, 3), PROTSEQ_UNKNOWN);
	}
}

static void sixth_floor_of_a_good_tower_is_unknown(void)
{
	uint8_t buf[200];
	struct writer w;

	begin(&w, buf, sizeof(buf), 6);
	add_floor(&w, 0x0b, "\0", 2);
	add_floor(&w, 0x07, "\xc2\0", 2);
	add_floor(&w, 0x09, "\xc0\0\2\7", 4);
	add_floor(&w, 0x09, "\xc0\0\2\7", 4);
	CHECK_INT(decoded(&w).protseq, PROTSEQ_UNKNOWN);
}



const struct unit_test suite_tower_floors[] = {
	{"three_or_fewer_or_six_floors_are_unknown", three_or_fewer_or_six_floors_are_unknown},
	{"more_floors_than_the_limit_are_malformed", more_floors_than_the_limit_are_malformed},
	{"longer_tower_than_the_limit_is_malformed", longer_tower_than_the_limit_is_malformed},
	{"names_must_end_with_their_only_nul", names_must_end_with_their_only_nul},
	{"names_fit_up_to_their_limit", names_fit_up_to_their_limit},
	{"port_and_address_have_exactly_their_size", port_and_address_have_exactly_their_size},
	{"left_sides_of_protocols_have_exactly_their_size",
	 left_sides_of_protocols_have_exactly_their_size},
	{"sides_of_syntaxes_have_exactly_their_size", sides_of_syntaxes_have_exactly_their_size},
	{"sixth_floor_of_a_good_tower_is_unknown", sixth_floor_of_a_good_tower_is_unknown},
	{"unknown_protocols_are_unknown", unknown_protocols_are_unknown},
	{"fifth_floor_of_ncalrpc_is_unknown", fifth_floor_of_ncalrpc_is_unknown},
	{NULL, NULL},
};
