/*
 * The configuration: defaults, then the config file (libconfuse syntax), then
 * the command line. Every value passes through one of the config_set functions,
 * wherever it came from.
 *
 *     port = 135
 *     listen = {"0.0.0.0", "::"}
 *     range = "49152-65535"
 *     range_order = "sequential"       # or "random"
 *     services = {"echo", "calc"}
 *     insert_from = {"10.1.1.2"}       # who may register over TCP, for tests
 *     faults = {"echo: port=7, delay-map=500"}  # on purpose: epmapd/faults.h
 *     rundir = "/run/epmapd"
 *     max_associations = 12000         # of each process; one client gets a quarter
 *     max_calls = 0                    # a second of each process, likewise; 0: any number
 *     idle_timeout = 900               # seconds; 0: none
 *     keepalive = 120                  # seconds; 0: off
 *     user = "epmapd"                  # whom the mapper and the services run as
 *     memory = 512                     # MiB of each process; 0: no ceiling
 *     users = "/etc/epmapd.users"      # who may authenticate: rpc/accounts.h
 *     restrict_remote_clients = "none" # or "authenticated", "local": epmapd/policy.h
 *     rule "NAME" { ... }              # likewise; may be repeated
 *     decoy "NAME" { ... }             # epmapd/decoy.h; may be repeated
 */
#ifndef EPMAPD_CONFIG_H
#define EPMAPD_CONFIG_H

#include <stdio.h>
#include <sys/types.h>

#include "epmapd/faults.h"
#include "epmapd/policy.h"
#include "epmapd/range.h"
#include "epmapd/services/services.h"
#include "rpc/addr.h"
#include "rpc/rundir.h"

#define CONFIG_MAX_LISTEN 16u
#define CONFIG_MAX_SERVICES 32u /* with the decoys */
#define CONFIG_MAX_DECOYS 24u   /* so that all services have room besides */
#define CONFIG_MAX_INSERT_FROM 16u
#define CONFIG_MAX_CALLS 1000000u   /* a second */
#define CONFIG_MAX_IDLE 86400u      /* seconds: a day */
#define CONFIG_MAX_KEEPALIVE 32767u /* seconds: what TCP takes */
#define CONFIG_MAX_USER 33u      /* a user's name has 32 bytes */
#define CONFIG_MAX_PATH 256u     /* with the NUL */
#define CONFIG_MAX_ID 4294967294u /* the next means: do not change it */
#define CONFIG_MEMORY 512u       /* MiB: twice RPC_MAX_BUFFERED */
#define CONFIG_MAX_MEMORY 65536u /* MiB */
#define CONFIG_ERROR_LEN FAULTS_ERROR_LEN /* what says no may be of either */

struct config {
	uint16_t port;
	union addr listen[CONFIG_MAX_LISTEN]; /* port 0 */
	unsigned n_listen;
	bool listen_is_default; /* then a missing address family is no error */
	struct range range;
	enum range_order range_order;
	const struct service *services[CONFIG_MAX_SERVICES]; /* then the decoys, which are ours */
	unsigned n_services;
	union addr insert_from[CONFIG_MAX_INSERT_FROM]; /* port 0 */
	unsigned n_insert_from;
	char rundir[RUNDIR_LEN];
	unsigned max_associations; /* over the network, of each process */
	unsigned max_calls;        /* a second over the network, of each process; 0: any number */
	unsigned idle_timeout;     /* seconds; 0: an idle association is kept for ever */
	struct faults_table faults; /* on purpose */
	unsigned keepalive;        /* seconds of silence until TCP asks whether the peer lives; 0: never */
	char user[CONFIG_MAX_USER]; /* "": epmapd if there is such a user, else a number that none has */
	unsigned memory;            /* MiB of data of each process; 0: as much as there is */
	char users[CONFIG_MAX_PATH]; /* ""; nobody can authenticate */
	enum policy_restrict restrict_remote;
	struct policy_rule *rules; /* ours */
	unsigned n_rules;
	bool has_ids;               /* the supervisor has looked the user up, and this is who it is */
	uid_t uid;
	gid_t gid;
};

struct decoy;

void config_init(struct config *c);
/* Frees the decoys and the rules. A copy of a config shares them: end only one. */
void config_fini(struct config *c);

/* That of the config, decoys included, or any other service. NULL: there is none of that
 * name, and the error says which there are. */
const struct service *config_find_service(const struct config *c, const char *name, char error[CONFIG_ERROR_LEN]);
/* Drops the services, not the decoys. */
void config_drop_services(struct config *c);
/* Takes the decoy over. False: it stays the caller's, and the error says what is against it. */
bool config_add_decoy(struct config *c, struct decoy *d, char error[CONFIG_ERROR_LEN]);

/* config.c. Each returns false and one line in error that names the offending
 * text. */
bool config_set_port(struct config *c, const char *text, char error[CONFIG_ERROR_LEN]);
bool config_add_listen(struct config *c, const char *text, char error[CONFIG_ERROR_LEN]);
bool config_set_range(struct config *c, const char *text, char error[CONFIG_ERROR_LEN]);
bool config_set_range_order(struct config *c, const char *text, char error[CONFIG_ERROR_LEN]);
bool config_add_service(struct config *c, const char *name, char error[CONFIG_ERROR_LEN]);
bool config_add_insert_from(struct config *c, const char *text, char error[CONFIG_ERROR_LEN]);
bool config_add_fault(struct config *c, const char *text, char error[CONFIG_ERROR_LEN]);
bool config_set_rundir(struct config *c, const char *text, char error[CONFIG_ERROR_LEN]);
bool config_set_max_associations(struct config *c, const char *text, char error[CONFIG_ERROR_LEN]);
bool config_set_max_calls(struct config *c, const char *text, char error[CONFIG_ERROR_LEN]);
bool config_set_idle_timeout(struct config *c, const char *text, char error[CONFIG_ERROR_LEN]);
bool config_set_keepalive(struct config *c, const char *text, char error[CONFIG_ERROR_LEN]);
bool config_set_user(struct config *c, const char *text, char error[CONFIG_ERROR_LEN]);
bool config_set_users(struct config *c, const char *text, char error[CONFIG_ERROR_LEN]);
bool config_set_restrict(struct config *c, const char *text, char error[CONFIG_ERROR_LEN]);
bool config_set_memory(struct config *c, const char *text, char error[CONFIG_ERROR_LEN]);
/* UID:GID. Not for people: it is not in a config file. */
bool config_set_ids(struct config *c, const char *text, char error[CONFIG_ERROR_LEN]);

/* config_file.c. Reads a file; the error begins with its name and the line. `name` is for
 * messages. The stream is left open. c has no decoys and no rules yet. */
bool config_read(struct config *c, FILE *f, const char *name, char error[CONFIG_ERROR_LEN]);
/* Writes what config_read understands, but for users, restrictions and rules: processes have those
 * by epmapd/guard.h. */
void config_write(const struct config *c, FILE *f);

#endif
