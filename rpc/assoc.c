#include "rpc/assoc.h"

#include <stdlib.h>
#include <string.h>

#include "rpc/assoc_private.h"
#include "rpc/clock.h"
#include "rpc/limits.h"
#include "rpc/status.h"

/* What we write into every fault's alloc_hint; observed on Windows. */
#define FAULT_ALLOC_HINT 24u

void assoc_server_init(struct assoc_server *s, const struct rpc_served *served, size_t n_served, void *arg)
{
	*s = (struct assoc_server){
		.served = served,
		.n_served = n_served,
		.arg = arg,
		.budget.limit = RPC_MAX_BUFFERED,
		.progress_seconds = RPC_PROGRESS_SECONDS,
		.idle_seconds = RPC_IDLE_SECONDS,
		.max_associations = RPC_MAX_ASSOCIATIONS,
		.max_calls = RPC_MAX_CALLS,
	};
	s->counters = &s->own_counters;
	pool_init(&s->assoc_pool, sizeof(struct assoc));
	pool_init(&s->group_pool, sizeof(struct assoc_group));
	pool_init(&s->work_pool, sizeof(struct assoc_work));
	buf_init(&s->reply, RPC_MAX_STUB, NULL);
	arena_init(&s->arena, RPC_MAX_ARENA, NULL);
}

void assoc_server_fini(struct assoc_server *s)
{
	assoc_client_forget_all(s);
	buf_clear(&s->reply);
	arena_clear(&s->arena);
	buf_spare_clear(&s->spare);
	pool_fini(&s->assoc_pool);
	pool_fini(&s->group_pool);
	pool_fini(&s->work_pool);
}

void assoc_tell(const struct assoc *a, const struct assoc_event *e)
{
	if (a->server->event != NULL)
		a->server->event(a->server->host_arg, a, e);
}

/* Counts a new association, and finds its first state. False: there is no room. */
static bool admit(struct assoc *a)
{
	struct assoc_server *s = a->server;
	const bool local = a->peer.transport == ASSOC_LOCAL;
	const unsigned all = local ? 0 : s->n_associations;
	const unsigned most = local ? RPC_MAX_ASSOCIATIONS : s->max_associations;

	/* Services register over the local transport, however little the network is given,
	 * and however much of that is in use. */
	if (assoc_client_may(all, a->client->n_associations, most)) {
		a->state = ASSOC_FRESH;
		a->client->n_associations++;
		s->n_associations += !local;
		return true;
	}
	s->counters->refused++;
	a->state = ASSOC_REFUSED;
	a->refused = s->n_refused < RPC_MAX_REFUSED;
	s->n_refused += a->refused;
	return a->refused;
}

static void dismiss(struct assoc *a)
{
	struct assoc_server *s = a->server;

	if (a->refused) {
		s->n_refused--;
	} else {
		a->client->n_associations--;
		s->n_associations -= a->peer.transport != ASSOC_LOCAL;
	}
	assoc_client_put(s, a->client);
}

struct assoc *assoc_new(struct assoc_server *s, const struct assoc_peer *peer, uint32_t now)
{
	struct assoc *a = pool_new(&s->assoc_pool);

	if (a == NULL)
		return NULL;
	s->now = now;
	a->server = s;
	a->peer = *peer;
	a->client = assoc_client_get(s, peer);
	if (a->client == NULL) {
		pool_free(&s->assoc_pool, a);
		return NULL;
	}
	if (!admit(a)) {
		assoc_client_put(s, a->client);
		pool_free(&s->assoc_pool, a);
		return NULL;
	}
	a->in_progress = true;
	a->deadline = now + s->progress_seconds;
	s->counters->opened++;
	s->counters->open++;
	assoc_tell(a, &(struct assoc_event){.kind = ASSOC_OPENED});
	return a;
}

