/* Single values of the configuration, and the defaults. The file is in
 * test_config_file.c. */
#include "epmapd/config.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/unit/unit.h"

#define ROWS(array) (sizeof(array) / sizeof((array)[0]))

typedef bool set_text(struct config *c, const char *text, char error[CONFIG_ERROR_LEN]);

/* The value is refused, the error names it in one line, and nothing has changed. */
static void refuses(set_text *set, struct config *c, const char *text, const char *says)
{
	struct config before = *c;
	char error[CONFIG_ERROR_LEN] = "";
	char quoted[CONFIG_ERROR_LEN];

	snprintf(quoted, sizeof(quoted), "'%s'", text);
	if (!CHECK(!set(c, text, error)) || !CHECK(strstr(error, quoted) != NULL) ||
	    !CHECK(strstr(error, says) != NULL) || !CHECK(strchr(text, '\n') || !strchr(error, '\n')))
		CHECK_STR(error, text);
	CHECK_INT(c->n_listen, before.n_listen);
	CHECK_INT(c->n_services, before.n_services);
	CHECK_INT(c->n_insert_from, before.n_insert_from);
	CHECK_INT(c->port, before.port);
	CHECK_STR(c->rundir, before.rundir);
}

static void accepts(set_text *set, struct config *c, const char *text)
{
	char error[CONFIG_ERROR_LEN] = "";

	if (!CHECK(set(c, text, error)))
		CHECK_STR(error, text);
}

static struct config fresh(void)
{
	struct config c;

	config_init(&c);
	return c;
}

/* ---- values -------------------------------------------------------------------------- */

static void port_is_a_number_from_1_to_65535(void)
{
	static const char *const texts[] = {
		"", "0", "65536", "-1", "+5", " 5", "5 ", "5x", "x", "0x10", "5.0", "135-136",
		"4294967431", "99999999999999999999",
	};
	struct config c = fresh();

	CHECK_INT(c.port, 135);
	for (size_t i = 0; i < ROWS(texts); i++)
		refuses(config_set_port, &c, texts[i], "port ");
	accepts(config_set_port, &c, "1");
	CHECK_INT(c.port, 1);
	accepts(config_set_port, &c, "65535");
	CHECK_INT(c.port, 65535);
}

static void ceilings_are_numbers_in_their_range(void)
{
	static const struct {
		bool (*set)(struct config *c, const char *text, char error[CONFIG_ERROR_LEN]);
		size_t at; /* in the config */
		unsigned int given;
		unsigned int least, most;
		const char *under, *over;
		const char *error;
	} rows[] = {
		{config_set_max_associations, offsetof(struct config, max_associations), 12000, 1, 12000, "0",
		 "12001", "number of associations "},
		{config_set_max_calls, offsetof(struct config, max_calls), 0, 0, 1000000, "-1", "1000001",
		 "number of calls "},
		{config_set_idle_timeout, offsetof(struct config, idle_timeout), 900, 0, 86400, "-1", "86401",
		 "idle timeout "},
		{config_set_keepalive, offsetof(struct config, keepalive), 120, 0, 32767, "-1", "32768",
		 "keepalive "},
		{config_set_memory, offsetof(struct config, memory), 512, 0, 65536, "-1", "65537", "memory "},
	};
	struct config c = fresh();
	char text[16];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const unsigned int *value = (const unsigned int *)(const void *)((const char *)&c + rows[i].at);

		CHECK_INT(*value, rows[i].given);
		refuses(rows[i].set, &c, "", rows[i].error);
		refuses(rows[i].set, &c, "5 s", rows[i].error);
		refuses(rows[i].set, &c, rows[i].under, rows[i].error);
		refuses(rows[i].set, &c, rows[i].over, rows[i].error);
		snprintf(text, sizeof(text), "%u", rows[i].least);
		accepts(rows[i].set, &c, text);
		CHECK_INT(*value, rows[i].least);
		snprintf(text, sizeof(text), "%u", rows[i].most);
		accepts(rows[i].set, &c, text);
		CHECK_INT(*value, rows[i].most);
	}
}

static void user_is_one_that_there_is(void)
{
	struct config c = fresh();

	CHECK_STR(c.user, "");
	refuses(config_set_user, &c, "", "user ");
	refuses(config_set_user, &c, "no-such-user", "user ");
	refuses(config_set_user, &c, "a-name-that-is-longer-than-names-are", "user ");
	CHECK_STR(c.user, "");
	accepts(config_set_user, &c, "root");
	CHECK_STR(c.user, "root");
}

