#include "tests/unit/scope_rig.h"

#include <arpa/inet.h>
#include <pcap/dlt.h>
#include <stdlib.h>
#include <string.h>

#include "labs/scope/capture.h"
#include "tests/unit/pdu_text.h"
#include "tests/unit/unit.h"
#include "tests/unit/vectors.h"

#define FRAME_MAX 2048u

void scope_rig_init(struct scope_rig *r)
{
	memset(r, 0, sizeof(*r));
	r->sees = SCOPE_BOTH;
	r->time = 1700000000 * INT64_C(1000000000);
	for (int i = 0; i < 2; i++) {
		r->views[i] = view_new();
		REQUIRE(r->views[i] != NULL);
		view_mapper_port(r->views[i], 135);
	}
}

void scope_rig_fini(struct scope_rig *r)
{
	if (r->joined)
		join_free(&r->join);
	nft_free(r->nft);
	for (int i = 0; i < 2; i++)
		view_free(r->views[i]);
}

/* ---- frames ------------------------------------------------------------------------------ */

static void put_ip(struct writer *w, const char *from, const char *to, uint8_t protocol, size_t len, uint16_t id)
{
	struct in_addr a;
	struct in6_addr a6;

	if (inet_pton(AF_INET6, from, &a6) == 1) {
		cursor_put_u32(w, 0x60000000);
		cursor_put_u16(w, (uint16_t)len);
		cursor_put_u8(w, protocol == 1 ? 58 : protocol);
		cursor_put_u8(w, 64);
		cursor_put_bytes(w, &a6, 16);
		REQUIRE(inet_pton(AF_INET6, to, &a6) == 1);
		cursor_put_bytes(w, &a6, 16);
		return;
	}
	cursor_put_u16(w, 0x4500);
	cursor_put_u16(w, (uint16_t)(20 + len));
	cursor_put_u16(w, id);
	cursor_put_u16(w, 0x4000);
	cursor_put_u8(w, 64);
	cursor_put_u8(w, protocol);
	cursor_put_u16(w, 0);
	REQUIRE(inet_pton(AF_INET, from, &a) == 1);
	cursor_put_bytes(w, &a, 4);
	REQUIRE(inet_pton(AF_INET, to, &a) == 1);
	cursor_put_bytes(w, &a, 4);
}

size_t scope_frame(uint8_t *frame, const char *from, uint16_t from_port, const char *to, uint16_t to_port,
                   uint32_t seq, uint32_t ack, uint8_t flags, const void *data, size_t len, uint16_t id)
{
	struct writer w;

	cursor_write(&w, frame, FRAME_MAX);
	w.big_endian = true;
	put_ip(&w, from, to, 6, 20 + len, id);
	cursor_put_u16(&w, from_port);
	cursor_put_u16(&w, to_port);
	cursor_put_u32(&w, seq);
	cursor_put_u32(&w, ack);
	cursor_put_u16(&w, (uint16_t)(0x5000 | flags));
	cursor_put_u16(&w, 64240);
	cursor_put_u32(&w, 0);
	cursor_put_bytes(&w, data, len);
	REQUIRE(!w.bad);
	return w.len;
}

/* ---- sending ----------------------------------------------------------------------------- */

static void deliver(struct scope_rig *r, int view, const uint8_t *frame, size_t len)
{
	/* In a block of just its length, for the sanitizer. */
	uint8_t *copy = malloc(len);

	REQUIRE(copy != NULL);
	memcpy(copy, frame, len);
	view_frame(r->views[view], DLT_RAW, copy, len, len, r->time + (view == 1 ? r->skew : 0));
	free(copy);
}

static void send_one(struct scope_rig *r, struct scope_link *l, bool from_client, uint32_t seq, uint8_t flags,
                     const void *data, size_t len)
{
	const uint32_t ack = (flags & FRAME_ACK) != 0 ? l->seq[from_client] : 0;
	uint8_t frame[FRAME_MAX];

	l->id++;
	for (int i = 0; i < 2; i++) {
		const char *server = i == 1 && l->server_after != NULL ? l->server_after : l->server;
		size_t n = from_client ? scope_frame(frame, l->client, l->client_port, server, l->server_port, seq,
		                                     ack, flags, data, len, l->id)
		                       : scope_frame(frame, server, l->server_port, l->client, l->client_port, seq,
		                                     ack, flags, data, len, l->id);

		if ((r->sees & (1u << i)) != 0)
			deliver(r, i, frame, n);
	}
	r->time += 1000000;
}

void scope_send(struct scope_rig *r, struct scope_link *l, bool from_client, uint8_t flags, const void *data,
                size_t len)
{
	send_one(r, l, from_client, l->seq[!from_client], flags, data, len);
	l->seq[!from_client] += (uint32_t)len + ((flags & (FRAME_SYN | FRAME_FIN)) != 0 ? 1 : 0);
}

void scope_send_again(struct scope_rig *r, struct scope_link *l, bool from_client, uint8_t flags,
                      const void *data, size_t len)
{
	const uint32_t n = (uint32_t)len + ((flags & (FRAME_SYN | FRAME_FIN)) != 0 ? 1 : 0);

	send_one(r, l, from_client, l->seq[!from_client] - n, flags, data, len);
}

void scope_send_vector(struct scope_rig *r, struct scope_link *l, bool from_client, const char *name)
{
	uint8_t data[FRAME_MAX];
	size_t len = vector_load(name, data, sizeof(data));

	scope_send(r, l, from_client, FRAME_PSH | FRAME_ACK, data, len);
}

