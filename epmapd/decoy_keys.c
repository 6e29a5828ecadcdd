/*
 * The keys of a decoy's interface: what they take, and how they are written.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "epmapd/decoy.h"
#include "rpc/limits.h"
#include "rpc/status.h"

/* Strings are printed, logged and written to a file, where a control character has no place. */
static bool copy_text(char *to, size_t room, const char *text)
{
	for (const char *p = text; *p != '\0'; p++)
		if (iscntrl((unsigned char)*p))
			return false;
	return (size_t)snprintf(to, room, "%s", text) < room;
}

/* As a string in a file: what is special within quotes is escaped. */
static void write_text(FILE *f, const char *text)
{
	putc('"', f);
	for (const char *p = text; *p != '\0'; p++) {
		if (strchr("\"\\$", *p) != NULL)
			putc('\\', f);
		putc(*p, f);
	}
	putc('"', f);
}

/* A number from `least` to `most` in decimal, or behind 0x in hexadecimal, up to `end`. */
static bool parse_number(const char *text, char end, unsigned long least, unsigned long most,
                         unsigned long *number, const char **behind)
{
	const bool is_hex = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
	char *stop;

	if (is_hex ? !isxdigit((unsigned char)text[2]) : !isdigit((unsigned char)text[0]))
		return false;
	*number = strtoul(text, &stop, is_hex ? 16 : 10);
	*behind = stop + 1;
	return *stop == end && *number >= least && *number <= most;
}

/* ---- what it is -------------------------------------------------------------------- */

static bool set_uuid(struct decoy_interface *i, const char *text)
{
	const char *end;

	i->has_uuid = uuid_parse(text, &i->served.id.uuid, &end) && *end == '\0';
	return i->has_uuid && !uuid_is_nil(&i->served.id.uuid);
}

static void write_uuid(const struct decoy_interface *i, FILE *f)
{
	char text[UUID_TEXT_LEN];

	fprintf(f, "uuid=\"%s\"\n", uuid_format(&i->served.id.uuid, text));
}

static bool set_version(struct decoy_interface *i, const char *text)
{
	unsigned long major, minor = 0;
	const char *end;

	if (!parse_number(text, '\0', 0, UINT16_MAX, &major, &end) &&
	    (!parse_number(text, '.', 0, UINT16_MAX, &major, &end) ||
	     !parse_number(end, '\0', 0, UINT16_MAX, &minor, &end)))
		return false;
	i->served.id.major = (uint16_t)major;
	i->served.id.minor = (uint16_t)minor;
	return true;
}

static void write_version(const struct decoy_interface *i, FILE *f)
{
	if (i->served.id.major != 1 || i->served.id.minor != 0)
		fprintf(f, "version=%u.%u\n", i->served.id.major, i->served.id.minor);
}

static bool set_annotation(struct decoy_interface *i, const char *text)
{
	return copy_text(i->annotation, sizeof(i->annotation), text);
}

static void write_annotation(const struct decoy_interface *i, FILE *f)
{
	if (i->annotation[0] == '\0')
		return;
	fputs("annotation=", f);
	write_text(f, i->annotation);
	putc('\n', f);
}

/* ---- where it is ------------------------------------------------------------------- */

static bool add_object(struct decoy_interface *i, const char *text)
{
	struct uuid u;
	const char *end;

	if (!uuid_parse(text, &u, &end) || *end != '\0' || uuid_is_nil(&u) ||
	    i->n_objects == SERVICE_MAX_OBJECTS)
		return false;
	for (size_t n = 0; n < i->n_objects; n++)
		if (uuid_equal(&i->objects[n], &u))
			return false;
	i->objects[i->n_objects++] = u;
	return true;
}

static void write_objects(const struct decoy_interface *i, FILE *f)
{
	char text[UUID_TEXT_LEN];

	for (size_t n = 0; n < i->n_objects; n++)
		fprintf(f, "%s\"%s\"%s", n == 0 ? "objects={" : ",", uuid_format(&i->objects[n], text),
		        n + 1 == i->n_objects ? "}\n" : "");
}

static bool set_tcp(struct decoy_interface *i, const char *text)
{
	i->tcp = strcmp(text, "true") == 0;
	return i->tcp || strcmp(text, "false") == 0;
}

static void write_tcp(const struct decoy_interface *i, FILE *f)
{
	if (!i->tcp)
		fputs("tcp=false\n", f);
}

static bool add_pipe(struct decoy_interface *i, const char *text)
{
	if (text[0] != '\\' || i->n_pipes == SERVICE_MAX_PIPES ||
	    !copy_text(i->pipes[i->n_pipes], sizeof(i->pipes[0]), text))
		return false;
	for (size_t n = 0; n < i->n_pipes; n++)
		if (strcmp(i->pipes[n], text) == 0)
			return false;
	i->n_pipes++;
	return true;
}

