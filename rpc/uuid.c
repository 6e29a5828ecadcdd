#include "rpc/uuid.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

const struct uuid uuid_nil = {0};

bool uuid_get(struct reader *r, struct uuid *u)
{
	cursor_get_u32(r, &u->time_low);
	cursor_get_u16(r, &u->time_mid);
	cursor_get_u16(r, &u->time_hi_and_version);
	return cursor_get_bytes(r, u->rest, sizeof(u->rest));
}

bool uuid_put(struct writer *w, const struct uuid *u)
{
	cursor_put_u32(w, u->time_low);
	cursor_put_u16(w, u->time_mid);
	cursor_put_u16(w, u->time_hi_and_version);
	return cursor_put_bytes(w, u->rest, sizeof(u->rest));
}

bool uuid_get_le(struct reader *r, struct uuid *u)
{
	bool order = r->big_endian;
	bool ok;

	r->big_endian = false;
	ok = uuid_get(r, u);
	r->big_endian = order;
	return ok;
}

bool uuid_put_le(struct writer *w, const struct uuid *u)
{
	bool order = w->big_endian;
	bool ok;

	w->big_endian = false;
	ok = uuid_put(w, u);
	w->big_endian = order;
	return ok;
}

/* The value of a hexadecimal digit. */
static unsigned hex_value(char c)
{
	return (unsigned)(isdigit((unsigned char)c) ? c - '0' : tolower((unsigned char)c) - 'a' + 10);
}

bool uuid_parse(const char *text, struct uuid *u, const char **end)
{
	uint8_t bytes[UUID_WIRE_LEN];
	struct reader r;
	size_t n = 0; /* hexadecimal digits so far */

	for (size_t i = 0; i < UUID_TEXT_LEN - 1; i++) {
		if (i == 8 || i == 13 || i == 18 || i == 23) {
			if (text[i] != '-')
				return false;
			continue;
		}
		if (!isxdigit((unsigned char)text[i]))
			return false;
		bytes[n / 2] = (uint8_t)((n % 2 ? bytes[n / 2] << 4 : 0) | (int)hex_value(text[i]));
		n++;
	}
	/* Text has the most significant digit first. */
	cursor_read(&r, bytes, sizeof(bytes));
	r.big_endian = true;
	*end = text + UUID_TEXT_LEN - 1;
	return uuid_get(&r, u);
}

char *uuid_format(const struct uuid *u, char text[UUID_TEXT_LEN])
{
	const uint8_t *b = u->rest;

	snprintf(text, UUID_TEXT_LEN, "%08x-%04x-%04x-%02x%02x-%02x%02x%02x%02x%02x%02x",
	         u->time_low, u->time_mid, u->time_hi_and_version,
	         b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7]);
	return text;
}
