/* What is in the registry: insert, replace, delete, owners. Finding things is in
 * test_registry_match.c and test_registry_walk.c. Entries are written as in sample.h. */
#include "epmapd/registry.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rpc/status.h"
#include "tests/unit/sample.h"
#include "tests/unit/unit.h"

#define TCP(host, port) "ncacn_ip_tcp:" host "[" port "]"
#define HERE(port) TCP("10.0.0.1", port)

static struct registry *r;
static struct registry_owner one, two;

static void begin(void)
{
	r = registry_new();
	REQUIRE(r != NULL);
	one = two = (struct registry_owner){0};
}

static void end(void)
{
	CHECK_INT(registry_count(r), one.count + two.count);
	registry_free(r);
	CHECK_INT(one.count, 0);
	CHECK(one.entries.first == NULL && two.entries.first == NULL);
}

static void has(const char *list)
{
	char text[SAMPLE_LIST_LEN];

	CHECK_STR(sample_list_all(r, text), list);
}

/* ---- insert -------------------------------------------------------------------------- */

static void registry_begins_empty(void)
{
	begin();
	CHECK_INT(registry_count(r), 0);
	has("");
	end();
	registry_free(NULL);
}

static void entry_comes_back_as_inserted(void)
{
	static const struct registry_filter all;
	const struct registry_entry *e;
	struct registry_walk w;
	struct sample s;

	begin();
	sample_make(&s, "note svc@1.7 " HERE("5001") " object=3 as=ndr64");
	CHECK_HEX(registry_insert(r, &one, &s.entry, 1, false), STATUS_OK);
	registry_walk_begin(r, &w, &all, false);
	e = registry_walk_next(r, &w);
	REQUIRE(e != NULL);
	CHECK_STR(e->annotation, "note");
	CHECK(uuid_equal(&e->object, &s.entry.object));
	CHECK_INT(e->interface_id.major, 1);
	CHECK_INT(e->interface_id.minor, 7);
	CHECK(syntax_equal(&e->transfer_syntax, &syntax_ndr64));
	CHECK_INT(e->protseq, PROTSEQ_NCACN_IP_TCP);
	CHECK(e->owner == &one);
	if (CHECK_INT(e->tower_len, s.tower.tower_length))
		CHECK_MEM(e->tower, s.octets, e->tower_len);
	CHECK(registry_walk_next(r, &w) == NULL);
	registry_walk_end(&w);
	end();
}

static void entries_come_in_the_order_of_their_insertion(void)
{
	begin();
	CHECK_HEX(sample_insert(r, &one, false, "a svc " HERE("1") "; b other " HERE("2")), STATUS_OK);
	CHECK_HEX(sample_insert(r, &two, false, "c svc " HERE("3")), STATUS_OK);
	CHECK_HEX(sample_insert(r, &one, false, "d calc ncacn_np:host[\\pipe\\x]; e echo ncalrpc:[x]"),
		  STATUS_OK);
	has("a b c d e ");
	CHECK_INT(one.count, 4);
	CHECK_INT(two.count, 1);
	end();
}

/* Row 5.20. */
static void identical_entry_only_gets_the_new_annotation(void)
{
	for (int replace = 0; replace <= 1; replace++) {
		begin();
		sample_insert(r, &one, false, "a svc " HERE("1") "; b svc " HERE("2") " object=1");
		CHECK_HEX(sample_insert(r, &one, replace, "x svc " HERE("1")), STATUS_OK);
		CHECK_HEX(sample_insert(r, &one, replace, "y svc " HERE("2") " object=1"), STATUS_OK);
		has("x y ");
		CHECK_INT(one.count, 2);
		end();
	}
}

/* Row 5.20: what differs in anything is another entry. */
static void entry_that_differs_is_added(void)
{
	static const char *const others[] = {
		"b svc " HERE("2"),	     "b svc " TCP("10.0.0.2", "1"), "b svc@1.1 " HERE("1"),
		"b svc@2.2 " HERE("1"),	     "b other " HERE("1"),	   "b svc " HERE("1") " object=1",
		"b svc " HERE("1") " as=ndr64", "b svc ncadg_ip_udp:10.0.0.1[1]",
		"b svc ncacn_http:10.0.0.1[1]", "b svc ncalrpc:[1]",
	};

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		begin();
		sample_insert(r, &one, false, "a svc " HERE("1"));
		CHECK_HEX(sample_insert(r, &one, false, others[i]), STATUS_OK);
		has("a b ");
		end();
	}
}

