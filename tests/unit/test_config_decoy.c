/* Decoys in the config file: read, written, and the errors in them. */
#include <stdlib.h>
#include <string.h>

#include "epmapd/decoy.h"
#include "tests/unit/unit.h"

#define ROWS(array) (sizeof(array) / sizeof((array)[0]))

#define UUID "12345678-1234-abcd-ef00-01234567cffb"
#define OTHER "12345778-1234-abcd-ef00-0123456789ac"
/* Around the keys of one interface, which begin in line 3. */
#define WITHIN(keys) "decoy lsass {\ninterface netlogon {\n" keys "}\n}\n"

static bool read_text(struct config *c, const char *text, char error[CONFIG_ERROR_LEN])
{
	FILE *f = tmpfile();
	bool ok;

	REQUIRE(f != NULL);
	REQUIRE(fputs(text, f) >= 0);
	rewind(f);
	config_init(c);
	ok = config_read(c, f, "conf", error);
	fclose(f);
	return ok;
}

/* The interfaces of the first decoy. */
static struct decoy_interface *const *accepts(struct config *c, const char *text)
{
	char error[CONFIG_ERROR_LEN];
	unsigned int n = 0;

	if (!read_text(c, text, error)) {
		CHECK_STR(error, text);
		REQUIRE(false);
	}
	while (n < c->n_services && !c->services[n]->is_decoy)
		n++;
	REQUIRE(n < c->n_services);
	return decoy_of(c->services[n])->interfaces;
}

static char *write_text(const struct config *c)
{
	char *text = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&text, &len);

	REQUIRE(f != NULL);
	config_write(c, f);
	fclose(f);
	return text;
}

/* ---- read ---------------------------------------------------------------------------- */

static void little_is_enough(void)
{
	struct config c;
	const struct decoy_interface *i = accepts(&c, WITHIN("uuid = " UUID "\n"))[0];

	CHECK_STR(i->name, "netlogon");
	CHECK_INT(i->served.id.major, 1);
	CHECK_INT(i->served.id.minor, 0);
	CHECK_INT(i->served.n_ops, 256);
	CHECK_INT(i->served.id.uuid.time_low, 0x12345678);
	CHECK(i->tcp && i->n_pipes == 0 && i->n_objects == 0);
	CHECK_STR(i->annotation, "");
	for (unsigned int op = 0; op < 256; op++)
		CHECK_INT(i->replies[op].fault, 5);
	config_fini(&c);
	CHECK_INT(c.n_services, 0);
}

static void file_says_what_it_says(void)
{
	struct config c;
	const struct decoy_interface *i =
		accepts(&c, WITHIN("uuid = '" UUID "'\nversion = \"4.17\"\n"
				   "annotation = \"it's \\\"x\\\" \\\\ \\${y} # z\"\n"
				   "objects = {" OTHER ", " UUID "}\ntcp = false\n"
				   "pipes = {\"\\\\pipe\\\\a\", '\\PIPE\\b'} # one as C has it, one as it is\n"
				   "opnums = 3\nfaults = {'0=0x1c010002', '1=87'}\nanswers = {'2=DEADbeef'}\n"))[0];

	CHECK_INT(i->served.id.major, 4);
	CHECK_INT(i->served.id.minor, 17);
	CHECK_STR(i->annotation, "it's \"x\" \\ ${y} # z");
	CHECK_INT(i->n_objects, 2);
	CHECK(!i->tcp);
	REQUIRE(i->n_pipes == 2);
	CHECK_STR(i->pipes[0], "\\pipe\\a");
	CHECK_STR(i->pipes[1], "\\PIPE\\b");
	CHECK_INT(i->served.n_ops, 3);
	CHECK_HEX(i->replies[0].fault, 0x1c010002);
	CHECK_INT(i->replies[1].fault, 87);
	CHECK_INT(i->replies[2].fault, 0);
	REQUIRE(i->replies[2].len == 4);
	CHECK_MEM(i->replies[2].stub, "\xde\xad\xbe\xef", 4);
	config_fini(&c);
}

