#include "client/identity.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client/password.h"
#include "rpc/utf16.h"

#define PASSWORD_VARIABLE "EPMAP_PASSWORD"

/* A name that NTLM can carry. */
static bool is_name(const char *text)
{
	uint8_t wide[2 * NTLM_MAX_NAME];
	size_t len;

	return utf16_from_utf8(text, wide, sizeof(wide), &len);
}

bool identity_parse(const char *text, struct identity *id, char error[ARGS_ERROR_LEN])
{
	const char *backslash = strchr(text, '\\');
	const char *user = backslash != NULL ? backslash + 1 : text;
	const int domain_len = backslash != NULL ? (int)(backslash - text) : 0;

	if (user[0] != '\0' && domain_len < (int)IDENTITY_TEXT_LEN && strlen(user) < IDENTITY_TEXT_LEN) {
		snprintf(id->domain, sizeof(id->domain), "%.*s", domain_len, text);
		snprintf(id->user, sizeof(id->user), "%s", user);
		if (is_name(id->domain) && is_name(id->user))
			return true;
	}
	return args_wrong(error,
	                  "'%.100s' is no user: give NAME, NAME@DOMAIN or 'DOMAIN\\NAME', the last in quotes",
	                  text);
}

/* Servers write it to their logs; it proves nothing. */
static void name_workstation(char *name, size_t cap)
{
	if (gethostname(name, cap) != 0)
		name[0] = '\0';
	name[cap - 1] = '\0';
	name[strcspn(name, ".")] = '\0';
	for (char *c = name; *c != '\0'; c++)
		*c = (char)toupper((unsigned char)*c);
}

static bool get_password(const struct args *args, char *password, size_t cap, char error[ARGS_ERROR_LEN])
{
	if (args->password_file != NULL)
		return password_from_file(args->password_file, password, cap, error);
	error[0] = '\0';
	if (password_from_environment(PASSWORD_VARIABLE, password, cap, error))
		return true;
	return error[0] == '\0' && password_from_terminal(args->user, password, cap, error);
}

static bool set_hash(struct identity *id, const struct args *args, char error[ARGS_ERROR_LEN])
{
	char password[IDENTITY_TEXT_LEN];
	const char *why;
	bool ok;

	id->crypto = ntlm_crypto_new(&why);
	if (id->crypto == NULL)
		return args_wrong(error, "cannot authenticate: %s", why);
	ok = get_password(args, password, sizeof(password), error);
	if (ok && !ntlm_crypto_nt_hash(id->crypto, password, id->ntlm.nt_hash))
		ok = args_wrong(error, "that is no password: give at most %u characters, in UTF-8",
		                NTLM_MAX_NAME);
	explicit_bzero(password, sizeof(password));
	return ok;
}

struct identity *identity_new(const struct args *args, char error[ARGS_ERROR_LEN])
{
	struct identity *id = calloc(1, sizeof(*id));

	if (id == NULL) {
		args_wrong(error, "out of memory");
		return NULL;
	}
	if (!identity_parse(args->user, id, error) || !set_hash(id, args, error)) {
		identity_free(id);
		return NULL;
	}
	name_workstation(id->workstation, sizeof(id->workstation));
	id->ntlm.crypto = id->crypto;
	id->ntlm.source = &ntlm_system_source;
	id->ntlm.user = id->user;
	id->ntlm.domain = id->domain;
	id->ntlm.workstation = is_name(id->workstation) ? id->workstation : "";
	return id;
}

void identity_free(struct identity *id)
{
	if (id == NULL)
		return;
	explicit_bzero(id->ntlm.nt_hash, sizeof(id->ntlm.nt_hash));
	ntlm_crypto_free(id->crypto);
	free(id);
}
