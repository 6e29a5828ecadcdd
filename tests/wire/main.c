/*
 * The rows against a daemon that serves echo and nothing else:
 *
 *	wire [-6 HOST] [-s SOCKET] HOST [PORT]
 *
 * The mapper at HOST, an address, says where echo is. Each row runs twice: each turn in
 * one write, and cut into several with a big-endian caller. -6 is the same server by
 * IPv6, -s its local socket; without them the rows that need them are left out, and
 * counted.
 *
 * A server that does not answer makes each row take its time; a run that has failed and
 * takes long is given up.
 *
 * Exit status: 0 all passed, 1 a row failed, 2 it could not be tried. The last line is
 * 'N passed, N failed'.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "rpc/clock.h"
#include "tests/unit/unit.h"
#include "tests/wire/rows.h"
#include "tests/wire/tcp.h"

enum {
	PIECES = 5,	/* into which a row is cut */
	PATIENCE = 100, /* seconds for a run that has failed */
	SHOWN = 256,	/* bytes of a failure */
	BEFORE = 64,	/* of them before the first that differs */
	COLUMNS = 32
};

/* ---- what pdu_text.c has for the unit tests ------------------------------------------ */

bool unit_check(const struct unit_place *at, bool held)
{
	(void)at;
	return held;
}

void unit_abort(const struct unit_place *at, const char *format, ...)
{
	va_list args;

	fprintf(stderr, "wire: %s:%u: ", at->file, at->line);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	exit(2);
}

/* ---- failures ------------------------------------------------------------------------ */

static void show(const char *side, const struct pdu_bytes *b, size_t from)
{
	size_t to = b->len - from < SHOWN ? b->len : from + SHOWN;

	printf("    %s, %zu bytes", side, b->len);
	for (size_t i = from; i < to; i++) {
		if ((i - from) % COLUMNS == 0)
			printf("\n      %06zx ", i);
		printf(" %02x", b->data[i]);
	}
	puts(to < b->len ? " ..." : "");
}

static void report(const struct wire_row *row, const char *pass, const struct wire_result *r)
{
	const struct pdu_bytes *e = &r->expected, *a = &r->actual;
	size_t same = 0;

	while (same < e->len && same < a->len && e->data[same] == a->data[same])
		same++;
	same = same > BEFORE ? (same - BEFORE) / COLUMNS * COLUMNS : 0;
	printf("row %s, %s, %s: failed at %s\n", row->row, row->what, pass, r->where);
	show("expected", e, same);
	show("actual", a, same);
}

/* ---- rows ---------------------------------------------------------------------------- */

static bool run_pass(const struct wire_row *row, const struct wire_how *how, const char *pass, size_t *sent)
{
	struct wire_result r = wire_run(row, how);
	bool right = r.right;

	if (!right)
		report(row, pass, &r);
	*sent = r.sent;
	wire_result_free(&r);
	return right;
}

/* Both passes. */
static bool run_row(const struct wire_row *row, struct wire_how *how)
{
	size_t sent;
	bool right;

	how->big_endian = false;
	how->portion = 0;
	right = run_pass(row, how, "in one write", &sent);
	how->big_endian = true;
	how->portion = sent / PIECES + 1;
	return run_pass(row, how, "in pieces, big-endian", &sent) && right;
}

static bool may_run(const struct wire_row *row, const struct tcp_server *server)
{
	return (server->local || !wire_uses(row, WIRE_LOCAL)) &&
	       (server->ports[WIRE_IPV6].sa.sa_family == AF_INET6 || !wire_uses(row, WIRE_IPV6));
}

struct counts {
	unsigned int passed, failed, left_out, given_up;
};

static void run_table(const struct wire_table *t, struct wire_how *how, const struct tcp_server *server,
		      struct counts *c)
{
	static uint32_t began;