void assoc_free(struct assoc *a)
{
	struct assoc_server *s;

	if (a == NULL)
		return;
	s = a->server;
	s->counters->open--;
	assoc_tell(a, &(struct assoc_event){.kind = ASSOC_CLOSED});
	if (s->closed != NULL)
		s->closed(s->arg, a);
	assoc_orphan_calls(a);
	if (a->group != NULL)
		assoc_group_leave(s, a->group);
	assoc_work_end(a);
	assoc_auth_end(a);
	dismiss(a);
	if (a->n_contexts > 1)
		free(a->contexts);
	pool_free(&s->assoc_pool, a);
}

struct assoc_context *assoc_find_context(const struct assoc *a, uint16_t p_cont_id)
{
	for (size_t i = 0; i < a->n_contexts; i++)
		if (a->contexts[i].p_cont_id == p_cont_id)
			return &a->contexts[i];
	return NULL;
}

void assoc_close(struct assoc *a)
{
	/* Buffers stay: a handler may still be looking at the PDU in them. */
	a->state = ASSOC_CLOSING;
	a->waiting = false;
}

bool assoc_finish_pdu(struct assoc *a, size_t begin)
{
	struct writer *w = &a->work->out.w;

	if (!pdu_end(w, begin)) {
		/* No memory for the answer: drop the half of it and give up. */
		w->len = begin;
		w->bad = false;
		assoc_close(a);
		return false;
	}
	a->server->counters->pkts_out++;
	if (a->server->trace != NULL)
		a->server->trace(a->server->arg, a, true, w->data + begin, w->len - begin);
	return true;
}

void assoc_send_nak(struct assoc *a, uint32_t call_id, uint16_t reason)
{
	size_t begin = pdu_begin(&a->work->out.w, PDU_BIND_NAK, PFC_WHOLE, call_id);

	pdu_bind_nak_put(&a->work->out.w, reason);
	assoc_finish_pdu(a, begin);
	assoc_close(a);
	a->server->counters->naks++;
	assoc_tell(a, &(struct assoc_event){.kind = ASSOC_NAK, .status = reason});
}

void assoc_send_fault(struct assoc *a, const struct assoc_call *call, uint32_t status, uint8_t flags,
                      enum assoc_after after)
{
	const struct pdu_fault f = {
		.alloc_hint = FAULT_ALLOC_HINT,
		.p_cont_id = call->p_cont_id,
		.status = status,
	};
	const struct assoc_context *context = assoc_find_context(a, call->p_cont_id);
	size_t begin = pdu_begin(&a->work->out.w, PDU_FAULT, PFC_WHOLE | flags, call->call_id);

	pdu_fault_put(&a->work->out.w, &f);
	assoc_finish_pdu(a, begin);
	a->server->counters->faults++;
	assoc_tell(a, &(struct assoc_event){
			      .kind = ASSOC_FAULT,
			      .interface = context != NULL ? &context->served->interface->id : NULL,
			      .status = status,
		      });
	if (after == ASSOC_CLOSE)
		assoc_close(a);
}

static size_t pending(const struct assoc *a)
{
	return a->work != NULL ? a->work->out.w.len - a->work->sent : 0;
}

/* A PDU that has no business here: before the bind a nak, after it a fault. */
static void refuse(struct assoc *a, const struct pdu_header *h)
{
	if (a->state != ASSOC_BOUND || h->ptype == PDU_BIND)
		assoc_send_nak(a, h->call_id, PDU_NAK_PROTOCOL_VERSION_NOT_SUPPORTED);
	else
		assoc_send_fault(a, &(struct assoc_call){.call_id = h->call_id}, nca_s_proto_error,
		                 PFC_DID_NOT_EXECUTE, ASSOC_CLOSE);
}

/* There are as many associations as there may be: the client learns why. */
static void handle_bind_too_many(struct assoc *a, const struct pdu_header *h, const uint8_t *pdu)
{
	(void)pdu;
	assoc_send_nak(a, h->call_id, PDU_NAK_LOCAL_LIMIT_EXCEEDED);
}

