/* The configuration as a file: read, written, and the errors in it. */
#include <stdlib.h>
#include <string.h>

#include "epmapd/config.h"
#include "tests/unit/unit.h"

#define ROWS(array) (sizeof(array) / sizeof((array)[0]))

enum { MAX_FILE = 65535 };

/* Reads len bytes as if they were the file "conf". */
static bool read_bytes(struct config *c, const char *bytes, size_t len, char error[CONFIG_ERROR_LEN])
{
	FILE *f = tmpfile();
	bool ok;

	REQUIRE(f != NULL);
	REQUIRE(fwrite(bytes, 1, len, f) == len);
	rewind(f);
	ok = config_read(c, f, "conf", error);
	fclose(f);
	return ok;
}

static bool read_text(struct config *c, const char *text, char error[CONFIG_ERROR_LEN])
{
	return read_bytes(c, text, strlen(text), error);
}

static void accepts(struct config *c, const char *text)
{
	char error[CONFIG_ERROR_LEN];

	config_init(c);
	if (!CHECK(read_text(c, text, error)))
		CHECK_STR(error, text);
}

/* ---- written and read ---------------------------------------------------------------- */

static void same(const struct config *a, const struct config *b)
{
	char text[FAULTS_TEXT_LEN], other[FAULTS_TEXT_LEN];

	CHECK_INT(a->port, b->port);
	CHECK_INT(a->listen_is_default, b->listen_is_default);
	if (CHECK_INT(a->n_listen, b->n_listen))
		for (unsigned int i = 0; i < a->n_listen; i++)
			CHECK(addr_same_host(&a->listen[i], &b->listen[i]));
	CHECK_INT(a->range.first, b->range.first);
	CHECK_INT(a->range.last, b->range.last);
	CHECK_INT(a->range_order, b->range_order);
	if (CHECK_INT(a->n_services, b->n_services))
		for (unsigned int i = 0; i < a->n_services; i++)
			CHECK(a->services[i] == b->services[i]);
	if (CHECK_INT(a->n_insert_from, b->n_insert_from))
		for (unsigned int i = 0; i < a->n_insert_from; i++)
			CHECK(addr_same_host(&a->insert_from[i], &b->insert_from[i]));
	if (CHECK_INT(a->faults.n, b->faults.n))
		for (unsigned int i = 0; i < a->faults.n; i++)
			CHECK_STR(faults_format(&a->faults.rows[i].faults, text),
			          faults_format(faults_find(&b->faults, a->faults.rows[i].name), other));
	CHECK_STR(a->rundir, b->rundir);
	CHECK_INT(a->max_associations, b->max_associations);
	CHECK_INT(a->max_calls, b->max_calls);
	CHECK_INT(a->idle_timeout, b->idle_timeout);
	CHECK_INT(a->keepalive, b->keepalive);
	CHECK_STR(a->user, b->user);
	CHECK_INT(a->memory, b->memory);
}

/* What is written says the same when it is read. */
static void round_trip(const struct config *c)
{
	char error[CONFIG_ERROR_LEN], *text = NULL;
	struct config read;
	size_t len = 0;
	FILE *f = open_memstream(&text, &len);

	REQUIRE(f != NULL);
	config_write(c, f);
	fclose(f);
	config_init(&read);
	if (!CHECK(read_bytes(&read, text, len, error)))
		CHECK_STR(error, text);
	same(&read, c);
	free(text);
}

static void default_comes_back(void)
{
	struct config c;

	config_init(&c);
	round_trip(&c);
}

/* What is written of a config, without what depends on who asks; keep it shorter than text. */
static void written(const struct config *c, char text[4096])
{
	static const char *const passed_over[] = {"user ", "rundir ", "listen "};
	FILE *f = tmpfile();
	char line[1024];

	REQUIRE(f != NULL);
	config_write(c, f);
	rewind(f);
	text[0] = '\0';
	while (fgets(line, sizeof(line), f) != NULL) {
		bool keep = true;

		for (size_t i = 0; i < ROWS(passed_over); i++)
			keep = keep && strncmp(line, passed_over[i], strlen(passed_over[i])) != 0;
		if (keep)
			strncat(text, line, 4095 - strlen(text));
	}
	fclose(f);
}

