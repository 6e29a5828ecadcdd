#include "rpc/tower.h"

#include <stdio.h>
#include <string.h>


#define FLOOR_UUID 0x0du

struct floor {
	struct reader left;
	struct reader right;
};

/* The floors, each a pair of readers that end where the floor's sides end. */
static bool split_floors(const uint8_t *data, size_t len, struct floor floors[RPC_MAX_FLOORS], uint16_t *n)
{
	struct reader r;
	uint16_t side;

	cursor_read(&r, data, len);
	if (len > RPC_MAX_TOWER || !cursor_get_u16_le(&r, n) || *n > RPC_MAX_FLOORS)
		return false;
	for (size_t i = 0; i < *n; i++) {
		cursor_get_u16_le(&r, &side);
		cursor_get_sub(&r, &floors[i].left, side);
		cursor_get_u16_le(&r, &side);
		if (!cursor_get_sub(&r, &floors[i].right, side))
			return false;
	}
	return cursor_done(&r);
}

/* A floor 1 or 2: an interface or a transfer syntax. */
static bool floor_get_syntax(struct floor *f, struct syntax_id *s)
{
	uint8_t id;

	if (!cursor_get_u8(&f->left, &id) || id != FLOOR_UUID)
		return false;
	uuid_get_le(&f->left, &s->uuid);
	cursor_get_u16_le(&f->left, &s->major);
	cursor_get_u16_le(&f->right, &s->minor);
	return cursor_done(&f->left) && cursor_done(&f->right);
}

/* The protocol id of a floor that has nothing else on its left side. */
static bool floor_get_protocol(struct floor *f, uint8_t *id)
{
	return cursor_get_u8(&f->left, id) && cursor_done(&f->left);
}

/* A name with its NUL; no bytes at all are the empty name. */
static bool floor_get_name(struct floor *f, const char **name)
{
	const uint8_t *p;
	size_t n = cursor_left(&f->right);

	*name = "";
	if (n == 0)
		return true;
	cursor_get_ref(&f->right, &p, n);
	if (memchr(p, '\0', n) != p + n - 1 || n > RPC_MAX_NAME)
		return false;
	*name = (const char *)p;
	return true;
}

/* The right sides of floor 4 and 5, for a known protocol sequence. */
static bool get_address(struct floor *floors, const struct protseq_info *info, struct tower *t)
{
	if (info->endpoint == PROTSEQ_PORT) {
		cursor_get_u16_be(&floors[3].right, &t->port);
		if (!cursor_done(&floors[3].right))
			return false;
	} else if (!floor_get_name(&floors[3], &t->endpoint)) {
		return false;
	}
	if (info->host_floor == 0)
		return true;
	if (!tower_has_host(info->id))
		return floor_get_name(&floors[4], &t->hostname);
	cursor_get_bytes(&floors[4].right, t->host, sizeof(t->host));
	return cursor_done(&floors[4].right);
}

/* Nearly all towers have the five floors of TCP, each as long as it must be, so that everything
 * has its place:
 *
 *      0  05 00
 *      2  13 00 0d  UUID(5)  major(21) | 02 00  minor(25)
 *     27  13 00 0d  UUID(30) major(46) | 02 00  minor(50)
 *     52  01 00 0b                     | 02 00  minor version
 *     59  01 00 07                     | 02 00  port(64)
 *     66  01 00 09                     | 04 00  address(71) */
static bool is_tcp(const uint8_t *data, size_t len)
{
	return len == 75 && memcmp(data, "\x05\0\x13\0\x0d", 5) == 0 && memcmp(data + 23, "\x02\0", 2) == 0 &&
	       memcmp(data + 27, "\x13\0\x0d", 3) == 0 && memcmp(data + 48, "\x02\0", 2) == 0 &&
	       memcmp(data + 52, "\x01\0\x0b\x02\0", 5) == 0 && memcmp(data + 59, "\x01\0\x07\x02\0", 5) == 0 &&
	       memcmp(data + 66, "\x01\0\x09\x04\0", 5) == 0;
}

