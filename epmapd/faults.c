#include "epmapd/faults.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_DELAY_MS 600000u

enum kind { SWITCH, NUMBER, ADDRESS };

static const struct row {
	const char *name;
	enum kind kind;
	size_t offset;
	uint32_t most; /* NUMBER, from 1 */
	bool services_only;
} rows[] = {
	{"stale-entry", SWITCH, offsetof(struct faults, stale_entry), 0, true},
	{"address", ADDRESS, offsetof(struct faults, address), 0, false},
	{"port", NUMBER, offsetof(struct faults, port), UINT16_MAX, false},
	{"fragment", NUMBER, offsetof(struct faults, fragment), 5000, false},
	{"delay-map", NUMBER, offsetof(struct faults, delay_map), MAX_DELAY_MS, false},
	{"delay-call", NUMBER, offsetof(struct faults, delay_call), MAX_DELAY_MS, false},
	{"drop-after", NUMBER, offsetof(struct faults, drop_after), 1u << 30, false},
	{"too-busy", SWITCH, offsetof(struct faults, too_busy), 0, false},
	{"unregistered", SWITCH, offsetof(struct faults, unregistered), 0, true},
	{"forbidden-call", SWITCH, offsetof(struct faults, forbidden_call), 0, false},
};

#define N_ROWS (sizeof(rows) / sizeof(rows[0]))

__attribute__((format(printf, 2, 3))) static bool wrong(char error[FAULTS_ERROR_LEN], const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(error, FAULTS_ERROR_LEN, format, args);
	va_end(args);
	return false;
}

static const struct row *find_row(const char *text, size_t len)
{
	for (size_t i = 0; i < N_ROWS; i++)
		if (strlen(rows[i].name) == len && strncmp(rows[i].name, text, len) == 0)
			return &rows[i];
	return NULL;
}

static bool unknown(const char *item, char error[FAULTS_ERROR_LEN])
{
	size_t n = (size_t)snprintf(error, FAULTS_ERROR_LEN, "unknown fault '%.64s': there are", item);

	for (size_t i = 0; i < N_ROWS; i++)
		n += (size_t)snprintf(error + n, FAULTS_ERROR_LEN - n, "%s %s%s", i > 0 ? "," : "", rows[i].name,
		                      rows[i].kind == SWITCH ? "" : "=");
	return false;
}

static void *field(struct faults *f, const struct row *row)
{
	return (char *)f + row->offset;
}

/* "port=7" in *f. */
static bool add(struct faults *f, const char *name, const char *item, char error[FAULTS_ERROR_LEN])
{
	const size_t len = strcspn(item, "=");
	const char *value = item[len] == '=' ? item + len + 1 : NULL;
	const struct row *row = find_row(item, len);
	unsigned long n;
	char *end;

	if (row == NULL)
		return unknown(item, error);
	if (row->services_only && strcmp(name, FAULTS_MAPPER) == 0)
		return wrong(error, "fault '%s' is for services, not for the mapper", row->name);
	if ((row->kind == SWITCH) != (value == NULL))
		return wrong(error, "fault '%.64s' %s", item, row->kind == SWITCH ? "takes no value" : "wants a value behind =");
	if (row->kind == SWITCH) {
		*(bool *)field(f, row) = true;
	} else if (row->kind == ADDRESS) {
		if (inet_pton(AF_INET, value, f->address) != 1)
			return wrong(error, "'%.64s' is no IPv4 address, in fault '%.64s'", value, item);
		f->has_address = true;
	} else {
		n = strtoul(value, &end, 10);
		if (!isdigit((unsigned char)value[0]) || *end != '\0' || n < 1 || n > row->most)
			return wrong(error, "'%.64s' is not a number from 1 to %u, in fault '%.64s'", value, row->most, item);
		*(uint32_t *)field(f, row) = (uint32_t)n;
	}
	return true;
}

static bool take_away(struct faults *f, const char *name, const char *item, char error[FAULTS_ERROR_LEN])
{
	const struct row *row = find_row(item, strcspn(item, "="));

	(void)name;
	if (row == NULL)
		return unknown(item, error);
	if (row->kind == SWITCH)
		*(bool *)field(f, row) = false;
	else if (row->kind == NUMBER)
		*(uint32_t *)field(f, row) = 0;
	else
		f->has_address = false;
	return true;
}