static void handle_second_bind(struct assoc *a, const struct pdu_header *h, const uint8_t *pdu)
{
	(void)pdu;
	assoc_send_nak(a, h->call_id, PDU_NAK_REASON_NOT_SPECIFIED);
}

typedef void handler(struct assoc *a, const struct pdu_header *h, const uint8_t *pdu);

/* The states and what each PDU type does in them; an empty cell is refused. */
static handler *const table[][PDU_ORPHANED + 1] = {
	[ASSOC_FRESH] = {
		[PDU_BIND] = assoc_handle_bind,
	},
	[ASSOC_REFUSED] = {
		[PDU_BIND] = handle_bind_too_many,
	},
	[ASSOC_BOUND] = {
		[PDU_BIND] = handle_second_bind,
		[PDU_ALTER_CONTEXT] = assoc_handle_alter_context,
		[PDU_REQUEST] = assoc_handle_request,
		[PDU_AUTH3] = assoc_handle_auth3,
		[PDU_CO_CANCEL] = assoc_handle_cancel,
		[PDU_ORPHANED] = assoc_handle_cancel,
	},
};

static handler *find_handler(const struct assoc *a, uint8_t ptype)
{
	return ptype <= PDU_ORPHANED ? table[a->state][ptype] : NULL;
}

/* Judges a header as soon as it is there, without waiting for the PDU that it
 * may or may not announce. False: answered, and the association closes. */
static bool accept_header(struct assoc *a, const uint8_t *data, struct pdu_header *h)
{
	pdu_header_decode(data, h);
	if (h->rpc_vers != 5) {
		/* Another protocol's bytes: what we take for a call_id is given
		 * back as it came. */
		struct reader r;

		cursor_read(&r, data + 12, 4);
		cursor_get_u32(&r, &h->call_id);
		refuse(a, h);
		return false;
	}
	if (h->frag_length < PDU_HEADER_LEN) {
		assoc_close(a);
		return false;
	}
	if (!pdu_header_valid(h) || find_handler(a, h->ptype) == NULL) {
		refuse(a, h);
		return false;
	}
	if ((h->ptype == PDU_REQUEST || h->ptype == PDU_AUTH3) && h->frag_length > RPC_MAX_FRAG_TCP) {
		assoc_send_fault(a, &(struct assoc_call){.call_id = h->call_id}, nca_s_proto_error,
		                 h->ptype == PDU_REQUEST ? 0 : PFC_DID_NOT_EXECUTE, ASSOC_CLOSE);
		return false;
	}
	return true;
}

/* Processes whole PDUs at the start of data; returns how many bytes they took. */
static size_t process(struct assoc *a, const uint8_t *data, size_t len)
{
	struct pdu_header h;
	size_t used = 0;

	a->processing = true;
	while (assoc_wants_input(a)) {
		const uint8_t *pdu = data + used;
		size_t left = len - used;

		if (left < PDU_HEADER_LEN || !accept_header(a, pdu, &h) || left < h.frag_length)
			break;
		a->waiting = assoc_auth_must_wait(a, &h);
		if (a->waiting)
			break;
		a->server->counters->pkts_in++;
		if (a->server->trace != NULL)
			a->server->trace(a->server->arg, a, false, pdu, h.frag_length);
		find_handler(a, h.ptype)(a, &h, pdu);
		used += h.frag_length;
	}
	a->processing = false;
	return used;
}

/* All that a closing association still needs are its answers. */
static void forget_input(struct assoc_work *w)
{
	buf_clear(&w->in);
	buf_clear(&w->collection.stub);
	w->collection.active = false;
}

