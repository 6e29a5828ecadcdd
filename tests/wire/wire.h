/*
 * What goes over the wire, row by row: these bytes in, those bytes out, and what becomes
 * of the connection. The rows run twice: against the server in memory
 * (tests/unit/test_wire.c), and over TCP against the daemon (main.c, tests/ns/wire.sh).
 *
 * A row's number is that of docs/conformance.md: 1.x header and sizes, 2.x bind and
 * alter_context, 3.x requests and other PDUs, 4.x authentication, 5.x the mapper, and
 * so on; "5/3" is opnum 3 of the interface that section 5 is about. A row may have
 * several entries. numbers.c has all numbers, and why some have no entry.
 *
 * Both texts are PDUs as pdu_text.h has them. The server offers epm and mgmt on the
 * mapper's port, and echo and mgmt on another, for NDR and NDR64; registered is echo, in
 * both. '|' ends a turn: what is to come out until then has come before the next goes in.
 * A turn may begin with the connection that it is about:
 *
 *	on echo2; bind group=$echo context=0:echo:ndr
 *
 * A connection is called by its port, and a figure if there are several; it is made when
 * it is first named. A turn without a name goes on with the one before; the first begins
 * on the row's port. $echo2 is the group of connection echo2. A turn of the one word `eof`
 * says that no more will be sent; the server then has to end the connection.
 */
#ifndef TESTS_WIRE_WIRE_H
#define TESTS_WIRE_WIRE_H

#include "tests/unit/pdu_text.h"

enum wire_port {
	WIRE_MAPPER,
	WIRE_ECHO,
	WIRE_LOCAL, /* the mapper's local socket */
	WIRE_IPV6,  /* the mapper, by an IPv6 address */
	WIRE_PORTS
};

enum wire_after {
	WIRE_SERVES,	 /* a request on context 0 is answered */
	WIRE_UNBOUND,	 /* it is kept, but context 0 is not bound */
	WIRE_COLLECTING, /* it is kept, and waits for the rest of call 5: see wire_probes */
	WIRE_CLOSES,	 /* nothing more is answered, and the server ends it */
};

struct wire_row {
	const char *row;
	const char *what;
	enum wire_port port;
	const char *in;
	const char *out;
	enum wire_after after; /* of the last turn's connection */
};

/* ---- the tables ---- */

struct wire_table {
	const struct wire_row *rows;
	size_t n;
};

#define TABLE(name) extern const struct wire_table wire_##name;
#include "tests/wire/tables.h"
#undef TABLE
/* All of them; the last is NULL. */
extern const struct wire_table *const wire_tables[];

/* Every row of docs/conformance.md that has a number; the last is NULL. */
extern const char *const wire_numbers[];

struct wire_left_out {
	const char *row; /* NULL: the last */
	const char *why;
};

/* Rows without an entry. */
extern const struct wire_left_out wire_left_out[];

/* ---- how a row is run ---- */

/* How bytes go to and fro. A connection is whatever `open` returns. */
struct wire_way {
	void *(*open)(void *arg, enum wire_port port); /* NULL: it failed */
	bool (*send)(void *connection, const uint8_t *data, size_t len);
	/* Waits for n bytes; fewer if no more come. */
	size_t (*hear)(void *connection, uint8_t *data, size_t n);
	/* No more will be sent. */
	void (*end)(void *connection);
	/* Has the server ended it, in order, with all that it had to say heard? */
	bool (*ended)(void *connection);
	void (*close)(void *connection);
	/* The id of its group, if it is known without being told; else 0. May be NULL. */
	uint32_t (*group)(void *connection);
};

/* What proves that the connection is in a state: a request, and its answer. */
struct wire_probe {
	const char *in, *out;
};

struct wire_how {
	const struct wire_way *way;
	void *arg; /* of way->open */
	/* By port, then by state; the request of WIRE_CLOSES must not be answered. */
	const struct wire_probe (*probes)[WIRE_CLOSES + 1];
	uint16_t mapper_port, echo_port;
	uint8_t host[4];   /* of the towers that the mapper gives */
	bool big_endian;   /* PDUs that do not say */
	size_t portion;	   /* bytes at a time; 0: whole turns */
	size_t cut;	   /* cut in two behind so many bytes; 0: do not */
};

struct wire_result {
	bool right;
	size_t sent, heard; /* bytes, without those of the probe */
	/* If it went wrong: */
	char where[64];
	struct pdu_bytes expected, actual;
};

/* The probes of this server. */
extern const struct wire_probe wire_probes[WIRE_PORTS][WIRE_CLOSES + 1];

struct wire_result wire_run(const struct wire_row *row, const struct wire_how *how);
void wire_result_free(struct wire_result *r);

/* The name of a port: "mapper", "echo", "local", "ipv6". */
const char *wire_port_name(enum wire_port port);
/* Does the row use that port? */
bool wire_uses(const struct wire_row *row, enum wire_port port);

#endif
