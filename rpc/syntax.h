/*
 * Syntax identifiers: a UUID and a version, naming an interface (abstract
 * syntax) or an encoding (transfer syntax). C706 12.6.3.1, p_syntax_id_t.
 *
 *      0                               16              20
 *     +-------------------------------+---------------+
 *     | UUID                          | if_version    |
 *     +-------------------------------+---------------+
 *
 * if_version is one u32: the major version is its low half, the minor its high
 * half. Big-endian senders therefore put the minor version first.
 */
#ifndef RPC_SYNTAX_H
#define RPC_SYNTAX_H

#include "rpc/uuid.h"

#define SYNTAX_WIRE_LEN 20u
#define SYNTAX_TEXT_LEN (UUID_TEXT_LEN + 12u) /* UUID,65535.65535 and the NUL */

struct syntax_id {
	struct uuid uuid;
	uint16_t major;
	uint16_t minor;
};

extern const struct syntax_id syntax_ndr;   /* 8a885d04-..., v2.0 */
extern const struct syntax_id syntax_ndr64; /* 71710533-..., v1.0 */

bool syntax_get(struct reader *r, struct syntax_id *s);
bool syntax_put(struct writer *w, const struct syntax_id *s);

/* Reads "UUID", "UUID,MAJOR" or "UUID,MAJOR.MINOR"; a version that is left
 * out is 0, of a UUID alone 1.0. The whole text must be used. */
bool syntax_parse(const char *text, struct syntax_id *s);
/* "UUID,MAJOR.MINOR"; returns text. */
char *syntax_format(const struct syntax_id *s, char text[SYNTAX_TEXT_LEN]);

bool syntax_equal(const struct syntax_id *a, const struct syntax_id *b);
/* Can a server that offers `offered` serve a client that wants `wanted`?
 * Same UUID, same major, offered minor not lower (C706 6.1.1, 12.6.4.3). */
bool syntax_compatible(const struct syntax_id *offered, const struct syntax_id *wanted);

#endif
