/* Accounts: the text of a users file, names, and the file on the disk. */
#include "rpc/accounts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/unit.h"

#define HASH "8846f7eaee8fb117ad06bdd830b7586c"

static struct accounts a;
static char error[ACCOUNTS_ERROR_LEN];

static void names_are_found_without_case(void)
{
	uint8_t hash[NTLM_KEY_LEN];

	REQUIRE(accounts_parse(&a, "# all\n\nStudent:" HASH "\nj\xc3\xbcrgen:000102030405060708090a0b0c0d0e0f", "f", error));
	CHECK_INT(a.n, 2);
	CHECK(accounts_find(&a, "STUDENT", hash));
	CHECK_INT(hash[0], 0x88);
	CHECK(accounts_find(&a, "J\xc3\x9cRGEN", hash));
	CHECK_INT(hash[15], 0x0f);
	CHECK(!accounts_find(&a, "studen", hash));
	CHECK(!accounts_find(&a, "", hash));
	CHECK(!accounts_find(&a, "\xff", hash));
}

static void wrong_line_is_named(void)
{
	static const struct {
		const char *text, *place, *says;
	} rows[] = {
		{"student\n", "f:1: ", "not NAME:HASH"},
		{"#\nstudent:12\n", "f:2: ", "not 32 hexadecimal digits"},
		{"student:" HASH "0", "f:1: ", "not 32 hexadecimal digits"},
		{"student:g846f7eaee8fb117ad06bdd830b7586c", "f:1: ", "not 32 hexadecimal digits"},
		{"student:" HASH " \n", "f:1: ", "not 32 hexadecimal digits"},
		{":" HASH, "f:1: ", "is empty"},
		{" a:" HASH, "f:1: ", "space"},
		{"a\\b:" HASH, "f:1: ", "one of"},
		{"Anonymous:" HASH, "f:1: ", "rules"},
		{"a:" HASH "\nA:" HASH, "f:2: ", "already"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		CHECK(!accounts_parse(&a, rows[i].text, "f", error));
		CHECK(strncmp(error, rows[i].place, strlen(rows[i].place)) == 0);
		if (!CHECK(strstr(error, rows[i].says) != NULL))
			CHECK_STR(error, rows[i].says);
		CHECK(strstr(error, "846f7eaee8fb117ad06bdd830b7586c") == NULL);
	}
}

static void accounts_are_bounded(void)
{
	static char text[(RPC_MAX_ACCOUNTS + 1) * 64];
	size_t len = 0;

	for (unsigned i = 0; i < RPC_MAX_ACCOUNTS; i++)
		len += (size_t)sprintf(text + len, "user%u:" HASH "\n", i);
	CHECK(accounts_parse(&a, text, "f", error));
	CHECK_INT(a.n, RPC_MAX_ACCOUNTS);
	strcpy(text + len, "more:" HASH "\n");
	CHECK(!accounts_parse(&a, text, "f", error));
	CHECK(strstr(error, "'more' is one too many") != NULL);
}

static void file_is_changed_whole_and_for_its_owner_only(void)
{
	const uint8_t hash[2][NTLM_KEY_LEN] = {{1}, {2}};
	uint8_t found[NTLM_KEY_LEN];
	char dir[] = "/tmp/accounts.XXXXXX", path[64];
	struct stat st;

	REQUIRE(mkdtemp(dir) != NULL);
	snprintf(path, sizeof(path), "%s/users", dir);
	CHECK(!accounts_change(path, "bob", NULL, error)); /* there is nothing to delete from */
	CHECK(accounts_change(path, "bob", hash[0], error));
	CHECK(accounts_change(path, "eve", hash[0], error));
	CHECK(accounts_change(path, "BOB", hash[1], error));
	REQUIRE(stat(path, &st) == 0);
	CHECK_INT(st.st_mode & 0777, 0600);
	CHECK(accounts_read(&a, path, error));
	CHECK_INT(a.n, 2);
	CHECK(accounts_find(&a, "bob", found) && found[0] == 2);
	CHECK(accounts_change(path, "bob", NULL, error));
	CHECK(!accounts_change(path, "bob", NULL, error));
	CHECK(strstr(error, "no account 'bob'") != NULL);
	chmod(path, 0640);
	CHECK(!accounts_read(&a, path, error));
	CHECK(strstr(error, "chmod 600") != NULL);
	CHECK(!accounts_change(path, "bob", hash[0], error));
	unlink(path);
	CHECK(rmdir(dir) == 0); /* nothing else was left */
}

const struct unit_test suite_accounts[] = {
	{"names_are_found_without_case", names_are_found_without_case},
	{"wrong_line_is_named", wrong_line_is_named},
	{"accounts_are_bounded", accounts_are_bounded},
	{"file_is_changed_whole_and_for_its_owner_only", file_is_changed_whole_and_for_its_owner_only},
	{NULL, NULL},
};