static void entry_twice_in_one_call_is_one(void)
{
	begin();
	CHECK_HEX(sample_insert(r, &one, false, "a svc " HERE("1") "; b svc " HERE("1")), STATUS_OK);
	has("b ");
	CHECK_INT(one.count, 1);
	end();
}

static void entry_without_a_tower_that_is_known_is_invalid(void)
{
	struct sample good;

	sample_make(&good, "a svc " HERE("1"));
	for (uint32_t cut = 0; cut <= good.tower.tower_length; cut++) {
		struct ept_entry both[2] = {good.entry, good.entry};
		struct twr short_one = {cut - 1, good.octets};

		both[1].tower = cut == 0 ? NULL : &short_one;
		begin();
		CHECK_HEX(registry_insert(r, &one, both, 2, false), ept_s_invalid_entry);
		CHECK_HEX(registry_insert(r, &one, both, 2, true), ept_s_invalid_entry);
		has("");
		end();
	}
	good.octets[0x3d] = 0x77; /* floor 4 is of a protocol that nobody knows */
	begin();
	CHECK_HEX(registry_insert(r, &one, &good.entry, 1, false), ept_s_invalid_entry);
	has("");
	end();
}

static void inserting_nothing_is_fine(void)
{
	begin();
	CHECK_HEX(registry_insert(r, &one, NULL, 0, true), STATUS_OK);
	CHECK_HEX(registry_delete(r, &one, NULL, 0), STATUS_OK);
	has("");
	end();
}

/* ---- replace ------------------------------------------------------------------------- */

/* Row 5.21: b comes with replace when a is there. */
static void replace_takes_what_is_at_the_same_address(void)
{
	static const struct {
		const char *a, *b;
		uint32_t status;
		const char *left;
	} rows[] = {
		{"a svc " HERE("1"), "b svc " HERE("2"), 0, "b "},
		{"a svc@1.1 " HERE("1"), "b svc@1.2 " HERE("2"), 0, "b "},
		{"a svc@1.2 " HERE("1"), "b svc@1.2 " HERE("1"), 0, "b "},
		{"a svc " HERE("1") " object=1", "b svc " HERE("2") " object=1", 0, "b "},
		{"a svc " HERE("1") "; c svc " HERE("3"), "b svc " HERE("2"), 0, "b "},
		{"a svc " HERE("1") "; c svc " TCP("10.0.0.2", "1"), "b svc " HERE("2"), 0, "c b "},
		/* a higher minor version is not replaced */
		{"a svc@1.3 " HERE("1"), "b svc@1.2 " HERE("2"), ept_s_invalid_entry, "a "},
		{"a svc@1.3 " TCP("10.0.0.2", "1"), "b svc@1.2 " HERE("2"), ept_s_invalid_entry, "a "},
		/* what differs in these is no candidate */
		{"a svc " TCP("10.0.0.2", "1"), "b svc " HERE("1"), 0, "a b "},
		{"a svc@2.9 " HERE("1"), "b svc@1.2 " HERE("2"), 0, "a b "},
		{"a svc " HERE("1"), "b svc " HERE("2") " object=1", 0, "a b "},
		{"a svc " HERE("1") " object=1", "b svc " HERE("2"), 0, "a b "},
		{"a svc@1.9 " HERE("1") " object=1", "b svc@1.2 " HERE("2"), 0, "a b "},
		{"a svc@1.9 " HERE("1") " as=ndr64", "b svc@1.2 " HERE("2"), 0, "a b "},
		{"a other " HERE("1"), "b svc " HERE("2"), 0, "a b "},
		{"a svc@1.9 ncadg_ip_udp:10.0.0.1[1]", "b svc@1.2 " HERE("2"), 0, "a b "},
		/* names are no more than ports are: the same host, whatever the pipe */
		{"a svc ncacn_np:host[\\pipe\\x]", "b svc ncacn_np:host[\\pipe\\y]", 0, "b "},
		{"a svc@1.1 ncacn_np:host[\\pipe\\x]", "b svc ncacn_np:host[\\pipe\\x]", 0, "b "},
		{"a svc ncacn_np:host[\\pipe\\x]", "b svc ncacn_np:hosts[\\pipe\\x]", 0, "a b "},
		{"a svc ncacn_np:host[\\pipe\\x]", "b svc ncacn_np:[\\pipe\\x]", 0, "a b "},
		{"a svc@1.1 ncalrpc:[x]", "b svc ncalrpc:[x]", 0, "b "},
		{"a svc ncalrpc:[x]", "b svc ncalrpc:[y]", 0, "b "},
		{"a svc ncalrpc:[x]", "b svc ncacn_np:[x]", 0, "a b "},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char text[SAMPLE_LIST_LEN];

		begin();
		CHECK_HEX(sample_insert(r, &one, false, rows[i].a), STATUS_OK);
		if (!CHECK_HEX(sample_insert(r, &one, true, rows[i].b), rows[i].status) ||
		    !CHECK_STR(sample_list_all(r, text), rows[i].left))
			CHECK_STR(rows[i].b, NULL); /* the row */
		end();
	}
}