/* epmapd/system/epmapd.conf has every key in a comment, with its default. */
static void installed_file_says_the_defaults(void)
{
	char text[16384] = "", line[512], error[CONFIG_ERROR_LEN], expected[4096], actual[4096];
	FILE *f = fopen(SRCDIR "/epmapd/system/epmapd.conf", "re");
	struct config c;

	REQUIRE(f != NULL);
	while (fgets(line, sizeof(line), f) != NULL) {
		const bool is_setting = line[0] == '#' && line[1] != ' ' && line[1] != '\n';

		if (is_setting && strncmp(line, "#user", 5) != 0) /* who may not be here */
			strncat(text, line + 1, sizeof(text) - 1 - strlen(text));
	}
	fclose(f);
	config_init(&c);
	written(&c, expected);
	c = (struct config){.listen_is_default = true}; /* so that nothing is right that is not read */
	if (!CHECK(read_text(&c, text, error)))
		CHECK_STR(error, "");
	written(&c, actual);
	CHECK_STR(actual, expected);
	config_fini(&c);
}

static void everything_comes_back(void)
{
	static const char *const rundirs[] = {
		"/", "/a b", "/a#b", "/#a", "/a//b", "/a/*b*/", "/a{b}=c,d;e", "/it's", "/\xc3\xa4", "/a\tb",
	};
	char error[CONFIG_ERROR_LEN], addr[32];
	struct config c;

	config_init(&c);
	REQUIRE(config_set_port(&c, "65535", error));
	REQUIRE(config_set_range(&c, "1-65535", error));
	REQUIRE(config_set_range_order(&c, "random", error));
	REQUIRE(config_set_max_associations(&c, "1", error));
	REQUIRE(config_set_max_calls(&c, "1000000", error));
	REQUIRE(config_set_idle_timeout(&c, "0", error));
	REQUIRE(config_set_keepalive(&c, "32767", error));
	REQUIRE(config_add_fault(&c, "echo: port=7, address=0.0.0.0, too-busy", error));
	REQUIRE(config_add_fault(&c, "mapper:fragment=16", error));
	REQUIRE(config_set_user(&c, "root", error));
	REQUIRE(config_set_memory(&c, "65536", error));
	for (unsigned int i = 0; i < CONFIG_MAX_LISTEN; i++) {
		snprintf(addr, sizeof(addr), i % 2 ? "fd00::%x" : "10.0.0.%u", i);
		REQUIRE(config_add_listen(&c, addr, error));
		round_trip(&c);
		REQUIRE(config_add_insert_from(&c, addr, error));
		round_trip(&c);
	}
	for (size_t i = 0; i < ROWS(rundirs); i++) {
		REQUIRE(config_set_rundir(&c, rundirs[i], error));
		round_trip(&c);
	}
}

static void any_choice_of_services_comes_back(void)
{
	struct config c;
	const struct service *const *all;
	size_t n;

	config_init(&c);
	all = services_all(&n);
	c.n_services = 0;
	round_trip(&c); /* none: the mapper alone */
	for (size_t i = 0; i < n; i++) {
		c.services[0] = all[i];
		c.n_services = 1;
		round_trip(&c);
		for (size_t j = 0; j < n; j++) {
			c.services[1] = all[j];
			c.n_services = 2;
			if (j != i)
				round_trip(&c);
		}
	}
}

/* ---- read ---------------------------------------------------------------------------- */

static void empty_file_leaves_the_defaults(void)
{
	static const char *const texts[] = {
		"", "\n", "# a comment\n", "// a comment", "/* a\ncomment */\n", " \t\r\n",
	};
	struct config want, c;

	config_init(&want);
	for (size_t i = 0; i < ROWS(texts); i++) {
		accepts(&c, texts[i]);
		same(&c, &want);
	}
}

