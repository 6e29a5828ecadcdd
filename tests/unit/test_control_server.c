/* The control socket: requests whole and in pieces, and such as make no sense. */
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/unit/control_rig.h"
#include "tests/unit/unit.h"

#define SUCCESS 0
#define PROG_UNAVAIL 1
#define PROG_MISMATCH 2
#define PROC_UNAVAIL 3
#define GARBAGE_ARGS 4
#define SYSTEM_ERR 5

/* The arguments of procedure 1. */
static const char hello[] = "\0\0\0\5hello\0\0";
#define HELLO_LEN 12u

static bool hears_hello(struct control_rig *g, int fd, uint32_t xid)
{
	char answer[64] = "";
	uint32_t first;

	if (!CHECK_INT(control_rig_hear(g, fd, answer, sizeof(answer)), 24 + HELLO_LEN))
		return false;
	memcpy(&first, answer, sizeof(first));
	return CHECK_INT(ntohl(first), xid) && CHECK_MEM(answer + 24, hello, HELLO_LEN);
}

static void put_u32(char *at, uint32_t n)
{
	n = htonl(n);
	memcpy(at, &n, sizeof(n));
}

static void request_is_answered(void)
{
	char call[CONTROL_RIG_CALL_LEN];
	struct control_rig g;
	int fd;

	control_rig_init(&g, 60);
	fd = control_rig_connect(&g);
	control_rig_ask(&g, fd, 7, 0);
	control_rig_accepts(&g, fd, 7, SUCCESS);
	control_rig_send(&g, fd, call, control_rig_call(call, 8, 1, hello, HELLO_LEN));
	hears_hello(&g, fd, 8);
	close(fd);
	control_rig_turn(&g);
	CHECK_INT(g.n_calls, 2);
	control_rig_fini(&g);
}

static void bytes_may_come_one_by_one(void)
{
	char call[CONTROL_RIG_CALL_LEN];
	struct control_rig g;
	size_t len;
	int fd;

	control_rig_init(&g, 60);
	fd = control_rig_connect(&g);
	len = control_rig_call(call, 8, 1, hello, HELLO_LEN);
	for (size_t i = 0; i < len; i++) {
		control_rig_silent(&g, fd);
		control_rig_send(&g, fd, call + i, 1);
	}
	hears_hello(&g, fd, 8);
	close(fd);
	control_rig_fini(&g);
}

/* Cut at every byte, empty fragments before and behind. */
static void record_may_have_many_fragments(void)
{
	char call[CONTROL_RIG_CALL_LEN], header[4];
	struct control_rig g;
	size_t len;
	int fd;

	control_rig_init(&g, 60);
	fd = control_rig_connect(&g);
	len = control_rig_call(call, 9, 1, hello, HELLO_LEN);
	for (size_t i = 4; i < len; i++) {
		put_u32(header, (uint32_t)(i - 4));
		control_rig_send(&g, fd, header, 4);
		control_rig_send(&g, fd, call + 4, i - 4);
		control_rig_send(&g, fd, "\0\0\0\0", 4);
		put_u32(header, (uint32_t)(len - i));
		control_rig_send(&g, fd, header, 4);
		control_rig_send(&g, fd, call + i, len - i);
		control_rig_silent(&g, fd);
		control_rig_send(&g, fd, "\x80\0\0\0", 4);
		hears_hello(&g, fd, 9);
	}
	close(fd);
	control_rig_fini(&g);
}

static void requests_may_be_pipelined(void)
{
	char calls[20 * CONTROL_RIG_CALL_LEN];
	struct control_rig g;
	size_t len = 0;
	int fd;

	control_rig_init(&g, 60);
	fd = control_rig_connect(&g);
	for (uint32_t i = 0; i < 20; i++)
		len += control_rig_call(calls + len, i, 1, hello, HELLO_LEN);
	control_rig_send(&g, fd, calls, len);
	for (uint32_t i = 0; i < 20; i++)
		hears_hello(&g, fd, i);
	close(fd);
	control_rig_fini(&g);
}

/* Sends bytes to a server of their own: does it cut the connection? Others are served. */
static bool cuts(const void *data, size_t len)
{
	struct control_rig g;
	int fd, other;
	bool cut;
	char byte;

	control_rig_init(&g, 60);
	other = control_rig_connect(&g);
	fd = control_rig_connect(&g);
	control_rig_send(&g, fd, data, len);
	cut = recv(fd, &byte, 1, MSG_DONTWAIT) == 0;
	control_rig_ask(&g, other, 1, 0);
	control_rig_accepts(&g, other, 1, SUCCESS);
	CHECK_INT(g.n_calls, 1);
	close(fd);
	close(other);
	control_rig_fini(&g);
	return cut;
}

