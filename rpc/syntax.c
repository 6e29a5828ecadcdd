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
