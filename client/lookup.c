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
	if (from->tower.octets != NULL && tower_decode(from->tower.octets, from->tower.len, &tower) &&
	    tower.protseq != PROTSEQ_UNKNOWN) {
		e->known = true;
		e->interface_id = tower.interface_id;
		e->protseq = tower.protseq;
		e->endpoint = strdup(endpoint_format_tower(&tower, dialled, text));
		if (e->endpoint == NULL)
			return false;
	}
	list->n++;
	return true;
}

static bool ask(struct twostep *t, const struct ndr_context_handle *handle, struct ept_lookup_reply *p)
{
	const struct ept_lookup_request q = {
		.inquiry_type = EPT_INQ_ALL,
		.vers_option = EPT_VERS_ALL,
		.entry_handle = *handle,
		.max_ents = EPT_MAX_ENTS,
	};
	struct reader reply;
	struct writer stub;
	uint8_t bytes[128];

	cursor_write(&stub, bytes, sizeof(bytes));
	if (!ept_lookup_request_put(&stub, &q) || !twostep_ask(t, STEP_MAP, EPT_LOOKUP, &stub, &reply))
		return false;
	if (!ept_lookup_reply_get(&reply, p))
		return twostep_garbled(t, STEP_MAP);
	story_tell(t->story, "the mapper lists %u: 0x%08x %s", p->num_ents, p->status,
	           status_name(p->status));
	return true;
}

/* One chunk; *more says whether there is another. */
static bool take_chunk(struct twostep *t, struct lookup_list *list, struct ept_lookup_reply *p, bool *more)
{
	const bool last = status_to_win32(p->status) == EPT_S_NOT_REGISTERED;

	*more = false;
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
	struct ept_lookup_reply *p = calloc(1, sizeof(*p)); /* large */
	bool more = true, ok = true;

	*list = (struct lookup_list){0};
	if (p == NULL)
		return twostep_refuse(t, STEP_MAP, rpc_s_no_memory);
	story_tell(t->story, "asking the mapper for all that it has");
	while (ok && more) {
		const struct ndr_context_handle handle = p->entry_handle;

		ok = ask(t, &handle, p) && take_chunk(t, list, p, &more);
	}
	if (ok)
		twostep_free_handle(t, &p->entry_handle);
	free(p);
	return ok;
}

void lookup_free(struct lookup_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		free(list->entries[i].endpoint);
	free(list->entries);
	*list = (struct lookup_list){0};
}
