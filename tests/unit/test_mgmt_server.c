/* The management interface, from outside: bytes of its five operations. */
#include <stdio.h>
#include <string.h>

#include "epmapd/mgmt_server.h"
#include "rpc/assoc.h"
#include "tests/unit/pdu_text.h"
#include "tests/unit/rig.h"
#include "tests/unit/unit.h"

static const struct rpc_op no_ops[] = {{.name = "None"}};
static const struct rpc_interface svc = {.name = "svc", .id = PDU_TEXT_SVC, .n_ops = 1, .ops = no_ops};
static const struct rpc_interface other = {
	.name = "other", .id = PDU_TEXT_OTHER, .n_ops = 1, .ops = no_ops};

/* A server of management and the first n of the two interfaces above; what it is
 * asked, and what it must answer. */
static void ask_as(const char *syntax, size_t n, const char *in, const char *out)
{
	const struct rpc_served served[] = {{.interface = &svc}, {.interface = &other}};
	char bind[64], ack[64];
	struct rpc_served all[3];
	struct assoc *a;
	struct rig g;

	memcpy(all, served, n * sizeof(served[0]));
	all[n] = mgmt_served;
	rig_init(&g);
	g.server.served = all;
	g.server.n_served = n + 1;
	a = rig_assoc(&g);
	snprintf(bind, sizeof(bind), "bind context=0:mgmt:%s", syntax);
	snprintf(ack, sizeof(ack), "bind_ack result=0,0,%s", syntax);
	rig_say(&g, a, bind);
	rig_hears(&g, a, "bind", ack);
	rig_say(&g, a, in);
	rig_hears(&g, a, in, out);
	CHECK(!assoc_closing(a));
	assoc_free(a);
	rig_fini(&g);
}

static void ask(size_t n, const char *in, const char *out)
{
	ask_as("ndr", n, in, out);
}

static void interfaces_are_all_but_its_own(void)
{
	/* Pointer, conformance, count, pointers, interfaces, status. */
	struct pdu_bytes bind = pdu_text("bind context=0:svc:ndr context=1:other:ndr", 0);
	char out[512];
	size_t n = 0;

	REQUIRE(bind.len == 28 + 2 * 44);
	n += (size_t)snprintf(out, sizeof(out), "response stub=01000000"
	                                        "0200000002000000" "0200000003000000");
	/* An interface's UUID and version, as the bind has them, at 32 and 76. */
	for (size_t at = 32; at <= 76; at += 44)
		for (size_t i = 0; i < 20; i++)
			n += (size_t)snprintf(out + n, sizeof(out) - n, "%02x", bind.data[at + i]);
	snprintf(out + n, sizeof(out) - n, "00000000");
	pdu_bytes_free(&bind);
	ask(2, "request op=0", out);
}

static void no_interface_is_an_empty_list(void)
{
	ask(0, "request op=0", "response stub=01000000" "00000000" "00000000" "00000000");
}

/* The bind and this very call are what came in; the ack is what went out. */
static void statistics_count_calls_and_packets(void)
{
	ask(0, "request op=1 stub=04000000",
	    "response stub=04000000" "04000000" "01000000" "00000000" "02000000" "01000000" "00000000");
}

/* Whole requests, also those that end in a fault; every PDU, each fragment of its own. */
static void counters_go_on_counting(void)
{
	ask(0, "request call=2 op=9; request call=3 flags=1 op=3; request call=3 flags=2 op=3;"
	       "request call=4 op=1 stub=04000000; cancel call=4; request call=5 op=1 stub=04000000",
	    "fault call=2 status=0x1c010002 dne; response call=3 stub=05000000;"
	    "response call=4 stub=04000000" "04000000" "03000000" "00000000" "05000000" "03000000" "00000000;"
	    "response call=5 stub=04000000" "04000000" "04000000" "00000000" "07000000" "04000000" "00000000");
}

