/* The management interface, from outside: bytes of its five operations. */
#include <stdio.h>
#include <string.h>

#include "epmapd/mgmt_server.h"
#include "rpc/assoc.h"
#include "tests/unit/pdu_text.h"
#include "tests/unit/rig.h"
#include "tests/unit/unit.h"

#define BIND "bind context=0:mgmt:ndr"
#define ACK "bind_ack result=0,0,ndr"

static const struct rpc_op no_ops[] = {{"None", NULL}};
static const struct rpc_interface svc = {"svc", &pdu_text_svc, no_ops, 1};
static const struct rpc_interface other = {"other", &pdu_text_other, no_ops, 1};

/* A server of management and the first n of the two interfaces above; what it is
 * asked, and what it must answer. */
static void ask(size_t n, const char *in, const char *out)
{
	const struct rpc_served served[] = {{&svc, NULL}, {&other, NULL}};
	struct rpc_served all[3];
	struct assoc *a;
	struct rig g;

	memcpy(all, served, n * sizeof(served[0]));
	all[n] = (struct rpc_served){&mgmt_interface, NULL};
	rig_init(&g);
	g.server.served = all;
	g.server.n_served = n + 1;
	a = rig_assoc(&g);
	rig_say(&g, a, BIND);
	rig_hears(&g, a, "bind", ACK);
	rig_say(&g, a, in);
	rig_hears(&g, a, in, out);
	assoc_free(a);
	rig_fini(&g);
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

static void statistics_are_four_at_most(void)
{
	ask(0, "request op=1 stub=ffffffff",
	    "response stub=04000000" "04000000" "01000000" "00000000" "02000000" "01000000" "00000000");
	ask(0, "request op=1 stub=01000000", "response stub=01000000" "01000000" "01000000" "00000000");
	ask(0, "request op=1 stub=00000000", "response stub=00000000" "00000000" "00000000");
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
	ask(0, "request op=4 stub=0a000000" "00000000", "fault status=0x6f7");
	ask(0, "request op=4 stub=0a000000", "fault status=0x6f7");
}

static void sixth_operation_is_absent(void)
{
	ask(0, "request op=5", "fault status=0x1c010002 dne");
}

const struct unit_test suite_mgmt_server[] = {
	{"interfaces_are_all_but_its_own", interfaces_are_all_but_its_own},
	{"no_interface_is_an_empty_list", no_interface_is_an_empty_list},
	{"statistics_count_calls_and_packets", statistics_count_calls_and_packets},
	{"statistics_are_four_at_most", statistics_are_four_at_most},
	{"server_listens_and_does_not_stop", server_listens_and_does_not_stop},
	{"principal_has_no_name", principal_has_no_name},
	{"sixth_operation_is_absent", sixth_operation_is_absent},
	{NULL, NULL},
};