static void ids_are_two_numbers(void)
{
	static const char *const wrong[] = {
		"", ":", "1", "1:", ":1", "1:2:3", "a:1", "1:a", "-1:1", "1:-1", "1: 2", "4294967295:1", "1:4294967295",
	};
	struct config c = fresh();

	CHECK(!c.has_ids);
	for (size_t i = 0; i < ROWS(wrong); i++) {
		refuses(config_set_ids, &c, wrong[i], "is not UID:GID");
		CHECK(!c.has_ids);
	}
	accepts(config_set_ids, &c, "61135:4294967294");
	CHECK(c.has_ids);
	CHECK_INT(c.uid, 61135);
	CHECK_INT(c.gid, 4294967294);
}

static void listen_is_an_address(void)
{
	static const char *const texts[] = {
		"", "localhost", "10.0.0", "10.0.0.0/8", "10.0.0.256", "::g", "[::1]", "10.0.0.1:135",
		"*", " 10.0.0.1", "10.0.0.1 ", "1:2:3:4:5:6:7:8:9",
	};
	struct config c = fresh();

	for (size_t i = 0; i < ROWS(texts); i++)
		refuses(config_add_listen, &c, texts[i], "address ");
	CHECK(c.listen_is_default);
	CHECK_INT(c.n_listen, 2);
}

static void first_address_replaces_the_default(void)
{
	char text[ADDR_TEXT_LEN];
	struct config c = fresh();

	accepts(config_add_listen, &c, "10.0.0.1");
	CHECK(!c.listen_is_default);
	CHECK_INT(c.n_listen, 1);
	accepts(config_add_listen, &c, "fd00::1");
	CHECK_INT(c.n_listen, 2);
	CHECK_STR(addr_format(&c.listen[0], text), "10.0.0.1");
	CHECK_STR(addr_format(&c.listen[1], text), "fd00::1");
	/* Even if it is one of the default's. */
	c = fresh();
	accepts(config_add_listen, &c, "::");
	CHECK(!c.listen_is_default);
	CHECK_INT(c.n_listen, 1);
}

static void no_address_is_given_twice(void)
{
	struct config c = fresh();

	accepts(config_add_listen, &c, "10.0.0.1");
	accepts(config_add_listen, &c, "::1");
	refuses(config_add_listen, &c, "10.0.0.1", "twice");
	refuses(config_add_listen, &c, "::1", "twice");
	refuses(config_add_listen, &c, "0:0:0:0:0:0:0:1", "twice");
	accepts(config_add_listen, &c, "::ffff:10.0.0.1");
	accepts(config_add_listen, &c, "::2");
	CHECK_INT(c.n_listen, 4);
}

static void addresses_are_limited(void)
{
	struct config c = fresh();
	char text[32];

	for (unsigned int i = 0; i < CONFIG_MAX_LISTEN; i++) {
		snprintf(text, sizeof(text), "10.0.0.%u", i);
		accepts(config_add_listen, &c, text);
	}
	refuses(config_add_listen, &c, "10.0.1.0", "at most 16");
	refuses(config_add_listen, &c, "10.0.0.0", "twice");
	CHECK_INT(c.n_listen, CONFIG_MAX_LISTEN);
}

/* Nobody may register over TCP, unless somebody is named. */
static void insert_from_is_an_address(void)
{
	static const char *const texts[] = {"", "localhost", "10.0.0", "10.0.0.0/8", "::g", "10.0.0.1:135", "*"};
	struct config c = fresh();
	char text[ADDR_TEXT_LEN];

	CHECK_INT(c.n_insert_from, 0);
	for (size_t i = 0; i < ROWS(texts); i++)
		refuses(config_add_insert_from, &c, texts[i], "address ");
	for (unsigned int i = 0; i < CONFIG_MAX_INSERT_FROM; i++) {
		snprintf(text, sizeof(text), i % 2 ? "fd00::%x" : "10.0.0.%u", i);
		accepts(config_add_insert_from, &c, text);
	}
	CHECK_INT(c.n_insert_from, CONFIG_MAX_INSERT_FROM);
	CHECK_STR(addr_format(&c.insert_from[0], text), "10.0.0.0");
	CHECK_STR(addr_format(&c.insert_from[1], text), "fd00::1");
	refuses(config_add_insert_from, &c, "10.0.1.0", "at most 16");
}

static void range_is_first_and_last(void)
{
	struct config c = fresh();

	CHECK_INT(c.range.first, 49152);
	CHECK_INT(c.range.last, 65535);
	refuses(config_set_range, &c, "5021-5001", "range ");
	refuses(config_set_range, &c, "5001", "range ");
	refuses(config_set_range, &c, "", "range ");
	CHECK_INT(c.range.first, 49152);
	accepts(config_set_range, &c, "5001-5021");
	CHECK_INT(c.range.first, 5001);
	CHECK_INT(c.range.last, 5021);
}

