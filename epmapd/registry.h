/*
 * The registry: which interface is reachable where.
 *
 * Entries are found by the UUID of their interface through a hash; the entries
 * of one interface form a list. A second list holds all entries in the order in
 * which they were registered.
 *
 * An entry belongs to an owner, the connection that inserted it, and goes when
 * its owner goes. Owners cannot touch each other's entries.
 *
 * A walk is a position that survives changes: when the entry it stands on is
 * removed, it moves on. It never shows an entry twice.
 */
#ifndef EPMAPD_REGISTRY_H
#define EPMAPD_REGISTRY_H

#include "rpc/ept.h"
#include "rpc/tower.h"

struct registry;
struct registry_interface;

struct registry_entry {
	struct uuid object;
	struct syntax_id interface_id;
	struct syntax_id transfer_syntax;
	enum protseq protseq;
	char annotation[EPT_MAX_ANNOTATION];
	struct registry_owner *owner;
	/* private */
	struct registry_interface *interface;
	struct registry_entry *prev, *next;             /* all entries */
	struct registry_entry *iface_prev, *iface_next; /* of the same interface */
	struct registry_entry *owner_prev, *owner_next; /* of the same owner */
	size_t tower_len;
	uint8_t tower[]; /* octets, as inserted */
};

/* The caller's memory; all zero at first. */
struct registry_owner {
	struct registry_entry *entries;
	unsigned count;
};

/* What a lookup or a map looks for. */
struct registry_filter {
	bool by_interface;
	struct syntax_id interface_id;
	enum ept_vers_option vers_option;
	bool by_object; /* exactly this one, nil included */
	struct uuid object;
	bool by_transport; /* transfer syntax and protocol sequence */
	struct syntax_id transfer_syntax;
	enum protseq protseq;
};

struct registry_walk {
	struct registry_filter filter;
	/* After the entries with the wanted object, those without any: what
	 * ept_map does (C706 6.2.3). */
	bool then_nil;
	struct registry_entry *at; /* NULL: at the end */
	struct registry_walk *prev, *next;
};

/* NULL: no memory. */
struct registry *registry_new(void);
void registry_free(struct registry *r);
unsigned registry_count(const struct registry *r);

/* Inserts n entries, all or none (wire rules: docs/conformance.md). Returns 0
 * or an ept_s_* status. */
uint32_t registry_insert(struct registry *r, struct registry_owner *owner, const struct ept_entry *entries, size_t n,
                         bool replace);
/* Deletes n entries of this owner, all or none. */
uint32_t registry_delete(struct registry *r, const struct registry_owner *owner, const struct ept_entry *entries,
                         size_t n);
void registry_remove_owner(struct registry *r, struct registry_owner *owner);

/* Pure: does the entry answer the question? */
bool registry_matches(const struct registry_filter *f, const struct registry_entry *e);

/* The walk is the caller's memory; it is tied to the registry until ended. */
void registry_walk_begin(struct registry *r, struct registry_walk *w, const struct registry_filter *f, bool then_nil);
/* The next entry that matches, NULL at the end. Valid until the next change. */
const struct registry_entry *registry_walk_next(struct registry *r, struct registry_walk *w);
/* Is there another? Does not move. */
bool registry_walk_more(struct registry *r, struct registry_walk *w);
/* A second walk at the same position. */
void registry_walk_copy(struct registry *r, struct registry_walk *w, const struct registry_walk *from);
void registry_walk_end(struct registry *r, struct registry_walk *w);

#endif
