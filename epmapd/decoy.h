/*
 * Decoys: what looks like a known host to a scanner, and to a firewall that knows
 * interfaces by their UUIDs. A decoy is a process of its own that listens, registers and
 * takes binds like a service, but nothing is behind its operations: each answers every
 * caller the same, with a fault or with a stub from the configuration, whatever it is sent.
 *
 *     decoy "lsass" {
 *         interface "netlogon" {
 *             uuid = "12345678-1234-abcd-ef00-01234567cffb"
 *             pipes = {"\\pipe\\lsass"}
 *             opnums = 59
 *             faults = {"26=0x5"}
 *             answers = {"4=000000000000000000000000"}
 *         }
 *     }
 *
 * The stub is made for one transfer syntax, so NDR is the only one they speak.
 *
 *     decoy.c         decoys, and what they answer
 *     decoy_keys.c    the keys of an interface, as text
 *     config_decoy.c  the sections of the config file
 */
#ifndef EPMAPD_DECOY_H
#define EPMAPD_DECOY_H

#include <stdio.h>

#include "epmapd/config.h"
#include "epmapd/services/services.h"
#include "idl/ept.h"

#define DECOY_MAX_NAME 32u /* with the NUL */
#define DECOY_MAX_PIPE 64u /* likewise */
#define DECOY_MAX_OPS 256u /* more than any public interface has */

/* What one operation answers. */
struct decoy_reply {
	bool is_given;  /* by the configuration */
	uint32_t fault; /* 0: none, but the stub */
	uint8_t *stub;
	size_t len;
};

struct decoy_interface {
	char name[DECOY_MAX_NAME];
	struct rpc_interface served;
	bool has_uuid;
	char annotation[EPT_MAX_ANNOTATION];
	struct uuid objects[SERVICE_MAX_OBJECTS];
	size_t n_objects;
	bool tcp;
	char pipes[SERVICE_MAX_PIPES][DECOY_MAX_PIPE];
	size_t n_pipes;
	struct decoy_reply replies[DECOY_MAX_OPS];
};

struct decoy {
	struct service service; /* the first: a service with is_decoy is in one of these */
	char name[DECOY_MAX_NAME];
	struct decoy_interface *interfaces[SERVICE_MAX_SERVED];
	size_t n_interfaces;
	struct service_advert adverts[SERVICE_MAX_SERVED];
	struct rpc_op ops[DECOY_MAX_OPS]; /* all the same */
};

/* Letters, digits, '-', '_' and '.': it appears in logs and on command lines. */
bool decoy_is_name(const char *text);

/* An interface on its own, to be filled in. NULL: no memory. */
struct decoy_interface *decoy_interface_new(const char *name);
void decoy_interface_free(struct decoy_interface *i);
/* Is it whole? If not, the error says what is missing. */
bool decoy_interface_check(const struct decoy_interface *i, char error[CONFIG_ERROR_LEN]);

/* NULL: no memory. */
struct decoy *decoy_new(const char *name);
void decoy_free(struct decoy *d);
/* That of a service with is_decoy. */
const struct decoy *decoy_of(const struct service *s);
/* Takes the interface, which is whole. False: it stays the caller's, and the error says why. */
bool decoy_add(struct decoy *d, struct decoy_interface *i, char error[CONFIG_ERROR_LEN]);
/* An interface and a pipe that both have, which the mapper would refuse of the second.
 * NULL: there is none. */
const struct decoy_interface *decoy_clash(const struct decoy *a, const struct decoy *b);

/* decoy_keys.c: what can be said of an interface. */
struct decoy_key {
	const char *name;
	bool is_list; /* then `set` adds one */
	bool (*set)(struct decoy_interface *i, const char *text);
	const char *wrong; /* with text that `set` refused */
	/* The value as config_read understands it; nothing if it is the default. */
	void (*write)(const struct decoy_interface *i, FILE *f);
};
const struct decoy_key *decoy_keys(size_t *n);

#endif
