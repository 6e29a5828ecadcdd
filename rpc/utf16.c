#include "rpc/utf16.h"

#include "rpc/cursor.h"

#define HIGH_SURROGATE 0xd800u
#define LOW_SURROGATE 0xdc00u
#define SURROGATE_MASK 0xfc00u
#define BEYOND_16_BITS 0x10000u
#define MOST 0x10ffffu

static bool is_surrogate(uint32_t c)
{
	return (c & ~0x7ffu) == HIGH_SURROGATE;
}

/* One character of UTF-8. A NUL ends the text, and is no byte to follow another. */
static bool get_utf8(const char **text, uint32_t *c)
{
	/* The least that needs so many bytes: what is written longer is refused. */
	static const uint32_t least[] = {0, 0x80, 0x800, BEYOND_16_BITS};
	const uint8_t first = (uint8_t)(*text)[0];
	const size_t more = first < 0x80 ? 0 : (first & 0xe0) == 0xc0 ? 1 : (first & 0xf0) == 0xe0 ? 2 : 3;

	if (first >= 0x80 && (first < 0xc0 || first >= 0xf8))
		return false;
	(*text)++;
	*c = more == 0 ? first : first & (0x3fu >> more);
	for (size_t i = 0; i < more; i++) {
		const uint8_t next = (uint8_t)(*text)[0];

		if ((next & 0xc0) != 0x80)
			return false;
		(*text)++;
		*c = *c << 6 | (next & 0x3f);
	}
	return *c >= least[more] && *c <= MOST && !is_surrogate(*c);
}

bool utf16_from_utf8(const char *text, uint8_t *wide, size_t cap, size_t *len)
{
	struct writer w;
	uint32_t c;

	*len = 0;
	cursor_write(&w, wide, cap);
	while (*text != '\0') {
		if (!get_utf8(&text, &c))
			return false;
		if (c >= BEYOND_16_BITS) {
			c -= BEYOND_16_BITS;
			cursor_put_u16_le(&w, (uint16_t)(HIGH_SURROGATE | c >> 10));
			c = LOW_SURROGATE | (c & 0x3ff);
		}
		if (!cursor_put_u16_le(&w, (uint16_t)c))
			return false;
	}
	*len = w.len;
	return true;
}

/* One character of UTF-16. */
static bool get_utf16(struct reader *r, uint32_t *c)
{
	uint16_t high, low;

	if (!cursor_get_u16_le(r, &high))
		return false;
	*c = high;
	if (!is_surrogate(high))
		return true;
	if (!cursor_get_u16_le(r, &low) || (high & SURROGATE_MASK) != HIGH_SURROGATE ||
	    (low & SURROGATE_MASK) != LOW_SURROGATE)
		return false;
	*c = BEYOND_16_BITS + ((high & 0x3ffu) << 10 | (low & 0x3ffu));
	return true;
}

static bool put_utf8(struct writer *w, uint32_t c)
{
	const unsigned more = c < 0x80 ? 0 : c < 0x800 ? 1 : c < BEYOND_16_BITS ? 2 : 3;
	const uint8_t mark = (uint8_t)(more == 0 ? 0 : 0xff00u >> (more + 1));

	cursor_put_u8(w, (uint8_t)(mark | c >> 6 * more));
	for (unsigned i = more; i-- > 0;)
		cursor_put_u8(w, (uint8_t)(0x80 | (c >> 6 * i & 0x3f)));
	return !w->bad;
}

bool utf16_to_utf8(const uint8_t *wide, size_t len, char *text, size_t cap)
{
	struct reader r;
	struct writer w;
	uint32_t c;

	cursor_read(&r, wide, len);
	cursor_write(&w, text, cap);
	while (cursor_left(&r) > 0) {
		if (!get_utf16(&r, &c) || c == 0 || !put_utf8(&w, c))
			return false;
	}
	return cursor_put_u8(&w, 0);
}

/* Ranges of small letters. In some alphabets they lie behind all capitals, in others each
 * small letter lies behind its capital: then only every second one is small. */
static const struct {
	uint16_t first, last, step, back;
} small[] = {
	{'a', 'z', 1, 32},       {0x00e0, 0x00f6, 1, 32}, {0x00f8, 0x00fe, 1, 32},
	{0x0101, 0x012f, 2, 1}, /* not U+0131, the i without a dot: it stays */
	{0x0133, 0x0137, 2, 1},  {0x013a, 0x0148, 2, 1},  {0x014b, 0x0177, 2, 1},
	{0x017a, 0x017e, 2, 1},  {0x03ac, 0x03ac, 1, 38}, {0x03ad, 0x03af, 1, 37},
	{0x03b1, 0x03c1, 1, 32}, {0x03c2, 0x03c2, 1, 31}, /* the sigma at the end of a word */
	{0x03c3, 0x03cb, 1, 32}, {0x03cc, 0x03cc, 1, 64}, {0x03cd, 0x03ce, 1, 63},
	{0x0430, 0x044f, 1, 32}, {0x0450, 0x045f, 1, 80},
};

static uint16_t upper(uint16_t c)
{
	if (c == 0xff)
		return 0x178;
	for (size_t i = 0; i < sizeof(small) / sizeof(small[0]); i++) {
		if (c >= small[i].first && c <= small[i].last && (c - small[i].first) % small[i].step == 0)
			return (uint16_t)(c - small[i].back);
	}
	return c;
}

void utf16_upper(uint8_t *wide, size_t len)
{
	struct reader r;
	struct writer w;
	uint16_t c;

	cursor_read(&r, wide, len);
	cursor_write(&w, wide, len);
	while (cursor_get_u16_le(&r, &c))
		cursor_put_u16_le(&w, upper(c));
}