static void order_is_one_of_two(void)
{
	struct config c = fresh();

	CHECK_INT(c.range_order, RANGE_SEQUENTIAL);
	refuses(config_set_range_order, &c, "backwards", "neither sequential nor random");
	refuses(config_set_range_order, &c, "", "neither sequential nor random");
	accepts(config_set_range_order, &c, "random");
	CHECK_INT(c.range_order, RANGE_RANDOM);
	accepts(config_set_range_order, &c, "sequential");
	CHECK_INT(c.range_order, RANGE_SEQUENTIAL);
}

static void services_have_names(void)
{
	struct config c = {0};
	const struct service *const *all;
	char list[256] = "";
	size_t n;

	all = services_all(&n);
	REQUIRE(n >= 2 && n <= CONFIG_MAX_SERVICES);
	for (size_t i = 0; i < n; i++)
		snprintf(list + strlen(list), sizeof(list) - strlen(list), "%s%s", i ? ", " : ": there are ",
			 all[i]->name);
	refuses(config_add_service, &c, "nosuch", list);
	for (size_t i = 0; i < n; i++) {
		/* What is unknown is answered with what is known. */
		refuses(config_add_service, &c, "nosuch", all[i]->name);
		accepts(config_add_service, &c, all[i]->name);
		CHECK(c.services[i] == all[i]);
		refuses(config_add_service, &c, all[i]->name, "twice");
		CHECK(services_find(all[i]->name) == all[i]);
	}
	CHECK_INT(c.n_services, n);
	refuses(config_add_service, &c, "Echo", "unknown");
	refuses(config_add_service, &c, "", "unknown");
	refuses(config_add_service, &c, "echo ", "unknown");
	CHECK(services_find("nosuch") == NULL);
}

static void services_are_limited(void)
{
	static const struct service other = {.name = "other"};
	struct config c = {0};

	while (c.n_services < CONFIG_MAX_SERVICES)
		c.services[c.n_services++] = &other;
	refuses(config_add_service, &c, "echo", "at most 32");
	c.n_services--;
	accepts(config_add_service, &c, "echo");
	CHECK_INT(c.n_services, CONFIG_MAX_SERVICES);
}

static void run_directory_is_an_absolute_path(void)
{
	struct config c = fresh();
	char text[RUNDIR_LEN + 1];

	refuses(config_set_rundir, &c, "", "absolute");
	refuses(config_set_rundir, &c, "run", "absolute");
	refuses(config_set_rundir, &c, "./run", "absolute");
	refuses(config_set_rundir, &c, "~/run", "absolute");
	accepts(config_set_rundir, &c, "/");
	accepts(config_set_rundir, &c, "/a b/{c}/#d//e/'f'");
	CHECK_STR(c.rundir, "/a b/{c}/#d//e/'f'");

	memset(text, 'x', sizeof(text));
	text[0] = '/';
	text[RUNDIR_LEN] = '\0';
	refuses(config_set_rundir, &c, text, "longer than 79");
	text[RUNDIR_LEN - 1] = '\0';
	accepts(config_set_rundir, &c, text);
	CHECK_STR(c.rundir, text);
}

/* A file could not hold these. */
static void run_directory_has_no_quotes(void)
{
	struct config c = fresh();

	refuses(config_set_rundir, &c, "/a\"b", "quote");
	refuses(config_set_rundir, &c, "/a\\b", "backslash");
	refuses(config_set_rundir, &c, "/${HOME}", "dollar");
	refuses(config_set_rundir, &c, "/a\nb", "line end");
}

static void errors_about_long_text_are_cut(void)
{
	static set_text *const setters[] = {
		config_set_port, config_add_listen, config_set_range, config_set_range_order,
		config_add_service, config_add_insert_from, config_set_rundir,
	};
	char *error = malloc(CONFIG_ERROR_LEN);
	char text[3000];

	REQUIRE(error != NULL);
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	for (size_t i = 0; i < ROWS(setters); i++) {
		struct config c = fresh();

		CHECK(!setters[i](&c, text, error));
		CHECK_INT(strlen(error), CONFIG_ERROR_LEN - 1);
	}
	free(error);
}

/* ---- defaults ------------------------------------------------------------------------ */

static void default_is_everything_everywhere(void)
{
	char text[ADDR_TEXT_LEN];
	struct config c = fresh();
	const struct service *const *all;
	size_t n;

	CHECK(c.listen_is_default);
	CHECK_INT(c.n_listen, 2);
	CHECK_STR(addr_format(&c.listen[0], text), "0.0.0.0");
	CHECK_STR(addr_format(&c.listen[1], text), "::");
	all = services_all(&n);
	REQUIRE(c.n_services == n);
	for (size_t i = 0; i < n; i++)
		CHECK(c.services[i] == all[i]);
}

/* The directory for a user with this XDG_RUNTIME_DIR (NULL: none). */
static void check_rundir(const char *runtime_dir, const char *want)
{
	struct config c;

	if (runtime_dir)
		setenv("XDG_RUNTIME_DIR", runtime_dir, 1);
	else
		unsetenv("XDG_RUNTIME_DIR");
	config_init(&c);
	CHECK_STR(c.rundir, want);
}