static void statistics_are_four_at_most(void)
{
	ask(0, "request op=1 stub=ffffffff",
	    "response stub=04000000" "04000000" "01000000" "00000000" "02000000" "01000000" "00000000");
	ask(0, "request op=1 stub=01000000", "response stub=01000000" "01000000" "01000000" "00000000");
	ask(0, "request op=1 stub=00000000", "response stub=00000000" "00000000" "00000000");
	ask(0, "request op=1 stub=05000000",
	    "response stub=04000000" "04000000" "01000000" "00000000" "02000000" "01000000" "00000000");
	/* Some clients send four bytes more. */
	ask(0, "request op=1 stub=0200000004000000",
	    "response stub=02000000" "02000000" "01000000" "00000000" "00000000");
	ask(0, "request op=1 stub=0000", "fault status=0x6f7");
}

static void server_listens_and_does_not_stop(void)
{
	ask(0, "request op=2", "response stub=00000000" "01000000");
	ask(0, "request op=3", "response stub=05000000");
	ask(0, "request op=2; request call=2 op=3; request call=3 op=2",
	    "response stub=0000000001000000; response call=2 stub=05000000; response call=3 stub=0000000001000000");
}

static void principal_has_no_name(void)
{
	/* Conformance as asked, offset, one byte, pad, RPC_S_UNKNOWN_AUTHN_SERVICE. */
	ask(0, "request op=4 stub=0a000000" "20000000",
	    "response stub=20000000" "00000000" "01000000" "00000000" "d3060000");
	/* There is room for just the NUL, and for nothing; for as much as may be asked. */
	ask(0, "request op=4 stub=00000000" "01000000",
	    "response stub=01000000" "00000000" "01000000" "00000000" "d3060000");
	ask(0, "request op=4 stub=0a000000" "00100000",
	    "response stub=00100000" "00000000" "01000000" "00000000" "d3060000");
	ask(0, "request op=4 stub=0a000000" "01100000", "fault status=0x6f7");
	ask(0, "request op=4 stub=0a000000" "00000000", "fault status=0x6f7");
	ask(0, "request op=4 stub=0a000000", "fault status=0x6f7");
}

static void sixth_operation_is_absent(void)
{
	ask(0, "request op=5", "fault status=0x1c010002 dne");
	ask(0, "request op=65535 stub=00", "fault status=0x1c010002 dne");
}

/* Pointers and counts have 8 bytes. */
static void answers_in_ndr64(void)
{
	ask_as("ndr64", 0, "request op=0",
	       "response stub=0100000000000000" "0000000000000000" "00000000" "00000000");
	ask_as("ndr64", 0, "request op=1 stub=04000000",
	       "response stub=04000000" "00000000" "0400000000000000" "01000000" "00000000" "02000000"
	       "01000000" "00000000");
	ask_as("ndr64", 0, "request op=2", "response stub=00000000" "01000000");
	ask_as("ndr64", 0, "request op=3", "response stub=05000000");
	ask_as("ndr64", 0, "request op=4 stub=0a000000" "20000000",
	       "response stub=2000000000000000" "0000000000000000" "0100000000000000" "00000000" "d3060000");
}

/* Everybody may ask, over whatever transport. */
static void every_endpoint_has_it(void)
{
	const struct rpc_served served = mgmt_served;
	struct assoc *a;
	struct rig g;

	rig_init(&g);
	g.server.served = &served;
	g.server.n_served = 1;
	a = rig_assoc_local(&g);
	rig_say(&g, a, "bind context=0:mgmt:ndr; request call=2 op=2");
	rig_hears(&g, a, "local", "bind_ack result=0,0,ndr; response call=2 stub=00000000" "01000000");
	assoc_free(a);
	rig_fini(&g);
}

const struct unit_test suite_mgmt_server[] = {
	{"interfaces_are_all_but_its_own", interfaces_are_all_but_its_own},
	{"no_interface_is_an_empty_list", no_interface_is_an_empty_list},
	{"statistics_count_calls_and_packets", statistics_count_calls_and_packets},
	{"counters_go_on_counting", counters_go_on_counting},
	{"statistics_are_four_at_most", statistics_are_four_at_most},
	{"server_listens_and_does_not_stop", server_listens_and_does_not_stop},
	{"principal_has_no_name", principal_has_no_name},
	{"sixth_operation_is_absent", sixth_operation_is_absent},
	{"answers_in_ndr64", answers_in_ndr64},
	{"every_endpoint_has_it", every_endpoint_has_it},
	{NULL, NULL},
};
