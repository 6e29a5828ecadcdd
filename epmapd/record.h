/*
 * What happened, in a fixed number of bytes: processes write records into memory that they
 * share with the supervisor (epmapd/ring.h), which makes numbered events of them.
 */
#ifndef EPMAPD_RECORD_H
#define EPMAPD_RECORD_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "rpc/assoc.h"

enum record_kind {
	RECORD_OPEN,      /* an association begins */
	RECORD_CLOSE,     /* ... ends */
	RECORD_BIND,      /* a context was accepted */
	RECORD_REFUSE,    /* a bind, a context or a call was refused */
	RECORD_MAP,       /* ept_map: who asked for what, and got which port */
	RECORD_LOOKUP,    /* ept_lookup */
	RECORD_INSERT,    /* ept_insert */
	RECORD_DELETE,    /* ept_delete, ept_mgmt_delete, or an owner that is gone */
	RECORD_CALL,      /* a call of any other operation */
	RECORD_FAULT,     /* the answer was a fault */
	RECORD_START,     /* a process was started */
	RECORD_RESTART,   /* ... again */
	RECORD_DIE,       /* a process ended */
	RECORD_AUTH,      /* a client has authenticated */
	RECORD_NO_AUTH,   /* ... has not, though it tried: the user is whom it claimed to be */
	RECORD_DENY,      /* a call that a rule denies */
	RECORD_KINDS,
};

/* What `status` is. */
enum record_status {
	RECORD_NO_STATUS,
	RECORD_RPC,      /* of a fault, or of ept_*: rpc/status.h */
	RECORD_NAK,      /* reason of a bind_nak */
	RECORD_PROVIDER, /* reason why a context was rejected */
	RECORD_SIGNAL,   /* that killed a process */
	RECORD_EXIT,     /* status with which it ended */
	RECORD_STATUSES,
};

/* Names in a record, with the NUL: what does not fit is cut off. */
#define RECORD_USER_LEN 36u
#define RECORD_RULE_LEN 32u

struct record {
	int64_t time;      /* nanoseconds since 1970 */
	int64_t monotonic; /* nanoseconds; puts the records of several processes in order */
	struct uuid interface;
	struct uuid object;
	uint16_t major, minor;
	uint8_t kind;     /* enum record_kind */
	uint8_t status_is; /* enum record_status */
	uint8_t has_interface;
	uint8_t peer_family; /* AF_INET, AF_INET6, AF_UNIX; AF_UNSPEC: none */
	uint8_t peer[16];    /* address in network order; 4 bytes for IPv4 */
	uint16_t peer_port;
	uint16_t port;  /* in the answer of ept_map; 0: none */
	int32_t opnum;  /* -1: none */
	int32_t pid;    /* of a local peer, or of the process that started or ended; 0: none */
	uint32_t uid;   /* of a local peer */
	uint32_t count; /* of entries */
	uint32_t status;
	char user[RECORD_USER_LEN]; /* printable; "": nobody is known */
	char rule[RECORD_RULE_LEN]; /* what denied a call; "": none */
	uint8_t level;              /* enum rpc_authn_level; 0: not known */
};

/* Now, and nothing else known yet. */
void record_init(struct record *r, enum record_kind kind);
/* Who is at the other end. */
void record_set_peer(struct record *r, const struct assoc_peer *peer);
void record_set_interface(struct record *r, const struct syntax_id *id);
/* A name as the client wrote it: what is not printable ASCII becomes \xNN. */
void record_set_user(struct record *r, const char *user, uint8_t level);
void record_set_status(struct record *r, enum record_status is, uint32_t status);

/* An association's event as a record. */
void record_of_assoc(struct record *r, const struct assoc *a, const struct assoc_event *e);

/* From memory that another process writes: do all fields have values that they may have? */
bool record_valid(const struct record *r);

/* "open", "map", ...; what epmap shows. */
const char *record_kind_name(enum record_kind kind);
/* "10.1.1.2:40000", "pid 12 uid 0", or "". Returns text. */
#define RECORD_PEER_LEN 80u
char *record_peer(const struct record *r, char text[RECORD_PEER_LEN]);
/* What the status says: "ept_s_not_registered", "killed by signal 9"; or "". Returns text. */
#define RECORD_REASON_LEN 80u
char *record_reason(const struct record *r, char text[RECORD_REASON_LEN]);

#endif
