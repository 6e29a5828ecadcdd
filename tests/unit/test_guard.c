/* Who may call, as processes have it: in memory that nobody changes. */
#include "epmapd/guard.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "rpc/security.h"
#include "rpc/status.h"
#include "tests/unit/rig.h"
#include "tests/unit/unit.h"

#define HASH "8846f7eaee8fb117ad06bdd830b7586c"
#define OTHER_HASH "000102030405060708090a0b0c0d0e0f"

static char error[CONFIG_ERROR_LEN];

/* The file behind the configuration's `users`. */
static void write_users(struct config *c, const char *text, mode_t mode)
{
	FILE *f;

	if (c->users[0] == '\0')
		snprintf(c->users, sizeof(c->users), "/tmp/epmapd-unit-%d.users", (int)getpid());
	f = fopen(c->users, "w");
	REQUIRE(f != NULL && fputs(text, f) >= 0 && fclose(f) == 0 && chmod(c->users, mode) == 0);
}

static void take(struct guard *g, const struct config *c)
{
	int fd = guard_make(c, error);

	REQUIRE(fd >= 0);
	REQUIRE(guard_take(g, fd));
}

/* The first byte of an account's hash; -1: there is no such account. */
static int hash_of(const struct guard *g, const char *name)
{
	const struct ntlm_server *s = guard_security(g);
	uint8_t hash[NTLM_KEY_LEN];

	REQUIRE(s != NULL);
	return s->lookup(s->arg, name, "ANYWHERE", hash) ? hash[0] : -1;
}

static void without_users_nobody_can_authenticate(void)
{
	struct guard g = {0};
	struct config c;

	config_init(&c);
	take(&g, &c);
	CHECK(guard_open(&g));
	CHECK(guard_security(&g) == NULL);
	guard_fini(&g);
	config_fini(&c);
}

static void accounts_are_those_of_the_last_file(void)
{
	struct guard g = {0};
	struct config c;

	config_init(&c);
	write_users(&c, "student:" HASH "\n", 0600);
	take(&g, &c);
	CHECK(guard_open(&g));
	CHECK_INT(hash_of(&g, "Student"), 0x88);
	CHECK_INT(hash_of(&g, "other"), -1);
	write_users(&c, "student:" OTHER_HASH "\nother:" HASH "\n", 0600);
	CHECK_INT(hash_of(&g, "student"), 0x88); /* nobody has read that yet */
	take(&g, &c);
	CHECK_INT(hash_of(&g, "student"), 0x00);
	CHECK_INT(hash_of(&g, "other"), 0x88);

	/* Others may read it: it is not taken, and all stays. */
	write_users(&c, "other:" OTHER_HASH "\n", 0644);
	CHECK_INT(guard_make(&c, error), -1);
	CHECK(strstr(error, "chmod 600") != NULL);
	CHECK_INT(hash_of(&g, "other"), 0x88);
	unlink(c.users);
	CHECK_INT(guard_make(&c, error), -1);
	CHECK(strstr(error, "epmap passwd") != NULL);

	c.users[0] = '\0'; /* no users any more */
	take(&g, &c);
	CHECK(guard_security(&g) == NULL);
	guard_fini(&g);
	config_fini(&c);
}