static void default_run_directory_is_the_users(void)
{
	const char *before = getenv("XDG_RUNTIME_DIR");
	char *kept = before ? strdup(before) : NULL;
	char dir[RUNDIR_LEN + 1], own[64], want[2 * RUNDIR_LEN];
	bool root = geteuid() == 0;

	if (root) {
		check_rundir("/run/user/0", "/run/epmapd");
		check_rundir(NULL, "/run/epmapd");
		REQUIRE(seteuid(12345) == 0);
	}
	snprintf(own, sizeof(own), "/tmp/epmapd-%u", (unsigned int)geteuid());
	check_rundir("/run/user/1000", "/run/user/1000/epmapd");
	check_rundir(NULL, own);
	check_rundir("", own);
	check_rundir("relative", own);
	check_rundir("/has\"quote", own);
	/* Whole, or not at all: 79 characters fit. */
	for (int n = 50; n < (int)RUNDIR_LEN; n++) {
		snprintf(dir, sizeof(dir), "/%0*d", n - 1, 0);
		snprintf(want, sizeof(want), "%s/epmapd", dir);
		check_rundir(dir, strlen(want) < RUNDIR_LEN ? want : own);
	}
	if (root)
		REQUIRE(seteuid(0) == 0);
	if (kept)
		setenv("XDG_RUNTIME_DIR", kept, 1);
	else
		unsetenv("XDG_RUNTIME_DIR");
	free(kept);
}

/* Becomes the root of a user namespace who is nobody outside; the errno if refused. */
static int become_root_of_a_namespace(void)
{
	char map[64];
	int fd, n;

	if (geteuid() == 0 && setuid(12345) != 0)
		return errno;
	n = snprintf(map, sizeof(map), "0 %u 1", (unsigned int)geteuid());
	/* Who has changed his uid owns his /proc again only if dumpable. */
	if (prctl(PR_SET_DUMPABLE, 1) != 0 || unshare(CLONE_NEWUSER) != 0)
		return errno;
	fd = open("/proc/self/uid_map", O_WRONLY | O_CLOEXEC);
	if (fd < 0 || write(fd, map, (size_t)n) != n)
		return errno;
	close(fd);
	return 0;
}

static void root_without_a_right_to_run_has_the_users_directory(void)
{
	const char *expected = "/run/user/1000/epmapd";
	struct config c;
	struct stat run;
	pid_t child;
	int status, error;

	/* Where everybody may write to /run, so may this root. */
	REQUIRE(stat("/run", &run) == 0);
	if ((run.st_mode & S_IWOTH) != 0)
		expected = "/run/epmapd";
	child = fork();
	REQUIRE(child >= 0);
	if (child == 0) {
		error = become_root_of_a_namespace();
		if (error)
			_exit(error);
		setenv("XDG_RUNTIME_DIR", "/run/user/1000", 1);
		config_init(&c);
		_exit(geteuid() == 0 && strcmp(c.rundir, expected) == 0 ? 0 : 255);
	}
	REQUIRE(waitpid(child, &status, 0) == child && WIFEXITED(status));
	if (WEXITSTATUS(status) == EPERM)
		fprintf(stderr, "SKIP: user namespaces are refused here\n");
	else
		CHECK_INT(WEXITSTATUS(status), 0);
}

const struct unit_test suite_config[] = {
	{"port_is_a_number_from_1_to_65535", port_is_a_number_from_1_to_65535},
	{"ceilings_are_numbers_in_their_range", ceilings_are_numbers_in_their_range},
	{"user_is_one_that_there_is", user_is_one_that_there_is},
	{"ids_are_two_numbers", ids_are_two_numbers},
	{"listen_is_an_address", listen_is_an_address},
	{"first_address_replaces_the_default", first_address_replaces_the_default},
	{"no_address_is_given_twice", no_address_is_given_twice},
	{"addresses_are_limited", addresses_are_limited},
	{"insert_from_is_an_address", insert_from_is_an_address},
	{"range_is_first_and_last", range_is_first_and_last},
	{"order_is_one_of_two", order_is_one_of_two},
	{"services_have_names", services_have_names},
	{"services_are_limited", services_are_limited},
	{"run_directory_is_an_absolute_path", run_directory_is_an_absolute_path},
	{"run_directory_has_no_quotes", run_directory_has_no_quotes},
	{"errors_about_long_text_are_cut", errors_about_long_text_are_cut},
	{"default_is_everything_everywhere", default_is_everything_everywhere},
	{"default_run_directory_is_the_users", default_run_directory_is_the_users},
	{"root_without_a_right_to_run_has_the_users_directory", root_without_a_right_to_run_has_the_users_directory},
	{NULL, NULL},
};