static void file_says_what_it_says(void)
{
	char addr[ADDR_TEXT_LEN];
	struct config c;

	accepts(&c, "# what the manual shows\n"
		    "port = 135\n"
		    "listen = {\"10.2.2.2\", \"fd00:2:2::2\"}\n"
		    "range = \"5001-5021\"   # twenty-one\n"
		    "range_order = \"random\"\n"
		    "services = {\"calc\"}\n"
		    "max_associations = 40\n"
		    "idle_timeout = 60\n"
		    "keepalive = 0\n"
		    "rundir = \"/tmp/x#y\"\n");
	CHECK_INT(c.max_associations, 40);
	CHECK_INT(c.idle_timeout, 60);
	CHECK_INT(c.keepalive, 0);
	CHECK_INT(c.port, 135);
	REQUIRE(c.n_listen == 2);
	CHECK_STR(addr_format(&c.listen[0], addr), "10.2.2.2");
	CHECK_STR(addr_format(&c.listen[1], addr), "fd00:2:2::2");
	CHECK(!c.listen_is_default);
	CHECK_INT(c.range.first, 5001);
	CHECK_INT(c.range_order, RANGE_RANDOM);
	REQUIRE(c.n_services == 1);
	CHECK_STR(c.services[0]->name, "calc");
	CHECK_STR(c.rundir, "/tmp/x#y");
}

static void comments_begin_where_a_word_begins(void)
{
	struct config c;

	accepts(&c, "rundir = \"/a # b // c\" # d\n");
	CHECK_STR(c.rundir, "/a # b // c");
	accepts(&c, "rundir = '/a # b' // d\n");
	CHECK_STR(c.rundir, "/a # b");
	accepts(&c, "rundir = /* c */\"/a#b\"\n");
	CHECK_STR(c.rundir, "/a#b");
	accepts(&c, "rundir = /a//b\nport = 7");
	CHECK_STR(c.rundir, "/a//b");
	CHECK_INT(c.port, 7);
	accepts(&c, "port=7 //8\n");
	accepts(&c, "services={/*\"echo\",*/\"calc\"}//\n");
	CHECK_INT(c.n_services, 1);
}

static void what_is_left_out_stays(void)
{
	char error[CONFIG_ERROR_LEN];
	struct config c;

	config_init(&c);
	REQUIRE(config_set_port(&c, "1350", error));
	REQUIRE(config_add_listen(&c, "10.0.0.1", error));
	CHECK(read_text(&c, "range = \"1-2\"\n", error));
	CHECK_INT(c.port, 1350);
	CHECK_INT(c.n_listen, 1);
	CHECK_INT(c.range.last, 2);
}

static void last_value_counts(void)
{
	struct config c;

	accepts(&c, "port = 1\nport = 2\nrange = \"1-2\"\nrange = \"3-4\"\n");
	CHECK_INT(c.port, 2);
	CHECK_INT(c.range.first, 3);
}

static void empty_list_of_services_is_none(void)
{
	struct config c;

	accepts(&c, "services = {}\n");
	CHECK_INT(c.n_services, 0);
}

/* ---- errors -------------------------------------------------------------------------- */

