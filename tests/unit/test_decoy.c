/* What decoys answer, and how they are registered. */
#include "epmapd/decoy.h"

#include <stdlib.h>
#include <string.h>

#include "rpc/limits.h"
#include "rpc/status.h"
#include "tests/unit/service.h"
#include "tests/unit/unit.h"

#define NETLOGON "12345678-1234-abcd-ef00-01234567cffb"

static struct service_rig r;
static struct rig_client c;

static void set(struct decoy_interface *i, const char *key, const char *text)
{
	const struct decoy_key *keys;
	size_t n;

	keys = decoy_keys(&n);
	for (size_t k = 0; k < n; k++)
		if (strcmp(keys[k].name, key) == 0)
			REQUIRE(keys[k].set(i, text));
}

/* One that has been told a few things. */
static struct decoy *make(void)
{
	struct decoy_interface *i = decoy_interface_new("netlogon");
	struct decoy *d = decoy_new("lsass");
	char error[CONFIG_ERROR_LEN];

	REQUIRE(d != NULL && i != NULL);
	set(i, "uuid", NETLOGON);
	set(i, "opnums", "59");
	set(i, "faults", "26=0x1c010014");
	set(i, "faults", "58=1717");
	set(i, "answers", "4=00112233445566778899aAbB");
	set(i, "answers", "0=");
	REQUIRE(decoy_interface_check(i, error));
	REQUIRE(decoy_add(d, i, error));
	return d;
}

static struct decoy *begin(void)
{
	struct decoy *d = make();

	service_rig_init(&r, &d->service);
	service_client(&c, &r, &d->service.served[0].interface->id, 0);
	return d;
}

static void end(struct decoy *d)
{
	rig_client_fini(&c);
	service_rig_fini(&r);
	decoy_free(d);
}

static void answers_with_the_stub(const uint8_t *stub, size_t len)
{
	static const uint8_t want[] = {0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88, 0x99, 0xaa, 0xbb};
	struct reader reply;
	const uint8_t *got;

	REQUIRE(rig_client_call(&c, 4, stub, len) == STATUS_OK);
	reply = rig_client_reply(&c);
	REQUIRE(CHECK_INT(cursor_left(&reply), sizeof(want)));
	REQUIRE(cursor_get_ref(&reply, &got, sizeof(want)));
	CHECK_MEM(got, want, sizeof(want));
}

static void answer_is_the_same_whatever_comes(void)
{
	static const size_t sizes[] = {0, 1, 12, RPC_MAX_FRAG_TCP, 100000, RPC_MAX_STUB - 1, RPC_MAX_STUB};
	uint8_t *stub = malloc(RPC_MAX_STUB);
	struct decoy *d = begin();

	REQUIRE(stub != NULL);
	memset(stub, 0xa5, RPC_MAX_STUB);
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
		answers_with_the_stub(stub, sizes[i]);
	end(d);
	free(stub);
}

static void answer_may_be_empty(void)
{
	struct decoy *d = begin();
	struct reader reply;

	CHECK_HEX(rig_client_call(&c, 0, (const uint8_t *)"abc", 3), STATUS_OK);
	reply = rig_client_reply(&c);
	CHECK_INT(cursor_left(&reply), 0);
	end(d);
}

/* And the association goes on after each of them. */
static void faults_are_those_that_were_asked_for(void)
{
	static const struct {
		uint16_t opnum;
		uint32_t status;
	} rows[] = {
		{26, nca_s_server_too_busy}, {58, RPC_S_UNKNOWN_IF}, {1, ERROR_ACCESS_DENIED},
		{57, ERROR_ACCESS_DENIED}, {59, nca_s_op_rng_error}, {255, nca_s_op_rng_error},
		{256, nca_s_op_rng_error}, {65535, nca_s_op_rng_error},
	};
	struct decoy *d = begin();

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		CHECK_HEX(rig_client_call(&c, rows[i].opnum, (const uint8_t *)"abcd", 4), rows[i].status);
	answers_with_the_stub((const uint8_t *)"", 0);
	end(d);
}