typedef bool apply(struct faults *f, const char *name, const char *item, char error[FAULTS_ERROR_LEN]);

/* Each item of the list, without the spaces around it. */
static bool for_each(struct faults *f, const char *name, const char *list, apply *one, char error[FAULTS_ERROR_LEN])
{
	char item[128];

	while (*list != '\0') {
		size_t len;

		list += strspn(list, ", ");
		len = strcspn(list, ",");
		snprintf(item, sizeof(item), "%.*s", (int)(len < sizeof(item) ? len : sizeof(item) - 1), list);
		for (size_t n = strlen(item); n > 0 && item[n - 1] == ' '; n--)
			item[n - 1] = '\0';
		if (item[0] != '\0' && !one(f, name, item, error))
			return false;
		list += len;
	}
	return true;
}

/* The row of that name, or the number of rows. */
static unsigned find(const struct faults_table *t, const char *name)
{
	unsigned i = 0;

	while (i < t->n && strcmp(t->rows[i].name, name) != 0)
		i++;
	return i;
}

static bool is_none(const struct faults *f)
{
	char text[FAULTS_TEXT_LEN];

	return faults_format(f, text)[0] == '\0';
}

/* Puts them into the table; a row without faults goes. */
static bool store(struct faults_table *t, const char *name, const struct faults *f, char error[FAULTS_ERROR_LEN])
{
	const unsigned i = find(t, name);

	if (strlen(name) >= FAULTS_NAME_LEN || name[0] == '\0')
		return wrong(error, "'%.64s' is no name of a process", name);
	if (i == FAULTS_MAX_NAMES)
		return wrong(error, "faults of '%s' are too many: at most %u processes may have some", name,
		             FAULTS_MAX_NAMES);
	if (i == t->n) {
		snprintf(t->rows[i].name, sizeof(t->rows[i].name), "%s", name);
		t->n++;
	}
	t->rows[i].faults = *f;
	if (is_none(f))
		t->rows[i] = t->rows[--t->n];
	return true;
}

bool faults_set(struct faults_table *t, const char *name, const char *list, char error[FAULTS_ERROR_LEN])
{
	struct faults f = *faults_find(t, name);

	return for_each(&f, name, list, add, error) && store(t, name, &f, error);
}

bool faults_clear(struct faults_table *t, const char *name, const char *list, char error[FAULTS_ERROR_LEN])
{
	struct faults f = *faults_find(t, name);

	if (list[0] == '\0')
		f = (struct faults){0};
	return for_each(&f, name, list, take_away, error) && store(t, name, &f, error);
}

const struct faults *faults_find(const struct faults_table *t, const char *name)
{
	static const struct faults none;
	const unsigned i = find(t, name);

	return i < t->n ? &t->rows[i].faults : &none;
}

char *faults_format(const struct faults *f, char text[FAULTS_TEXT_LEN])
{
	size_t n = 0;

	text[0] = '\0';
	for (size_t i = 0; i < N_ROWS && n < FAULTS_TEXT_LEN; i++) {
		const void *at = (const char *)f + rows[i].offset;
		const char *comma = n > 0 ? ", " : "";

		if (rows[i].kind == SWITCH && *(const bool *)at)
			n += (size_t)snprintf(text + n, FAULTS_TEXT_LEN - n, "%s%s", comma, rows[i].name);
		else if (rows[i].kind == NUMBER && *(const uint32_t *)at > 0)
			n += (size_t)snprintf(text + n, FAULTS_TEXT_LEN - n, "%s%s=%u", comma, rows[i].name,
			                      *(const uint32_t *)at);
		else if (rows[i].kind == ADDRESS && f->has_address)
			n += (size_t)snprintf(text + n, FAULTS_TEXT_LEN - n, "%s%s=%u.%u.%u.%u", comma, rows[i].name,
			                      f->address[0], f->address[1], f->address[2], f->address[3]);
	}
	return text;
}
