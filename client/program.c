#include "client/program.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The program of the labs, and those that every network has (IANA, RPC program numbers). The
 * version is the one that clients ask for. */
static const struct known {
	const char *name;
	struct program program;
} known[] = {
	{"twin", {0x20000135, 1}},    {"portmapper", {100000, 2}}, {"nfs", {100003, 3}},
	{"ypserv", {100004, 2}},      {"mountd", {100005, 3}},     {"ypbind", {100007, 2}},
	{"nlockmgr", {100021, 4}},    {"status", {100024, 1}},
};

#define N_KNOWN (sizeof(known) / sizeof(known[0]))

const char *program_name(uint32_t number)
{
	for (size_t i = 0; i < N_KNOWN; i++)
		if (known[i].program.number == number)
			return known[i].name;
	return NULL;
}

char *program_label(const struct program *p, char text[PROGRAM_LABEL_LEN])
{
	const char *name = program_name(p->number);

	if (name != NULL)
		snprintf(text, PROGRAM_LABEL_LEN, "%s %u", name, p->version);
	else
		snprintf(text, PROGRAM_LABEL_LEN, "%u %u", p->number, p->version);
	return text;
}

/* Decimal digits, all of them up to the end. */
static bool parse_number(const char *text, uint32_t *n)
{
	unsigned long value;
	char *end;

	if (!isdigit((unsigned char)text[0]))
		return false;
	errno = 0;
	value = strtoul(text, &end, 10);
	if (errno != 0 || *end != '\0' || value > UINT32_MAX)
		return false;
	*n = (uint32_t)value;
	return true;
}

/* What stands before the comma. */
static bool parse_which(const char *text, struct program *p)
{
	for (size_t i = 0; i < N_KNOWN; i++) {
		if (strcmp(known[i].name, text) == 0) {
			*p = known[i].program;
			return true;
		}
	}
	p->version = 1;
	return parse_number(text, &p->number);
}

static bool wrong(const char *text, char error[ARGS_ERROR_LEN])
{
	int n = snprintf(error, ARGS_ERROR_LEN, "unknown program '%.200s': known are ", text);

	for (size_t i = 0; i < N_KNOWN; i++)
		n += snprintf(error + n, ARGS_ERROR_LEN - (size_t)n, "%s%s", i == 0 ? "" : ", ", known[i].name);
	snprintf(error + n, ARGS_ERROR_LEN - (size_t)n, "; or give NUMBER[,VERSION]");
	return false;
}

bool program_parse(const char *text, struct program *p, char error[ARGS_ERROR_LEN])
{
	const size_t n = strcspn(text, ",");
	char which[32];

	if (n >= sizeof(which))
		return wrong(text, error);
	memcpy(which, text, n);
	which[n] = '\0';
	if (!parse_which(which, p) || (text[n] == ',' && !parse_number(text + n + 1, &p->version)))
		return wrong(text, error);
	return true;
}

/* The number behind the last dot of the first `len` bytes, at most 255; *len is then where that
 * dot is. */
static bool last_part(const char *text, size_t *len, uint32_t *part)
{
	size_t end = *len;
	uint32_t scale = 1;

	*part = 0;
	while (*len > 0 && isdigit((unsigned char)text[*len - 1]) && end - *len < 3) {
		*part += (uint32_t)(text[--*len] - '0') * scale;
		scale *= 10;
	}
	if (*len == end || *len == 0 || text[*len - 1] != '.')
		return false;
	--*len;
	return *part <= UINT8_MAX;
}

bool program_uaddr_port(const char *text, uint16_t *port)
{
	size_t len = strlen(text);
	uint32_t low, high;

	if (!last_part(text, &len, &low) || !last_part(text, &len, &high))
		return false;
	*port = (uint16_t)(high << 8 | low);
	return len > 0 && *port != 0;
}