void assoc_settle(struct assoc *a, bool progress, uint32_t now)
{
	bool busy;

	if (a->state == ASSOC_CLOSING && a->work != NULL)
		forget_input(a->work);
	busy = !assoc_work_done(a);
	if (!busy)
		assoc_work_end(a);
	if (a->state != ASSOC_BOUND)
		return; /* until the bind is there, only the first deadline counts */
	if (!progress && a->in_progress)
		return;
	a->in_progress = busy;
	a->deadline = now + (busy ? a->server->progress_seconds : a->server->idle_seconds);
}

/* Goes on with input that was held back; returns whether a PDU was processed. */
static bool process_held(struct assoc *a)
{
	struct buf *in = &a->work->in;
	const size_t used = process(a, in->w.data, in->w.len);

	buf_consume(in, used);
	return used > 0;
}

void assoc_input(struct assoc *a, const uint8_t *data, size_t len, uint32_t now)
{
	struct buf *in;
	size_t used;

	a->server->now = now;
	if (a->state == ASSOC_CLOSING)
		return;
	if (!assoc_work_begin(a)) {
		assoc_close(a);
		return;
	}
	in = &a->work->in;
	if (in->w.len == 0) {
		/* The common case: whole PDUs, processed where they lie. */
		used = process(a, data, len);
		if (a->state != ASSOC_CLOSING && used < len && !buf_append(in, data + used, len - used))
			assoc_close(a);
		assoc_settle(a, used > 0, now);
	} else {
		if (!buf_append(in, data, len))
			assoc_close(a);
		assoc_settle(a, process_held(a), now);
	}
}

void assoc_eof(struct assoc *a)
{
	assoc_close(a);
}

/* Has the time come for a PDU that was held back? */
static bool tick_waiting(struct assoc *a, uint32_t now)
{
	a->server->now = now;
	if (!a->waiting || assoc_client_must_wait(a->server, a->client))
		return false;
	a->waiting = false;
	assoc_settle(a, process_held(a), now);
	return true;
}

bool assoc_tick(struct assoc *a, uint32_t now)
{
	if (tick_waiting(a, now))
		return true;
	/* Who registers over the local transport has nothing more to say, and
	 * who waits for an answer is not idle. */
	if (!a->in_progress &&
	    (a->peer.transport == ASSOC_LOCAL || a->executing != NULL || a->server->idle_seconds == 0))
		return false;
	if (clock_reached(now, a->deadline) && a->state != ASSOC_CLOSING) {
		assoc_work_end(a); /* with what was to be sent */
		assoc_close(a);
	}
	return assoc_closing(a);
}

const uint8_t *assoc_output(const struct assoc *a, size_t *len)
{
	*len = pending(a);
	return *len > 0 ? a->work->out.w.data + a->work->sent : NULL;
}

void assoc_sent(struct assoc *a, size_t n, uint32_t now)
{
	struct assoc_work *w = a->work;

	a->server->now = now;
	if (w != NULL) {
		w->sent += n;
		if (w->sent > w->out.w.len / 2) { /* moving less often keeps it linear */
			buf_consume(&w->out, w->sent);
			w->sent = 0;
		}
		if (w->in.w.len > 0)
			process_held(a);
	}
	assoc_settle(a, n > 0, now);
}

bool assoc_wants_input(const struct assoc *a)
{
	return a->state != ASSOC_CLOSING && !a->waiting && pending(a) < RPC_OUT_HIGH_WATER;
}

bool assoc_closing(const struct assoc *a)
{
	return a->state == ASSOC_CLOSING;
}

void assoc_on_output(struct assoc *a, void (*notify)(void *arg), void *arg)
{
	a->notify = notify;
	a->notify_arg = arg;
}

const struct assoc_server *assoc_server(const struct assoc *a)
{
	return a->server;
}

const struct assoc_peer *assoc_peer(const struct assoc *a)
{
	return &a->peer;
}

uint32_t assoc_group_id(const struct assoc *a)
{
	return a->group != NULL ? a->group->id : 0;
}

void assoc_set_user(struct assoc *a, void *user)
{
	a->user = user;
}

void *assoc_user(const struct assoc *a)
{
	return a->user;
}
