/* One or two captures become conversations, and what became of them. */
#include <stdlib.h>
#include <string.h>

#include "rpc/status.h"
#include "tests/unit/scope_rig.h"
#include "tests/unit/unit.h"

static const struct scope_link to_mapper = {"10.1.1.2", "192.0.2.7", 40000, 135, NULL, {100, 900}, 0};
static const struct scope_link to_service = {"10.1.1.2", "192.0.2.7", 40001, 49664, NULL, {5000, 7000}, 0};

static void check_result(struct scope_rig *r, bool two, enum step step, enum cause cause)
{
	struct result result = scope_result(r, two, 0);

	CHECK_STR(diagnosis_step_name(result.outcome.step), diagnosis_step_name(step));
	CHECK_STR(cause_name(result.outcome.cause), cause_name(cause));
}

/* How many packets were lost, and how many the firewall made. */
static void check_fates(struct scope_rig *r, bool two, unsigned lost, unsigned made)
{
	const struct join *j = scope_join(r, two);
	unsigned n_lost = 0, n_made = 0;

	for (size_t i = 0; i < j->n_passages; i++) {
		n_lost += j->passages[i].lost;
		n_made += j->passages[i].from == END_FIREWALL;
	}
	CHECK_INT(n_lost, lost);
	CHECK_INT(n_made, made);
}

static void both_connections_are_one_conversation(void)
{
	struct scope_link m = to_mapper, s = to_service;
	struct scope_rig r;

	scope_rig_init(&r);
	scope_map(&r, &m);
	scope_handshake(&r, &s);
	scope_send_text(&r, &s, true, "bind context=0:echo:ndr");
	scope_send_text(&r, &s, false, "bind_ack result=0,0,ndr");
	CHECK_INT(scope_join(&r, false)->n_conversations, 1);
	check_result(&r, false, STEP_DONE, CAUSE_OK);
	CHECK(scope_result(&r, false, 0).has_service);
	check_fates(&r, false, 0, 0);
	scope_rig_fini(&r);
}

static void other_connections_are_counted_only(void)
{
	struct scope_link m = to_mapper, s = to_service, other = to_service, stranger = to_service;
	unsigned long others = 0;
	struct scope_rig r;

	other.server_port = 49665; /* was not mapped */
	stranger.client = "10.1.1.3"; /* did not ask */
	scope_rig_init(&r);
	scope_handshake(&r, &s); /* too early */
	scope_map(&r, &m);
	scope_handshake(&r, &other);
	scope_handshake(&r, &stranger);
	CHECK_INT(scope_join(&r, false)->conversations[0].n, 7);
	for (size_t i = 0; i < r.views[0]->there.n; i++)
		others += r.views[0]->there.list[i].count;
	CHECK_INT(others, 9);
	scope_rig_fini(&r);
}

static void connections_from_before_may_be_left_out(void)
{
	struct scope_link m = to_mapper, s = to_service, old = to_mapper, old_service = to_service;
	struct scope_rig r;

	old.client_port = 39998;
	old_service.client_port = 39999;
	scope_rig_init(&r);
	r.views[0]->only_new = true;
	scope_send(&r, &old, false, FRAME_SYN | FRAME_ACK, NULL, 0); /* to a client that is gone */
	scope_map(&r, &m);
	scope_send(&r, &old_service, false, FRAME_SYN | FRAME_ACK, NULL, 0);
	scope_send(&r, &s, true, FRAME_SYN, NULL, 0);
	CHECK_INT(scope_join(&r, false)->n_conversations, 1);
	CHECK_INT(r.join.conversations[0].n, 8);
	check_result(&r, false, STEP_CONNECT_SERVICE, CAUSE_TIMEOUT);
	scope_rig_fini(&r);
}

static void a_service_may_be_gone_to_at_once(void)
{
	struct scope_link m = to_mapper, s = to_service, direct = to_service;
	struct scope_rig r;

	direct.client_port = 39999;
	scope_rig_init(&r);
	view_service_port(r.views[0], 49664);
	scope_handshake(&r, &direct);
	scope_send_text(&r, &direct, true, "bind context=0:echo:ndr");
	scope_map(&r, &m);
	scope_handshake(&r, &s); /* of the conversation that asked for it */
	CHECK_INT(scope_join(&r, false)->n_conversations, 2);
	CHECK_INT(r.join.conversations[0].n, 4);
	CHECK_INT(r.join.conversations[1].n, 10);
	check_result(&r, false, STEP_BIND_SERVICE, CAUSE_TIMEOUT);
	scope_rig_fini(&r);
}

