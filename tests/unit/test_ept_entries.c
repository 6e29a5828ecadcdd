/* ept_insert and ept_delete, and what they have in common with the reply of ept_lookup. */
#include "rpc/ept.h"

#include <string.h>

#include "tests/unit/golden.h"
#include "tests/unit/unit.h"

#define ROWS(array) (sizeof(array) / sizeof((array)[0]))

/* They are large: up to 500 entries. */
static struct ept_lookup_reply reply, reply_again;
static struct ept_insert_request insert, insert_again;

/* The entries that occur in the vectors. */
struct expected {
	const struct uuid *object;
	const char *annotation, *tower;
};

static void check_entry(const struct ept_entry *e, const struct expected *x)
{
	CHECK(uuid_equal(&e->object, x->object));
	CHECK_STR(e->annotation, x->annotation);
	golden_same_bytes(e->tower.octets, e->tower.len, x->tower);
}

static bool insert_decodes(const uint8_t *data, size_t len)
{
	struct reader r;

	return golden_stub(data, len, &r) && ept_insert_request_get(&r, &insert);
}

static bool delete_decodes(const uint8_t *data, size_t len)
{
	struct reader r;

	return golden_stub(data, len, &r) && ept_delete_request_get(&r, &insert);
}

/* ---- ept_insert and ept_delete ------------------------------------------------------------ */

static void insert_is_reversible(void)
{
	static const char *const vectors[] = {"pdu-request-ept-insert", "pdu-request-ept-insert-be"};
	static const struct expected entry = {&golden_object, "echo", "tower-tcp"};

	for (size_t i = 0; i < ROWS(vectors); i++) {
		struct golden g = golden_load(vectors[i]);
		struct reader r;
		struct writer w;

		REQUIRE(golden_stub(g.data, g.len, &r));
		CHECK(ept_insert_request_get(&r, &insert));
		CHECK(cursor_done(&r));
		CHECK(insert.replace);
		if (CHECK_INT(insert.num_ents, 1))
			check_entry(&insert.entries[0], &entry);

		golden_write(&w, r.big_endian);
		CHECK(ept_insert_request_put(&w, &insert));
		golden_same_stub(&w, vectors[i]);
		golden_free(&g);
	}
}

static void delete_ends_with_its_last_tower(void)
{
	static const struct expected entries[] = {{&uuid_nil, "", "tower-ncalrpc"},
						  {&golden_object, "echo", "tower-tcp"}};
	struct golden g = golden_load("pdu-request-ept-delete");
	struct reader r;
	struct writer w;

	REQUIRE(golden_stub(g.data, g.len, &r));
	insert.replace = true;
	CHECK(ept_delete_request_get(&r, &insert));
	CHECK(cursor_done(&r));
	CHECK(!insert.replace);
	if (CHECK_INT(insert.num_ents, 2)) {
		check_entry(&insert.entries[0], &entries[0]);
		check_entry(&insert.entries[1], &entries[1]);
	}

	golden_write(&w, false);
	CHECK(ept_delete_request_put(&w, &insert));
	golden_same_stub(&w, "pdu-request-ept-delete");
	golden_free(&g);
}

static void any_replace_but_zero_is_true(void)
{
	static const uint32_t values[] = {0, 1, 2, 0x100, 0x80000000, 0xffffffff};

	for (size_t i = 0; i < ROWS(values); i++) {
		struct reader r;
		struct writer w;

		golden_write(&w, false);
		ndr_put_u32(&w, 0);
		ndr_put_u32(&w, 0);
		ndr_put_u32(&w, values[i]);
		golden_turn(&w, &r);
		CHECK(ept_insert_request_get(&r, &insert));
		CHECK_INT(insert.num_ents, 0);
		CHECK_INT(insert.replace, values[i] != 0);
	}
}

static void insert_and_delete_are_answered_by_a_status(void)
{
	struct golden g = golden_load("pdu-response-ept-insert");
	uint32_t status = 1;
	struct reader r;

	REQUIRE(golden_stub(g.data, g.len, &r));
	CHECK(ndr_get_u32(&r, &status));
	CHECK_INT(status, 0);
	CHECK(cursor_done(&r));
	golden_free(&g);
}

/* ---- entries ----------------------------------------------------------------------------- */

/* Decodes an ept_delete of one entry with an annotation of n bytes and no tower. */
static bool annotation_decodes(const char *annotation, uint32_t n)
{
	struct reader r;
	struct writer w;

	golden_write(&w, false);
	ndr_put_u32(&w, 1);
	ndr_put_u32(&w, 1);
	ndr_put_uuid(&w, &golden_object);
	ndr_put_pointer(&w, 0);
	ndr_put_variance(&w, n);
	CHECK(cursor_put_bytes(&w, annotation, n));
	golden_turn(&w, &r);
	return ept_delete_request_get(&r, &insert) && cursor_done(&r);
}

