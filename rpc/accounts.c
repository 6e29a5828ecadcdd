#include "rpc/accounts.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "rpc/hex.h"
#include "rpc/utf16.h"

#define HASH_DIGITS (2 * NTLM_KEY_LEN)

bool accounts_capitals(const char *name, char capitals[RPC_MAX_ACCOUNT_NAME])
{
	uint8_t wide[2 * RPC_MAX_ACCOUNT_NAME];
	size_t len;

	memset(capitals, 0, RPC_MAX_ACCOUNT_NAME);
	if (!utf16_from_utf8(name, wide, sizeof(wide), &len))
		return false;
	utf16_upper(wide, len);
	return utf16_to_utf8(wide, len, capitals, RPC_MAX_ACCOUNT_NAME);
}

const char *accounts_name_wrong(const char *name)
{
	char capitals[RPC_MAX_ACCOUNT_NAME];

	if (!accounts_capitals(name, capitals))
		return "is longer than 63 bytes, or not UTF-8";
	if (name[0] == '\0')
		return "is empty";
	if (name[0] == ' ' || name[strlen(name) - 1] == ' ')
		return "begins or ends with a space";
	/* What Windows has in no name; among them what the file and rules need for themselves. */
	for (const char *p = name; *p != '\0'; p++)
		if (iscntrl((unsigned char)*p) || strchr("\"/\\[]:;|=,+*?<>@#", *p) != NULL)
			return "has a control character or one of \"/\\[]:;|=,+*?<>@#";
	if (strcmp(capitals, "ANONYMOUS") == 0)
		return "is what rules call those without a name";
	return NULL;
}

/* ---- the users file ---------------------------------------------------------------- */

struct place {
	const char *file;
	unsigned line;
	char *error;
};

__attribute__((format(printf, 2, 3))) static bool wrong(const struct place *at, const char *format, ...)
{
	char text[ACCOUNTS_ERROR_LEN / 2];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	snprintf(at->error, ACCOUNTS_ERROR_LEN, "%.200s:%u: %s", at->file, at->line, text);
	return false;
}

static const struct account *find_name(const struct accounts *a, const char *capitals)
{
	for (unsigned i = 0; i < a->n; i++)
		if (strcmp(a->rows[i].name, capitals) == 0)
			return &a->rows[i];
	return NULL;
}

/* One line that is not empty and no comment. The hash is not told: it is as good as a password. */
static bool take_line(struct accounts *a, const char *line, size_t len, const struct place *at)
{
	const char *colon = memchr(line, ':', len);
	const size_t name_len = colon != NULL ? (size_t)(colon - line) : len;
	char name[RPC_MAX_ACCOUNT_NAME], capitals[RPC_MAX_ACCOUNT_NAME], digits[HASH_DIGITS + 1];
	const char *why;
	size_t n;
	bool ok;

	if (colon == NULL)
		return wrong(at, "the line is not NAME:HASH; 'epmap passwd NAME' writes one");
	if (name_len >= sizeof(name))
		return wrong(at, "the name is longer than %zu bytes", sizeof(name) - 1);
	snprintf(name, sizeof(name), "%.*s", (int)name_len, line);
	why = accounts_name_wrong(name);
	if (why != NULL)
		return wrong(at, "the name before the colon %s; 'epmap passwd NAME' writes a line", why);
	accounts_capitals(name, capitals);
	if (find_name(a, capitals) != NULL)
		return wrong(at, "there is a line for '%s' already; delete one of them", name);
	if (a->n == RPC_MAX_ACCOUNTS)
		return wrong(at, "account '%s' is one too many: at most %u", name, RPC_MAX_ACCOUNTS);
	ok = len - name_len - 1 == HASH_DIGITS;
	snprintf(digits, sizeof(digits), "%.*s", ok ? (int)HASH_DIGITS : 0, colon + 1);
	ok = ok && hex_parse(digits, a->rows[a->n].nt_hash, &n);
	explicit_bzero(digits, sizeof(digits));
	if (!ok)
		return wrong(
			at,
			"what is behind '%s:' is not %u hexadecimal digits; 'epmap passwd %s' writes them",
			name, HASH_DIGITS, name);
	memcpy(a->rows[a->n++].name, capitals, sizeof(capitals));
	return true;
}

bool accounts_parse(struct accounts *a, const char *text, const char *file,
                    char error[ACCOUNTS_ERROR_LEN]) // NOLINT(readability-non-const-parameter): it is written to
{
	struct place at = {.file = file, .error = error};
	size_t len;

	a->n = 0;
	for (; *text != '\0'; text += len + (text[len] == '\n')) {
		len = strcspn(text, "\n");
		at.line++;
		if (len > 0 && text[0] != '#' && !take_line(a, text, len, &at))
			return false;
	}
	return true;
}

/* In a time that does not depend on where they differ. */
static bool same_name(const char *a, const char *b)
{
	unsigned char differ = 0;

	for (size_t i = 0; i < RPC_MAX_ACCOUNT_NAME; i++)
		differ |= (unsigned char)(a[i] ^ b[i]);
	return differ == 0;
}

bool accounts_find(const struct accounts *a, const char *name, uint8_t nt_hash[NTLM_KEY_LEN])
{
	char capitals[RPC_MAX_ACCOUNT_NAME];
	const struct account *found = NULL;
	const bool possible = accounts_capitals(name, capitals) && capitals[0] != '\0';

	for (unsigned i = 0; i < a->n; i++)
		if (same_name(a->rows[i].name, capitals))
			found = &a->rows[i];
	if (possible && found != NULL)
		memcpy(nt_hash, found->nt_hash, NTLM_KEY_LEN);
	return possible && found != NULL;
}