static void nobody_changes_the_memory(void)
{
	struct config c;
	void *map;
	int fd;

	config_init(&c);
	fd = guard_make(&c, error);
	REQUIRE(fd >= 0);
	CHECK(pwrite(fd, "x", 1, 0) == -1 && errno == EPERM);
	CHECK(ftruncate(fd, 0) == -1 && errno == EPERM);
	map = mmap(NULL, 1, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	CHECK(map == MAP_FAILED && errno == EPERM);
	close(fd);
	config_fini(&c);
}

static void what_is_no_file_is_not_taken(void)
{
	struct guard g = {0};
	struct config c;
	int ends[2];

	config_init(&c);
	c.restrict_remote = POLICY_RESTRICT_LOCAL;
	take(&g, &c);
	REQUIRE(pipe(ends) == 0);
	close(ends[1]);
	CHECK(!guard_take(&g, ends[0]));
	CHECK(close(ends[0]) == -1 && errno == EBADF); /* that was done */
	CHECK_INT(guard_security(&g) == NULL, true);
	guard_fini(&g);
	config_fini(&c);
}

/* ---- calls ---- */

static const struct rpc_caller anonymous = {.auth_level = RPC_C_AUTHN_LEVEL_NONE};
static const struct rpc_caller student = {
	.user = "student",
	.domain = "LAB",
	.auth_type = SECURITY_NTLMSSP,
	.auth_level = RPC_C_AUTHN_LEVEL_PKT_INTEGRITY,
};

struct asked {
	struct guard g;
	struct rig rig;
	struct ring *ring;
	uint64_t tail;
};

static void asked_init(struct asked *k, const struct config *c)
{
	int fd = ring_make();

	*k = (struct asked){.tail = 0};
	take(&k->g, c);
	rig_init(&k->rig);
	REQUIRE(fd >= 0);
	k->ring = ring_map(fd);
	close(fd);
	REQUIRE(k->ring != NULL);
}

static void asked_fini(struct asked *k)
{
	ring_unmap(k->ring);
	rig_fini(&k->rig);
	guard_fini(&k->g);
}

/* What opnum 3 of svc, as part of a service, is answered with, and what the ring has of it: "" is
 * nothing, else "USER LEVEL RULE". */
static void check_permit(struct asked *k, struct assoc *a, const struct rpc_caller *caller,
                         const char *service, uint32_t status, const char *told)
{
	const struct rpc_call call = {.assoc = a, .served = &k->rig.served[0], .opnum = 3, .caller = *caller};
	uint64_t missed = 0;
	char text[256] = "";
	struct record r;

	CHECK_HEX(guard_permit(&k->g, &call, service, k->ring), status);
	if (ring_get(k->ring, &k->tail, ring_end(k->ring), &r, &missed)) {
		CHECK(record_valid(&r));
		CHECK_INT(r.kind, RECORD_DENY);
		CHECK_INT(r.opnum, 3);
		CHECK_INT(r.status, ERROR_ACCESS_DENIED);
		CHECK(r.has_interface && uuid_equal(&r.interface, &k->rig.served[0].interface->id.uuid));
		snprintf(text, sizeof(text), "%s %u %s", r.user, r.level, r.rule);
	}
	CHECK_STR(text, told);
	assoc_free(a);
}

static void denials_are_told_with_who_and_by_what(void)
{
	struct asked k;
	struct config c;

	config_init(&c);
	c.restrict_remote = POLICY_RESTRICT_AUTHENTICATED;
	asked_init(&k, &c);
	check_permit(&k, rig_assoc_from(&k.rig, "192.0.2.7"), &anonymous, FAULTS_MAPPER, ERROR_ACCESS_DENIED,
	             "anonymous 1 restrict_remote_clients");
	check_permit(&k, rig_assoc_from(&k.rig, "192.0.2.7"), &student, FAULTS_MAPPER, STATUS_OK, "");
	check_permit(&k, rig_assoc_from(&k.rig, "192.0.2.7"), &anonymous, "echo", STATUS_OK, "");
	asked_fini(&k);

	c.restrict_remote = POLICY_RESTRICT_LOCAL;
	asked_init(&k, &c);
	check_permit(&k, rig_assoc_from(&k.rig, "192.0.2.7"), &student, FAULTS_MAPPER, ERROR_ACCESS_DENIED,
	             "student 5 restrict_remote_clients");
	asked_fini(&k);
	config_fini(&c);
}

/* Nor by a rule that denies everything: services could not register. */
static void local_callers_are_not_asked(void)
{
	static const char text[] = "rule \"all\" { action = \"deny\" }";
	FILE *f = fmemopen((void *)(uintptr_t)text, strlen(text), "r");
	struct asked k;
	struct config c;

	config_init(&c);
	REQUIRE(f != NULL && config_read(&c, f, "conf", error));
	fclose(f);
	asked_init(&k, &c);
	check_permit(&k, rig_assoc_local(&k.rig), &anonymous, FAULTS_MAPPER, STATUS_OK, "");
	check_permit(&k, rig_assoc_from(&k.rig, "fd00:1::7"), &student, "echo", ERROR_ACCESS_DENIED,
	             "student 5 all");
	asked_fini(&k);
	config_fini(&c);
}

const struct unit_test suite_guard[] = {
	{"without_users_nobody_can_authenticate", without_users_nobody_can_authenticate},
	{"accounts_are_those_of_the_last_file", accounts_are_those_of_the_last_file},
	{"nobody_changes_the_memory", nobody_changes_the_memory},
	{"what_is_no_file_is_not_taken", what_is_no_file_is_not_taken},
	{"denials_are_told_with_who_and_by_what", denials_are_told_with_who_and_by_what},
	{"local_callers_are_not_asked", local_callers_are_not_asked},
	{NULL, NULL},
};
