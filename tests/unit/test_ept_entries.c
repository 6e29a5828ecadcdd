/* The stubs of ept_insert and ept_delete, and what they have in common with the reply of
 * ept_lookup. */
#include <string.h>

#include "tests/unit/ept_stub.h"
#include "tests/unit/golden.h"
#include "tests/unit/unit.h"

#define ROWS(array) (sizeof(array) / sizeof((array)[0]))

/* In the vectors ids begin with 3, which is any. */
static const struct ept_stub insert = {.op = EPT_INSERT, .last_referent = 2};
static const struct ept_stub delete = {.op = EPT_DELETE, .last_referent = 2};
static const struct ept_stub lookup = {.op = EPT_LOOKUP, .last_referent = 2};

/* The entries that occur in the vectors. */
struct expected {
	const struct uuid *object;
	const char *annotation, *tower;
};

static void check_entry(const struct ept_entry *e, const struct expected *x)
{
	CHECK(uuid_equal(&e->object, x->object));
	CHECK_STR(e->annotation, x->annotation);
	REQUIRE(e->tower != NULL);
	golden_same_bytes(e->tower->tower_octet_string, e->tower->tower_length, x->tower);
}

static bool insert_decodes(const uint8_t *data, size_t len)
{
	struct ept_insert p;
	struct reader r;

	return golden_stub(data, len, &r) && ept_stub_get_request(&insert, &r, &p);
}

static bool delete_decodes(const uint8_t *data, size_t len)
{
	struct ept_delete p;
	struct reader r;

	return golden_stub(data, len, &r) && ept_stub_get_request(&delete, &r, &p);
}

/* ---- ept_insert and ept_delete ------------------------------------------------------------ */

static void insert_is_reversible(void)
{
	static const char *const vectors[] = {"pdu-request-ept-insert", "pdu-request-ept-insert-be"};
	static const struct expected entry = {&golden_object, "echo", "tower-tcp"};

	for (size_t i = 0; i < ROWS(vectors); i++) {
		struct golden g = golden_load(vectors[i]);
		struct ept_insert p;
		struct reader r;
		struct writer w;

		REQUIRE(golden_stub(g.data, g.len, &r));
		REQUIRE(ept_stub_get_request(&insert, &r, &p));
		CHECK(cursor_done(&r));
		CHECK_INT(p.replace, 1);
		if (CHECK_INT(p.num_ents, 1))
			check_entry(&p.entries[0], &entry);

		golden_write(&w, r.big_endian);
		CHECK(ept_stub_put_request(&insert, &w, &p));
		golden_same_stub(&w, vectors[i]);
		golden_free(&g);
	}
}

static void delete_ends_with_its_last_tower(void)
{
	static const struct expected entries[] = {{&uuid_nil, "", "tower-ncalrpc"},
						  {&golden_object, "echo", "tower-tcp"}};
	struct golden g = golden_load("pdu-request-ept-delete");
	struct ept_delete p;
	struct reader r;
	struct writer w;

	REQUIRE(golden_stub(g.data, g.len, &r));
	REQUIRE(ept_stub_get_request(&delete, &r, &p));
	CHECK(cursor_done(&r));
	if (CHECK_INT(p.num_ents, 2)) {
		check_entry(&p.entries[0], &entries[0]);
		check_entry(&p.entries[1], &entries[1]);
	}

	golden_write(&w, false);
	CHECK(ept_stub_put_request(&delete, &w, &p));
	golden_same_stub(&w, "pdu-request-ept-delete");
	golden_free(&g);
}

/* Which of them mean true is the server's business: test_ept_server_register.c. */
static void any_replace_is_passed_on(void)
{
	static const uint32_t values[] = {0, 1, 2, 0x100, 0x80000000, 0xffffffff};

	for (size_t i = 0; i < ROWS(values); i++) {
		struct ept_insert p;
		struct reader r;
		struct writer w;

		golden_write(&w, false);
		cursor_put_u32(&w, 0);
		cursor_put_u32(&w, 0);
		cursor_put_u32(&w, values[i]);
		golden_turn(&w, &r);
		CHECK(ept_stub_get_request(&insert, &r, &p));
		CHECK_INT(p.num_ents, 0);
		CHECK_HEX(p.replace, values[i]);
	}
}

