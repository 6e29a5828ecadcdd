/*
 * Protocol towers (C706 appendix L, MS-RPCE 2.2.1.2.4): where an interface can
 * be reached, floor by floor. A tower is a byte string with an encoding of its
 * own: nothing is aligned, lengths are little-endian, ports and addresses are
 * in network order, whatever the PDU around it says.
 *
 *     u16 floor count, then for each floor:
 *       u16 length, left side: protocol id and what belongs to it
 *       u16 length, right side: the address at that layer
 *
 *     floor 1  0d, interface UUID, u16 major    | u16 minor
 *     floor 2  0d, transfer syntax UUID, major  | u16 minor
 *     floor 3  0b ncacn, 0a ncadg, 0c ncalrpc   | u16 minor version, 0
 *     floor 4  07 TCP, 08 UDP, 1f HTTP          | u16 port, big-endian
 *              0f pipe, 10 local                | name with NUL
 *     floor 5  09 IPv4                          | 4 bytes, network order
 *              11 NetBIOS                       | name with NUL
 */
#ifndef RPC_TOWER_H
#define RPC_TOWER_H

#include "rpc/binding.h"
#include "rpc/protseq.h"
#include "rpc/syntax.h"

struct tower {
	struct syntax_id interface_id;
	struct syntax_id transfer_syntax;
	enum protseq protseq;
	uint16_t port;        /* host order; 0 where floor 4 holds a name */
	uint8_t host[4];      /* IPv4 address in network order; zero if there is none */
	const char *endpoint; /* name of a pipe or local endpoint, else "" */
	const char *hostname; /* NetBIOS name, else "" */
};

/* Decodes exactly len bytes. False if the lengths in them do not add up or are
 * over the limits. A tower that adds up but says nothing we know comes back
 * with PROTSEQ_UNKNOWN. The strings point into data. */
bool tower_decode(const uint8_t *data, size_t len, struct tower *t);

/* Writes the tower. Poisons w if t->protseq is not known or a name is too long. */
bool tower_put(struct writer *w, const struct tower *t);

/* Has a tower of this protocol sequence an IPv4 address as its last 4 bytes? */
bool tower_has_host(enum protseq protseq);

/* As a string binding, "ncacn_ip_tcp:10.2.2.2[5003]"; returns text. */
char *tower_format(const struct tower *t, char text[BINDING_TEXT_LEN]);

#endif
