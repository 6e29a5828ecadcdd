#include "rpc/syntax.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SYNTAX(low, mid, hi, a, b, c, d, e, f, g, h, major, minor) \
	{{low, mid, hi, {a, b, c, d, e, f, g, h}}, major, minor}

const struct syntax_id syntax_ndr =
	SYNTAX(0x8a885d04, 0x1ceb, 0x11c9, 0x9f, 0xe8, 0x08, 0x00, 0x2b, 0x10, 0x48, 0x60, 2, 0);
const struct syntax_id syntax_ndr64 =
	SYNTAX(0x71710533, 0xbeba, 0x4937, 0x83, 0x19, 0xb5, 0xdb, 0xef, 0x9c, 0xcc, 0x36, 1, 0);
const struct syntax_id syntax_ept =
	SYNTAX(0xe1af8308, 0x5d1f, 0x11c9, 0x91, 0xa4, 0x08, 0x00, 0x2b, 0x14, 0xa0, 0xfa, 3, 0);
const struct syntax_id syntax_mgmt =
	SYNTAX(0xafa8bd80, 0x7d8a, 0x11c9, 0xbe, 0xf4, 0x08, 0x00, 0x2b, 0x10, 0x29, 0x89, 1, 0);

const struct syntax_id syntax_echo =
	SYNTAX(0x60a15ec5, 0x4de8, 0x11d7, 0xa6, 0x37, 0x00, 0x50, 0x56, 0xa2, 0x01, 0x82, 1, 0);
const struct syntax_id syntax_calc =
	SYNTAX(0x3f1c7a52, 0x86d4, 0x4b0e, 0x9a, 0x61, 0xc2, 0x5d, 0x0e, 0x7b, 0x94, 0x18, 1, 0);

/* Names that people may type and that traces show: first the encodings, then
 * the interfaces in the order of the alphabet. */
static const struct known_syntax {
	const char *name;
	const struct syntax_id *id;
} known[] = {
	{"NDR", &syntax_ndr},   {"NDR64", &syntax_ndr64}, {"calc", &syntax_calc},
	{"echo", &syntax_echo}, {"epm", &syntax_ept},     {"mgmt", &syntax_mgmt},
};

#define N_KNOWN (sizeof(known) / sizeof(known[0]))
#define N_ENCODINGS 2u

bool syntax_get(struct reader *r, struct syntax_id *s)
{
	uint32_t if_version;
	bool ok;

	uuid_get(r, &s->uuid);
	ok = cursor_get_u32(r, &if_version);
	s->major = (uint16_t)if_version;
	s->minor = (uint16_t)(if_version >> 16);
	return ok;
}

bool syntax_put(struct writer *w, const struct syntax_id *s)
{
	uuid_put(w, &s->uuid);
	return cursor_put_u32(w, (uint32_t)s->minor << 16 | s->major);
}

/* One decimal number of 16 bits; *text moves behind it. */
static bool parse_u16(const char **text, uint16_t *v)
{
	char *end;
	unsigned long n;

	if (!isdigit((unsigned char)**text))
		return false;
	n = strtoul(*text, &end, 10);
	if (n > UINT16_MAX)
		return false;
	*v = (uint16_t)n;
	*text = end;
	return true;
}

bool syntax_parse(const char *text, struct syntax_id *s)
{
	const char *p;

	*s = (struct syntax_id){.major = 1};
	if (!uuid_parse(text, &s->uuid, &p))
		return false;
	if (*p == ',') {
		p++;
		if (!parse_u16(&p, &s->major))
			return false;
		if (*p == '.') {
			p++;
			if (!parse_u16(&p, &s->minor))
				return false;
		}
	}
	return *p == '\0';
}

char *syntax_format(const struct syntax_id *s, char text[SYNTAX_TEXT_LEN])
{
	char uuid[UUID_TEXT_LEN];

	snprintf(text, SYNTAX_TEXT_LEN, "%s,%u.%u", uuid_format(&s->uuid, uuid), s->major, s->minor);
	return text;
}

bool syntax_equal(const struct syntax_id *a, const struct syntax_id *b)
{
	return uuid_equal(&a->uuid, &b->uuid) && a->major == b->major && a->minor == b->minor;
}

bool syntax_compatible(const struct syntax_id *offered, const struct syntax_id *wanted)
{
	return uuid_equal(&offered->uuid, &wanted->uuid) && offered->major == wanted->major &&
	       offered->minor >= wanted->minor;
}

const char *syntax_name(const struct uuid *u)
{
	for (size_t i = 0; i < N_KNOWN; i++)
		if (uuid_equal(&known[i].id->uuid, u))
			return known[i].name;
	return NULL;
}

const struct syntax_id *syntax_find(const char *name)
{
	for (size_t i = 0; i < N_KNOWN; i++)
		if (strcmp(known[i].name, name) == 0)
			return known[i].id;
	return NULL;
}

const char *syntax_interface_name(size_t i)
{
	return i < N_KNOWN - N_ENCODINGS ? known[N_ENCODINGS + i].name : NULL;
}
