/* Faults on purpose: their text, and what the mapper does with them. */
#include <stdio.h>
#include <string.h>

#include "epmapd/config.h"
#include "epmapd/ept_faults.h"
#include "epmapd/ring.h"
#include "rpc/status.h"
#include "tests/unit/ept_rig.h"
#include "tests/unit/unit.h"

static struct faults_table t;
static char error[FAULTS_ERROR_LEN];

static const char *text_of(const char *name)
{
	static char text[FAULTS_TEXT_LEN];

	return faults_format(faults_find(&t, name), text);
}

/* ---- text ------------------------------------------------------------------------------- */

static void each_fault_reads_as_it_is_written(void)
{
	static const char *const rows[] = {
		"stale-entry", "address=10.9.9.9", "address=0.0.0.0", "port=65535", "fragment=1", "delay-map=600000",
		"delay-call=1", "drop-after=1", "too-busy", "unregistered", "forbidden-call",
		("stale-entry, address=0.0.0.0, port=7, fragment=16, delay-map=1, delay-call=2, drop-after=3, "
	         "too-busy, unregistered, forbidden-call"),
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		t = (struct faults_table){0};
		CHECK(faults_set(&t, "echo", rows[i], error));
		CHECK_STR(text_of("echo"), rows[i]);
		CHECK_INT(t.n, 1);
	}
	CHECK_STR(text_of("calc"), "");
}

static void faults_add_up_until_they_are_cleared(void)
{
	t = (struct faults_table){0};
	CHECK(faults_set(&t, "echo", " port=7 ,too-busy", error));
	CHECK(faults_set(&t, "calc", "unregistered", error));
	CHECK(faults_set(&t, "echo", "port=8,address=1.2.3.4", error));
	CHECK_STR(text_of("echo"), "address=1.2.3.4, port=8, too-busy");
	CHECK(faults_clear(&t, "echo", "address,port=9", error));
	CHECK_STR(text_of("echo"), "too-busy");
	CHECK_STR(text_of("calc"), "unregistered");
	CHECK(faults_clear(&t, "echo", "", error));
	CHECK_STR(text_of("echo"), "");
	CHECK_STR(text_of("calc"), "unregistered");
	CHECK_INT(t.n, 1);
	CHECK(faults_set(&t, "echo", "", error)); /* nothing */
	CHECK_INT(t.n, 1);
}

static void wrong_faults_change_nothing_and_are_named(void)
{
	static const struct {
		const char *name, *list, *named;
	} rows[] = {
		{"echo", "slow", "'slow'"},
		{"echo", "too-busy,por=7", "'por=7'"},
		{"echo", "port", "'port' wants a value"},
		{"echo", "too-busy=1", "'too-busy=1' takes no value"},
		{"echo", "port=0", "'0'"},
		{"echo", "port=65536", "65535"},
		{"echo", "port=-1", "'-1'"},
		{"echo", "port=7x", "'7x'"},
		{"echo", "port=99999999999999999999", "99999"},
		{"echo", "delay-map=600001", "600000"},
		{"echo", "fragment=5001", "5000"},
		{"echo", "drop-after=1073741825", "1073741824"},
		{"echo", "address=1.2.3", "'1.2.3'"},
		{"echo", "address=::1", "'::1'"},
		{"mapper", "stale-entry", "not for the mapper"},
		{"mapper", "unregistered", "not for the mapper"},
		{"", "port=7", "''"},
		{"a-name-that-is-longer-than-names-are", "port=7", "a-name-that"},
	};

	t = (struct faults_table){0};
	CHECK(faults_set(&t, "echo", "port=7", error));
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (!CHECK(!faults_set(&t, rows[i].name, rows[i].list, error)) ||
		    !CHECK(strstr(error, rows[i].named) != NULL))
			CHECK_STR(error, rows[i].list);
		CHECK_STR(text_of("echo"), "port=7");
		CHECK_INT(t.n, 1);
	}
	CHECK(!faults_clear(&t, "echo", "port,slow", error));
	CHECK_STR(text_of("echo"), "port=7");
}