static void decoys_come_behind_the_services(void)
{
	char error[CONFIG_ERROR_LEN];
	struct config c;

	accepts(&c, WITHIN("uuid = " UUID "\n") "services = {calc}\n");
	REQUIRE(c.n_services == 2);
	CHECK_STR(c.services[0]->name, "calc");
	CHECK_STR(c.services[1]->name, "lsass");
	REQUIRE(config_add_service(&c, "echo", error));
	CHECK(!config_add_service(&c, "lsass", error));
	REQUIRE(c.n_services == 3);
	CHECK_STR(c.services[1]->name, "echo");
	CHECK_STR(c.services[2]->name, "lsass");
	CHECK(config_find_service(&c, "lsass", error) == c.services[2]);
	CHECK(config_find_service(&c, "print", error) == &service_print);
	CHECK(config_find_service(&c, "netlogon", error) == NULL);
	CHECK(strstr(error, "'netlogon'") != NULL);
	config_drop_services(&c);
	REQUIRE(c.n_services == 1);
	CHECK_STR(c.services[0]->name, "lsass");
	config_fini(&c);
}

/* ---- written ------------------------------------------------------------------------- */

static void what_is_written_says_the_same(void)
{
	static const char *const texts[] = {
		WITHIN("uuid = " UUID "\n"),
		WITHIN("uuid = " UUID "\nversion = 0.0\ntcp = true\nopnums = 0\n"),
		WITHIN("uuid = " UUID "\nversion = 65535.65535\nopnums = 256\nfaults = {'255=0xfffffffe'}\n"),
		WITHIN("uuid = " UUID "\nannotation = \"'\\\"\\\\${HOME}$\\$#//{}=,;\xc3\xa4\"\n"),
		WITHIN("uuid = " UUID "\npipes = {'\\\\', '\\\"', \"\\\\\\\\a\", '\\$b'}\ntcp = false\n"),
		WITHIN("uuid = " UUID "\nobjects = {" OTHER ", " UUID "}\n"),
		WITHIN("uuid = " UUID "\nfaults = {'1=1', '3=3', '0=2'}\nanswers = {'2=', '4=00', '5=ABCDEF'}\n"),
		WITHIN("uuid = " UUID "\n}\ninterface samr {\nuuid = " OTHER "\n"),
		WITHIN("uuid = " UUID "\n}\n}\ndecoy samr {\ninterface samr {\nuuid = " OTHER "\n"),
	};

	for (size_t i = 0; i < ROWS(texts); i++) {
		struct config c, d;
		char *first, *second;

		accepts(&c, texts[i]);
		first = write_text(&c);
		accepts(&d, first);
		second = write_text(&d);
		CHECK_STR(second, first);
		CHECK_INT(d.n_services, c.n_services);
		CHECK(strstr(first, UUID) != NULL);
		config_fini(&c);
		config_fini(&d);
		free(first);
		free(second);
	}
}

/* The processes read what is written, so it must not be longer than a file may be. */
static void what_would_be_written_too_long_is_refused(void)
{
	static const unsigned int decoys[] = {4, 11};
	char error[CONFIG_ERROR_LEN] = "", *text = NULL;
	struct config c;
	size_t len = 0;

	/* Within single quotes a backslash is one character, within double quotes two. */
	for (size_t i = 0; i < ROWS(decoys); i++) {
		FILE *f = open_memstream(&text, &len);

		REQUIRE(f != NULL);
		for (unsigned int n = 0; n < 16 * decoys[i]; n++) {
			if (n % 16 == 0)
				fprintf(f, "%sdecoy d%u {\n", n == 0 ? "" : "}\n", n);
			fprintf(f, "interface i%u { uuid=%08x-0000-0000-0000-000000000001\npipes={", n, n);
			for (unsigned int pipe = 0; pipe < 4; pipe++) {
				fprintf(f, "%s'\\%u", pipe ? "," : "", pipe);
				for (unsigned int k = 0; k < 30; k++)
					fputs("\\a", f);
				fputs("'", f);
			}
			fprintf(f, "}}\n");
		}
		fprintf(f, "}\n");
		fclose(f);
		REQUIRE(len < 65535);
		CHECK_INT(read_text(&c, text, error), i == 0);
		CHECK_STR(error, i == 0 ? "" : "conf: with all that it means, it is too large");
		config_fini(&c);
		free(text);
	}
}

/* ---- errors -------------------------------------------------------------------------- */

