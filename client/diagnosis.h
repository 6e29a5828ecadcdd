/*
 * What a failed step means: for scripts (exit code, Win32 number), and for
 * people (a sentence). Pure functions over one table, so that the mapping from
 * symptom to cause stands in a single place and is tested row by row.
 */
#ifndef CLIENT_DIAGNOSIS_H
#define CLIENT_DIAGNOSIS_H

#include <stdbool.h>
#include <stdint.h>

#include "rpc/cause.h"

/* The steps of a client, in their order. */
enum step {
	STEP_DONE, /* all of them passed */
	STEP_RESOLVE,
	STEP_CONNECT_MAPPER,
	STEP_BIND_MAPPER,
	STEP_MAP,
	STEP_CONNECT_SERVICE,
	STEP_BIND_SERVICE,
	STEP_CALL,
	STEP_COUNT
};

/* Whom the other end takes us for. */
enum standing {
	STANDING_ANONYMOUS,
	STANDING_CLAIMED, /* we have said who we are; whether that is believed was not said yet */
	STANDING_BELIEVED,
	STANDING_COUNT
};

/* What became of the last step. */
struct outcome {
	enum standing standing;
	bool direct;    /* the endpoint was known: no mapper was asked */
	bool onc;       /* it is ONC RPC, and the status is an enum clnt_stat of libtirpc */
	enum step step; /* that failed, or STEP_DONE */
	enum cause cause;
	uint32_t status;        /* of a fault, or of a reply that refuses; 0: none */
	bool nak;               /* CAUSE_BIND_REJECTED: by bind_nak, else by the context's result */
	uint16_t reject_reason; /* enum pdu_nak_reason or enum pdu_reason */
};

/* What a hint may speak of. Text, "" where it is not known. */
struct diagnosis_names {
	const char *host;      /* as the user gave it */
	const char *peer;      /* "10.2.2.2:135": the end that this step talks to */
	const char *port;      /* "135": the port of that end */
	const char *interface; /* "echo 1.0" */
	const char *offender;  /* "10.1.1.1" */
	/* "10.9.9.9", if the mapper named another host than the one dialled. */
	const char *other_host;
	const char *said; /* ONC RPC: what libtirpc says of the status */
	/* "LAB\student", "spnego", "privacy": who authenticates, and how; NULL: not known. */
	const char *user, *auth, *level;
};

#define DIAGNOSIS_HINT_LEN 640u

/* "done", "connect-mapper", ...: the names in JSON. */
const char *diagnosis_step_name(enum step step);
/* 0, or 10 to 16 for the step that failed. */
int diagnosis_exit_code(enum step step);
/* The number that Windows would show; 0 if all is done, and of ONC RPC. */
uint32_t diagnosis_win32(const struct outcome *o);
/* One sentence with the likely cause and what to look at next; "" if all is
 * done. Returns text. */
char *diagnosis_hint(const struct outcome *o, const struct diagnosis_names *names,
                     char text[DIAGNOSIS_HINT_LEN]);

#endif
