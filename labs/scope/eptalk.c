#include "labs/scope/eptalk.h"

#include <stdio.h>
#include <string.h>

#include "client/text.h"
#include "idl/ept.h"
#include "rpc/known.h"
#include "rpc/limits.h"
#include "rpc/status.h"

/* What one answer may be decoded to. */
#define MOST RPC_MAX_ARENA

char *eptalk_interface(const struct syntax_id *id, char text[EPTALK_LEN])
{
	const char *name = known_name(&id->uuid);
	char uuid[UUID_TEXT_LEN];

	snprintf(text, EPTALK_LEN, "%s v%u.%u", name != NULL ? name : uuid_format(&id->uuid, uuid), id->major,
	         id->minor);
	return text;
}

static const char *name_of(unsigned opnum)
{
	return opnum < ept_interface.n_ops ? ept_interface.ops[opnum].name : "opnum out of range";
}

static void question_map(const struct ept_map *p, char text[EPTALK_LEN])
{
	char name[EPTALK_LEN] = "nothing";
	struct tower t;

	if (p->map_tower != NULL && tower_decode(p->map_tower->tower_octet_string, p->map_tower->tower_length, &t))
		eptalk_interface(&t.interface_id, name);
	else if (p->map_tower != NULL)
		snprintf(name, sizeof(name), "a damaged tower");
	snprintf(text, EPTALK_LEN, "ept_map %.80s", name);
}

static void question_lookup(const struct ept_lookup *p, char text[EPTALK_LEN])
{
	char name[EPTALK_LEN] = "all";

	if (p->interface_id != NULL && p->inquiry_type != EPT_INQ_ALL)
		eptalk_interface(&(struct syntax_id){p->interface_id->uuid, p->interface_id->vers_major,
		                                     p->interface_id->vers_minor}, name);
	else if (p->inquiry_type == EPT_INQ_BY_OBJECT)
		snprintf(name, sizeof(name), "by object");
	snprintf(text, EPTALK_LEN, "ept_lookup %.70s%s", name,
	         ndr_context_handle_is_nil(&p->entry_handle) ? "" : ", go on");
}

bool eptalk_question(unsigned opnum, const struct reader *stub, bool ndr64, char text[EPTALK_LEN])
{
	struct arena arena;
	struct ndr_in n;
	void *args;
	bool ok;

	snprintf(text, EPTALK_LEN, "%s", name_of(opnum));
	if (opnum >= ept_interface.n_ops)
		return false;
	arena_init(&arena, MOST, NULL);
	args = arena_alloc(&arena, ept_interface.ops[opnum].size);
	ndr_in_init(&n, stub, ndr64, &arena);
	ok = args != NULL && ept_interface.ops[opnum].get(&n, args) && ndr_in_ok(&n);
	if (ok && opnum == EPT_MAP)
		question_map(args, text);
	else if (ok && opnum == EPT_LOOKUP)
		question_lookup(args, text);
	arena_clear(&arena);
	return ok;
}

/* What an answer names, one by one. */
struct named {
	unsigned tcp;           /* of them on TCP */
	struct tower first;     /* of those */
	struct tower other;     /* the first that is not, if has_other */
	bool has_other;
	eptalk_endpoint_fn *endpoint;
	void *arg;
};

static void name_tower(struct named *named, const struct twr *twr)
{
	struct tower t;

	if (twr == NULL || !tower_decode(twr->tower_octet_string, twr->tower_length, &t))
		return;
	if (t.protseq != PROTSEQ_NCACN_IP_TCP) {
		if (!named->has_other && t.protseq != PROTSEQ_UNKNOWN)
			named->other = t;
		named->has_other = named->has_other || t.protseq != PROTSEQ_UNKNOWN;
		return;
	}
	if (named->tcp++ == 0)
		named->first = t;
	named->endpoint(named->arg, &t);
}