static void replace_keeps_what_others_registered(void)
{
	begin();
	sample_insert(r, &one, false, "a svc " HERE("1"));
	CHECK_HEX(sample_insert(r, &two, true, "b svc " HERE("2")), ept_s_update_failed);
	CHECK_HEX(sample_insert(r, &two, true, "b svc " HERE("1")), ept_s_update_failed);
	has("a ");
	CHECK_HEX(sample_insert(r, &two, true, "b svc " TCP("10.0.0.2", "1")), STATUS_OK);
	CHECK_HEX(sample_insert(r, &two, true, "c svc@2.0 " HERE("1")), STATUS_OK);
	has("a b c ");
	end();
}

static void entries_of_one_call_replace_one_another_in_order(void)
{
	begin();
	CHECK_HEX(sample_insert(r, &one, true, "a svc@1.1 " HERE("1") "; b svc@1.2 " HERE("2")), STATUS_OK);
	has("b ");
	CHECK_HEX(sample_insert(r, &one, true, "c svc@1.9 " HERE("3") "; d svc@1.8 " HERE("4")),
		  ept_s_invalid_entry);
	CHECK_HEX(sample_insert(r, &one, true, "x other " HERE("3") "; c svc@1.9 " HERE("3")
			      "; y other " HERE("4") " object=1; d svc@1.8 " HERE("4")),
		  ept_s_invalid_entry);
	has("b ");
	end();

	/* Only the same one, of a higher version, is in the way. */
	begin();
	CHECK_HEX(sample_insert(r, &one, true, "a svc@1.9 " HERE("1") "; b svc@1.8 " HERE("2") " object=1"
			      "; c svc@1.8 " HERE("2") " as=ndr64; d svc@2.0 " HERE("2")
			      "; e other@1.8 " HERE("2") "; f svc@1.8 ncadg_ip_udp:10.0.0.1[2]"
			      "; g svc@1.9 " TCP("10.0.0.2", "1")), STATUS_OK);
	has("a b c d e f g ");
	CHECK_HEX(sample_insert(r, &one, false, "h svc@1.9 " HERE("8") "; i svc@1.8 " HERE("9")), STATUS_OK);
	has("a b c d e f g h i ");
	end();
}

/* ---- all or nothing ------------------------------------------------------------------ */

static void insert_that_fails_changes_nothing(void)
{
	begin();
	sample_insert(r, &one, false, "a svc " HERE("1") "; b svc@1.9 " HERE("2") " object=1");
	sample_insert(r, &two, false, "c other " HERE("3"));
	/* New, annotation, replaced: all before the one that is refused. */
	CHECK_HEX(sample_insert(r, &one, true, "x echo " HERE("4") "; x svc " HERE("5")
			      "; x svc@1.2 " HERE("6") " object=1"), ept_s_invalid_entry);
	CHECK_HEX(sample_insert(r, &one, false, "x svc " HERE("1") "; x other " HERE("3")),
		  ept_s_update_failed);
	has("a b c ");
	end();
}

