/*
 * Questions to the registry, and walks through the answers.
 */
#include <utlist.h>

#include "epmapd/registry_private.h"

/* C706 appendix O, vers_option. */
static bool version_matches(const struct syntax_id *have, const struct syntax_id *want, enum ept_vers_option option)
{
	switch (option) {
	case EPT_VERS_ALL:
		return true;
	case EPT_VERS_COMPATIBLE:
		return have->major == want->major && have->minor >= want->minor;
	case EPT_VERS_EXACT:
		return have->major == want->major && have->minor == want->minor;
	case EPT_VERS_MAJOR_ONLY:
		return have->major == want->major;
	case EPT_VERS_UPTO:
		return have->major < want->major || (have->major == want->major && have->minor <= want->minor);
	}
	return false;
}

struct registry_filter registry_map_filter(const struct tower *wanted, const struct uuid *object)
{
	return (struct registry_filter){
		.by_interface = true,
		.interface_id = wanted->interface_id,
		.vers_option = EPT_VERS_COMPATIBLE,
		.by_object = true,
		.object = *object,
		.by_transport = true,
		.transfer_syntax = wanted->transfer_syntax,
		.protseq = wanted->protseq,
	};
}

bool registry_matches(const struct registry_filter *f, const struct registry_entry *e)
{
	if (f->by_interface && (!uuid_equal(&e->interface_id.uuid, &f->interface_id.uuid) ||
	                        !version_matches(&e->interface_id, &f->interface_id, f->vers_option)))
		return false;
	if (f->by_object && !uuid_equal(&e->object, &f->object))
		return false;
	return !f->by_transport ||
	       (e->protseq == f->protseq && syntax_equal(&e->transfer_syntax, &f->transfer_syntax));
}

void registry_walk_put(struct registry_walk *w, struct registry_entry *e)
{
	/* The checker thinks of an element that is in no list. */
	if (w->at != NULL)
		DL_DELETE(w->at->walks, w); // NOLINT(clang-analyzer-core.NullDereference)
	w->at = e;
	if (e != NULL)
		DL_APPEND(e->walks, w);
}

/* To the beginning of the shortest list that has all the answers. */
static void go_to_first(struct registry *r, struct registry_walk *w)
{
	const struct registry_filter *f = &w->filter;
	const struct registry_list *l = &r->all;

	w->by = REGISTRY_ALL;
	if (f->by_interface) {
		w->by = f->by_object ? REGISTRY_OBJECT : REGISTRY_INTERFACE;
		l = registry_list_find(r, w->by, &f->interface_id.uuid, &f->object);
	}
	registry_walk_put(w, l != NULL ? l->first : NULL);
}

void registry_walk_begin(struct registry *r, struct registry_walk *w, const struct registry_filter *f, bool then_nil)
{
	*w = (struct registry_walk){.filter = *f, .then_nil = then_nil && !uuid_is_nil(&f->object)};
	go_to_first(r, w);
}

bool registry_walk_more(struct registry *r, struct registry_walk *w)
{
	for (;;) {
		while (w->at != NULL && !registry_matches(&w->filter, w->at))
			registry_walk_put(w, w->at->next[w->by]);
		if (w->at != NULL || !w->then_nil)
			return w->at != NULL;
		w->then_nil = false;
		w->filter.object = uuid_nil;
		go_to_first(r, w);
	}
}

const struct registry_entry *registry_walk_next(struct registry *r, struct registry_walk *w)
{
	const struct registry_entry *e;

	if (!registry_walk_more(r, w))
		return NULL;
	e = w->at;
	registry_walk_put(w, e->next[w->by]);
	return e;
}

void registry_walk_copy(struct registry_walk *w, const struct registry_walk *from)
{
	*w = *from;
	w->at = NULL;
	registry_walk_put(w, from->at);
}

void registry_walk_end(struct registry_walk *w)
{
	registry_walk_put(w, NULL);
}

/* Goes through a list, and takes the one that matches. False: there is another one already. */
static bool find_only(const struct registry_list *l, const struct registry_filter *f, struct registry_entry **only)
{
	struct registry_entry *e = l != NULL ? l->first : NULL;

	for (; e != NULL; e = e->next[REGISTRY_OBJECT]) {
		if (!registry_matches(f, e))
			continue;
		if (*only != NULL)
			return false;
		*only = e;
	}
	return true;
}

struct registry_entry *registry_find_only(const struct registry *r, const struct tower *wanted,
                                          const struct uuid *object)
{
	struct registry_filter f = registry_map_filter(wanted, object);
	struct registry_entry *only = NULL;
	const struct uuid *interface = &f.interface_id.uuid;

	if (!find_only(registry_list_find(r, REGISTRY_OBJECT, interface, &f.object), &f, &only))
		return NULL;
	if (uuid_is_nil(object))
		return only;
	f.object = uuid_nil;
	return find_only(registry_list_find(r, REGISTRY_OBJECT, interface, &f.object), &f, &only) ? only : NULL;
}
