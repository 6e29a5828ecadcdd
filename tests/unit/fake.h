/*
 * A host in another process, for the client: a mapper that answers what its script says, the
 * services echo, calc and print, and the handles of tests/idl/kitchen.idl, all behind one
 * port. And the client's side of it.
 */
#ifndef TESTS_UNIT_FAKE_H
#define TESTS_UNIT_FAKE_H

#include <sys/types.h>

#include "client/twostep.h"

/* What the mapper in the other process answers, and what it was asked. It is shared
 * memory. */
struct script {
	bool silent;     /* take connections and say nothing */
	bool closes;     /* read what comes first, then close */
	bool no_service; /* serve the mapper alone */
	uint32_t fault;  /* in the place of any reply of the mapper */
	bool garbled;    /* a reply that is too short */
	bool keeps_handle;
	bool udp_first;
	uint8_t host[4]; /* in the towers */
	uint32_t n_towers;
	uint32_t status;
	uint32_t chunks; /* with entries, of a lookup */
	bool ends_late;  /* and one without */
	uint32_t per_chunk;

	uint32_t asked; /* counts */
	uint32_t freed;
	uint16_t port;
	struct syntax_id wanted, wanted_as; /* the last question of a map */
	bool by_object, by_interface;       /* the last one of a lookup, or of a map */
	uint32_t inquiry_type, vers_option, max_ents;
	struct uuid object;
	struct rpc_if_id interface_id;
};

struct fake {
	struct script *script;
	int listening;
	pid_t pid;
	/* A client of it, for echo. */
	struct args args;
	struct target target;
	struct story story;
	struct twostep t;
};

void fake_start(struct fake *f, const struct script *script);
void fake_stop(struct fake *f);
/* Ends the process only. */
void fake_kill(struct fake *f);

#define FAKE_HERE {127, 0, 0, 1}
#define FAKE_ELSEWHERE {127, 0, 0, 2}

#endif
