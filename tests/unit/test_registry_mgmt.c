/* ept_mgmt_delete in the registry: all whose towers begin with the same floors (row 5.22).
 * Entries are written as in sample.h. */
#include "epmapd/registry.h"

#include "rpc/status.h"
#include "tests/unit/sample.h"
#include "tests/unit/unit.h"

static struct registry *r;
static struct registry_owner one, two;

/* What differs: nothing, the object, the minor and the major version, the syntax, the
 * protocol, the port, the host, the interface. */
static const char entries[] =
	"a svc@1.2 ncacn_ip_tcp:10.0.0.1[1]; b svc@1.2 ncacn_ip_tcp:10.0.0.1[1] object=1;"
	"c svc@1.3 ncacn_ip_tcp:10.0.0.1[1]; d svc@2.2 ncacn_ip_tcp:10.0.0.1[1];"
	"e svc@1.2 ncacn_ip_tcp:10.0.0.1[1] as=ndr64; f svc@1.2 ncadg_ip_udp:10.0.0.1[1];"
	"g svc@1.2 ncacn_ip_tcp:10.0.0.1[2]; h svc@1.2 ncacn_ip_tcp:10.0.0.2[1];"
	"i other ncacn_ip_tcp:10.0.0.1[1]; j svc@1.2 ncalrpc:[x]";

static void begin(void)
{
	r = registry_new();
	REQUIRE(r != NULL);
	one = two = (struct registry_owner){0};
	REQUIRE(sample_insert(r, &one, false, entries) == STATUS_OK);
}

static void end(void)
{
	registry_free(r);
}

/* Deletes by so many floors of an entry's tower; `object` below 0: whatever it is. */
static uint32_t mgmt_delete(const char *text, unsigned int floors, int object)
{
	const struct uuid u = sample_object(object > 0 ? (unsigned int)object : 0);
	struct sample s;

	sample_make(&s, text);
	sample_cut(&s, floors);
	return registry_mgmt_delete(r, object >= 0 ? &u : NULL, s.entry.tower);
}

static void leaves(const char *text, unsigned int floors, int object, uint32_t status, const char *left)
{
	char list[SAMPLE_LIST_LEN];

	begin();
	if (!CHECK_HEX(mgmt_delete(text, floors, object), status) ||
	    !CHECK_STR(sample_list_all(r, list), left))
		CHECK_INT(floors, -1); /* which */
	end();
}

static void all_that_begin_with_the_floors_go(void)
{
	static const char a[] = "? svc@1.2 ncacn_ip_tcp:10.0.0.1[1]";

	leaves(a, 1, -1, STATUS_OK, "c d i ");
	leaves(a, 2, -1, STATUS_OK, "c d e i ");
	leaves(a, 3, -1, STATUS_OK, "c d e f i j ");
	leaves(a, 4, -1, STATUS_OK, "c d e f g i j ");
	leaves(a, 5, -1, STATUS_OK, "c d e f g h i j ");
	leaves("? svc@1.2 ncalrpc:[x]", 4, -1, STATUS_OK, "a b c d e f g h i ");
	leaves("? svc@1.2 ncalrpc:[x]", 3, -1, STATUS_OK, "a b c d e f g h i ");
}

static void object_must_be_the_same_if_there_is_one(void)
{
	static const char a[] = "? svc@1.2 ncacn_ip_tcp:10.0.0.1[1]";

	leaves(a, 1, 1, STATUS_OK, "a c d e f g h i j ");
	leaves(a, 5, 1, STATUS_OK, "a c d e f g h i j ");
	leaves(a, 1, 0, STATUS_OK, "b c d i ");
	leaves(a, 5, 0, STATUS_OK, "b c d e f g h i j ");
	leaves(a, 1, 2, ept_s_not_registered, "a b c d e f g h i j ");
}

static void floors_that_nobody_has_delete_nothing(void)
{
	static const char all[] = "a b c d e f g h i j ";

	leaves("? strange ncacn_ip_tcp:10.0.0.1[1]", 1, -1, ept_s_not_registered, all);
	leaves("? svc@1.1 ncacn_ip_tcp:10.0.0.1[1]", 1, -1, ept_s_not_registered, all);
	leaves("? svc@1.2 ncacn_ip_tcp:10.0.0.1[1] as=ndr@2.1", 2, -1, ept_s_not_registered, all);
	leaves("? svc@1.2 ncacn_http:10.0.0.1[1]", 4, -1, ept_s_not_registered, all);
	leaves("? svc@1.2 ncacn_ip_tcp:10.0.0.1[3]", 4, -1, ept_s_not_registered, all);
	leaves("? svc@1.2 ncacn_ip_tcp:10.0.0.3[1]", 5, -1, ept_s_not_registered, all);
	/* Longer than the entry's own name. */
	leaves("? svc@1.2 ncalrpc:[xx]", 4, -1, ept_s_not_registered, all);
}

/* Unlike ept_delete, it does not ask whose they are. */
static void entries_of_all_owners_go(void)
{
	char list[SAMPLE_LIST_LEN];

	begin();
	CHECK_HEX(sample_insert(r, &two, false, "k svc@1.2 ncacn_ip_tcp:10.0.0.9[9]; l other ncalrpc:[l]"),
		  STATUS_OK);
	CHECK_HEX(mgmt_delete("? svc@1.2 ncacn_ip_tcp:10.0.0.1[1]", 1, -1), STATUS_OK);
	CHECK_STR(sample_list_all(r, list), "c d i l ");
	CHECK_INT(one.count, 3);
	CHECK_INT(two.count, 1);
	CHECK_INT(registry_count(r), 4);
	/* What is gone may come again, from anyone. */
	CHECK_HEX(sample_insert(r, &two, false, "m svc@1.2 ncacn_ip_tcp:10.0.0.1[1]"), STATUS_OK);
	registry_remove_owner(r, &one);
	CHECK_STR(sample_list_all(r, list), "l m ");
	end();
}

static void walks_go_on_behind_what_was_deleted(void)
{
	static const struct registry_filter all;
	const struct registry_entry *e;
	struct registry_walk w;

	begin();
	registry_walk_begin(r, &w, &all, false);
	CHECK_STR(registry_walk_next(r, &w)->annotation, "a");
	CHECK_HEX(mgmt_delete("? svc@1.2 ncacn_ip_tcp:10.0.0.1[1]", 1, -1), STATUS_OK);
	e = registry_walk_next(r, &w);
	REQUIRE(e != NULL);
	CHECK_STR(e->annotation, "c");
	registry_walk_end(&w);
	end();
}

const struct unit_test suite_registry_mgmt[] = {
	{"all_that_begin_with_the_floors_go", all_that_begin_with_the_floors_go},
	{"object_must_be_the_same_if_there_is_one", object_must_be_the_same_if_there_is_one},
	{"floors_that_nobody_has_delete_nothing", floors_that_nobody_has_delete_nothing},
	{"entries_of_all_owners_go", entries_of_all_owners_go},
	{"walks_go_on_behind_what_was_deleted", walks_go_on_behind_what_was_deleted},
	{NULL, NULL},
};