static void annotation_is_always_terminated(void)
{
	char x[EPT_MAX_ANNOTATION + 1];
	const char *got = insert.entries[0].annotation;

	memset(x, 'x', sizeof(x));
	CHECK(annotation_decodes(x, EPT_MAX_ANNOTATION - 1));
	CHECK_INT(strlen(got), EPT_MAX_ANNOTATION - 1);
	CHECK(annotation_decodes(x, EPT_MAX_ANNOTATION)); /* without its NUL: cut */
	CHECK_INT(strlen(got), EPT_MAX_ANNOTATION - 1);
	CHECK(annotation_decodes("", 0)); /* nothing of the last one is left */
	CHECK_STR(got, "");
	CHECK(annotation_decodes("echo", 4));
	CHECK_STR(got, "echo");
	CHECK(annotation_decodes("ec\0ho", 6));
	CHECK_STR(got, "ec");
	CHECK(!annotation_decodes(x, EPT_MAX_ANNOTATION + 1));
}

static void entry_without_tower_has_none(void)
{
	CHECK(annotation_decodes("x", 2));
	CHECK(insert.entries[0].tower.octets == NULL);
	CHECK_INT(insert.entries[0].tower.len, 0);
}

static void equal_referent_ids_are_one_tower(void)
{
	struct reader r;
	struct writer w;

	golden_write(&w, false);
	ndr_put_u32(&w, 4);
	ndr_put_u32(&w, 4);
	for (uint32_t i = 0; i < 4; i++) {
		ndr_put_uuid(&w, &golden_object);
		ndr_put_pointer(&w, 7 + i % 2);
		ndr_put_variance(&w, 0);
	}
	for (uint32_t len = 1; len < 3; len++) { /* one octet, then two */
		ndr_put_u32(&w, len);
		ndr_put_u32(&w, len);
		cursor_put_bytes(&w, "abc", len);
	}
	golden_turn(&w, &r);
	REQUIRE(ept_delete_request_get(&r, &insert));
	CHECK(cursor_done(&r));
	CHECK_INT(insert.entries[0].tower.len, 1);
	CHECK_INT(insert.entries[1].tower.len, 2);
	CHECK_INT(insert.entries[2].tower.len, 1);
	CHECK_INT(insert.entries[3].tower.len, 2);
	CHECK(insert.entries[0].tower.octets == insert.entries[2].tower.octets);
	CHECK(insert.entries[1].tower.octets == insert.entries[3].tower.octets);
}

/* n entries with annotations and towers of all lengths, some without a tower. */
static void fill(struct ept_entry *entries, size_t n)
{
	static const uint8_t octets[23] = {0xa0, 0xa1, 0xa2, 0xa3};

	for (size_t i = 0; i < n; i++) {
		struct ept_entry *e = &entries[i];

		*e = (struct ept_entry){.object = {.time_low = (uint32_t)i}};
		memset(e->annotation, 'x', i % EPT_MAX_ANNOTATION);
		if (i % 10 != 9)
			e->tower = (struct ept_tower){.octets = octets, .len = i % 24};
	}
}

static size_t differences(const struct ept_entry *a, const struct ept_entry *b, size_t n)
{
	size_t wrong = 0;

	for (size_t i = 0; i < n; i++) {
		wrong += !uuid_equal(&a[i].object, &b[i].object);
		wrong += strcmp(a[i].annotation, b[i].annotation) != 0;
		wrong += !golden_same_tower(&a[i].tower, &b[i].tower);
	}
	return wrong;
}

static void as_many_entries_as_allowed_survive_the_round_trip(void)
{
	for (int big_endian = 0; big_endian < 2; big_endian++) {
		struct reader r;
		struct writer w;

		reply = (struct ept_lookup_reply){.entry_handle = golden_walk, .max_ents = EPT_MAX_ENTS,
						  .num_ents = EPT_MAX_ENTS, .status = 7};
		fill(reply.entries, EPT_MAX_ENTS);
		golden_write(&w, big_endian);
		CHECK(ept_lookup_reply_put(&w, &reply));
		golden_turn(&w, &r);
		CHECK(ept_lookup_reply_get(&r, &reply_again));
		CHECK(cursor_done(&r));
		CHECK_INT(reply_again.status, 7);
		CHECK_INT(differences(reply_again.entries, reply.entries, EPT_MAX_ENTS), 0);

		insert = (struct ept_insert_request){.num_ents = EPT_MAX_ENTS,
						      .replace = big_endian};
		fill(insert.entries, EPT_MAX_ENTS);
		golden_write(&w, big_endian);
		CHECK(ept_insert_request_put(&w, &insert));
		golden_turn(&w, &r);
		CHECK(ept_insert_request_get(&r, &insert_again));
		CHECK(cursor_done(&r));
		CHECK_INT(insert_again.replace, insert.replace);
		CHECK_INT(differences(insert_again.entries, insert.entries, EPT_MAX_ENTS), 0);
	}
}

