/*
 * bind and alter_context: association groups, fragment sizes, presentation
 * contexts, bind-time features (C706 12.6.4.3, MS-RPCE 3.3.1.5.3, 2.2.2.14).
 */
#include <stdlib.h>
#include <string.h>

#include "rpc/assoc_private.h"
#include "rpc/limits.h"
#include "rpc/status.h"

/* Bind-time features we grant (MS-RPCE 2.2.2.14). */
#define FEATURE_SECURITY_CONTEXT_MULTIPLEXING 0x01u
#define FEATURE_KEEP_CONNECTION_ON_ORPHAN 0x02u
#define FEATURES (FEATURE_SECURITY_CONTEXT_MULTIPLEXING | FEATURE_KEEP_CONNECTION_ON_ORPHAN)

/* One negotiation: the contexts of a PDU and what became of them. */
struct negotiation {
	bool may_have_features; /* bind only */
	bool accepted;          /* a context was accepted */
	bool added;             /* ... and it is a new one */
};

static bool is_feature_syntax(const struct syntax_id *s)
{
	/* 6cb71c2c-9812-4540-XXXX-XXXXXXXXXXXX v1.0 */
	return s->uuid.time_low == 0x6cb71c2c && s->uuid.time_mid == 0x9812 &&
	       s->uuid.time_hi_and_version == 0x4540 && s->major == 1 && s->minor == 0;
}

/* Those asked for that we grant: the mask is little-endian. */
static uint16_t feature_bits(const struct pdu_context *c)
{
	struct reader syntaxes = c->transfer_syntaxes;
	struct syntax_id mask;

	syntax_get(&syntaxes, &mask);
	return mask.uuid.rest[0] & FEATURES;
}

static bool offers(struct reader transfer_syntaxes, uint8_t n, const struct syntax_id *wanted)
{
	struct syntax_id s;

	for (; n > 0; n--)
		if (syntax_get(&transfer_syntaxes, &s) && syntax_equal(&s, wanted))
			return true;
	return false;
}

/* The version that is closest to the wanted one, of those that will do. */
static const struct rpc_served *find_served(const struct assoc_server *s, const struct syntax_id *wanted)
{
	const struct rpc_served *best = NULL;

	for (size_t i = 0; i < s->n_served; i++) {
		const struct syntax_id *id = &s->served[i].interface->id;

		if (syntax_compatible(id, wanted) && (best == NULL || id->minor < best->interface->id.minor))
			best = &s->served[i];
	}
	return best;
}

static bool add_context(struct assoc *a, const struct assoc_context *new)
{
	struct assoc_context *contexts = &a->only;

	if (a->n_contexts > 0) {
		contexts = realloc(a->n_contexts > 1 ? a->contexts : NULL, (a->n_contexts + 1u) * sizeof(*contexts));
		if (contexts == NULL)
			return false;
		contexts[0] = a->only;
	}
	a->contexts = contexts;
	contexts[a->n_contexts++] = *new;
	return true;
}

static void reject_for_want_of_room(struct pdu_context_result *res)
{
	res->result = PDU_USER_REJECTION;
	res->reason = PDU_LOCAL_LIMIT_EXCEEDED;
}

/* The interface is served, and the syntax was offered. False: a conflict with what
 * the context is bound to, which ends the association. */
static bool accept_context(struct assoc *a, struct negotiation *n, const struct assoc_context *new,
                           struct pdu_context_result *res)
{
	const struct assoc_context *bound = assoc_find_context(a, new->p_cont_id);

	if (bound != NULL && bound->ndr64 != new->ndr64)
		return false;
	if (bound == NULL && !add_context(a, new)) {
		reject_for_want_of_room(res);
		return true;
	}
	n->accepted = true;
	n->added = bound == NULL;
	*res = (struct pdu_context_result){
		.result = PDU_ACCEPTANCE,
		.transfer_syntax = new->ndr64 ? syntax_ndr64 : syntax_ndr,
	};
	return true;
}

static bool is_feature(const struct negotiation *n, const struct pdu_context *c)
{
	struct reader syntaxes = c->transfer_syntaxes;
	struct syntax_id first;

	return n->may_have_features && syntax_get(&syntaxes, &first) && is_feature_syntax(&first);
}

/* Is the interface served in that transfer syntax, and is it offered? */
static bool is_supported(const struct assoc *a, const struct pdu_context *c, bool ndr64)
{
	const struct rpc_served *served = find_served(a->server, &c->abstract_syntax);

	return served != NULL && (!ndr64 || served->interface->ndr64) &&
	       offers(c->transfer_syntaxes, c->n_transfer_syn, ndr64 ? &syntax_ndr64 : &syntax_ndr);
}

