/* The registry's tables: keys with the same hash, and memory that runs out. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "epmapd/registry.h"
#include "rpc/status.h"
#include "tests/unit/pdu_text.h"
#include "tests/unit/sample.h"
#include "tests/unit/short_memory.h"
#include "tests/unit/unit.h"

static struct registry *r;
static struct registry_owner o;

static void begin(void)
{
	r = registry_new();
	REQUIRE(r != NULL);
	o = (struct registry_owner){0};
}

/* ---- collisions ---------------------------------------------------------------------- */

enum { TRIED = 400000 };

/* A number, and the hash of the key that is made with it. */
struct hashed {
	unsigned int hash, number;
};

static int compare(const void *a, const void *b)
{
	const struct hashed *x = a, *y = b;

	return x->hash < y->hash ? -1 : x->hash > y->hash;
}

/* Two numbers that make keys with the same hash: there are some among so many. */
static void find_pair(void (*make_key)(unsigned int number, uint8_t *key), size_t len, unsigned int pair[2])
{
	static struct hashed all[TRIED];
	uint8_t key[256];

	for (unsigned int i = 0; i < TRIED; i++) {
		make_key(i, key);
		all[i].number = i + 1;
		HASH_VALUE(key, len, all[i].hash);
	}
	qsort(all, TRIED, sizeof(all[0]), compare);
	for (unsigned int i = 1; i < TRIED; i++) {
		if (all[i].hash == all[i - 1].hash) {
			pair[0] = all[i - 1].number;
			pair[1] = all[i].number;
			return;
		}
	}
	UNIT_ABORT("no two keys of %d have the same hash", TRIED);
}

/* The entry that a number stands for: its object, or its interface. */
static struct sample *entry_of(unsigned int number, bool by_interface)
{
	static struct sample s;

	sample_make(&s, "? svc ncacn_ip_tcp:10.0.0.1[1]");
	if (by_interface)
		memcpy(s.octets + 5, &number, 4); /* in the UUID of floor 1 */
	else
		s.entry.object = sample_object(number);
	snprintf(s.entry.annotation, sizeof(s.entry.annotation), "%u", number);
	return &s;
}

/* Keys as registry.h describes them. */
static void key_of_interface(unsigned int i, uint8_t *key)
{
	struct registry_list l = {.key.interface = pdu_text_svc.uuid};

	l.key.interface.time_low = i + 1;
	memcpy(key, &l.key, sizeof(l.key));
}

static void key_of_object(unsigned int i, uint8_t *key)
{
	const struct registry_list l = {.key = {pdu_text_svc.uuid, sample_object(i + 1)}};

	memcpy(key, &l.key, sizeof(l.key));
}

static void key_of_entry(unsigned int i, uint8_t *key)
{
	static struct sample s;
	const struct uuid object = sample_object(i + 1);

	if (i == 0)
		sample_make(&s, "? svc ncacn_ip_tcp:10.0.0.1[1]");
	memcpy(key, &object, sizeof(object));
	memcpy(key + sizeof(object), s.octets, s.tower.tower_length);
}

/* What the one of the pair is asked for finds it, and not the other. */
static void finds_just(unsigned int number, bool by_interface, bool there)
{
	struct registry_filter f = {.by_interface = true, .interface_id = pdu_text_svc};
	char text[SAMPLE_LIST_LEN], want[16] = "";

	if (by_interface) {
		f.interface_id.uuid.time_low = number;
	} else {
		f.by_object = true;
		f.object = sample_object(number);
	}
	if (there)
		snprintf(want, sizeof(want), "%u ", number);
	CHECK_STR(sample_list(r, &f, text), want);
}

static void check_pair(const unsigned int pair[2], bool by_interface)
{
	for (int first = 0; first < 2; first++) {
		const unsigned int a = pair[first], b = pair[!first];

		begin();
		CHECK_HEX(registry_insert(r, &o, &entry_of(a, by_interface)->entry, 1, false), STATUS_OK);
		finds_just(a, by_interface, true);
		finds_just(b, by_interface, false);
		CHECK_HEX(registry_insert(r, &o, &entry_of(b, by_interface)->entry, 1, true), STATUS_OK);
		CHECK_HEX(registry_insert(r, &o, &entry_of(a, by_interface)->entry, 1, true), STATUS_OK);
		CHECK_INT(registry_count(r), 2);
		finds_just(a, by_interface, true);
		finds_just(b, by_interface, true);
		CHECK_HEX(registry_delete(r, &o, &entry_of(a, by_interface)->entry, 1), STATUS_OK);
		finds_just(a, by_interface, false);
		finds_just(b, by_interface, true);
		CHECK_HEX(registry_delete(r, &o, &entry_of(a, by_interface)->entry, 1),
			  ept_s_not_registered);
		CHECK_HEX(registry_delete(r, &o, &entry_of(b, by_interface)->entry, 1), STATUS_OK);
		finds_just(b, by_interface, false);
		registry_free(r);
	}
}