static void error_names_file_line_and_text(void)
{
	static const struct {
		const char *text;
		const char *error; /* begins with this */
		const char *named;
	} rows[] = {
		{"port = 0\n", "conf:1: ", "'0'"},
		{"\n\nport = 65536\n", "conf:3: ", "'65536'"},
		{"port = abc", "conf:1: ", "'abc'"},
		{"# one\n# two\nrange = \"5-4\"\n# four\n", "conf:3: ", "'5-4'"},
		{"/* one\ntwo\nthree */ range = \"x\"\n", "conf:3: ", "'x'"},
		{"// one\nport = 1 // two\nrange = \"y\" // three\n", "conf:3: ", "'y'"},
		{"port = 1\nlisten = {\"10.0.0.1\",\n \"nowhere\"}\n", "conf:3: ", "'nowhere'"},
		{"listen = {\"10.0.0.1\", \"10.0.0.1\"}\n", "conf:1: ", "'10.0.0.1' is given twice"},
		{"insert_from = {\"10.0.0.1\",\n\"here\"}\n", "conf:2: ", "'here'"},
		{"services = {\"echo\", \"nosuch\"}\n", "conf:1: ", "'nosuch'"},
		{"services = {\"echo\", \"echo\"}\n", "conf:1: ", "'echo' is given twice"},
		{"\nrange_order = \"odd\"\n", "conf:2: ", "'odd'"},
		{"rundir = \"relative\"\n", "conf:1: ", "'relative'"},
		{"rundir = \"\"\n", "conf:1: ", "''"},
		{"\nmax_associations = 0\n", "conf:2: ", "'0'"},
		{"idle_timeout = 86401\n", "conf:1: ", "'86401'"},
		{"keepalive = never\n", "conf:1: ", "'never'"},
		{"max_calls = many\n", "conf:1: ", "'many'"},
		{"user = no-such-user\n", "conf:1: ", "'no-such-user'"},
		{"memory = 65537\n", "conf:1: ", "'65537'"},
		{"port = 1\ncolour = \"red\"\n", "conf:2: ", "'colour'"},
		{"port 1\n", "conf:1: ", "'port'"},
		{"range = {\"1-2\"}\n", "conf:1: ", "'{'"},
		{"rundir = \"/x\" # one\n# two\n/* three */\nport = 0\n", "conf:4: ", "'0'"},
		{"services = {\"a\\\"#b\"}\n", "conf:1: ", "'a\"#b'"},
		{"services = {\"a\\\\\"} # \"\n", "conf:1: ", "'a\\'"},
		{"port = 1\nrange = \"x\"\nport = 0\n", "conf:2: ", "'x'"}, /* the first of two */
	};

	for (size_t i = 0; i < ROWS(rows); i++) {
		char error[CONFIG_ERROR_LEN] = "";
		struct config c, before;

		config_init(&c);
		before = c;
		if (!CHECK(!read_text(&c, rows[i].text, error)) ||
		    !CHECK(strncmp(error, rows[i].error, strlen(rows[i].error)) == 0) ||
		    !CHECK(strstr(error, rows[i].named) != NULL))
			CHECK_STR(error, rows[i].text);
		same(&c, &before);
	}
}

static void text_that_does_not_end_is_an_error(void)
{
	static const char *const texts[] = {
		"port = ", "port", "listen = {\"10.0.0.1\"", "listen = {", "rundir = \"/run", "port = 1 }",
		"= 1", "'", "{", "}",
	};

	for (size_t i = 0; i < ROWS(texts); i++) {
		char error[CONFIG_ERROR_LEN] = "";
		struct config c;

		config_init(&c);
		if (!CHECK(!read_text(&c, texts[i], error)) || !CHECK(strncmp(error, "conf", 4) == 0))
			CHECK_STR(error, texts[i]);
	}
}

static void too_many_addresses_are_an_error(void)
{
	for (unsigned int n = CONFIG_MAX_LISTEN; n <= CONFIG_MAX_LISTEN + 1; n++) {
		char text[1024] = "listen = {", error[CONFIG_ERROR_LEN] = "";
		struct config c;

		for (unsigned int i = 0; i < n; i++)
			snprintf(text + strlen(text), sizeof(text) - strlen(text), "\"10.0.0.%u\",", i);
		strcat(text, "}\n");
		config_init(&c);
		CHECK_INT(read_text(&c, text, error), n <= CONFIG_MAX_LISTEN);
		if (n > CONFIG_MAX_LISTEN)
			CHECK(strstr(error, "'10.0.0.16' is one too many") != NULL);
		else
			CHECK_INT(c.n_listen, n);
	}
}

