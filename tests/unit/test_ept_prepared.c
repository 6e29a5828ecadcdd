/* Answers of ept_map that were encoded before are those that the stubs give, byte by byte. */
#include <string.h>

#include "epmapd/ept_prepared.h"
#include "epmapd/ring.h"
#include "rpc/status.h"
#include "tests/unit/ept_rig.h"
#include "tests/unit/unit.h"

#define TAKEN_LEN 512u

static struct rig_client c;
static unsigned shortcuts; /* that were taken */

static bool counted(struct rpc_call *call, const struct reader *in, struct writer *out)
{
	const bool taken = ept_prepared(call, in, out);

	shortcuts += taken;
	return taken;
}

static void begin(const char *entries)
{
	ept_rig_init();
	REQUIRE(sample_insert(ept_rig.server.registry, &ept_rig.own, false, entries) == 0);
	ept_client_tcp(&c, "192.0.2.1", 0);
}

static void end(void)
{
	rig_client_fini(&c);
	ept_rig_fini();
}

/* A request's stub. */
struct request {
	uint8_t stub[TAKEN_LEN];
	size_t len;
};

static void make(struct request *q, const char *wanted, uint32_t max)
{
	struct ept_map p = {.max_towers = max};
	const struct writer *stub;
	struct sample s;

	sample_make(&s, wanted);
	p.object = uuid_is_nil(&s.entry.object) ? NULL : &s.entry.object;
	p.map_tower = s.entry.tower;
	stub = rpc_handle_put(&c.h, &ept_client_ops[EPT_MAP], &p);
	REQUIRE(stub != NULL && stub->len <= sizeof(q->stub));
	memcpy(q->stub, stub->data, stub->len);
	q->len = stub->len;
}

/* Its answer: the status of a fault, and the reply's stub without what is random in a handle. */
struct answer {
	uint32_t fault;
	uint8_t stub[TAKEN_LEN];
	size_t len;
};

static void ask(const struct request *q, bool (*shortcut)(struct rpc_call *, const struct reader *, struct writer *),
                struct answer *a)
{
	struct reader r;

	*a = (struct answer){0};
	ept_rig.served.shortcut = shortcut;
	a->fault = rig_client_call(&c, EPT_MAP, q->stub, q->len);
	if (a->fault != 0)
		return;
	r = rig_client_reply(&c);
	a->len = cursor_left(&r);
	REQUIRE(a->len >= 20 && a->len <= sizeof(a->stub));
	memcpy(a->stub, r.data, a->len);
	memset(a->stub + 4, 0, 16);
}

/* Both ways give the same; true: the shortcut was taken. */
static bool same(const struct request *q)
{
	const unsigned before = shortcuts;
	struct answer by_stub, by_shortcut;

	ask(q, NULL, &by_stub);
	ask(q, counted, &by_shortcut);
	CHECK_HEX(by_shortcut.fault, by_stub.fault);
	if (CHECK_INT(by_shortcut.len, by_stub.len))
		CHECK_MEM(by_shortcut.stub, by_stub.stub, by_stub.len);
	return shortcuts > before;
}

static bool same_text(const char *wanted, uint32_t max)
{
	struct request q;

	make(&q, wanted, max);
	return same(&q);
}

static void usual_questions_are_answered_as_by_the_stubs(void)
{
	begin("a svc@1.2 ncacn_ip_tcp:[5001]; b other@1.0 ncacn_ip_tcp:[5002]; b other@2.0 ncacn_ip_tcp:[5003];"
	      "c svc@1.2 ncacn_np:\\\\HOST[\\pipe\\x]; d svc@1.2 ncacn_ip_tcp:[5004] as=ndr64;"
	      "e wide@1.0 ncacn_ip_tcp:[5005] object=7");
	CHECK(same_text("? wide@1.0 ncacn_ip_tcp:[0] object=7", 1));
	CHECK(same_text("? other@1.0 ncacn_ip_tcp:[0] object=8", 1));
	CHECK(same_text("? svc@1.2 ncacn_ip_tcp:[0]", 1));
	CHECK(same_text("? svc@1.0 ncacn_ip_tcp:10.1.1.1[99]", 4));
	CHECK(same_text("? svc@1.2 ncacn_ip_tcp:[0]", EPT_MAX_ENTS));
	CHECK(same_text("? other@2.0 ncacn_ip_tcp:[0]", 2));
	CHECK(same_text("? svc@1.2 ncacn_ip_tcp:[0] as=ndr64", 1));
	end();
}

static void others_are_left_to_the_stubs(void)
{
	begin("a svc@1.2 ncacn_ip_tcp:[5001]; b other@1.0 ncacn_ip_tcp:[5002]; c other@1.1 ncacn_ip_tcp:[5003];"
	      "d svc@1.2 ncacn_np:\\\\HOST[\\pipe\\x];"
	      "e svc@1.2 ncacn_ip_tcp:[5004] object=7");
	CHECK(!same_text("? svc@1.2 ncacn_ip_tcp:[0] object=7", 1)); /* with and without it */
	CHECK(!same_text("? svc@1.2 ncacn_ip_tcp:[0]", 0));
	CHECK(!same_text("? svc@1.3 ncacn_ip_tcp:[0]", 1));
	CHECK(!same_text("? svc@1.2 ncacn_np:\\\\HOST[\\pipe\\x]", 1));
	CHECK(!same_text("? strange@1.0 ncacn_ip_tcp:[0]", 1));
	CHECK(!same_text("? other@1.0 ncacn_ip_tcp:[0]", 2));
	CHECK(!same_text("? other@1.0 ncacn_ip_tcp:[0]", 1)); /* keeps a handle */
	CHECK(same_text("? other@1.1 ncacn_ip_tcp:[0]", 1));
	end();
}