static void interfaces_with_the_same_hash_are_two(void)
{
	unsigned int pair[2];

	find_pair(key_of_interface, sizeof(((struct registry_list *)0)->key), pair);
	check_pair(pair, true);
}

static void objects_with_the_same_hash_are_two(void)
{
	unsigned int pair[2];

	find_pair(key_of_object, sizeof(((struct registry_list *)0)->key), pair);
	check_pair(pair, false);
}

static void entries_with_the_same_hash_are_two(void)
{
	unsigned int pair[2];

	find_pair(key_of_entry, sizeof(struct uuid) + 75, pair);
	check_pair(pair, false);
}

/* ---- memory -------------------------------------------------------------------------- */

enum { BEFORE = 200, BATCH = 120 };

/* Entry i: each third has an object, each fifth an interface of its own. */
static void make(struct sample *s, unsigned int i)
{
	char text[96];

	snprintf(text, sizeof(text), "%u svc ncacn_ip_tcp:10.0.0.1[%u]%s", i, i + 1,
		 i % 3 == 0 ? " object=1" : "");
	sample_make(s, text);
	if (i % 5 == 0)
		memcpy(s->octets + 5, &i, 4);
}

/* Does the registry hold entries 0 to n, in their order, and nothing else? */
static bool holds(unsigned int n)
{
	static const struct registry_filter all;
	const struct registry_entry *e;
	struct registry_walk w;
	unsigned int i = 0;
	struct sample s;
	bool right = true;

	registry_walk_begin(r, &w, &all, false);
	for (; right && (e = registry_walk_next(r, &w)) != NULL; i++) {
		make(&s, i);
		right = i < n && strcmp(e->annotation, s.entry.annotation) == 0 &&
			uuid_equal(&e->object, &s.entry.object) && e->tower_len == s.tower.tower_length &&
			memcmp(e->tower, s.octets, e->tower_len) == 0;
	}
	registry_walk_end(&w);
	return CHECK(right) && CHECK_INT(i, n) && CHECK_INT(registry_count(r), n) && CHECK_INT(o.count, n);
}

/* Wherever memory runs out: an entry, one of its lists, a table or its growth. The call
 * brings new entries, a known one with another annotation, and one that replaces. */
static void insert_without_memory_changes_nothing(void)
{
	static struct sample s[BATCH + 2];
	struct ept_entry entries[BATCH + 2];
	bool failed = true;
	unsigned int n;

	for (n = 0; failed && n < 4 * (BATCH + 2); n++) {
		uint32_t status;

		begin();
		for (unsigned int i = 0; i < BEFORE; i++) {
			make(&s[0], i);
			REQUIRE(registry_insert(r, &o, &s[0].entry, 1, false) == STATUS_OK);
		}
		for (unsigned int i = 0; i < BATCH; i++)
			make(&s[i], BEFORE + i);
		make(&s[BATCH], 7);
		strcpy(s[BATCH].entry.annotation, "new");
		make(&s[BATCH + 1], BEFORE - 1);
		s[BATCH + 1].octets[s[BATCH + 1].tower.tower_length - 10] ^= 0x80; /* in its port */
		for (unsigned int i = 0; i < BATCH + 2; i++)
			entries[i] = s[i].entry;
		short_memory_after(n);
		status = registry_insert(r, &o, entries, BATCH + 2, n % 2);
		failed = short_memory_end();
		CHECK_HEX(status, failed ? ept_s_no_memory : STATUS_OK);
		if (failed && !holds(BEFORE))
			break;
		registry_remove_owner(r, &o);
		CHECK_INT(registry_count(r), 0);
		registry_free(r);
	}
	CHECK(!failed);
	CHECK(n > BATCH + 2);
}

static void registry_without_memory_is_none(void)
{
	struct registry *none;

	short_memory_after(0);
	none = registry_new();
	CHECK(short_memory_end());
	CHECK(none == NULL);
}

const struct unit_test suite_registry_hash[] = {
	{"interfaces_with_the_same_hash_are_two", interfaces_with_the_same_hash_are_two},
	{"objects_with_the_same_hash_are_two", objects_with_the_same_hash_are_two},
	{"entries_with_the_same_hash_are_two", entries_with_the_same_hash_are_two},
	{"insert_without_memory_changes_nothing", insert_without_memory_changes_nothing},
	{"registry_without_memory_is_none", registry_without_memory_is_none},
	{NULL, NULL},
};