/* A stub that was made for NDR would be wrong in NDR64. */
static void only_ndr_is_served(void)
{
	struct decoy *d = make();

	CHECK(!d->service.served[0].interface->ndr64);
	CHECK(d->service.is_decoy);
	CHECK(decoy_of(&d->service) == d);
	decoy_free(d);
}

static void interface_has_a_uuid_and_a_place(void)
{
	struct decoy_interface *i = decoy_interface_new("x");
	char error[CONFIG_ERROR_LEN];

	REQUIRE(i != NULL);
	CHECK(!decoy_interface_check(i, error));
	CHECK_STR(error, "interface 'x' has no uuid");
	set(i, "uuid", NETLOGON);
	CHECK(decoy_interface_check(i, error));
	set(i, "tcp", "false");
	CHECK(!decoy_interface_check(i, error));
	CHECK_STR(error, "interface 'x' is nowhere: give it tcp = true or pipes");
	set(i, "pipes", "\\pipe\\x");
	CHECK(decoy_interface_check(i, error));
	set(i, "faults", "7=5");
	CHECK(decoy_interface_check(i, error));
	set(i, "opnums", "7");
	CHECK(!decoy_interface_check(i, error));
	CHECK_STR(error, "interface 'x' has an answer or a fault for opnum 7, but opnums = 7");
	decoy_interface_free(i);
}

/* A service is registered over TCP, as ever; a decoy as it says. */
static void adverts_say_how_it_is_registered(void)
{
	static const char object[] = "e1a4f6c2-0001-4c5a-8d11-3f1c7a520001";
	struct decoy_interface *i = decoy_interface_new("x");
	struct decoy *d = decoy_new("d");
	char error[CONFIG_ERROR_LEN], text[UUID_TEXT_LEN];
	struct service_advert a = service_advert(&service_calc, 2);

	CHECK(a.tcp && a.n_pipes == 0 && a.n_objects == 2 && a.annotation == service_calc.annotation);
	CHECK(service_has_port(&service_calc));
	REQUIRE(i != NULL && d != NULL);
	CHECK(!service_has_port(&d->service));
	set(i, "uuid", NETLOGON);
	set(i, "annotation", "what it says");
	set(i, "objects", object);
	set(i, "tcp", "false");
	set(i, "pipes", "\\pipe\\x");
	set(i, "pipes", "\\PIPE\\x");
	REQUIRE(decoy_add(d, i, error));
	a = service_advert(&d->service, 0);
	CHECK(!a.tcp && !service_has_port(&d->service));
	CHECK_STR(a.annotation, "what it says");
	REQUIRE(a.n_objects == 1 && a.n_pipes == 2);
	CHECK_STR(uuid_format(&a.objects[0], text), object);
	CHECK_STR(a.pipes[1], "\\PIPE\\x");
	decoy_free(d);
}

static void names_are_words(void)
{
	static const char *const right[] = {"a", "lsass", "A-b_c.9", "1234567890123456789012345678901"};
	static const char *const wrong[] = {"", " ", "a b", "a/b", "a\"", "\xc3\xa4",
						"12345678901234567890123456789012"};

	for (size_t i = 0; i < sizeof(right) / sizeof(right[0]); i++)
		CHECK(decoy_is_name(right[i]));
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		CHECK(!decoy_is_name(wrong[i]));
}

const struct unit_test suite_decoy[] = {
	{"answer_is_the_same_whatever_comes", answer_is_the_same_whatever_comes},
	{"answer_may_be_empty", answer_may_be_empty},
	{"faults_are_those_that_were_asked_for", faults_are_those_that_were_asked_for},
	{"only_ndr_is_served", only_ndr_is_served},
	{"interface_has_a_uuid_and_a_place", interface_has_a_uuid_and_a_place},
	{"adverts_say_how_it_is_registered", adverts_say_how_it_is_registered},
	{"names_are_words", names_are_words},
	{NULL, NULL},
};
