#include "client/conn.h"

#include <stdlib.h>

#include "rpc/limits.h"
#include "rpc/trace.h"

struct conn {
	struct story *story;
	unsigned timeout_ms;
	struct event_base *base;
	struct event *second; /* while waiting, on a terminal */
	struct client *client;
	char peer[ADDR_TEXT_LEN];
	bool waiting;
	double began;
	struct client_result result;
	struct buf reply; /* a copy: the client's is gone after its callback */
};

static void on_done(void *arg, const struct client_result *res)
{
	struct conn *c = arg;

	if (!c->waiting)
		return;
	c->waiting = false;
	c->result = *res;
	buf_reset(&c->reply, 0);
	if (res->op != CLIENT_CALL || res->cause != CAUSE_OK)
		return;
	if (!buf_append(&c->reply, res->reply.data, res->reply.len))
		c->result.cause = CAUSE_PROTOCOL_ERROR;
	cursor_read(&c->result.reply, c->reply.w.data, c->reply.w.len);
	c->result.reply.big_endian = res->reply.big_endian;
}

static void on_second(evutil_socket_t fd, short what, void *arg)
{
	struct conn *c = arg;

	(void)fd;
	(void)what;
	story_wait(c->story, c->peer, c->began);
}

static void on_pdu(void *arg, bool sent, const uint8_t *pdu, size_t len)
{
	struct conn *c = arg;
	char text[TRACE_TEXT_LEN];

	if (c->story->verbose)
		story_tell(c->story, "%s %s", sent ? "->" : "<-", trace_format(pdu, len, text));
}

struct conn *conn_new(struct story *story, unsigned timeout_ms)
{
	struct conn *c = calloc(1, sizeof(*c));

	if (c == NULL)
		return NULL;
	c->story = story;
	c->timeout_ms = timeout_ms;
	buf_init(&c->reply, RPC_MAX_STUB, NULL);
	c->base = event_base_new();
	if (c->base != NULL) {
		c->second = event_new(c->base, -1, EV_PERSIST, on_second, c);
		c->client = client_new(c->base, on_done, c);
	}
	if (c->second == NULL || c->client == NULL) {
		conn_free(c);
		return NULL;
	}
	client_set_trace(c->client, on_pdu);
	return c;
}

void conn_free(struct conn *c)
{
	if (c == NULL)
		return;
	client_free(c->client);
	if (c->second != NULL)
		event_free(c->second);
	if (c->base != NULL)
		event_base_free(c->base);
	buf_clear(&c->reply);
	free(c);
}

/* Runs the loop until the operation that was started is done. */
static const struct client_result *await(struct conn *c)
{
	static const struct timeval second = {1, 0};

	c->waiting = true;
	c->began = story_clock();
	if (c->story->terminal)
		event_add(c->second, &second);
	while (c->waiting && event_base_loop(c->base, EVLOOP_ONCE) == 0)
		;
	event_del(c->second);
	story_clear(c->story);
	if (c->waiting) /* the loop itself failed */
		c->result = (struct client_result){.cause = CAUSE_UNREACHABLE};
	c->waiting = false;
	return &c->result;
}

const struct client_result *conn_connect(struct conn *c, const union addr *to)
{
	addr_format_port(to, c->peer);
	client_connect(c->client, to, c->timeout_ms);
	return await(c);
}

bool conn_authenticate(struct conn *c, uint8_t auth_type, uint8_t auth_level, const struct ntlm_client *who)
{
	return client_authenticate(c->client, auth_type, auth_level, who);
}

const struct client_result *conn_bind(struct conn *c, const struct syntax_id *interface_id, bool ndr64)
{
	if (ndr64)
		client_set_ndr64(c->client);
	client_bind(c->client, interface_id, c->timeout_ms);
	return await(c);
}

const struct client_result *conn_call(struct conn *c, uint16_t opnum, const struct uuid *object, const uint8_t *stub,
                                      size_t len)
{
	client_call(c->client, opnum, object, stub, len, c->timeout_ms);
	return await(c);
}

int conn_fd(const struct conn *c)
{
	return client_fd(c->client);
}

void conn_local_addr(const struct conn *c, union addr *a)
{
	client_local_addr(c->client, a);
}