static void file_has_at_most_65535_bytes(void)
{
	char *text = malloc(MAX_FILE + 1), error[CONFIG_ERROR_LEN] = "";
	struct config c;

	REQUIRE(text != NULL);
	/* Nothing but "port = 7" on the last line of 65535 bytes. */
	snprintf(text, MAX_FILE + 1, "%*s", MAX_FILE, "port = 7\n");
	text[MAX_FILE] = '\n';
	config_init(&c);
	CHECK(read_bytes(&c, text, MAX_FILE, error));
	CHECK_INT(c.port, 7);
	CHECK(!read_bytes(&c, text, MAX_FILE + 1, error));
	CHECK(strstr(error, "larger than 65535") != NULL);
	free(text);
}

static void file_has_no_nul(void)
{
	char error[CONFIG_ERROR_LEN] = "";
	struct config c;

	config_init(&c);
	CHECK(!read_bytes(&c, "port = 7\n\0port = 8\n", 19, error));
	CHECK(strncmp(error, "conf: ", 6) == 0);
	CHECK(!read_bytes(&c, "\0", 1, error));
	CHECK_INT(c.port, 135);
}

/* However long the text that is wrong. */
static void errors_about_long_text_are_cut(void)
{
	static const char *const keys[] = {
		"port", "listen", "range", "range_order", "services", "rundir", "max_associations", "max_calls",
		"idle_timeout", "keepalive", "user", "memory", "",
	};
	char *error = malloc(CONFIG_ERROR_LEN), text[4000];

	REQUIRE(error != NULL);
	for (size_t i = 0; i < ROWS(keys); i++) {
		struct config c;
		size_t n = (size_t)snprintf(text, sizeof(text), "%s%s", keys[i], *keys[i] ? " = " : "");

		memset(text + n, 'x', sizeof(text) - n);
		text[sizeof(text) - 1] = '\0';
		config_init(&c);
		CHECK(!read_text(&c, text, error));
		CHECK(strncmp(error, "conf:1: ", 8) == 0);
		CHECK(strstr(error, "xxxx") != NULL);
	}
	free(error);
}

/* Any bytes: an error or not, but nothing else. */
static void noise_does_no_harm(void)
{
	static const char pieces[][8] = {
		"port", " = ", "{", "}", "\"", "'", "#", "//", "/*", "*/", "\n", "1", ",", "services",
		"\"a\"", "+=", "$", "${", "include", "(", ")",
	};
	uint32_t state = 1;

	for (int i = 0; i < 3000; i++) {
		char text[256] = "", error[CONFIG_ERROR_LEN] = "";
		struct config c;

		for (int j = 0; j < 20; j++) {
			state = state * 1664525u + 1013904223u;
			strncat(text, pieces[(state >> 16) % ROWS(pieces)], 8);
		}
		config_init(&c);
		if (!read_text(&c, text, error))
			CHECK(strncmp(error, "conf", 4) == 0);
	}
}

const struct unit_test suite_config_file[] = {
	{"default_comes_back", default_comes_back},
	{"installed_file_says_the_defaults", installed_file_says_the_defaults},
	{"everything_comes_back", everything_comes_back},
	{"any_choice_of_services_comes_back", any_choice_of_services_comes_back},
	{"empty_file_leaves_the_defaults", empty_file_leaves_the_defaults},
	{"file_says_what_it_says", file_says_what_it_says},
	{"comments_begin_where_a_word_begins", comments_begin_where_a_word_begins},
	{"what_is_left_out_stays", what_is_left_out_stays},
	{"last_value_counts", last_value_counts},
	{"empty_list_of_services_is_none", empty_list_of_services_is_none},
	{"error_names_file_line_and_text", error_names_file_line_and_text},
	{"text_that_does_not_end_is_an_error", text_that_does_not_end_is_an_error},
	{"too_many_addresses_are_an_error", too_many_addresses_are_an_error},
	{"file_has_at_most_65535_bytes", file_has_at_most_65535_bytes},
	{"file_has_no_nul", file_has_no_nul},
	{"errors_about_long_text_are_cut", errors_about_long_text_are_cut},
	{"noise_does_no_harm", noise_does_no_harm},
	{NULL, NULL},
};