static void lost_on_the_way_there_and_back(void)
{
	struct scope_link m = to_mapper, s = to_service;
	struct scope_rig r;

	scope_rig_init(&r);
	scope_map(&r, &m);
	r.sees = SCOPE_BEFORE;
	scope_send(&r, &s, true, FRAME_SYN, NULL, 0);
	scope_send_again(&r, &s, true, FRAME_SYN, NULL, 0);
	check_fates(&r, true, 2, 0);
	check_result(&r, true, STEP_CONNECT_SERVICE, CAUSE_TIMEOUT);
	scope_rig_fini(&r);

	m = to_mapper;
	scope_rig_init(&r);
	scope_send(&r, &m, true, FRAME_SYN, NULL, 0);
	r.sees = SCOPE_AFTER;
	scope_send(&r, &m, false, FRAME_SYN | FRAME_ACK, NULL, 0);
	check_fates(&r, true, 1, 0);
	CHECK(r.join.passages[1].lost && r.join.passages[1].from == END_SERVER);
	check_result(&r, true, STEP_CONNECT_MAPPER, CAUSE_TIMEOUT);
	scope_rig_fini(&r);
}

static void what_the_firewall_made_comes_from_it(void)
{
	struct scope_link m = to_mapper, s = to_service;
	struct scope_rig r;

	scope_rig_init(&r);
	scope_map(&r, &m);
	r.sees = SCOPE_BEFORE;
	scope_send(&r, &s, true, FRAME_SYN, NULL, 0);
	scope_send(&r, &s, false, FRAME_RST | FRAME_ACK, NULL, 0);
	check_fates(&r, true, 1, 1);
	check_result(&r, true, STEP_CONNECT_SERVICE, CAUSE_RESET);
	CHECK(scope_result(&r, true, 0).from_firewall);
	scope_rig_fini(&r);
}

static void icmp_of_a_third_host_shows_a_firewall(void)
{
	struct scope_link m = to_mapper, s = to_service;
	struct scope_rig r;

	scope_rig_init(&r);
	scope_map(&r, &m);
	scope_send(&r, &s, true, FRAME_SYN, NULL, 0);
	scope_send_icmp(&r, &s, "10.1.1.1", 3, 13);
	check_fates(&r, false, 1, 1); /* the SYN did not get past that host */
	CHECK(r.join.conversations[0].three);
	check_result(&r, false, STEP_CONNECT_SERVICE, CAUSE_ICMP_ADMIN_PROHIBITED);
	scope_rig_fini(&r);
}

static void clocks_may_differ(void)
{
	static const int64_t skews[] = {0, 3600000000000, -86400000000000, 1700000000000000000};

	for (size_t i = 0; i < sizeof(skews) / sizeof(skews[0]); i++) {
		struct scope_link m = to_mapper;
		struct scope_rig r;

		scope_rig_init(&r);
		r.skew = skews[i];
		scope_send(&r, &m, true, FRAME_SYN, NULL, 0);
		r.sees = SCOPE_AFTER;
		scope_send(&r, &m, false, FRAME_SYN | FRAME_ACK, NULL, 0); /* lost */
		r.sees = SCOPE_BOTH;
		scope_send_again(&r, &m, false, FRAME_SYN | FRAME_ACK, NULL, 0);
		scope_join(&r, true);
		CHECK_INT(r.join.match.offset, skews[i]);
		REQUIRE(r.join.n_passages == 3);
		CHECK(r.join.passages[1].lost);
		CHECK_INT(r.join.passages[1].time - r.join.passages[0].time, 1000000);
		scope_rig_fini(&r);
	}
}

static void repetitions_pair_by_their_ids(void)
{
	struct scope_link m = to_mapper;
	struct scope_rig r;

	scope_rig_init(&r);
	r.sees = SCOPE_BEFORE; /* the first one is lost, not the last one */
	scope_send(&r, &m, true, FRAME_SYN, NULL, 0);
	r.sees = SCOPE_BOTH;
	scope_send_again(&r, &m, true, FRAME_SYN, NULL, 0);
	check_fates(&r, true, 1, 0);
	CHECK(r.join.passages[0].lost && !r.join.passages[1].lost);
	scope_rig_fini(&r);
}

static void translated_packets_are_the_same(void)
{
	struct scope_link m = to_mapper;
	struct scope_rig r;
	char *text;

	m.server = "203.0.113.1";
	m.server_after = "192.0.2.7";
	scope_rig_init(&r);
	scope_map(&r, &m);
	check_fates(&r, true, 0, 0);
	CHECK_INT(r.join.n_conversations, 1);
	text = scope_draw_text(&r, true);
	CHECK(strstr(text, "translated: the server is 192.0.2.7:135") != NULL);
	free(text);
	scope_rig_fini(&r);
}