	if (began == 0)
		began = clock_seconds();
	for (size_t i = 0; i < t->n; i++) {
		if (!may_run(&t->rows[i], server))
			c->left_out++;
		else if (c->failed > 0 && clock_reached(clock_seconds(), began + PATIENCE))
			c->given_up++;
		else if (run_row(&t->rows[i], how))
			c->passed++;
		else
			c->failed++;
	}
}

/* Exit status. */
static int run_all(struct wire_how *how, const struct tcp_server *server)
{
	struct counts c = {0};

	for (size_t t = 0; wire_tables[t]; t++)
		run_table(wire_tables[t], how, server, &c);
	if (c.left_out > 0)
		printf("%u rows need -6 or -s, and are left out\n", c.left_out);
	if (c.given_up > 0)
		printf("it takes too long: %u rows are given up\n", c.given_up);
	printf("%u passed, %u failed\n", c.passed, c.failed);
	return c.failed == 0 && c.passed > 0 ? 0 : 1;
}

/* ---- where the server is ------------------------------------------------------------- */

/* The mapper's answer about echo has one tower, and ends in its port, five floor (9
 * bytes), a byte of padding and a status. */
static bool find_echo(struct wire_how *how, struct tcp_server *server)
{
	struct pdu_setting s = {.addr = NULL, .group = "mapper"};
	char port[8];
	struct pdu_bytes in, out;
	void *c = tcp_way.open(server, WIRE_MAPPER);
	bool found;

	snprintf(port, sizeof(port), "%u", how->mapper_port);
	s.addr = port;
	in = pdu_text_in(BIND_EPM "request call=2 " MAP("nil", "echo", "0", "1"), &s);
	out = pdu_text_in(ACK "response call=2 handle=0 u32=1,1,0,1,3 twr=echo u32=0", &s);
	found = c && tcp_way.send(c, in.data, in.len) && tcp_way.hear(c, out.data, out.len) == out.len;
	if (found)
		how->echo_port = (uint16_t)(out.data[out.len - 16] << 8 | out.data[out.len - 15]);
	if (c)
		tcp_way.close(c);
	pdu_bytes_free(&in);
	pdu_bytes_free(&out);
	server->ports[WIRE_ECHO] = server->ports[WIRE_MAPPER];
	addr_set_port(&server->ports[WIRE_ECHO], how->echo_port);
	return found && how->echo_port != 0;
}

static bool take_options(int argc, char **argv, struct wire_how *how, struct tcp_server *server)
{
	union addr *mapper = &server->ports[WIRE_MAPPER], *ipv6 = &server->ports[WIRE_IPV6];
	int option;

	while ((option = getopt(argc, argv, "6:s:")) != -1) {
		if (option == 's')
			server->local = optarg;
		else if (option != '6' || !addr_parse(optarg, ipv6) || ipv6->sa.sa_family != AF_INET6)
			return false;
	}
	if ((argc != optind + 1 && argc != optind + 2) || !addr_parse(argv[optind], mapper))
		return false;
	if (argc == optind + 2)
		how->mapper_port = (uint16_t)strtoul(argv[optind + 1], NULL, 10);
	addr_set_port(mapper, how->mapper_port);
	if (ipv6->sa.sa_family == AF_INET6)
		addr_set_port(ipv6, how->mapper_port);
	/* A tower has no room for an IPv6 address; then it is 0.0.0.0. */
	addr_ipv4(mapper, how->host);
	return true;
}

int main(int argc, char **argv)
{
	struct tcp_server server = {.local = NULL};
	struct wire_how how = {.way = &tcp_way, .arg = &server, .probes = wire_probes, .mapper_port = 135};

	setvbuf(stdout, NULL, _IOLBF, 0);
	if (!take_options(argc, argv, &how, &server)) {
		fprintf(stderr, "usage: wire [-6 HOST] [-s SOCKET] HOST [PORT]\n");
		return 2;
	}
	if (!find_echo(&how, &server)) {
		fprintf(stderr, "wire: the mapper at %s does not say where echo is\n", argv[optind]);
		return 2;
	}
	return run_all(&how, &server);
}