static void configured_faults_name_their_process(void)
{
	static const char *const wrong[] = {"echo", "echo port=7", ":port=7", "", "echo: slow",
	                                    "a-name-that-is-longer-than-names-are: port=7"};
	struct config c;

	config_init(&c);
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		if (!CHECK(!config_add_fault(&c, wrong[i], error)))
			CHECK_STR(wrong[i], NULL);
	CHECK(strstr(error, "a-name-that") != NULL);
	CHECK_INT(c.faults.n, 0);
	CHECK(config_add_fault(&c, "echo:port=7", error));
	CHECK(config_add_fault(&c, "echo: too-busy", error));
	t = c.faults;
	CHECK_STR(text_of("echo"), "port=7, too-busy");
}

static void one_process_too_many_is_refused(void)
{
	char name[FAULTS_NAME_LEN];

	t = (struct faults_table){0};
	for (unsigned i = 0; i < FAULTS_MAX_NAMES; i++) {
		snprintf(name, sizeof(name), "p%u", i);
		REQUIRE(faults_set(&t, name, "port=7", error));
	}
	CHECK(!faults_set(&t, "one-more", "port=7", error));
	CHECK(faults_set(&t, "p0", "port=8", error));
	CHECK(faults_clear(&t, "p3", "", error));
	CHECK(faults_set(&t, "one-more", "port=9", error));
	CHECK_STR(text_of("one-more"), "port=9");
	CHECK_STR(text_of("p0"), "port=8");
	CHECK_STR(text_of("p39"), "port=7");
}

/* ---- what the mapper does ------------------------------------------------------------------ */

static struct config config;
static struct rig_client remote, owner;

/* echo is registered by a client of its own. */
static void begin(const char *name, const char *list)
{
	uint32_t status;

	ept_rig_init();
	config_init(&config);
	t = (struct faults_table){0};
	REQUIRE(faults_set(&t, name, list, error));
	ept_rig.server.faults = &t;
	ept_rig.server.config = &config;
	ept_client_tcp(&remote, "192.0.2.1", 0);
	ept_client_local(&owner, 0);
	REQUIRE(ept_client_insert(&owner, false, "e echo ncacn_ip_tcp:[5001]", &status) == 0 && status == 0);
}

static void end(void)
{
	rig_client_fini(&remote);
	rig_client_fini(&owner);
	ept_rig_fini();
}

/* "PORT HOST" of the first tower that a client gets, or "none". */
static const char *answer(struct rig_client *c)
{
	static char text[64];
	struct ept_map q = {.max_towers = 1}, p;
	struct sample s;
	struct tower tower;

	sample_make(&s, "? echo ncacn_ip_tcp:[0]");
	q.object = &s.entry.object;
	q.map_tower = s.entry.tower;
	REQUIRE(ept_client_map(c, &q, &p) == 0);
	if (p.num_towers == 0)
		return "none";
	tower = ept_rig_tower(p.towers[0]);
	snprintf(text, sizeof(text), "%u %u.%u.%u.%u", tower.port, tower.host[0], tower.host[1], tower.host[2],
	         tower.host[3]);
	return text;
}

static void answers_over_the_network_are_wrong_on_purpose(void)
{
	begin("echo", "port=7, address=10.9.9.9");
	CHECK_STR(answer(&remote), "7 10.9.9.9");
	CHECK_STR(answer(&owner), "5001 0.0.0.0");
	CHECK(faults_clear(&t, "echo", "address", error));
	CHECK_STR(answer(&remote), "7 192.0.2.1");
	CHECK(faults_clear(&t, "echo", "", error));
	CHECK_STR(answer(&remote), "5001 192.0.2.1");
	end();
}

/* What is recorded of an answer is what it says, be it wrong. */
static void record_names_the_port_of_the_answer(void)
{
	static struct ring ring;

	begin("echo", "port=7");
	ring_clear(&ring);
	ept_rig.server.ring = &ring;
	answer(&remote);
	answer(&owner);
	CHECK(faults_clear(&t, "echo", "", error));
	answer(&remote);
	CHECK_INT(ring_end(&ring), 3);
	CHECK_INT(ring.records[0].kind, RECORD_MAP);
	CHECK_INT(ring.records[0].port, 7);
	CHECK_INT(ring.records[1].port, 5001);
	CHECK_INT(ring.records[2].port, 5001);
	ept_rig.server.ring = NULL;
	end();
}