static const struct {
	const char *text;
	const char *error; /* begins with this */
	const char *named;
} mistakes[] = {
	{WITHIN("uuid = 1234\n"), "conf:3: ", "uuid '1234' is not a UUID"},
	{WITHIN("uuid = " UUID "x\n"), "conf:3: ", "'" UUID "x'"},
	{WITHIN("uuid = 00000000-0000-0000-0000-000000000000\n"), "conf:3: ", "uuid '0000"},
	{WITHIN("\nversion = one\n"), "conf:4: ", "version 'one' is not MAJOR.MINOR"},
	{WITHIN("version = 1.\n"), "conf:3: ", "'1.'"},
	{WITHIN("version = 65536\n"), "conf:3: ", "'65536'"},
	{WITHIN("version = 1.2.3\n"), "conf:3: ", "'1.2.3'"},
	{WITHIN("version = -1\n"), "conf:3: ", "'-1'"},
	{WITHIN("annotation = \"a\tb\"\n"), "conf:3: ", "has a control character"},
	{WITHIN("annotation = 1234567890123456789012345678901234567890123456789012345678901234\n"), "conf:3: ",
	 "more than 63 bytes"},
	{WITHIN("objects = {" UUID ",\n" UUID "}\n"), "conf:4: ", "objects '" UUID "' is not"},
	{WITHIN("objects = {x}\n"), "conf:3: ", "objects 'x'"},
	{WITHIN("tcp = yes\n"), "conf:3: ", "tcp 'yes' is neither true nor false"},
	{WITHIN("pipes = {\"\\pipe\\lsass\"}\n"), "conf:3: ", "pipes 'pipelsass'"},
	{WITHIN("pipes = {'\\a', '\\a'}\n"), "conf:3: ", "pipes '\\a'"},
	{WITHIN("pipes = {'\\a', '\\b', '\\c', '\\d', '\\e'}\n"), "conf:3: ", "pipes '\\e'"},
	{WITHIN("opnums = 257\n"), "conf:3: ", "opnums '257'"},
	{WITHIN("opnums = many\n"), "conf:3: ", "opnums 'many'"},
	{WITHIN("faults = {'5'}\n"), "conf:3: ", "faults '5' is not OPNUM=STATUS"},
	{WITHIN("faults = {'5=0'}\n"), "conf:3: ", "faults '5=0'"},
	{WITHIN("faults = {'5=0xffffffff'}\n"), "conf:3: ", "faults '5=0xffffffff'"},
	{WITHIN("faults = {'5=0x100000005'}\n"), "conf:3: ", "faults '5=0x100000005'"},
	{WITHIN("faults = {'256=5'}\n"), "conf:3: ", "faults '256=5'"},
	{WITHIN("faults = {'5=1', '6=1', '5=2'}\n"), "conf:3: ", "faults '5=2'"},
	{WITHIN("answers = {'4=0'}\n"), "conf:3: ", "answers '4=0' is not OPNUM=HEX"},
	{WITHIN("answers = {'4=0x'}\n"), "conf:3: ", "answers '4=0x'"},
	{WITHIN("answers = {'4=00 00'}\n"), "conf:3: ", "answers '4=00 00'"},
	{WITHIN("answers = {'=00'}\n"), "conf:3: ", "answers '=00'"},
	{WITHIN("colour = red\n"), "conf:3: ", "'colour'"},
	{WITHIN(""), "conf:3: ", "interface 'netlogon' has no uuid"},
	{WITHIN("uuid = " UUID "\ntcp = false\n"), "conf:5: ", "interface 'netlogon' is nowhere"},
	{WITHIN("uuid = " UUID "\nopnums = 4\nanswers = {'4=00'}\n"), "conf:6: ", "for opnum 4, but opnums = 4"},
	{WITHIN("uuid = " UUID "\nanswers = {'4=00'}\nfaults = {'4=5'}\n"), "conf:6: ", "answers '4=00'"},
	{WITHIN("uuid = " UUID "\n}\ninterface netlogon {\nuuid = " OTHER "\n"), "conf:5: ", "'netlogon'"},
	{WITHIN("uuid = " UUID "\n}\ninterface x {\nuuid = " UUID "\n"), "conf:8: ",
	 "interface 'x' is " UUID ",1.0, as is 'netlogon'"},
	{"decoy lsass {\n}\n", "conf:2: ", "decoy 'lsass' has no interface"},
	{"decoy {\n}\n", "conf:1: ", "'decoy'"},
	{"decoy \"a b\" {\ninterface c {\nuuid = " UUID "\n}\n}\n", "conf:5: ", "decoy 'a b' is not a name"},
	{"decoy a {\ninterface \"b c\" {\nuuid = " UUID "\n}\n}\n", "conf:4: ", "interface 'b c' is not a name"},
	{"decoy echo {\ninterface c {\nuuid = " UUID "\n}\n}\n", "conf:5: ", "decoy 'echo' has the name"},
	{"decoy mapper {\ninterface c {\nuuid = " UUID "\n}\n}\n", "conf:5: ", "decoy 'mapper' has the name"},
	{WITHIN("uuid = " UUID "\n") WITHIN("uuid = " UUID "\n"), "conf:6: ", "'lsass'"},
	{WITHIN("uuid = " UUID "\npipes = {'\\a'}\n")
	 "decoy b {\ninterface c {\nuuid = " UUID "\npipes = {'\\b', '\\a'}\n}\n}\n",
	 "conf:12: ", "interface 'c' has a pipe that it has in decoy 'lsass', too"},
	{"interface a {\n}\n", "conf:1: ", "'interface'"},
	{"services = {lsass}\n" WITHIN("uuid = " UUID "\n"), "conf:1: ", "unknown service 'lsass'"},
};