static void insert_and_delete_are_answered_by_a_status(void)
{
	struct golden g = golden_load("pdu-response-ept-insert");
	struct ept_insert p = {.status = 1};
	struct ept_delete q = {.status = 1};
	struct reader r;
	struct writer w;

	REQUIRE(golden_stub(g.data, g.len, &r));
	CHECK(ept_stub_get_reply(&insert, &r, &p));
	CHECK_INT(p.status, 0);
	CHECK(cursor_done(&r));
	golden_write(&w, false);
	CHECK(ept_stub_put_reply(&insert, &w, &p));
	golden_same_stub(&w, "pdu-response-ept-insert");

	REQUIRE(golden_stub(g.data, g.len, &r));
	CHECK(ept_stub_get_reply(&delete, &r, &q));
	CHECK_INT(q.status, 0);
	CHECK(cursor_done(&r));
	golden_write(&w, false);
	CHECK(ept_stub_put_reply(&delete, &w, &q));
	golden_same_stub(&w, "pdu-response-ept-insert");
	golden_free(&g);
}

/* ---- entries ----------------------------------------------------------------------------- */

/* Decodes an ept_delete of one entry with an annotation of n bytes and no tower. */
static bool annotation_decodes(struct ept_delete *p, const char *annotation, uint32_t n)
{
	struct reader r;
	struct writer w;

	golden_write(&w, false);
	cursor_put_u32(&w, 1);
	cursor_put_u32(&w, 1);
	uuid_put(&w, &golden_object);
	cursor_put_u32(&w, 0);
	cursor_put_u32(&w, 0);
	cursor_put_u32(&w, n);
	CHECK(cursor_put_bytes(&w, annotation, n));
	golden_turn(&w, &r);
	return ept_stub_get_request(&delete, &r, p) && cursor_done(&r);
}

/* It is a string: on the wire it ends with a NUL, which is counted. */
static void annotation_is_always_terminated(void)
{
	char x[EPT_MAX_ANNOTATION + 1];
	struct ept_delete p;

	memset(x, 'x', sizeof(x));
	CHECK(!annotation_decodes(&p, x, EPT_MAX_ANNOTATION - 1));
	CHECK(!annotation_decodes(&p, x, EPT_MAX_ANNOTATION));
	x[EPT_MAX_ANNOTATION - 1] = '\0';
	if (CHECK(annotation_decodes(&p, x, EPT_MAX_ANNOTATION)))
		CHECK_INT(strlen(p.entries[0].annotation), EPT_MAX_ANNOTATION - 1);
	CHECK(!annotation_decodes(&p, x, EPT_MAX_ANNOTATION + 1));
	CHECK(!annotation_decodes(&p, "", 0));
	CHECK(!annotation_decodes(&p, "echo", 4));
	if (CHECK(annotation_decodes(&p, "", 1)))
		CHECK_STR(p.entries[0].annotation, "");
	if (CHECK(annotation_decodes(&p, "echo", 5)))
		CHECK_STR(p.entries[0].annotation, "echo");
	if (CHECK(annotation_decodes(&p, "ec\0ho", 6)))
		CHECK_STR(p.entries[0].annotation, "ec");
}

/* What a stub writes has its NUL, or is not written. */
static void annotation_without_an_end_is_not_sent(void)
{
	struct ept_entry e = {.object = golden_object};
	struct ept_delete p = {.num_ents = 1, .entries = &e};
	struct writer w;

	memset(e.annotation, 'x', sizeof(e.annotation));
	golden_write(&w, false);
	CHECK(!ept_stub_put_request(&delete, &w, &p));
	p.entries->annotation[EPT_MAX_ANNOTATION - 1] = '\0';
	golden_write(&w, false);
	CHECK(ept_stub_put_request(&delete, &w, &p));
	CHECK_INT(w.len, 8 + 16 + 4 + 8 + EPT_MAX_ANNOTATION);
}

static void entry_without_tower_has_none(void)
{
	struct ept_delete p;

	REQUIRE(annotation_decodes(&p, "x", 2));
	CHECK(p.entries[0].tower == NULL);
}