void scope_send_text(struct scope_rig *r, struct scope_link *l, bool from_client, const char *pdus)
{
	struct pdu_bytes b = pdu_text(pdus, 1);

	scope_send(r, l, from_client, FRAME_PSH | FRAME_ACK, b.data, b.len);
	pdu_bytes_free(&b);
}

void scope_send_icmp(struct scope_rig *r, const struct scope_link *l, const char *from, uint8_t type, uint8_t code)
{
	uint8_t quoted[FRAME_MAX], frame[FRAME_MAX];
	size_t n = scope_frame(quoted, l->client, l->client_port, l->server, l->server_port, l->seq[0] - 1, 0,
	                       FRAME_SYN, NULL, 0, l->id);
	struct writer w;

	cursor_write(&w, frame, sizeof(frame));
	w.big_endian = true;
	put_ip(&w, from, l->client, 1, 8 + n, 7);
	cursor_put_u8(&w, type);
	cursor_put_u8(&w, code);
	cursor_put_u16(&w, 0);
	cursor_put_u32(&w, 0);
	cursor_put_bytes(&w, quoted, n);
	for (int i = 0; i < 2; i++)
		if ((r->sees & (1u << i)) != 0)
			deliver(r, i, frame, w.len);
	r->time += 1000000;
}

void scope_handshake(struct scope_rig *r, struct scope_link *l)
{
	scope_send(r, l, true, FRAME_SYN, NULL, 0);
	scope_send(r, l, false, FRAME_SYN | FRAME_ACK, NULL, 0);
	scope_send(r, l, true, FRAME_ACK, NULL, 0);
}

void scope_map(struct scope_rig *r, struct scope_link *l)
{
	scope_handshake(r, l);
	scope_send_vector(r, l, true, "pdu-bind");
	scope_send_vector(r, l, false, "pdu-bind-ack");
	scope_send_vector(r, l, true, "pdu-request-ept-map");
	scope_send_vector(r, l, false, "pdu-response-ept-map");
}

/* ---- looking ----------------------------------------------------------------------------- */

const struct join *scope_join(struct scope_rig *r, bool two)
{
	if (r->joined)
		return &r->join;
	for (int i = 0; i < 2; i++) {
		view_end(r->views[i]);
		if (i == 0 || two)
			gaps_merge(&r->gaps, &r->views[i]->gaps);
	}
	gaps_sort(&r->gaps);
	r->joined = true;
	REQUIRE(join_make(&r->join, r->views[0], two ? r->views[1] : NULL, r->nft));
	return &r->join;
}

struct result scope_result(struct scope_rig *r, bool two, size_t i)
{
	const struct join *j = scope_join(r, two);
	struct result result;

	REQUIRE(i < j->n_conversations);
	REQUIRE(result_make(&result, j, &j->conversations[i]));
	return result;
}

char *scope_draw_text(struct scope_rig *r, bool two)
{
	const struct join *j = scope_join(r, two);
	struct ladder_names names = {.n = 0};
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);
	struct drawing d = {.out = out, .width = 100, .n_conversations = j->n_conversations, .gaps = &r->gaps,
	                    .names = &names, .sources = "memory"};

	REQUIRE(out != NULL);
	for (size_t i = 0; i < j->n_conversations; i++) {
		struct ladder l;

		REQUIRE(ladder_make(&l, j, i, &names));
		draw_text_ladder(&d, &l);
		ladder_free(&l);
	}
	draw_text_end(&d);
	fclose(out);
	return text;
}

/* ---- files ------------------------------------------------------------------------------- */

static FILE *open_file(const char *path)
{
	char whole[512];
	FILE *in;

	snprintf(whole, sizeof(whole), "%s/%s", SRCDIR, path);
	in = fopen(whole, "r");
	if (in == NULL)
		UNIT_ABORT("cannot open %s", whole);
	return in;
}

char *scope_file(const char *path, size_t *len)
{
	FILE *in = open_file(path), *out;
	char *text = NULL, part[4096];
	size_t n;

	out = open_memstream(&text, len);
	REQUIRE(out != NULL);
	while ((n = fread(part, 1, sizeof(part), in)) > 0)
		fwrite(part, 1, n, out);
	fclose(out);
	fclose(in);
	return text;
}

void scope_load(struct scope_rig *r, const char *name, bool two, bool rules)
{
	static const char *const sides[] = {"before", "after"};
	char path[256], error[CAPTURE_ERROR_LEN];

	for (int i = 0; i < (two ? 2 : 1); i++) {
		struct capture *c;

		snprintf(path, sizeof(path), "%s/tests/captures/%s-%s.pcap", SRCDIR, name, sides[i]);
		c = capture_open(path, error);
		if (c == NULL)
			UNIT_ABORT("%s: %s", path, error);
		if (i == 1)
			view_learn(r->views[1], r->views[0]);
		capture_read(c, r->views[i]);
		capture_close(c);
	}
	r->nft = rules ? nft_new() : NULL;
	for (int i = 0; i < 2 && rules; i++) {
		FILE *in;

		snprintf(path, sizeof(path), "tests/captures/%s.%s", name, i == 0 ? "rules" : "trace");
		in = open_file(path);
		if (i == 0)
			nft_read_rules(r->nft, in);
		else
			nft_read_trace(r->nft, in, &r->gaps);
		fclose(in);
	}
}
