/*
 * Faults on purpose: what breaks in the field, for labs and for people who test firewalls.
 * They are set for a process by its name, "mapper" or a service's, from the configuration
 * or by `epmap ctl fault`.
 *
 *     stale-entry      the mapper keeps the service's entries when it dies
 *     address=ADDR     the mapper's answers about it name this IPv4 address; 0.0.0.0 is one
 *     port=N           ... this port
 *     fragment=N       ... come in PDUs with N bytes of stub each
 *     delay-map=MS     ... come so many milliseconds later
 *     delay-call=MS    its answers come so many milliseconds later
 *     drop-after=N     it resets each connection after N bytes, in either direction
 *     too-busy         it answers each call with nca_s_server_too_busy
 *     unregistered     it listens, but does not register
 *     forbidden-call   at its next call it does what its system-call filter forbids
 *
 * The second to fifth, set for "mapper", are for all of its answers. stale-entry and
 * unregistered are for services only.
 */
#ifndef EPMAPD_FAULTS_H
#define EPMAPD_FAULTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FAULTS_ERROR_LEN 512u
#define FAULTS_NAME_LEN 32u
#define FAULTS_TEXT_LEN 256u
#define FAULTS_MAX_NAMES 40u
#define FAULTS_MAPPER "mapper"

struct faults {
	bool stale_entry;
	bool has_address;
	uint8_t address[4]; /* network order */
	uint32_t port;      /* 0: the right one; likewise below */
	uint32_t fragment;
	uint32_t delay_map;
	uint32_t delay_call;
	uint32_t drop_after;
	bool too_busy;
	bool unregistered;
	bool forbidden_call;
};

/* Those of all processes that have any. */
struct faults_table {
	struct {
		char name[FAULTS_NAME_LEN];
		struct faults faults;
	} rows[FAULTS_MAX_NAMES];
	unsigned n;
};

/* Adds those of a list with commas, such as "port=7, too-busy", or takes them away (then
 * without values; an empty list is all of them). False: nothing is changed, and error names
 * the offending text. */
bool faults_set(struct faults_table *t, const char *name, const char *list, char error[FAULTS_ERROR_LEN]);
bool faults_clear(struct faults_table *t, const char *name, const char *list, char error[FAULTS_ERROR_LEN]);

/* Those of a process; all zero if it has none. Never NULL. */
const struct faults *faults_find(const struct faults_table *t, const char *name);
/* As faults_set takes them; "" if there are none. Returns text. */
char *faults_format(const struct faults *f, char text[FAULTS_TEXT_LEN]);

#endif