static void delete_that_fails_changes_nothing(void)
{
	begin();
	sample_insert(r, &one, false, "a svc " HERE("1") "; b svc " HERE("2"));
	sample_insert(r, &two, false, "c svc " HERE("3"));
	CHECK_HEX(sample_delete(r, &one, "a svc " HERE("1") "; x svc " HERE("9")), ept_s_not_registered);
	CHECK_HEX(sample_delete(r, &one, "a svc " HERE("1") "; c svc " HERE("3")),
		  ept_s_cant_perform_op);
	has("a b c ");
	end();
}

/* ---- delete -------------------------------------------------------------------------- */

/* Row 5.22. */
static void delete_takes_exactly_this_object_and_tower(void)
{
	static const char *const others[] = {
		"a svc " HERE("2"), "a svc " TCP("10.0.0.2", "1"), "a svc@1.1 " HERE("1"),
		"a svc " HERE("1") " object=1", "a svc " HERE("1") " as=ndr64", "a other " HERE("1"),
		"a svc ncadg_ip_udp:10.0.0.1[1]",
	};

	begin();
	sample_insert(r, &one, false, "a svc " HERE("1"));
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		CHECK_HEX(sample_delete(r, &one, others[i]), ept_s_not_registered);
	has("a ");
	CHECK_HEX(sample_delete(r, &one, "whatever svc " HERE("1")), STATUS_OK);
	has("");
	CHECK_HEX(sample_delete(r, &one, "a svc " HERE("1")), ept_s_not_registered);
	end();
}

static void deleting_one_entry_twice_in_a_call_is_fine(void)
{
	begin();
	sample_insert(r, &one, false, "a svc " HERE("1") "; b svc " HERE("2"));
	CHECK_HEX(sample_delete(r, &one, "a svc " HERE("1") "; a svc " HERE("1")), STATUS_OK);
	has("b ");
	end();
}

static void deleting_what_is_no_tower_is_refused(void)
{
	struct sample s;

	begin();
	sample_make(&s, "a svc " HERE("1"));
	registry_insert(r, &one, &s.entry, 1, false);
	s.entry.tower = NULL;
	CHECK_HEX(registry_delete(r, &one, &s.entry, 1), ept_s_not_registered);
	s.entry.tower = &s.tower;
	s.tower.tower_length--;
	CHECK_HEX(registry_delete(r, &one, &s.entry, 1), ept_s_not_registered);
	has("a ");
	end();
}

/* ---- owners -------------------------------------------------------------------------- */

/* Row 5.23. */
static void entry_is_its_owners(void)
{
	begin();
	sample_insert(r, &one, false, "a svc " HERE("1"));
	CHECK_HEX(sample_insert(r, &two, false, "b svc " HERE("1")), ept_s_update_failed);
	CHECK_HEX(sample_delete(r, &two, "a svc " HERE("1")), ept_s_cant_perform_op);
	CHECK_HEX(sample_delete(r, NULL, "a svc " HERE("1")), ept_s_cant_perform_op);
	has("a ");
	CHECK_HEX(sample_insert(r, &two, false, "b svc " HERE("2")), STATUS_OK);
	has("a b ");
	end();
}

static void entries_go_with_their_owner(void)
{
	begin();
	sample_insert(r, &one, false, "a svc " HERE("1"));
	sample_insert(r, &two, false, "b svc " HERE("2") "; c other " HERE("3"));
	sample_insert(r, &one, false, "d echo " HERE("4") "; e svc " HERE("5"));
	registry_remove_owner(r, &one);
	has("b c ");
	CHECK_INT(one.count, 0);
	CHECK_HEX(sample_insert(r, &two, false, "f svc " HERE("1")), STATUS_OK);
	has("b c f ");
	registry_remove_owner(r, &two);
	registry_remove_owner(r, &two);
	has("");
	end();
}