/* To an IPv6 client no address can be named. */
static void format_endpoint(const struct tower *t, char text[EPTALK_LEN])
{
	const uint8_t *h = t->host;

	if ((h[0] | h[1] | h[2] | h[3]) == 0)
		snprintf(text, EPTALK_LEN, "port %u", t->port);
	else
		snprintf(text, EPTALK_LEN, "%u.%u.%u.%u[%u]", h[0], h[1], h[2], h[3], t->port);
}

static void answer_map(const struct ept_map *p, struct named *named, char text[EPTALK_LEN])
{
	char binding[BINDING_TEXT_LEN];

	for (uint32_t i = 0; i < p->num_towers; i++)
		name_tower(named, p->towers[i]);
	if (named->tcp > 0) {
		format_endpoint(&named->first, text);
		if (p->num_towers > 1)
			snprintf(text + strlen(text), EPTALK_LEN - strlen(text), " and %u more", p->num_towers - 1);
	} else if (named->has_other) {
		tower_format(&named->other, binding);
		text_escape(binding, strlen(binding), text, EPTALK_LEN);
	} else if (status_to_win32(p->status) == EPT_S_NOT_REGISTERED || p->status == STATUS_OK) {
		snprintf(text, EPTALK_LEN, "not registered");
	} else {
		snprintf(text, EPTALK_LEN, "0x%08x %s", p->status, status_name(p->status));
	}
}

static void answer_lookup(const struct ept_lookup *p, struct named *named, char text[EPTALK_LEN])
{
	for (uint32_t i = 0; i < p->num_ents; i++)
		name_tower(named, p->entries[i].tower);
	if (p->num_ents > 0)
		snprintf(text, EPTALK_LEN, "%u entr%s", p->num_ents, p->num_ents == 1 ? "y" : "ies");
	else if (status_to_win32(p->status) == EPT_S_NOT_REGISTERED || p->status == STATUS_OK)
		snprintf(text, EPTALK_LEN, "no more entries");
	else
		snprintf(text, EPTALK_LEN, "0x%08x %s", p->status, status_name(p->status));
}

/* The count that the question allowed, which the answer repeats: the question may not be
 * there, and what matters is what the answer says. */
static uint32_t allowed(const struct reader *stub, bool ndr64)
{
	struct ndr_in n;
	uint32_t max;

	ndr_in_init(&n, stub, ndr64, NULL);
	ndr_get_context_handle(&n);
	ndr_get_ulong(&n);
	max = ndr_get_max_count(&n);
	return max <= EPT_MAX_ENTS ? max : 0;
}

bool eptalk_answer(unsigned opnum, const struct reader *stub, bool ndr64, char text[EPTALK_LEN],
                   uint32_t *status, eptalk_endpoint_fn *endpoint, void *arg)
{
	struct named named = {.endpoint = endpoint, .arg = arg};
	struct ept_lookup *lookup;
	struct arena arena;
	struct ept_map *map;
	struct ndr_in n;
	void *args;
	bool ok;

	*status = STATUS_OK;
	snprintf(text, EPTALK_LEN, "answer of %s", name_of(opnum));
	if (opnum >= ept_interface.n_ops)
		return false;
	arena_init(&arena, MOST, NULL);
	map = args = arena_alloc(&arena, ept_interface.ops[opnum].size);
	lookup = args;
	if (args != NULL && opnum == EPT_MAP)
		map->max_towers = allowed(stub, ndr64);
	else if (args != NULL && opnum == EPT_LOOKUP)
		lookup->max_ents = allowed(stub, ndr64);
	ndr_in_init(&n, stub, ndr64, &arena);
	ok = args != NULL && ept_client_ops[opnum].get(&n, args) && ndr_in_ok(&n);
	if (ok && opnum == EPT_MAP) {
		*status = map->status != STATUS_OK || map->num_towers > 0 ? map->status : ept_s_not_registered;
		answer_map(map, &named, text);
	} else if (ok && opnum == EPT_LOOKUP) {
		*status = lookup->num_ents > 0 ? STATUS_OK : lookup->status;
		answer_lookup(lookup, &named, text);
	}
	arena_clear(&arena);
	return ok;
}