/* One entry more, and no tower in any of them. */
static void more_entries_than_allowed_are_refused(void)
{
	for (uint32_t n = EPT_MAX_ENTS; n <= EPT_MAX_ENTS + 1; n++) {
		for (int lookup = 0; lookup < 2; lookup++) {
			struct reader r;
			struct writer w;

			golden_write(&w, false);
			if (lookup)
				ndr_put_context_handle(&w, &golden_no_handle);
			ndr_put_u32(&w, n);
			ndr_put_u32(&w, n);
			if (lookup)
				ndr_put_variance(&w, n);
			for (uint32_t i = 0; i < n; i++) {
				ndr_put_uuid(&w, &golden_object);
				ndr_put_pointer(&w, 0);
				ndr_put_variance(&w, 0);
			}
			CHECK(ndr_put_u32(&w, 0)); /* status or replace */
			golden_turn(&w, &r);
			CHECK_INT(lookup ? ept_lookup_reply_get(&r, &reply) :
					   ept_insert_request_get(&r, &insert),
				  n <= EPT_MAX_ENTS);
		}
	}
}

/* ---- what is cut off, lies or does not fit ------------------------------------------------ */

static void cut_off_stub_is_refused(void)
{
	static const struct {
		const char *vector;
		golden_decode *decode;
		size_t len;
	} rows[] = {
		{"pdu-request-ept-insert", insert_decodes, 156},
		{"pdu-request-ept-insert-be", insert_decodes, 156},
		{"pdu-request-ept-delete", delete_decodes, 267},
	};

	for (size_t i = 0; i < ROWS(rows); i++)
		if (!CHECK_INT(golden_shortest(rows[i].vector, rows[i].decode), rows[i].len))
			CHECK_STR(rows[i].vector, "refused below that");
}

static void lying_stub_is_refused(void)
{
	static const struct {
		const char *vector;
		golden_decode *decode;
	} rows[] = {
		{"lying-pdu-request-ept-insert-huge", insert_decodes},
		{"lying-pdu-request-ept-insert-500", insert_decodes},
		{"lying-pdu-request-ept-insert-conformance", insert_decodes},
		{"lying-pdu-request-ept-insert-annotation-65", insert_decodes},
		{"lying-pdu-request-ept-insert-annotation-offset", insert_decodes},
	};

	for (size_t i = 0; i < ROWS(rows); i++)
		if (!CHECK(!golden_accepts(rows[i].vector, rows[i].decode)))
			CHECK_STR(rows[i].vector, "refused");
}

static bool put_insert(struct writer *w)
{
	insert = (struct ept_insert_request){.num_ents = 1};
	fill(insert.entries, 1);
	return ept_insert_request_put(w, &insert);
}

static bool put_delete(struct writer *w)
{
	insert = (struct ept_insert_request){.num_ents = 1};
	fill(insert.entries, 1);
	return ept_delete_request_put(w, &insert);
}

static void stub_that_does_not_fit_is_refused(void)
{
	size_t entry = 16 + 4 + 8 + 1 + 3 + 8; /* "" and a tower of no octets */

	CHECK_INT(golden_room(put_insert, 200), 8 + entry + 4);
	CHECK_INT(golden_room(put_delete, 200), 8 + entry);
}

const struct unit_test suite_ept_entries[] = {
	{"insert_is_reversible", insert_is_reversible},
	{"delete_ends_with_its_last_tower", delete_ends_with_its_last_tower},
	{"any_replace_but_zero_is_true", any_replace_but_zero_is_true},
	{"insert_and_delete_are_answered_by_a_status", insert_and_delete_are_answered_by_a_status},
	{"annotation_is_always_terminated", annotation_is_always_terminated},
	{"entry_without_tower_has_none", entry_without_tower_has_none},
	{"equal_referent_ids_are_one_tower", equal_referent_ids_are_one_tower},
	{"as_many_entries_as_allowed_survive_the_round_trip",
	 as_many_entries_as_allowed_survive_the_round_trip},
	{"more_entries_than_allowed_are_refused", more_entries_than_allowed_are_refused},
	{"cut_off_stub_is_refused", cut_off_stub_is_refused},
	{"lying_stub_is_refused", lying_stub_is_refused},
	{"stub_that_does_not_fit_is_refused", stub_that_does_not_fit_is_refused},
	{NULL, NULL},
};
