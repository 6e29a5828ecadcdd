/*
 * A control server and its clients in one event loop. The program that it serves:
 *
 *	0	nothing
 *	1	gives back a string of up to 64 bytes
 *	2	a long answer, of CONTROL_RIG_LONG zeros
 *	3	an answer that is too long to be sent
 *	4	nothing, later: control_rig_answer
 */
#ifndef TESTS_UNIT_CONTROL_RIG_H
#define TESTS_UNIT_CONTROL_RIG_H

#include <stdbool.h>

#include "epmapd/control_server.h"

#define CONTROL_RIG_PROGRAM 0x20001234u
#define CONTROL_RIG_VERSION 3u
#define CONTROL_RIG_LONG 400000u

struct control_rig {
	struct event_base *base;
	struct control_program program;
	struct control_server *server;
	char name[32]; /* of the socket, behind a NUL */
	struct control_client *waiting[CONTROL_MAX_CLIENTS];
	unsigned n_waiting;
	unsigned n_gone;  /* clients that went while they waited */
	unsigned n_calls; /* that came to a procedure */
};

void control_rig_init(struct control_rig *g, unsigned seconds);
void control_rig_fini(struct control_rig *g);
/* Answers all that wait. */
void control_rig_answer(struct control_rig *g);

/* A new client. */
int control_rig_connect(struct control_rig *g);
/* Lets the server do what there is to do now. */
void control_rig_turn(struct control_rig *g);
void control_rig_send(struct control_rig *g, int fd, const void *data, size_t len);

/* A call as a record of one fragment, with the header before it: its length. */
#define CONTROL_RIG_CALL_LEN 512u
size_t control_rig_call(char out[CONTROL_RIG_CALL_LEN], uint32_t xid, uint32_t proc, const void *args, size_t len);
/* Sends a call without arguments. */
void control_rig_ask(struct control_rig *g, int fd, uint32_t xid, uint32_t proc);

/* Waits until the next record is there: its length without the header, or -1: the server
 * closed the connection. Only the first `cap` bytes are kept. */
long control_rig_hear(struct control_rig *g, int fd, void *data, size_t cap);
/* Nothing comes, and the connection stays, as long as there is something to do. */
bool control_rig_silent(struct control_rig *g, int fd);
/* The next record is a reply to xid with this accept_stat. */
bool control_rig_accepts(struct control_rig *g, int fd, uint32_t xid, uint32_t accept_stat);

#endif
