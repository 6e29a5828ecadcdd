/*
 * The client's side of an association: a state machine without sockets. It is
 * told to bind or to call, gives bytes to send, takes bytes that came, and says
 * what they mean. One thing is under way at a time.
 *
 *     NEW --caller_bind--> BINDING --> READY --caller_call--> CALLING --> READY
 *
 * One that authenticates (caller_authenticate) may exchange more tokens before it is READY:
 *
 *     BINDING --> ALTERING --> READY
 *
 * Bounded: a reply's stub by RPC_MAX_STUB, input by one PDU and one read.
 */
#ifndef RPC_CALLER_H
#define RPC_CALLER_H

#include "rpc/buf.h"
#include "rpc/ntlm.h"
#include "rpc/syntax.h"

enum caller_event {
	CALLER_NOTHING,  /* more bytes are needed */
	CALLER_BOUND,    /* the context was accepted */
	CALLER_REJECTED, /* it was not: see reject_result, reject_reason, or nak */
	CALLER_REPLY,    /* reply and reply_big_endian are there */
	CALLER_FAULT,    /* fault_status is there; the association may live on */
	CALLER_BROKEN,   /* what came breaks the rules; give up */
	CALLER_INSECURE, /* a token makes no sense, or a response is not protected as agreed: give up */
};

enum caller_state { CALLER_NEW, CALLER_BINDING, CALLER_ALTERING, CALLER_READY, CALLER_CALLING };

struct caller_auth;

struct caller {
	enum caller_state state;
	bool big_endian;               /* set before caller_bind: speak big-endian (for tests) */
	bool ndr64;                    /* set before caller_bind: NDR64 instead of NDR */
	struct caller_auth *auth;      /* NULL: anonymous */
	struct syntax_id interface_id; /* that is bound */
	uint32_t call_id;
	uint16_t max_frag; /* what the server takes */
	uint32_t assoc_group_id;
	bool nak; /* rejected by bind_nak; reject_reason is its reason */
	uint16_t reject_result;
	uint16_t reject_reason;
	uint32_t fault_status;
	struct buf in;
	struct buf out; /* bytes to send: take them with buf_consume */
	struct buf reply;
	bool reply_big_endian;
	/* Every PDU that goes out or came in, whole; may be NULL. */
	void (*trace)(void *arg, bool sent, const uint8_t *pdu, size_t len);
	void *trace_arg;
};

void caller_init(struct caller *c);
void caller_fini(struct caller *c);

/* Before caller_bind: authenticates as `who`, which outlives the caller. Types and levels are those
 * of rpc/security.h. With NTLMSSP a server says nothing about the last token, so that CALLER_BOUND
 * does not mean that it believes the password; the first call tells. False: no memory, or no such
 * type or level. */
bool caller_authenticate(struct caller *c, uint8_t auth_type, uint8_t auth_level,
                         const struct ntlm_client *who);
/* Binds context 0 to the interface, in c->ndr64's transfer syntax. Only in state NEW. */
bool caller_bind(struct caller *c, const struct syntax_id *interface_id);
/* Calls an operation; object NULL: none. Only in state READY. False: the stub
 * is over RPC_MAX_STUB, or no memory. */
bool caller_call(struct caller *c, uint16_t opnum, const struct uuid *object, const uint8_t *stub, size_t len);
/* Bytes from the server. A second answer in them is an error later on. With any event there may be
 * more to send. */
enum caller_event caller_input(struct caller *c, const uint8_t *data, size_t len);

#endif