/* Such a tower is decoded where it lies, in a sixth of the instructions. */
static void decode_tcp(const uint8_t *data, size_t len, struct tower *t)
{
	struct reader r;

	cursor_read(&r, data, len);
	r.pos = 5;
	uuid_get(&r, &t->interface_id.uuid);
	cursor_get_u16(&r, &t->interface_id.major);
	r.pos = 25;
	cursor_get_u16(&r, &t->interface_id.minor);
	r.pos = 30;
	uuid_get(&r, &t->transfer_syntax.uuid);
	cursor_get_u16(&r, &t->transfer_syntax.major);
	r.pos = 50;
	cursor_get_u16(&r, &t->transfer_syntax.minor);
	r.pos = 64;
	cursor_get_u16_be(&r, &t->port);
	r.pos = 71;
	cursor_get_bytes(&r, t->host, sizeof(t->host));
	t->protseq = PROTSEQ_NCACN_IP_TCP;
}

bool tower_decode(const uint8_t *data, size_t len, struct tower *t)
{
	struct floor floors[RPC_MAX_FLOORS];
	uint8_t rpc = 0, endpoint = 0, host = 0;
	const struct protseq_info *info;
	uint16_t n;

	*t = (struct tower){.protseq = PROTSEQ_UNKNOWN, .endpoint = "", .hostname = ""};
	if (is_tcp(data, len)) {
		decode_tcp(data, len, t);
		return true;
	}
	if (!split_floors(data, len, floors, &n))
		return false;
	if (n < 4 || n > 5)
		return true;
	if (!floor_get_syntax(&floors[0], &t->interface_id) || !floor_get_syntax(&floors[1], &t->transfer_syntax))
		return true;
	if (!floor_get_protocol(&floors[2], &rpc) || !floor_get_protocol(&floors[3], &endpoint))
		return true;
	/* To the table, host 0 means that there is no fifth floor. */
	if (n == 5 && (!floor_get_protocol(&floors[4], &host) || host == 0))
		return true;
	info = protseq_find_floors(rpc, endpoint, host);
	if (info != NULL && get_address(floors, info, t))
		t->protseq = info->id;
	return true;
}

static void put_syntax_floor(struct writer *w, const struct syntax_id *s)
{
	cursor_put_u16_le(w, 1 + UUID_WIRE_LEN + 2);
	cursor_put_u8(w, FLOOR_UUID);
	uuid_put_le(w, &s->uuid);
	cursor_put_u16_le(w, s->major);
	cursor_put_u16_le(w, 2);
	cursor_put_u16_le(w, s->minor);
}

/* A floor with only a protocol id on its left side. */
static void put_floor(struct writer *w, uint8_t protocol, const void *right, size_t n)
{
	cursor_put_u16_le(w, 1);
	cursor_put_u8(w, protocol);
	cursor_put_u16_le(w, (uint16_t)n);
	cursor_put_bytes(w, right, n);
}

bool tower_put(struct writer *w, const struct tower *t)
{
	const struct protseq_info *info = protseq_info(t->protseq);
	const uint8_t port[2] = {(uint8_t)(t->port >> 8), (uint8_t)t->port};

	if (info == NULL || strlen(t->endpoint) >= RPC_MAX_NAME || strlen(t->hostname) >= RPC_MAX_NAME) {
		w->bad = true;
		return false;
	}
	cursor_put_u16_le(w, info->host_floor != 0 ? 5 : 4);
	put_syntax_floor(w, &t->interface_id);
	put_syntax_floor(w, &t->transfer_syntax);
	put_floor(w, info->rpc_floor, "\0", 2); /* minor version 0 */
	if (info->endpoint == PROTSEQ_PORT)
		put_floor(w, info->endpoint_floor, port, sizeof(port));
	else
		put_floor(w, info->endpoint_floor, t->endpoint, strlen(t->endpoint) + 1);
	if (tower_has_host(t->protseq))
		put_floor(w, info->host_floor, t->host, sizeof(t->host));
	else if (info->host_floor != 0)
		put_floor(w, info->host_floor, t->hostname, strlen(t->hostname) + 1);
	return !w->bad;
}

bool tower_has_host(enum protseq protseq)
{
	const struct protseq_info *info = protseq_info(protseq);

	return info != NULL && info->endpoint == PROTSEQ_PORT;
}

char *tower_format(const struct tower *t, char text[BINDING_TEXT_LEN])
{
	struct binding b = {.protseq = t->protseq};

	if (tower_has_host(t->protseq)) {
		snprintf(b.host, sizeof(b.host), "%u.%u.%u.%u", t->host[0], t->host[1], t->host[2], t->host[3]);
		snprintf(b.endpoint, sizeof(b.endpoint), "%u", t->port);
	} else {
		snprintf(b.host, sizeof(b.host), "%s", t->hostname);
		snprintf(b.endpoint, sizeof(b.endpoint), "%s", t->endpoint);
	}
	return binding_format(&b, text);
}
