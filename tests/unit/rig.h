/*
 * A server in memory: associations that are fed with bytes, and what they give back.
 *
 * It serves svc, other and wide (pdu_text.h) as server port 135 would:
 *
 *	svc 0	gives back the rest of the stub
 *	svc 1	a fault with the u32 in the stub
 *	svc 2	does not exist, though 3 does
 *	svc 3	u32 was there an object, UUID
 *	svc 4	u32 n: that many bytes of the pattern
 *	svc 5	u32: the same
 *	svc 6	answers later: rig_answer
 *	svc 7	u8 auth_type, u8 auth_level, USER@DOMAIN of the caller
 *	other 0	nothing
 *	wide 0	as svc 0; wide has NDR64 besides NDR
 *	wide 1	u32 was it NDR64
 */
#ifndef TESTS_UNIT_RIG_H
#define TESTS_UNIT_RIG_H

#include "rpc/assoc.h"
#include "tests/wire/wire.h"

struct rig;

/* A call of svc 6; NULL if it was answered, or its client has gone. */
struct rig_later {
	struct rig *g;
	struct rpc_deferred *call;
};

struct rig {
	struct assoc_server server;
	struct rpc_served served[3];
	uint32_t now;
	struct rig_later later[64]; /* in their order */
	unsigned int n_later;
	unsigned int orphaned; /* how many of them lost their client */
	unsigned int closed;   /* how often the hook was called */
};

/* The server's reply when it serves svc as context 0. */
#define RIG_BIND "bind context=0:svc:ndr; "
#define RIG_ACK "bind_ack result=0,0,ndr; "
/* The same with CONC_MPX. */
#define RIG_BIND_MPX "bind flags=0x13 context=0:svc:ndr; "
#define RIG_ACK_MPX "bind_ack flags=0x13 result=0,0,ndr; "

void rig_init(struct rig *g);
void rig_fini(struct rig *g);

/* A new association; the caller frees it. */
struct assoc *rig_assoc(struct rig *g);
struct assoc *rig_assoc_local(struct rig *g);
struct assoc *rig_assoc_of(struct rig *g, const struct assoc_peer *peer);

/* 192.0.2.host */
union addr rig_address(uint8_t host);
/* A new association from there; NULL: it is not even refused. */
struct assoc *rig_assoc_from(struct rig *g, const char *address);

/* Feeds bytes, `portion` at a time, each from a block of its own. */
void rig_feed(const struct rig *g, struct assoc *a, const uint8_t *data, size_t len, size_t portion);
/* Feeds PDUs in one go. */
void rig_say(const struct rig *g, struct assoc *a, const char *text);
/* What waits to be sent is exactly these PDUs, which are then sent. `label` stands in
 * the failure. */
bool rig_hears(const struct rig *g, struct assoc *a, const char *label, const char *text);
/* Takes what waits to be sent, up to `most` bytes. */
size_t rig_take(const struct rig *g, struct assoc *a, size_t most);

/* Can this group be joined? */
bool rig_group_lives(struct rig *g, uint32_t id, enum assoc_transport transport);
/* How many context handles there are, of all groups. */
unsigned int rig_handles(struct rig *g);

/* Answers call i of svc 6 with n bytes of the pattern, or with a fault. */
void rig_answer(struct rig *g, unsigned int i, uint32_t status, size_t n);

/* ---- rows (tests/wire/wire.h) ---- */

/* A connection of wire.h in memory. It is made by way->open; the rest is the same for all. */
struct rig_end {
	struct rig *g;
	struct assoc *a; /* NULL: both sides have ended it */
	bool eof;
	/* What is due next happens now; false if nothing is. NULL: nothing ever is. */
	bool (*pass_time)(struct rig *g);
};

bool rig_end_send(void *connection, const uint8_t *data, size_t len);
size_t rig_end_hear(void *connection, uint8_t *data, size_t n);
void rig_end_end(void *connection);
bool rig_end_ended(void *connection);
void rig_end_close(void *connection);
uint32_t rig_end_group(void *connection);

/* A row in one go, byte by byte, and cut in two at every position (if it is long, at
 * many). The answers are the same. `check` follows each run; it may be NULL. */
void rig_run_row(const struct wire_row *row, struct wire_how *how, void (*check)(void *arg));

enum rig_after {
	RIG_SERVES = WIRE_SERVES,	  /* a request on context 0 is answered */
	RIG_UNBOUND = WIRE_UNBOUND,	  /* it is kept, but context 0 is not bound */
	RIG_COLLECTING = WIRE_COLLECTING, /* it is kept, and waits for more of call 5, svc 0 */
	RIG_CLOSES = WIRE_CLOSES,	  /* nothing more is answered */
};

/* One row: what goes in on a new connection, what comes out, and what follows. */
struct rig_row {
	const char *row;
	const char *what;
	const char *in;
	const char *out;
	enum rig_after after;
};

/* Each row on a rig of its own. */
void rig_rows(const struct rig_row *rows, size_t n);

#endif