static void error_names_file_line_and_text(void)
{
	for (size_t i = 0; i < ROWS(mistakes); i++) {
		char error[CONFIG_ERROR_LEN] = "";
		struct config c;

		if (!CHECK(!read_text(&c, mistakes[i].text, error)) ||
		    !CHECK(strncmp(error, mistakes[i].error, strlen(mistakes[i].error)) == 0) ||
		    !CHECK(strstr(error, mistakes[i].named) != NULL))
			CHECK_STR(error, mistakes[i].text);
		CHECK(strchr(error, '\n') == NULL);
		for (unsigned int n = 0; n < c.n_services; n++)
			CHECK(!c.services[n]->is_decoy);
		config_fini(&c);
	}
}

/* n decoys with m interfaces each. */
static char *many(unsigned int n, unsigned int m)
{
	char *text = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&text, &len);

	REQUIRE(f != NULL);
	for (unsigned int d = 0; d < n; d++) {
		fprintf(f, "decoy d%u {\n", d);
		for (unsigned int i = 0; i < m; i++)
			fprintf(f, "interface i%u { uuid = %08x-1234-abcd-ef00-01234567cffb }\n", i, i);
		fprintf(f, "}\n");
	}
	fclose(f);
	return text;
}

static void decoys_and_their_interfaces_are_limited(void)
{
	static const struct {
		unsigned int n, m;
		const char *error; /* NULL: none */
	} rows[] = {
		{CONFIG_MAX_DECOYS, SERVICE_MAX_SERVED, NULL},
		{CONFIG_MAX_DECOYS + 1, 1, "conf:75: decoy 'd24' is one too many: at most 24"},
		{1, SERVICE_MAX_SERVED + 1, "conf:19: interface 'i16' is one too many: at most 16 of one decoy"},
	};

	for (size_t i = 0; i < ROWS(rows); i++) {
		char error[CONFIG_ERROR_LEN] = "", *text = many(rows[i].n, rows[i].m);
		struct config c;

		CHECK_INT(read_text(&c, text, error), rows[i].error == NULL);
		CHECK_STR(error, rows[i].error != NULL ? rows[i].error : "");
		config_fini(&c);
		free(text);
	}
}

static void errors_about_long_text_are_cut(void)
{
	char text[2000], file[3000], error[CONFIG_ERROR_LEN];
	const struct decoy_key *keys;
	struct config c;
	size_t n;

	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	keys = decoy_keys(&n);
	for (size_t k = 0; k < n; k++) {
		snprintf(file, sizeof(file), WITHIN("%s = %s\n"), keys[k].name, text);
		CHECK(!read_text(&c, file, error));
		CHECK(strncmp(error, "conf:3: ", 8) == 0);
		CHECK(strstr(error, keys[k].is_list ? "'" : "xxxx") != NULL);
	}
}

const struct unit_test suite_config_decoy[] = {
	{"little_is_enough", little_is_enough},
	{"file_says_what_it_says", file_says_what_it_says},
	{"decoys_come_behind_the_services", decoys_come_behind_the_services},
	{"what_is_written_says_the_same", what_is_written_says_the_same},
	{"what_would_be_written_too_long_is_refused", what_would_be_written_too_long_is_refused},
	{"error_names_file_line_and_text", error_names_file_line_and_text},
	{"decoys_and_their_interfaces_are_limited", decoys_and_their_interfaces_are_limited},
	{"errors_about_long_text_are_cut", errors_about_long_text_are_cut},
	{NULL, NULL},
};