static void write_pipes(const struct decoy_interface *i, FILE *f)
{
	for (size_t n = 0; n < i->n_pipes; n++) {
		fputs(n == 0 ? "pipes={" : ",", f);
		write_text(f, i->pipes[n]);
		fputs(n + 1 == i->n_pipes ? "}\n" : "", f);
	}
}

/* ---- what it answers --------------------------------------------------------------- */

static bool set_opnums(struct decoy_interface *i, const char *text)
{
	unsigned long n;
	const char *end;

	if (!parse_number(text, '\0', 0, DECOY_MAX_OPS, &n, &end))
		return false;
	i->served.n_ops = (uint16_t)n;
	return true;
}

static void write_opnums(const struct decoy_interface *i, FILE *f)
{
	if (i->served.n_ops != DECOY_MAX_OPS)
		fprintf(f, "opnums=%u\n", i->served.n_ops);
}

/* The operation before the '=', which nothing was said of yet; *value is what is behind. */
static struct decoy_reply *parse_opnum(struct decoy_interface *i, const char *text, const char **value)
{
	unsigned long op;

	if (!parse_number(text, '=', 0, DECOY_MAX_OPS - 1, &op, value) || i->replies[op].is_given)
		return NULL;
	return &i->replies[op];
}

static bool add_fault(struct decoy_interface *i, const char *text)
{
	const char *value;
	struct decoy_reply *reply = parse_opnum(i, text, &value);
	unsigned long status;

	if (reply == NULL || !parse_number(value, '\0', 1, RPC_PENDING - 1, &status, &value))
		return false;
	reply->is_given = true;
	reply->fault = (uint32_t)status;
	return true;
}

static bool add_answer(struct decoy_interface *i, const char *text)
{
	const char *value;
	struct decoy_reply *reply = parse_opnum(i, text, &value);
	size_t n = reply != NULL ? strlen(value) : 1;

	if (n % 2 != 0 || n / 2 > RPC_MAX_STUB || strspn(value, "0123456789abcdefABCDEF") != n)
		return false;
	reply->stub = malloc(n / 2 + 1);
	if (reply->stub == NULL)
		return false;
	for (reply->len = 0; reply->len < n / 2; reply->len++) {
		const char digits[] = {value[2 * reply->len], value[2 * reply->len + 1], '\0'};

		reply->stub[reply->len] = (uint8_t)strtoul(digits, NULL, 16);
	}
	reply->is_given = true;
	reply->fault = STATUS_OK;
	return true;
}

/* The replies that are faults, or those that are not, as a list. */
static void write_replies(const struct decoy_interface *i, FILE *f, const char *key, bool faults)
{
	bool any = false;

	for (unsigned op = 0; op < DECOY_MAX_OPS; op++) {
		const struct decoy_reply *reply = &i->replies[op];

		if (!reply->is_given || (reply->fault != STATUS_OK) != faults)
			continue;
		if (any)
			putc(',', f);
		else
			fprintf(f, "%s={", key);
		any = true;
		fprintf(f, "\"%u=", op);
		if (faults)
			fprintf(f, "%u", reply->fault);
		for (size_t n = 0; n < reply->len; n++)
			fprintf(f, "%02x", reply->stub[n]);
		putc('"', f);
	}
	if (any)
		fputs("}\n", f);
}

static void write_faults(const struct decoy_interface *i, FILE *f)
{
	write_replies(i, f, "faults", true);
}

static void write_answers(const struct decoy_interface *i, FILE *f)
{
	write_replies(i, f, "answers", false);
}

/* ---- all of them ------------------------------------------------------------------- */

#define ONE_SAID "with an opnum below 256 of which nothing is said yet"

static const struct decoy_key keys[] = {
	{"uuid", false, set_uuid, "is not a UUID, as in 12345678-1234-abcd-ef00-01234567cffb", write_uuid},
	{"version", false, set_version, "is not MAJOR.MINOR, as in 1.0, each up to 65535", write_version},
	{"annotation", false, set_annotation, "has a control character, or more than 63 bytes", write_annotation},
	{"objects", true, add_object, "is not a UUID, or is given twice, or is one of more than 4", write_objects},
	{"tcp", false, set_tcp, "is neither true nor false", write_tcp},
	{"pipes", true, add_pipe,
	 "does not begin with a backslash (within double quotes, write two), or has a control character or more "
	 "than 63 bytes, or is given twice, or is one of more than 4",
	 write_pipes},
	{"opnums", false, set_opnums, "is not a number of operations from 0 to 256", write_opnums},
	{"faults", true, add_fault, "is not OPNUM=STATUS, as in 26=0x5, " ONE_SAID, write_faults},
	{"answers", true, add_answer, "is not OPNUM=HEX, as in 4=00000000, " ONE_SAID, write_answers},
};
#undef ONE_SAID

const struct decoy_key *decoy_keys(size_t *n)
{
	*n = sizeof(keys) / sizeof(keys[0]);
	return keys;
}