/* Room for it, or is it there already? */
static bool has_room(const struct assoc *a, uint16_t p_cont_id)
{
	return a->n_contexts < RPC_MAX_CONTEXTS || assoc_find_context(a, p_cont_id) != NULL;
}

/* The first context that can be accepted with that transfer syntax; -1: none. */
static int find_acceptable(const struct assoc *a, const struct negotiation *n, const struct pdu_bind *b, bool ndr64)
{
	struct reader contexts = b->contexts;
	struct pdu_context c;

	for (int i = 0; i < b->n_context_elem; i++) {
		pdu_context_get(&contexts, &c);
		if (!is_feature(n, &c) && is_supported(a, &c, ndr64) && has_room(a, c.p_cont_id))
			return i;
	}
	return -1;
}

/* A context that comes before the accepted one, or is it. False: a conflict. */
static bool negotiate_one(struct assoc *a, struct negotiation *n, const struct pdu_context *c,
                          struct pdu_context_result *res, bool chosen, bool ndr64)
{
	const struct assoc_context *bound = assoc_find_context(a, c->p_cont_id);
	const struct rpc_served *served = find_served(a->server, &c->abstract_syntax);
	const struct assoc_context new = {c->p_cont_id, ndr64, served};

	if (bound != NULL && served != bound->served)
		return false;
	if (served == NULL)
		res->reason = PDU_ABSTRACT_SYNTAX_NOT_SUPPORTED;
	else if (!has_room(a, c->p_cont_id) && (is_supported(a, c, true) || is_supported(a, c, false)))
		reject_for_want_of_room(res);
	return !chosen || accept_context(a, n, &new, res);
}

/* Writes a result for each context. At most one is accepted: NDR64 is preferred over all
 * of them, NDR comes after it. Behind the accepted one nothing more is asked. False:
 * conflict. */
static bool negotiate(struct assoc *a, struct negotiation *n, const struct pdu_bind *b)
{
	int chosen = find_acceptable(a, n, b, true);
	const bool ndr64 = chosen >= 0;
	struct reader contexts = b->contexts;
	struct pdu_context c;

	if (!ndr64)
		chosen = find_acceptable(a, n, b, false);
	for (int i = 0; i < b->n_context_elem; i++) {
		struct pdu_context_result res = {
			.result = PDU_PROVIDER_REJECTION,
			.reason = PDU_PROPOSED_TRANSFER_SYNTAXES_NOT_SUPPORTED,
		};

		pdu_context_get(&contexts, &c);
		if (is_feature(n, &c)) {
			res.result = PDU_NEGOTIATE_ACK;
			res.reason = feature_bits(&c);
		} else if ((chosen < 0 || i <= chosen) && !negotiate_one(a, n, &c, &res, i == chosen, ndr64)) {
			return false;
		}
		pdu_result_put(&a->work->out.w, &res);
		if (res.result == PDU_ACCEPTANCE)
			assoc_tell(a, &(struct assoc_event){.kind = ASSOC_BOUND_TO, .interface = &c.abstract_syntax});
		else if (res.result != PDU_NEGOTIATE_ACK)
			assoc_tell(a, &(struct assoc_event){
					      .kind = ASSOC_REJECTED,
					      .interface = &c.abstract_syntax,
					      .status = res.reason,
				      });
	}
	return true;
}

/* What a look at all contexts says before any is negotiated. */
struct survey {
	bool well_formed;
	bool all_have_syntaxes;
	unsigned features;
};

static struct survey survey_contexts(const struct pdu_bind *b)
{
	struct survey s = {.well_formed = true, .all_have_syntaxes = true};
	struct reader contexts = b->contexts;
	struct syntax_id first;
	struct pdu_context c;

	for (unsigned i = 0; i < b->n_context_elem; i++) {
		if (!pdu_context_get(&contexts, &c)) {
			s.well_formed = false;
			break;
		}
		if (c.n_transfer_syn == 0)
			s.all_have_syntaxes = false;
		else if (syntax_get(&c.transfer_syntaxes, &first) && is_feature_syntax(&first))
			s.features++;
	}
	return s;
}

/* Both fragment sizes get the same value, between ours and the least that we
 * impose, a multiple of 8. */
static uint16_t settle_frag_size(const struct pdu_bind *b)
{
	unsigned v = b->max_xmit_frag < b->max_recv_frag ? b->max_xmit_frag : b->max_recv_frag;

	if (v < RPC_MIN_FRAG)
		v = RPC_MIN_FRAG;
	if (v > RPC_MAX_FRAG_TCP)
		v = RPC_MAX_FRAG_TCP;
	return (uint16_t)(v & 0xfff8u);
}