static void the_mappers_faults_are_for_all_that_have_none_of_their_own(void)
{
	begin("mapper", "port=7, address=0.0.0.0");
	CHECK_STR(answer(&remote), "7 0.0.0.0");
	CHECK(faults_set(&t, "echo", "port=8", error));
	CHECK_STR(answer(&remote), "8 0.0.0.0");
	CHECK(faults_set(&t, "calc", "port=9", error));
	CHECK_STR(answer(&remote), "8 0.0.0.0");
	end();
}

static void entry_outlives_its_owner_until_that_is_cleared(void)
{
	begin("echo", "stale-entry");
	rig_client_fini(&owner);
	CHECK_STR(answer(&remote), "5001 192.0.2.1");
	CHECK_INT(ept_rig.server.stale.count, 1);
	CHECK(faults_clear(&t, "echo", "stale-entry", error));
	ept_server_faults_changed(&ept_rig.server);
	CHECK_STR(answer(&remote), "none");
	CHECK_INT(ept_rig.server.stale.count, 0);
	ept_client_local(&owner, 0);
	end();
}

static void owner_that_comes_back_takes_its_entry_over(void)
{
	uint32_t status;

	begin("echo", "stale-entry");
	rig_client_fini(&owner);
	ept_client_local(&owner, 0);
	CHECK_HEX(ept_client_insert(&owner, false, "e echo ncacn_ip_tcp:[5001]", &status), 0);
	CHECK_HEX(status, 0);
	CHECK_INT(ept_rig.server.stale.count, 0);
	CHECK_STR(answer(&remote), "5001 192.0.2.1");
	CHECK_INT(registry_count(ept_rig.server.registry), 1);
	CHECK(faults_clear(&t, "echo", "", error));
	end();
}

static void without_that_fault_nothing_outlives_its_owner(void)
{
	begin("calc", "stale-entry");
	rig_client_fini(&owner);
	CHECK_STR(answer(&remote), "none");
	ept_client_local(&owner, 0);
	end();
}

static void octets_too_short_for_a_port_are_left_alone(void)
{
	const struct faults f = {.port = 7, .has_address = true, .address = {1, 2, 3, 4}};
	uint8_t octets[11] = {0};

	ept_faults_change(&f, octets, 10);
	CHECK_MEM(octets, "\0\0\0\0\0\0\0\0\0\0\0", 11);
	ept_faults_change(&f, octets, 11);
	CHECK_MEM(octets, "\0\7\0\0\0\0\0\1\2\3\4", 11);
}

const struct unit_test suite_faults[] = {
	{"each_fault_reads_as_it_is_written", each_fault_reads_as_it_is_written},
	{"faults_add_up_until_they_are_cleared", faults_add_up_until_they_are_cleared},
	{"wrong_faults_change_nothing_and_are_named", wrong_faults_change_nothing_and_are_named},
	{"configured_faults_name_their_process", configured_faults_name_their_process},
	{"one_process_too_many_is_refused", one_process_too_many_is_refused},
	{"answers_over_the_network_are_wrong_on_purpose", answers_over_the_network_are_wrong_on_purpose},
	{"record_names_the_port_of_the_answer", record_names_the_port_of_the_answer},
	{"the_mappers_faults_are_for_all_that_have_none_of_their_own",
	 the_mappers_faults_are_for_all_that_have_none_of_their_own},
	{"entry_outlives_its_owner_until_that_is_cleared", entry_outlives_its_owner_until_that_is_cleared},
	{"owner_that_comes_back_takes_its_entry_over", owner_that_comes_back_takes_its_entry_over},
	{"without_that_fault_nothing_outlives_its_owner", without_that_fault_nothing_outlives_its_owner},
	{"octets_too_short_for_a_port_are_left_alone", octets_too_short_for_a_port_are_left_alone},
	{NULL, NULL},
};
