#include "tests/bench/exchange.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>

#include "idl/ept.h"
#include "idl/rpcecho.h"
#include "rpc/pdu.h"
#include "rpc/tower.h"

/* So many questions take turns, so that the answers do not all lie in the mapper's cache. They are as
 * many when they ask for a few endpoints only, because they have to be in the client's, too. */
#define VARIANTS 1000u

static uint8_t *append(uint8_t *all, size_t len, const uint8_t *one, unsigned n)
{
	uint8_t *more = realloc(all, len * (n + 1));

	if (more == NULL)
		errx(EXIT_FAILURE, "no memory");
	memcpy(more + len * n, one, len);
	return more;
}

void exchange_add(struct exchange *x, const struct peer *p, size_t checked)
{
	const struct writer *sent = &p->sent.w, *received = &p->received.w;

	if (x->variants == 0) {
		x->sent_len = sent->len;
		x->received_len = received->len;
		x->checked = checked;
	}
	if (sent->len != x->sent_len || received->len != x->received_len)
		errx(EXIT_FAILURE, "exchanges of the same kind differ in length");
	x->sent = append(x->sent, sent->len, sent->data, x->variants);
	x->received = append(x->received, received->len, received->data, x->variants);
	x->variants++;
}

void exchange_free(struct exchange *x)
{
	free(x->sent);
	free(x->received);
}

static void put_tower(const struct syntax_id *interface, uint16_t port, uint8_t octets[128], size_t *len)
{
	const struct tower t = {
		.interface_id = *interface,
		.transfer_syntax = syntax_ndr,
		.protseq = PROTSEQ_NCACN_IP_TCP,
		.port = port,
		.endpoint = "",
		.hostname = "",
	};
	struct writer w;

	cursor_write(&w, octets, 128);
	if (!tower_put(&w, &t))
		errx(EXIT_FAILURE, "a tower cannot be written");
	*len = w.len;
}

void exchange_tower(unsigned i, uint8_t octets[128], size_t *len)
{
	const struct syntax_id interface = {{i, 0x1111, 0x2222, {0x80}}, 1, 0};

	put_tower(&interface, (uint16_t)(i % 60000 + 1), octets, len);
}

void exchange_record_bind(struct exchange *x, const union addr *to, const struct syntax_id *interface)
{
	struct peer p;

	peer_connect(&p, to, 0);
	peer_bind(&p, interface);
	exchange_add(x, &p, PDU_HEADER_LEN);
	peer_close(&p);
}

/* Asks for a tower, and keeps the exchange. Returns the port in the answer. */
static uint16_t ask(struct exchange *x, struct peer *p, const uint8_t *octets, size_t len)
{
	struct twr twr = {(uint32_t)len, octets};
	struct ept_map q = {.map_tower = &twr, .max_towers = 1};
	struct tower answer;

	peer_call(p, &ept_client_ops[EPT_MAP], &q);
	if (q.num_towers != 1 ||
	    !tower_decode(q.towers[0]->tower_octet_string, q.towers[0]->tower_length, &answer))
		errx(EXIT_FAILURE, "the mapper does not know what was registered: 0x%08x", q.status);
	exchange_add(x, p, p->received.w.len);
	return answer.port;
}

void exchange_record_map(struct exchange *x, const union addr *mapper, unsigned registered)
{
	uint8_t octets[128];
	struct peer p;
	size_t len;

	peer_connect(&p, mapper, 0);
	peer_bind(&p, &ept_id);
	for (unsigned i = 0; i < VARIANTS; i++) {
		/* A prime leads all over them in no order. */
		exchange_tower((unsigned)(i * 7919ull % registered), octets, &len);
		ask(x, &p, octets, len);
	}
	peer_close(&p);
}

uint16_t exchange_record_map_of(struct exchange *x, const union addr *mapper,
                                const struct syntax_id *interface)
{
	uint8_t octets[128];
	struct peer p;
	uint16_t port;
	size_t len;

	put_tower(interface, 0, octets, &len);
	peer_connect(&p, mapper, 0);
	peer_bind(&p, &ept_id);
	port = ask(x, &p, octets, len);
	peer_close(&p);
	return port;
}

void exchange_record_call(struct exchange *x, const union addr *service)
{
	struct echo_AddOne q = {.in_data = 41};
	struct peer p;

	peer_connect(&p, service, 0);
	peer_bind(&p, &echo_id);
	peer_call(&p, &echo_client_ops[ECHO_ADDONE], &q);
	if (q.out_data != 42)
		errx(EXIT_FAILURE, "the service answers %u", q.out_data);
	exchange_add(x, &p, p.received.w.len);
	peer_close(&p);
}
