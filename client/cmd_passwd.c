/* epmap passwd: the users file of epmapd. */
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "client/cmd.h"
#include "client/password.h"
#include "rpc/accounts.h"

#define PASSWD_EXIT_CANNOT 2

/* In UTF-8, with the NUL. */
#define PASSWORD_LEN (3 * NTLM_MAX_NAME + 1)

_Static_assert(ARGS_ERROR_LEN <= ACCOUNTS_ERROR_LEN, "one buffer for all errors");

struct request {
	const char *file, *password_file; /* the second may be NULL */
	const char *name;
	bool delete;
};

static bool read_request(int argc, char **argv, struct request *r)
{
	static const struct option options[] = {
		{"file", required_argument, NULL, 'f'},
		{"password-file", required_argument, NULL, 'p'},
		{"delete", no_argument, NULL, 'd'},
		{NULL, 0, NULL, 0},
	};
	int option;

	opterr = 0;
	while ((option = getopt_long(argc, argv, ":", options, NULL)) != -1) {
		if (option == 'f') {
			r->file = optarg;
		} else if (option == 'p') {
			r->password_file = optarg;
		} else if (option == 'd') {
			r->delete = true;
		} else {
			fprintf(stderr, "epmap: option '%s' %s: see epmap passwd --help\n", argv[optind - 1],
			        option == ':' ? "wants a value" : "is unknown, or takes no value");
			return false;
		}
	}
	if (optind + 1 == argc)
		r->name = argv[optind];
	else
		fprintf(stderr, "epmap: passwd takes one name: epmap passwd [--file FILE] [--delete] NAME\n");
	if (r->delete &&r->password_file != NULL)
		fprintf(stderr, "epmap: --delete takes no password: leave out --password-file\n");
	return r->name != NULL && (!r->delete || r->password_file == NULL);
}

/* From a terminal twice: nobody sees what was typed. */
static bool ask_twice(const struct request *r, char password[PASSWORD_LEN], char error[ACCOUNTS_ERROR_LEN])
{
	char again[PASSWORD_LEN];
	bool ok = password_from_terminal(r->name, password, PASSWORD_LEN, error) &&
	          password_from_terminal(r->name, again, sizeof(again), error);

	if (ok && strcmp(password, again) != 0) {
		snprintf(error, ACCOUNTS_ERROR_LEN, "that was not the same password");
		ok = false;
	}
	explicit_bzero(again, sizeof(again));
	return ok;
}

static bool get_password(const struct request *r, char password[PASSWORD_LEN], char error[ACCOUNTS_ERROR_LEN])
{
	if (r->password_file == NULL && isatty(STDIN_FILENO))
		return ask_twice(r, password, error);
	if (!password_from_file(r->password_file != NULL ? r->password_file : "/dev/stdin", password, PASSWORD_LEN,
	                        error))
		return false;
	if (password[0] == '\0')
		snprintf(error, ACCOUNTS_ERROR_LEN, "the password is empty");
	return password[0] != '\0';
}

static bool get_hash(const struct request *r, uint8_t nt_hash[NTLM_KEY_LEN], char error[ACCOUNTS_ERROR_LEN])
{
	const char *why = "out of memory";
	struct ntlm_crypto *crypto = ntlm_crypto_new(&why);
	char password[PASSWORD_LEN];
	bool ok = false;

	if (crypto == NULL) {
		snprintf(error, ACCOUNTS_ERROR_LEN, "no hash can be made: %s", why);
		return false;
	}
	if (get_password(r, password, error)) {
		ok = ntlm_crypto_nt_hash(crypto, password, nt_hash);
		if (!ok)
			snprintf(error, ACCOUNTS_ERROR_LEN, "the password is not UTF-8, or too long");
	}
	explicit_bzero(password, sizeof(password));
	ntlm_crypto_free(crypto);
	return ok;
}

int cmd_passwd(int argc, char **argv)
{
	struct request r = {.file = ACCOUNTS_FILE};
	char error[ACCOUNTS_ERROR_LEN];
	uint8_t nt_hash[NTLM_KEY_LEN];
	const char *why;
	bool ok;

	if (!read_request(argc, argv, &r))
		return CMD_USAGE;
	why = accounts_name_wrong(r.name);
	if (why != NULL) {
		fprintf(stderr, "epmap: name '%s' %s\n", r.name, why);
		return CMD_USAGE;
	}
	ok = r.delete || get_hash(&r, nt_hash, error);
	ok = ok && accounts_change(r.file, r.name, r.delete ? NULL : nt_hash, error);
	explicit_bzero(nt_hash, sizeof(nt_hash));
	if (!ok)
		fprintf(stderr, "epmap: %s\n", error);
	return ok ? 0 : PASSWD_EXIT_CANNOT;
}