/* ---- limits -------------------------------------------------------------------------- */

enum { BATCH = 500 };

/* Inserts n entries from the number on, each of an interface of its own. */
static uint32_t insert_many(struct registry_owner *o, unsigned int number, unsigned int n)
{
	static struct sample s[BATCH];
	struct ept_entry entries[BATCH];

	for (unsigned int i = 0; i < n; i++) {
		sample_make(&s[i], "a svc " HERE("1"));
		memcpy(s[i].octets + 5, &(unsigned int){number + i}, 4); /* in the UUID of floor 1 */
		entries[i] = s[i].entry;
	}
	return registry_insert(r, o, entries, n, false);
}

static void entries_are_limited_per_owner_and_in_all(void)
{
	begin();
	for (unsigned int i = 0; i < EPT_MAX_OWNED - BATCH; i += BATCH)
		REQUIRE(insert_many(&one, i, BATCH) == STATUS_OK);
	CHECK_HEX(insert_many(&one, EPT_MAX_OWNED - BATCH, BATCH - 1), STATUS_OK);
	CHECK_HEX(insert_many(&one, EPT_MAX_OWNED, 2), ept_s_no_memory);
	CHECK_INT(one.count, EPT_MAX_OWNED - 1);
	CHECK_HEX(insert_many(&one, EPT_MAX_OWNED, 1), STATUS_OK);
	CHECK_HEX(insert_many(&one, EPT_MAX_OWNED + 1, 1), ept_s_no_memory);

	/* Another has as many, and with that the registry is full. */
	for (unsigned int i = EPT_MAX_OWNED + 1; i <= EPT_MAX_REGISTERED - BATCH + 1; i += BATCH)
		REQUIRE(insert_many(&two, i, BATCH) == STATUS_OK);
	CHECK_INT(registry_count(r), EPT_MAX_REGISTERED);
	CHECK_HEX(insert_many(&(struct registry_owner){0}, 999999, 1), ept_s_no_memory);
	registry_remove_owner(r, &one);
	CHECK_HEX(insert_many(&one, 999999, 1), STATUS_OK);
	CHECK_INT(registry_count(r), EPT_MAX_OWNED + 1);
	end();
}

const struct unit_test suite_registry[] = {
	{"registry_begins_empty", registry_begins_empty},
	{"entry_comes_back_as_inserted", entry_comes_back_as_inserted},
	{"entries_come_in_the_order_of_their_insertion", entries_come_in_the_order_of_their_insertion},
	{"identical_entry_only_gets_the_new_annotation", identical_entry_only_gets_the_new_annotation},
	{"entry_that_differs_is_added", entry_that_differs_is_added},
	{"entry_twice_in_one_call_is_one", entry_twice_in_one_call_is_one},
	{"entry_without_a_tower_that_is_known_is_invalid",
	 entry_without_a_tower_that_is_known_is_invalid},
	{"inserting_nothing_is_fine", inserting_nothing_is_fine},
	{"replace_takes_what_is_at_the_same_address", replace_takes_what_is_at_the_same_address},
	{"replace_keeps_what_others_registered", replace_keeps_what_others_registered},
	{"entries_of_one_call_replace_one_another_in_order",
	 entries_of_one_call_replace_one_another_in_order},
	{"insert_that_fails_changes_nothing", insert_that_fails_changes_nothing},
	{"delete_that_fails_changes_nothing", delete_that_fails_changes_nothing},
	{"delete_takes_exactly_this_object_and_tower", delete_takes_exactly_this_object_and_tower},
	{"deleting_one_entry_twice_in_a_call_is_fine", deleting_one_entry_twice_in_a_call_is_fine},
	{"deleting_what_is_no_tower_is_refused", deleting_what_is_no_tower_is_refused},
	{"entry_is_its_owners", entry_is_its_owners},
	{"entries_go_with_their_owner", entries_go_with_their_owner},
	{"entries_are_limited_per_owner_and_in_all", entries_are_limited_per_owner_and_in_all},
	{NULL, NULL},
};
