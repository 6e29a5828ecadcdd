/*
 * The registry: which interface is reachable where.
 *
 * An entry lies in one list of all entries, in the order in which they came; in the
 * list of its interface; in the list of its interface and object, which is what
 * ept_map asks for; and, by all that it is, in a table of its own. So neither a
 * question nor a change takes longer when there are more entries that it does not
 * concern.
 *
 * An entry belongs to an owner, the connection that inserted it, and goes when
 * its owner goes, unless it is given to another on purpose (epmapd/ept_faults.h). Owners
 * cannot touch each other's entries.
 *
 * A walk is a position that survives changes: when the entry it stands on is
 * removed, it moves on. It never shows an entry twice.
 *
 *     registry.c         entries and where they lie
 *     registry_insert.c  what may be inserted, replaced, deleted
 *     registry_walk.c    questions, walks
 */
#ifndef EPMAPD_REGISTRY_H
#define EPMAPD_REGISTRY_H

#include <sys/types.h>

#include "idl/ept.h"
#include "rpc/hash.h"
#include "rpc/tower.h"

struct registry;
struct registry_list;

/* The lists that an entry is in. */
enum registry_by { REGISTRY_ALL, REGISTRY_INTERFACE, REGISTRY_OBJECT, REGISTRY_OWNER, REGISTRY_LISTS };

/* The stub of an answer with one tower of TCP (epmapd/ept_prepared.h). */
#define REGISTRY_ANSWER_LEN 128u

/* What ept_map looks at stands together, at the end: among very many entries nothing of one is in the
 * processor's cache, and each line of it costs as much as a hundred instructions. */
struct registry_entry {
	char annotation[EPT_MAX_ANNOTATION];
	struct registry_owner *owner;
	uint64_t sequence; /* grows with time */
	/* private */
	UT_hash_handle hh; /* by object and tower */
	struct registry_list *lists[REGISTRY_LISTS];
	struct registry_entry *prev[REGISTRY_LISTS], *next[REGISTRY_LISTS];
	struct registry_walk *walks; /* that stand here */
	uint8_t answer[REGISTRY_ANSWER_LEN]; /* of ept_prepared */
	bool prepared;                       /* it is there */
	/* for all, again */
	struct syntax_id interface_id;
	struct syntax_id transfer_syntax;
	enum protseq protseq;
	uint16_t port; /* of its tower; 0: none */
	uint16_t tower_len;
	struct uuid object; /* the beginning of its key in the table, which has the tower behind it */
	uint8_t tower[];    /* its octets as inserted */
};

struct registry_key {
	struct uuid interface;
	struct uuid object; /* REGISTRY_OBJECT; else nil */
};

struct registry_list {
	struct registry_key key;
	struct registry_entry *first, *last;
	UT_hash_handle hh;
};

/* The caller's memory; all zero at first. */
struct registry_owner {
	struct registry_list entries;
	unsigned count;
	pid_t pid; /* of a local process; 0: over the network */
	uid_t uid; /* likewise */
	bool stale; /* nobody: its entries are kept on purpose */
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
	enum registry_by by;
	struct registry_entry *at; /* NULL: at the end */
	struct registry_walk *prev, *next; /* at the same entry */
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
/* Deletes, whoever owns it, all whose tower begins with these floors; and with this
 * object, unless it is NULL. */
uint32_t registry_mgmt_delete(struct registry *r, const struct uuid *object, const struct twr *floors);
void registry_remove_owner(struct registry *r, struct registry_owner *owner);
/* One entry gets another owner, or goes. Returns the one behind it in its owner's list. */
struct registry_entry *registry_give(struct registry_entry *e, struct registry_owner *to);
struct registry_entry *registry_drop(struct registry *r, struct registry_entry *e);
/* Those of this owner that are the same as one of these entries go. */
void registry_drop_identical(struct registry *r, const struct registry_owner *owner, const struct ept_entry *entries,
                             size_t n);

/* The first entry that came after the one with this sequence number, and the one behind
 * that. NULL: there is none. Valid until the next change. */
const struct registry_entry *registry_after(const struct registry *r, uint64_t sequence);
const struct registry_entry *registry_behind(const struct registry_entry *e);

/* The entry that is the only answer of ept_map to a question for this tower and object (nil: none).
 * NULL: there is none, or more than one. */
struct registry_entry *registry_find_only(const struct registry *r, const struct tower *wanted,
                                          const struct uuid *object);

/* What a question of ept_map asks for. */
struct registry_filter registry_map_filter(const struct tower *wanted, const struct uuid *object);

/* Pure: does the entry answer the question? */
bool registry_matches(const struct registry_filter *f, const struct registry_entry *e);

/* The walk is the caller's memory; it is tied to the registry until ended. */
void registry_walk_begin(struct registry *r, struct registry_walk *w, const struct registry_filter *f, bool then_nil);
/* The next entry that matches, NULL at the end. Valid until the next change. */
const struct registry_entry *registry_walk_next(struct registry *r, struct registry_walk *w);
/* Is there another? Does not move. */
bool registry_walk_more(struct registry *r, struct registry_walk *w);
/* A second walk at the same position. */
void registry_walk_copy(struct registry_walk *w, const struct registry_walk *from);
void registry_walk_end(struct registry_walk *w);

#endif