static void segments_of_another_size_are_no_loss(void)
{
	static const uint8_t data[200];
	struct scope_link m = to_mapper, again;
	struct scope_rig r;

	scope_rig_init(&r);
	scope_handshake(&r, &m);
	again = m;
	r.sees = SCOPE_BEFORE;
	scope_send(&r, &m, true, FRAME_ACK, data, 200);
	r.sees = SCOPE_AFTER;
	scope_send(&r, &again, true, FRAME_ACK, data, 120);
	scope_send(&r, &again, true, FRAME_ACK, data, 80);
	check_fates(&r, true, 0, 0);
	CHECK_INT(r.join.n_passages, 4);
	scope_rig_fini(&r);
}

/* A mapper that answers so. */
static void answered(const char *bind_ack, const char *answer, enum step step, enum cause cause, uint32_t win32)
{
	struct scope_link m = to_mapper;
	struct scope_rig r;
	struct result result;

	scope_rig_init(&r);
	scope_handshake(&r, &m);
	scope_send_text(&r, &m, true, "bind context=0:epm:ndr");
	scope_send_text(&r, &m, false, bind_ack);
	if (answer != NULL) {
		scope_send_vector(&r, &m, true, "pdu-request-ept-map");
		if (strncmp(answer, "pdu-", 4) == 0)
			scope_send_vector(&r, &m, false, answer);
		else
			scope_send_text(&r, &m, false, answer);
	}
	check_result(&r, false, step, cause);
	result = scope_result(&r, false, 0);
	CHECK_INT(diagnosis_win32(&result.outcome), win32);
	scope_rig_fini(&r);
}

static void answers_decide_the_result(void)
{
	const char *ack = "bind_ack result=0,0,ndr";

	answered(ack, "pdu-response-ept-map-none", STEP_MAP, CAUSE_NOT_REGISTERED, EPT_S_NOT_REGISTERED);
	answered(ack, "fault call=2 status=5", STEP_MAP, CAUSE_ACCESS_DENIED, ERROR_ACCESS_DENIED);
	answered(ack, "fault call=2 status=0x1c010014", STEP_MAP, CAUSE_TOO_BUSY, RPC_S_SERVER_TOO_BUSY);
	answered(ack, "fault call=2 status=0x1c010002", STEP_MAP, CAUSE_FAULT, RPC_S_PROCNUM_OUT_OF_RANGE);
	answered("bind_nak reason=4", NULL, STEP_BIND_MAPPER, CAUSE_BIND_REJECTED, RPC_S_PROTOCOL_ERROR);
	answered("bind_ack result=2,1", NULL, STEP_BIND_MAPPER, CAUSE_BIND_REJECTED, RPC_S_UNKNOWN_IF);
	answered(ack, "pdu-response-ept-map", STEP_DONE, CAUSE_OK, 0);
}

static void an_answer_that_is_lost_is_silence(void)
{
	struct scope_link m = to_mapper;
	struct scope_rig r;

	scope_rig_init(&r);
	scope_handshake(&r, &m);
	scope_send_vector(&r, &m, true, "pdu-bind");
	scope_send_vector(&r, &m, false, "pdu-bind-ack");
	scope_send_vector(&r, &m, true, "pdu-request-ept-map");
	r.sees = SCOPE_AFTER;
	scope_send_vector(&r, &m, false, "pdu-response-ept-map");
	check_result(&r, true, STEP_MAP, CAUSE_TIMEOUT);
	scope_rig_fini(&r);
}

static void a_new_syn_is_a_new_connection(void)
{
	struct scope_link m = to_mapper, later = to_mapper;
	struct scope_rig r;

	later.seq[0] = 77777;
	scope_rig_init(&r);
	scope_map(&r, &m);
	scope_map(&r, &later);
	CHECK_INT(scope_join(&r, true)->n_conversations, 2);
	check_fates(&r, true, 0, 0);
	scope_rig_fini(&r);
}

const struct unit_test suite_scope_join[] = {
	{"both_connections_are_one_conversation", both_connections_are_one_conversation},
	{"other_connections_are_counted_only", other_connections_are_counted_only},
	{"connections_from_before_may_be_left_out", connections_from_before_may_be_left_out},
	{"a_service_may_be_gone_to_at_once", a_service_may_be_gone_to_at_once},
	{"lost_on_the_way_there_and_back", lost_on_the_way_there_and_back},
	{"what_the_firewall_made_comes_from_it", what_the_firewall_made_comes_from_it},
	{"icmp_of_a_third_host_shows_a_firewall", icmp_of_a_third_host_shows_a_firewall},
	{"clocks_may_differ", clocks_may_differ},
	{"repetitions_pair_by_their_ids", repetitions_pair_by_their_ids},
	{"translated_packets_are_the_same", translated_packets_are_the_same},
	{"segments_of_another_size_are_no_loss", segments_of_another_size_are_no_loss},
	{"answers_decide_the_result", answers_decide_the_result},
	{"an_answer_that_is_lost_is_silence", an_answer_that_is_lost_is_silence},
	{"a_new_syn_is_a_new_connection", a_new_syn_is_a_new_connection},
	{NULL, NULL},
};
