/*
 * The command line: options, which may stand anywhere, and words; and what the
 * words mean. An error is one line that names the offending text and the way
 * out.
 */
#ifndef CLIENT_ARGS_H
#define CLIENT_ARGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "idl/ept.h"
#include "rpc/limits.h"
#include "rpc/syntax.h"

#define ARGS_ERROR_LEN 512u

/* Writes an error. Returns false. */
bool args_wrong(char error[ARGS_ERROR_LEN], const char *format, ...) __attribute__((format(printf, 2, 3)));

struct identity;

struct args {
	bool json;
	bool verbose;
	bool help;
	bool version;
	bool ndr64;
	bool has_proto;
	bool oncrpc; /* of probe: ONC RPC instead of DCE/RPC */
	bool has_object;
	struct uuid object;
	/* of dump */
	bool has_iface;
	struct syntax_id iface;
	bool has_vers_option;
	uint32_t vers_option; /* enum ept_vers_option */
	bool has_page;
	uint32_t page;        /* entries in one answer */
	/* of ctl */
	const char *rundir; /* NULL: the default */
	bool has_after;
	uint64_t after; /* events with a higher number */
	bool follow;
	/* who authenticates; NULL: nobody */
	const char *user;
	const char *password_file;       /* NULL: not given */
	uint8_t auth_type, auth_level;   /* of rpc/security.h; 0: nobody authenticates */
	bool auth_map;                   /* to the mapper as well; always, if nobody else is spoken with */
	const struct identity *identity; /* set after args_parse */
	int family;                      /* AF_UNSPEC, AF_INET or AF_INET6 */
	unsigned timeout_ms;
	char **words; /* the verb first; they lie in argv */
	int n_words;
};

/* HOST[:PORT] */
struct target {
	char host[RPC_MAX_NAME];
	uint16_t port;
	bool has_port; /* it was named */
};

/* Moves the words to the front of argv. A negative number among the arguments
 * of an operation is a word. */
bool args_parse(int argc, char **argv, struct args *a, char error[ARGS_ERROR_LEN]);
/* "ntlm", "spnego": as it is given. */
const char *args_auth_name(const struct args *a);
/* The host may be in brackets, and must be if an IPv6 address has a port.
 * False also for a numeric address that `family` excludes. */
bool args_target(const char *text, int family, struct target *t, char error[ARGS_ERROR_LEN]);
/* A known name or a UUID, with [,MAJOR[.MINOR]] behind it. */
bool args_interface(const char *text, struct syntax_id *id, char error[ARGS_ERROR_LEN]);

#endif