static void equal_referent_ids_are_one_tower(void)
{
	struct ept_delete p;
	struct reader r;
	struct writer w;

	golden_write(&w, false);
	cursor_put_u32(&w, 4);
	cursor_put_u32(&w, 4);
	for (uint32_t i = 0; i < 4; i++) {
		cursor_pad(&w, 4);
		uuid_put(&w, &golden_object);
		cursor_put_u32(&w, 7 + i % 2);
		cursor_put_u32(&w, 0);
		cursor_put_u32(&w, 1);
		cursor_put_u8(&w, 0);
	}
	for (uint32_t len = 1; len < 3; len++) { /* one octet, then two */
		cursor_pad(&w, 4);
		cursor_put_u32(&w, len);
		cursor_put_u32(&w, len);
		cursor_put_bytes(&w, "abc", len);
	}
	golden_turn(&w, &r);
	REQUIRE(ept_stub_get_request(&delete, &r, &p));
	CHECK(cursor_done(&r));
	CHECK_INT(p.entries[0].tower->tower_length, 1);
	CHECK_INT(p.entries[1].tower->tower_length, 2);
	CHECK(p.entries[0].tower == p.entries[2].tower);
	CHECK(p.entries[1].tower == p.entries[3].tower);
}

/* n entries with annotations and towers of all lengths, some without a tower. */
static struct ept_entry *fill(uint32_t n)
{
	static const uint8_t octets[23] = {0xa0, 0xa1, 0xa2, 0xa3};
	static struct ept_entry entries[EPT_MAX_ENTS + 1];
	static struct twr towers[EPT_MAX_ENTS + 1];

	for (uint32_t i = 0; i < n; i++) {
		struct ept_entry *e = &entries[i];

		*e = (struct ept_entry){.object = {.time_low = i}};
		memset(e->annotation, 'x', i % EPT_MAX_ANNOTATION);
		towers[i] = (struct twr){i % 24, octets};
		if (i % 10 != 9)
			e->tower = &towers[i];
	}
	return entries;
}

static size_t differences(const struct ept_entry *a, const struct ept_entry *b, size_t n)
{
	size_t wrong = 0;

	for (size_t i = 0; i < n; i++) {
		wrong += !uuid_equal(&a[i].object, &b[i].object);
		wrong += strcmp(a[i].annotation, b[i].annotation) != 0;
		wrong += !golden_same_tower(a[i].tower, b[i].tower);
	}
	return wrong;
}

/* In both orders and both syntaxes. */
static void as_many_entries_as_allowed_survive_the_round_trip(void)
{
	struct ept_entry *entries = fill(EPT_MAX_ENTS);

	for (int how = 0; how < 4; how++) {
		const struct ept_lookup l = {.entry_handle = golden_walk, .max_ents = EPT_MAX_ENTS,
					     .num_ents = EPT_MAX_ENTS, .entries = entries, .status = 7};
		const struct ept_insert i = {.num_ents = EPT_MAX_ENTS, .entries = entries,
					     .replace = (uint32_t)how};
		struct ept_stub stub = {.op = EPT_LOOKUP, .ndr64 = how >= 2};
		struct ept_lookup l_again = {.max_ents = EPT_MAX_ENTS};
		struct ept_insert i_again;
		struct reader r;
		struct writer w;

		golden_write(&w, how % 2);
		CHECK(ept_stub_put_reply(&stub, &w, &l));
		golden_turn(&w, &r);
		REQUIRE(ept_stub_get_reply(&stub, &r, &l_again));
		CHECK(cursor_done(&r));
		CHECK_INT(l_again.status, 7);
		CHECK(golden_same_handle(&l_again.entry_handle, &golden_walk));
		REQUIRE(l_again.num_ents == EPT_MAX_ENTS);
		CHECK_INT(differences(l_again.entries, entries, EPT_MAX_ENTS), 0);

		stub.op = EPT_INSERT;
		golden_write(&w, how % 2);
		CHECK(ept_stub_put_request(&stub, &w, &i));
		golden_turn(&w, &r);
		REQUIRE(ept_stub_get_request(&stub, &r, &i_again));
		CHECK(cursor_done(&r));
		CHECK_INT(i_again.replace, how);
		REQUIRE(i_again.num_ents == EPT_MAX_ENTS);
		CHECK_INT(differences(i_again.entries, entries, EPT_MAX_ENTS), 0);
	}
}

