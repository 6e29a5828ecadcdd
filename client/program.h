/*
 * A program of ONC RPC (RFC 5531): what an interface is in MS-RPC. It has a number and a version.
 */
#ifndef CLIENT_PROGRAM_H
#define CLIENT_PROGRAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "client/args.h"

#define PROGRAM_LABEL_LEN 32u

struct program {
	uint32_t number;
	uint32_t version;
};

/* NAME or NUMBER, with ,VERSION behind it. A name alone means the version of its table, a number
 * alone version 1. */
bool program_parse(const char *text, struct program *p, char error[ARGS_ERROR_LEN]);
/* NULL: it has none here. */
const char *program_name(uint32_t number);
/* "nfs 3", or the number where there is no name. Returns text. */
char *program_label(const struct program *p, char text[PROGRAM_LABEL_LEN]);

/* The port in a universal address (RFC 5665, 5.2.3.3): "10.2.2.2.19.137" and "::.19.137" have
 * 5001. False: it has none. */
bool program_uaddr_port(const char *text, uint16_t *port);

#endif