static void garbage_is_cut(void)
{
	char call[CONTROL_RIG_CALL_LEN], whole[4 + CONTROL_MAX_REQUEST + 4] = "";
	size_t len = control_rig_call(call, 1, 0, NULL, 0);

	CHECK(cuts("GET / HTTP/1.1\r\n\r\n", 18));       /* a fragment of 1.2 GB */
	CHECK(cuts("\x80\0\0\0", 4));                    /* nothing */
	CHECK(cuts("\x80\0\0\4\0\0\0\1", 8));            /* too short for a call */
	put_u32(whole, 0x80000000u | (CONTROL_MAX_REQUEST + 1));
	CHECK(cuts(whole, 4));
	put_u32(whole, 0x80000000u | CONTROL_MAX_REQUEST); /* long enough, but zeros */
	CHECK(!cuts(whole, 4 + CONTROL_MAX_REQUEST - 1));
	CHECK(cuts(whole, 4 + CONTROL_MAX_REQUEST));
	put_u32(whole, CONTROL_MAX_REQUEST); /* the first fragment has all the room */
	CHECK(!cuts(whole, 4 + CONTROL_MAX_REQUEST));
	put_u32(whole + 4 + CONTROL_MAX_REQUEST, 0x80000001u);
	CHECK(cuts(whole, sizeof(whole)));
	put_u32(call + 8, 1); /* a reply */
	CHECK(cuts(call, len));
	put_u32(call + 8, 0);
	put_u32(call + 12, 3); /* RPC version 3 */
	CHECK(cuts(call, len));
	put_u32(call + 12, 2);
	put_u32(call + 32, 0x7fffffff); /* length of the credentials */
	CHECK(cuts(call, len));
	put_u32(call + 32, 401); /* more than there may be */
	CHECK(cuts(call, len));
	CHECK(!cuts(call, len - 1));
}

/* A largest request passes. */
static void request_of_the_largest_size_is_served(void)
{
	char call[CONTROL_RIG_CALL_LEN], whole[4 + CONTROL_MAX_REQUEST] = "";
	struct control_rig g;
	int fd;

	control_rig_call(call, 3, 1, hello, HELLO_LEN);
	memcpy(whole, call, 4 + 40 + HELLO_LEN); /* and bytes that nobody asks for */
	put_u32(whole, 0x80000000u | CONTROL_MAX_REQUEST);
	control_rig_init(&g, 60);
	fd = control_rig_connect(&g);
	control_rig_send(&g, fd, whole, sizeof(whole));
	hears_hello(&g, fd, 3);
	close(fd);
	control_rig_fini(&g);
}

static void what_is_not_served_is_said(void)
{
	static const struct {
		size_t at; /* in the call */
		uint32_t value, stat;
	} rows[] = {
		{16, CONTROL_RIG_PROGRAM + 1, PROG_UNAVAIL},
		{20, CONTROL_RIG_VERSION + 1, PROG_MISMATCH},
		{20, 0, PROG_MISMATCH},
		{24, 5, PROC_UNAVAIL},
		{24, UINT32_MAX, PROC_UNAVAIL},
		{24, 3, SYSTEM_ERR}, /* its answer is too long */
	};
	struct control_rig g;
	int fd;

	control_rig_init(&g, 60);
	fd = control_rig_connect(&g);
	for (uint32_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char call[CONTROL_RIG_CALL_LEN];
		size_t len = control_rig_call(call, i, 0, NULL, 0);

		put_u32(call + rows[i].at, rows[i].value);
		control_rig_send(&g, fd, call, len);
		control_rig_accepts(&g, fd, i, rows[i].stat);
	}
	control_rig_ask(&g, fd, 99, 0);
	control_rig_accepts(&g, fd, 99, SUCCESS);
	close(fd);
	control_rig_fini(&g);
}

/* Memory for them is given back (the sanitizer sees). */
static void arguments_that_do_not_decode_are_said(void)
{
	static const struct {
		const char *args;
		size_t len;
	} rows[] = {
		{"", 0},
		{"\0\0\0", 3},
		{"\0\0\0\5hell", 8},          /* ends too early: there is room for it already */
		{"\xff\xff\xff\xff", 4},
		{"\0\1\0\0hello\0\0\0", 12}, /* says 65536 */
	};
	struct control_rig g;
	int fd;

	control_rig_init(&g, 60);
	fd = control_rig_connect(&g);
	for (uint32_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char call[CONTROL_RIG_CALL_LEN];

		control_rig_send(&g, fd, call, control_rig_call(call, i, 1, rows[i].args, rows[i].len));
		control_rig_accepts(&g, fd, i, GARBAGE_ARGS);
	}
	close(fd);
	control_rig_fini(&g);
}

static void credentials_are_passed_over(void)
{
	char call[CONTROL_RIG_CALL_LEN], longer[CONTROL_RIG_CALL_LEN];
	size_t len = control_rig_call(call, 5, 0, NULL, 0);
	struct control_rig g;
	int fd;

	/* AUTH_SYS with 400 bytes that mean nothing */
	memset(longer, 0x55, sizeof(longer));
	memcpy(longer, call, 28);
	put_u32(longer, 0x80000000u | (uint32_t)(len - 4 + 400));
	put_u32(longer + 28, 1);
	put_u32(longer + 32, 400);
	memcpy(longer + 36 + 400, call + 36, 8);
	control_rig_init(&g, 60);
	fd = control_rig_connect(&g);
	control_rig_send(&g, fd, longer, len + 400);
	control_rig_accepts(&g, fd, 5, SUCCESS);
	close(fd);
	control_rig_fini(&g);
}

const struct unit_test suite_control_server[] = {
	{"request_is_answered", request_is_answered},
	{"bytes_may_come_one_by_one", bytes_may_come_one_by_one},
	{"record_may_have_many_fragments", record_may_have_many_fragments},
	{"requests_may_be_pipelined", requests_may_be_pipelined},
	{"garbage_is_cut", garbage_is_cut},
	{"request_of_the_largest_size_is_served", request_of_the_largest_size_is_served},
	{"what_is_not_served_is_said", what_is_not_served_is_said},
	{"arguments_that_do_not_decode_are_said", arguments_that_do_not_decode_are_said},
	{"credentials_are_passed_over", credentials_are_passed_over},
	{NULL, NULL},
};