/* One entry more, and no tower in any of them. */
static void more_entries_than_allowed_are_refused(void)
{
	for (uint32_t n = EPT_MAX_ENTS; n <= EPT_MAX_ENTS + 1; n++) {
		for (int reply = 0; reply < 2; reply++) {
			struct ept_lookup l = {.max_ents = EPT_MAX_ENTS};
			struct ept_insert i;
			struct reader r;
			struct writer w;

			golden_write(&w, false);
			for (int k = 0; reply && k < 5; k++)
				cursor_put_u32(&w, 0); /* no handle */
			cursor_put_u32(&w, n);
			cursor_put_u32(&w, n);
			if (reply) {
				cursor_put_u32(&w, 0);
				cursor_put_u32(&w, n);
			}
			for (uint32_t k = 0; k < n; k++) {
				cursor_pad(&w, 4);
				uuid_put(&w, &golden_object);
				cursor_put_u32(&w, 0);
				cursor_put_u32(&w, 0);
				cursor_put_u32(&w, 1);
				cursor_put_u8(&w, 0);
			}
			cursor_pad(&w, 4);
			CHECK(cursor_put_u32(&w, 0)); /* status or replace */
			golden_turn(&w, &r);
			CHECK_INT(reply ? ept_stub_get_reply(&lookup, &r, &l) :
					  ept_stub_get_request(&insert, &r, &i),
				  n <= EPT_MAX_ENTS);
		}
	}
}

static void more_entries_than_allowed_are_not_sent(void)
{
	for (uint32_t n = EPT_MAX_ENTS; n <= EPT_MAX_ENTS + 1; n++) {
		const struct ept_insert i = {.num_ents = n, .entries = fill(n)};
		const struct ept_delete d = {.num_ents = n, .entries = fill(n)};
		struct writer w;

		golden_write(&w, false);
		CHECK_INT(ept_stub_put_request(&insert, &w, &i), n <= EPT_MAX_ENTS);
		golden_write(&w, false);
		CHECK_INT(ept_stub_put_request(&delete, &w, &d), n <= EPT_MAX_ENTS);
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

/* And no memory is taken for what they claim to have. */
static void lying_stub_is_refused(void)
{
	static const char *const vectors[] = {
		"lying-pdu-request-ept-insert-huge",
		"lying-pdu-request-ept-insert-500",
		"lying-pdu-request-ept-insert-conformance",
		"lying-pdu-request-ept-insert-annotation-65",
		"lying-pdu-request-ept-insert-annotation-offset",
	};

	for (size_t i = 0; i < ROWS(vectors); i++) {
		if (!CHECK(!golden_accepts(vectors[i], insert_decodes)) ||
		    !CHECK(ept_stub_memory() <= 8192))
			CHECK_STR(vectors[i], "refused");
	}
}

static bool put_insert(struct writer *w)
{
	const struct ept_insert p = {.num_ents = 1, .entries = fill(1)};

	return ept_stub_put_request(&insert, w, &p);
}

static bool put_delete(struct writer *w)
{
	const struct ept_delete p = {.num_ents = 1, .entries = fill(1)};

	return ept_stub_put_request(&delete, w, &p);
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
	{"any_replace_is_passed_on", any_replace_is_passed_on},
	{"insert_and_delete_are_answered_by_a_status", insert_and_delete_are_answered_by_a_status},
	{"annotation_is_always_terminated", annotation_is_always_terminated},
	{"annotation_without_an_end_is_not_sent", annotation_without_an_end_is_not_sent},
	{"entry_without_tower_has_none", entry_without_tower_has_none},
	{"equal_referent_ids_are_one_tower", equal_referent_ids_are_one_tower},
	{"as_many_entries_as_allowed_survive_the_round_trip",
	 as_many_entries_as_allowed_survive_the_round_trip},
	{"more_entries_than_allowed_are_refused", more_entries_than_allowed_are_refused},
	{"more_entries_than_allowed_are_not_sent", more_entries_than_allowed_are_not_sent},
	{"cut_off_stub_is_refused", cut_off_stub_is_refused},
	{"lying_stub_is_refused", lying_stub_is_refused},
	{"stub_that_does_not_fit_is_refused", stub_that_does_not_fit_is_refused},
	{NULL, NULL},
};