/* bind_ack or alter_context_resp up to its results. */
static void put_ack(struct assoc *a, uint8_t n_results, const char *sec_addr)
{
	const struct pdu_bind_ack ack = {
		.max_xmit_frag = a->max_frag,
		.max_recv_frag = a->max_frag,
		.assoc_group_id = assoc_group_id(a),
		.sec_addr = sec_addr,
		.n_results = n_results,
	};

	pdu_bind_ack_put(&a->work->out.w, &ack);
}

/* The checks of a bind before negotiation, in order. Returns the reason of a
 * nak, or -1. */
static int check_bind(struct assoc *a, const struct pdu_bind *b, const struct survey *s)
{
	if (!s->well_formed)
		return PDU_NAK_PROTOCOL_VERSION_NOT_SUPPORTED;
	if (b->assoc_group_id != 0) {
		a->group = assoc_group_join(a->server, b->assoc_group_id, a->peer.transport);
		if (a->group == NULL)
			return PDU_NAK_REASON_NOT_SPECIFIED;
	}
	if (b->n_context_elem == 0)
		return PDU_NAK_PROTOCOL_VERSION_NOT_SUPPORTED;
	if (!s->all_have_syntaxes || s->features > 1)
		return PDU_NAK_REASON_NOT_SPECIFIED;
	if (a->group == NULL)
		a->group = assoc_group_new(a);
	return a->group == NULL ? PDU_NAK_LOCAL_LIMIT_EXCEEDED : -1;
}

/* What both do once the answer is there: header signing is for the whole connection, whoever asks for it. */
static void grant(struct assoc *a, size_t begin, uint8_t flags)
{
	struct writer *w = &a->work->out.w;

	if (!w->bad)
		w->data[begin + 3] |= flags;
	if ((flags & PFC_SUPPORT_HEADER_SIGN) != 0)
		a->header_signing = true;
}

void assoc_handle_bind(struct assoc *a, const struct pdu_header *h, const uint8_t *pdu)
{
	struct negotiation n = {.may_have_features = true};
	struct writer *w = &a->work->out.w;
	struct survey s = {0};
	struct pdu_bind b = {0};
	struct reader r;
	size_t begin;
	int nak;

	pdu_open(&r, pdu, h);
	if (pdu_bind_get(&r, &b))
		s = survey_contexts(&b);
	nak = check_bind(a, &b, &s);
	if (nak < 0)
		nak = assoc_auth_judge_bind(a, h, pdu);
	if (nak >= 0) {
		assoc_send_nak(a, h->call_id, (uint16_t)nak);
		return;
	}
	a->max_frag = settle_frag_size(&b);
	begin = pdu_begin(w, PDU_BIND_ACK, PFC_WHOLE, h->call_id);
	put_ack(a, b.n_context_elem, a->peer.sec_addr);
	nak = negotiate(a, &n, &b) ? assoc_auth_bind(a, h, pdu, begin) : PDU_NAK_REASON_NOT_SPECIFIED;
	if (nak >= 0) {
		w->len = begin; /* take the ack back */
		assoc_send_nak(a, h->call_id, (uint16_t)nak);
		return;
	}
	a->multiplexed = n.accepted && (h->pfc_flags & PFC_CONC_MPX) != 0;
	grant(a, begin, h->pfc_flags & (PFC_SUPPORT_HEADER_SIGN | (n.accepted ? PFC_CONC_MPX : 0)));
	if (assoc_finish_pdu(a, begin))
		a->state = ASSOC_BOUND;
}

void assoc_handle_alter_context(struct assoc *a, const struct pdu_header *h, const uint8_t *pdu)
{
	uint32_t status = assoc_auth_judge_alter(a, h, pdu);
	struct negotiation n = {0};
	struct writer *w = &a->work->out.w;
	struct survey s = {0};
	struct pdu_bind b = {0};
	struct reader r;
	size_t begin;

	pdu_open(&r, pdu, h);
	if (pdu_bind_get(&r, &b))
		s = survey_contexts(&b);
	begin = pdu_begin(w, PDU_ALTER_CONTEXT_RESP, PFC_WHOLE, h->call_id);
	put_ack(a, b.n_context_elem, "");
	if (status == STATUS_OK &&
	    !(s.well_formed && b.n_context_elem > 0 && s.all_have_syntaxes && negotiate(a, &n, &b)))
		status = nca_s_proto_error;
	if (status == STATUS_OK)
		status = assoc_auth_alter(a, h, pdu, begin);
	if (status != STATUS_OK) {
		w->len = begin; /* take the answer back */
		assoc_send_fault(a, &(struct assoc_call){.call_id = h->call_id}, status, PFC_DID_NOT_EXECUTE,
		                 ASSOC_CLOSE);
		return;
	}
	grant(a, begin, h->pfc_flags & (PFC_SUPPORT_HEADER_SIGN | (n.added ? PFC_CONC_MPX : 0)));
	assoc_finish_pdu(a, begin);
}
