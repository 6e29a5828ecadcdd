#include "client/lookup.h"

#include <stdlib.h>
#include <string.h>

#include "client/endpoint.h"
#include "rpc/status.h"

static bool add(struct lookup_list *list, const struct ept_entry *from, const union addr *dialled)
{
	char text[BINDING_TEXT_LEN];
	struct lookup_entry *e;
	struct tower tower;

	if (list->n == list->cap) {
		size_t cap = list->cap == 0 ? EPT_MAX_ENTS : 2 * list->cap;
		struct lookup_entry *entries = realloc(list->entries, cap * sizeof(*entries));

		if (entries == NULL)
			return false;
		list->entries = entries;
		list->cap = cap;
	}
	e = &list->entries[list->n];
	*e = (struct lookup_entry){.object = from->object};
	memcpy(e->annotation, from->annotation, sizeof(e->annotation));
	if (from->tower != NULL &&
	    tower_decode(from->tower->tower_octet_string, from->tower->tower_length, &tower) &&
	    tower.protseq != PROTSEQ_UNKNOWN) {
		e->known = true;
		e->interface_id = tower.interface_id;
		e->protseq = tower.protseq;
		e->transfer_syntax = tower.transfer_syntax;
		e->endpoint = strdup(endpoint_format_tower(&tower, dialled, text));
		if (e->endpoint == NULL)
			return false;
	}
	list->n++;
	return true;
}

/* What the command line asks for. */
static void make_question(const struct args *args, struct rpc_if_id *iface, struct ept_lookup *p)
{
	*p = (struct ept_lookup){.vers_option = args->vers_option, .max_ents = args->page};
	if (args->has_iface) {
		*iface = (struct rpc_if_id){args->iface.uuid, args->iface.major, args->iface.minor};
		p->interface_id = iface;
	}
	if (args->has_object)
		p->object = &args->object;
	if (args->has_iface)
		p->inquiry_type = args->has_object ? EPT_INQ_BOTH : EPT_INQ_INTERFACE;
	else
		p->inquiry_type = args->has_object ? EPT_INQ_BY_OBJECT : EPT_INQ_ALL;
}

/* One chunk; *more says whether there is another. */
static bool take_chunk(struct twostep *t, struct lookup_list *list, const struct ept_lookup *p, bool *more)
{
	const bool last = status_to_win32(p->status) == EPT_S_NOT_REGISTERED;

	*more = false;
	story_tell(t->story, "the mapper lists %u: 0x%08x %s", p->num_ents, p->status, status_name(p->status));
	if (p->status != STATUS_OK && !last)
		return twostep_refuse(t, STEP_MAP, p->status);
	for (uint32_t i = 0; i < p->num_ents; i++)
		if (!add(list, &p->entries[i], &t->mapper))
			return twostep_refuse(t, STEP_MAP, rpc_s_no_memory);
	/* A mapper that goes on for ever is none. */
	if (list->n > EPT_MAX_REGISTERED)
		return twostep_garbled(t, STEP_MAP);
	*more = !last && p->num_ents > 0 && !ndr_context_handle_is_nil(&p->entry_handle);
	return true;
}

bool lookup_all(struct twostep *t, struct lookup_list *list)
{
	bool more = true, ok = true;
	struct rpc_if_id iface;
	struct ept_lookup p;

	*list = (struct lookup_list){0};
	make_question(t->args, &iface, &p);
	story_tell(t->story, "asking the mapper for all that it has");
	while (ok && more)
		ok = twostep_called(t, STEP_MAP, ept_lookup(twostep_handle(t, STEP_MAP), &p)) &&
		     take_chunk(t, list, &p, &more);
	if (ok)
		twostep_free_handle(t, p.entry_handle);
	return ok;
}

void lookup_free(struct lookup_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		free(list->entries[i].endpoint);
	free(list->entries);
	*list = (struct lookup_list){0};
}