/* Each bit of a usual request is turned: whatever comes out is the same by both ways. */
static void every_bit_of_a_request_counts(const char *wanted)
{
	unsigned taken = 0;
	struct request q;

	make(&q, wanted, 1);
	for (size_t at = 0; at < q.len; at++) {
		for (unsigned bit = 0; bit < 8; bit++) {
			q.stub[at] ^= (uint8_t)(1u << bit);
			taken += same(&q);
			q.stub[at] ^= (uint8_t)(1u << bit);
		}
	}
	CHECK(taken > 100); /* referents, port and address, max_towers ... */
	for (size_t len = 0; len < q.len; len++) {
		struct request cut = q;

		cut.len = len;
		CHECK(!same(&cut));
	}
	q.stub[q.len++] = 0;
	CHECK(!same(&q));
}

static void whatever_is_different_in_a_request_is_seen(void)
{
	begin("a svc@1.2 ncacn_ip_tcp:[5001]");
	every_bit_of_a_request_counts("? svc@1.2 ncacn_ip_tcp:[0]");
	every_bit_of_a_request_counts("? svc@1.2 ncacn_ip_tcp:[0] object=7");
	end();
}

static void other_clients_are_left_to_the_stubs(void)
{
	struct rig_client tcp;

	begin("a svc@1.2 ncacn_ip_tcp:[5001]");
	tcp = c;
	c = (struct rig_client){.ndr64 = true};
	ept_client_tcp(&c, "192.0.2.1", 0);
	CHECK(!same_text("? svc@1.2 ncacn_ip_tcp:[0]", 1));
	rig_client_fini(&c);
	c = (struct rig_client){.big_endian = true};
	ept_client_tcp(&c, "192.0.2.1", 0);
	CHECK(!same_text("? svc@1.2 ncacn_ip_tcp:[0]", 1));
	rig_client_fini(&c);
	c = (struct rig_client){0};
	ept_client_local(&c, 0);
	CHECK(!same_text("? svc@1.2 ncacn_ip_tcp:[0]", 1));
	rig_client_fini(&c);
	c = tcp;
	end();
}

/* Clients that dialled other addresses get them, in turn. */
static void each_client_gets_the_address_that_it_dialled(void)
{
	static const char *const addresses[] = {"192.0.2.7", "198.51.100.1", "::ffff:203.0.113.9", "2001:db8::1"};

	begin("a svc@1.2 ncacn_ip_tcp:[5001]");
	for (size_t i = 0; i < 8; i++) {
		struct rig_client first = c;

		c = (struct rig_client){0};
		ept_client_tcp(&c, addresses[i % 4], 0);
		CHECK(same_text("? svc@1.2 ncacn_ip_tcp:[0]", 1));
		rig_client_fini(&c);
		c = first;
		CHECK(same_text("? svc@1.2 ncacn_ip_tcp:[0]", 1));
	}
	end();
}

static void an_entry_that_goes_is_no_longer_answered(void)
{
	begin("a svc@1.2 ncacn_ip_tcp:[5001]");
	CHECK(same_text("? svc@1.2 ncacn_ip_tcp:[0]", 1));
	registry_remove_owner(ept_rig.server.registry, &ept_rig.own);
	CHECK(!same_text("? svc@1.2 ncacn_ip_tcp:[0]", 1));
	REQUIRE(sample_insert(ept_rig.server.registry, &ept_rig.own, false, "a svc@1.2 ncacn_ip_tcp:[5009]") == 0);
	CHECK(same_text("? svc@1.2 ncacn_ip_tcp:[0]", 1));
	end();
}

static void it_is_recorded_the_same(void)
{
	static struct ring ring;
	struct record by_stub, by_shortcut;
	uint64_t tail = 0, missed = 0;

	begin("a svc@1.2 ncacn_ip_tcp:[5001]");
	ring_clear(&ring);
	ept_rig.server.ring = &ring;
	CHECK(same_text("? svc@1.2 ncacn_ip_tcp:[0]", 3));
	REQUIRE(ring_get(&ring, &tail, ring_end(&ring), &by_stub, &missed));
	REQUIRE(ring_get(&ring, &tail, ring_end(&ring), &by_shortcut, &missed));
	CHECK(by_shortcut.monotonic >= by_stub.monotonic);
	by_shortcut.time = by_stub.time;
	by_shortcut.monotonic = by_stub.monotonic;
	CHECK_MEM(&by_shortcut, &by_stub, sizeof(by_stub));
	CHECK_INT(by_stub.port, 5001);
	end();
}

const struct unit_test suite_ept_prepared[] = {
	{"usual_questions_are_answered_as_by_the_stubs", usual_questions_are_answered_as_by_the_stubs},
	{"others_are_left_to_the_stubs", others_are_left_to_the_stubs},
	{"whatever_is_different_in_a_request_is_seen", whatever_is_different_in_a_request_is_seen},
	{"other_clients_are_left_to_the_stubs", other_clients_are_left_to_the_stubs},
	{"each_client_gets_the_address_that_it_dialled", each_client_gets_the_address_that_it_dialled},
	{"an_entry_that_goes_is_no_longer_answered", an_entry_that_goes_is_no_longer_answered},
	{"it_is_recorded_the_same", it_is_recorded_the_same},
	{NULL, NULL},
};
