#include "rpc/uuid.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

const struct uuid uuid_nil = {0};

/* The three integers between the machine's order and another. */
static void reorder(struct uuid *u, bool big_endian)
{
	u->time_low = big_endian ? be32toh(u->time_low) : le32toh(u->time_low);
	u->time_mid = big_endian ? be16toh(u->time_mid) : le16toh(u->time_mid);
	u->time_hi_and_version = big_endian ? be16toh(u->time_hi_and_version) : le16toh(u->time_hi_and_version);
}

bool uuid_get(struct reader *r, struct uuid *u)
{
	const bool ok = cursor_get_bytes(r, u, sizeof(*u));

	reorder(u, r->big_endian);
	return ok;
}

bool uuid_put(struct writer *w, const struct uuid *u)
{
	struct uuid copy = *u;

	reorder(&copy, w->big_endian);
	return cursor_put_bytes(w, &copy, sizeof(copy));
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
