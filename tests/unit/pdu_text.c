#include "tests/unit/pdu_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rpc/known.h"
#include "tests/unit/unit.h"
#include "tests/unit/vectors.h"

#define ROWS(array) (sizeof(array) / sizeof((array)[0]))

const struct syntax_id pdu_text_svc = PDU_TEXT_SVC;
const struct syntax_id pdu_text_other = PDU_TEXT_OTHER;
const struct syntax_id pdu_text_wide = PDU_TEXT_WIDE;
const struct uuid pdu_text_object = {
	0x0b1ec700, 0x1234, 0x5678, {0x9a, 0xbc, 0xde, 0xf0, 1, 2, 3, 4}};

static const struct syntax_id strange = {
	{0xdeadbeef, 0xdead, 0xbeef, {9, 9, 9, 9, 9, 9, 9, 9}}, 1, 0};
static const struct syntax_id nil;

enum number {
	CALL, FLAGS, PTYPE, VERS, MINOR, FRAG_LENGTH, AUTH_LENGTH, CUT, XMIT, RECV, GROUP, COUNT,
	FILL, CTX, OP, HINT, STATUS, REASON, N_NUMBERS
};

static const char *const number_names[N_NUMBERS] = {
	"call", "flags", "ptype", "vers", "minor", "frag_length", "auth_length", "cut", "xmit",
	"recv", "group", "count", "fill", "ctx", "op", "hint", "status", "reason"
};

enum { ROOM = 70000 }; /* for one PDU, or one part of it */

/* One PDU as its words describe it. */
struct draft {
	uint32_t number[N_NUMBERS];
	bool given[N_NUMBERS];
	bool be, bare, object, auth;
	uint8_t drep[4];
	char addr[32];
	uint8_t trailer[8];
	size_t credentials;
	struct writer list, stub; /* contexts or results; the stub */
	unsigned int elements;	  /* in the list */
};

/* ---- words to a draft ---------------------------------------------------------------- */

/* A number at *text, which moves behind it and behind the character that ends it. */
static size_t take_number(const char **text)
{
	char *end;
	unsigned long n = strtoul(*text, &end, 0);

	if (end == *text)
		UNIT_ABORT("\"%s\" is not a number", *text);
	*text = *end ? end + 1 : end;
	return n;
}

static uint32_t to_number(const char *text)
{
	size_t n = take_number(&text);

	if (*text)
		UNIT_ABORT("\"%s\" stands behind a number", text);
	return (uint32_t)n;
}

static void put_hex(struct writer *w, const char *text)
{
	size_t len;

	if (vector_parse(text, w->data + w->len, w->cap - w->len, &len) != 0)
		UNIT_ABORT("\"%s\" is not hex", text);
	w->len += len;
}

uint8_t pdu_text_pattern(size_t i)
{
	return (uint8_t)(i * 7 + i / 256);
}

/* HEX, *N or *N@OFFSET. */
static void set_stub(struct draft *d, const char *text)
{
	size_t n, offset = 0;

	if (*text++ != '*') {
		put_hex(&d->stub, text - 1);
		return;
	}
	n = take_number(&text);
	if (*text)
		offset = take_number(&text);
	for (size_t i = 0; i < n; i++)
		cursor_put_u8(&d->stub, pdu_text_pattern(offset + i));
}

/* A name, with another version behind an '@'. */
struct syntax_id pdu_text_syntax(const char *name)
{
	static const struct {
		const char *name;
		const struct syntax_id *id;
	} own[] = {{"svc", &pdu_text_svc}, {"other", &pdu_text_other}, {"wide", &pdu_text_wide},
		   {"ndr", &syntax_ndr}, {"ndr64", &syntax_ndr64}, {"strange", &strange}, {"nil", &nil}};
	const char *version = strchrnul(name, '@');
	char *bare = strndup(name, (size_t)(version - name));
	struct syntax_id s = {{0x6cb71c2c, 0x9812, 0x4540, {0}}, 1, 0};
	const struct syntax_id *known;

	if (!bare)
		abort();
	known = known_find(bare);
	for (size_t i = 0; i < ROWS(own); i++)
		if (strcmp(own[i].name, bare) == 0)
			known = own[i].id;
	if (known)
		s = *known;
	else if (strncmp(bare, "feat", 4) == 0)
		s.uuid.rest[0] = (uint8_t)to_number(bare + 4);
	else
		UNIT_ABORT("nobody knows \"%s\"", name);
	free(bare);
	if (*version) {
		version++;
		s.major = (uint16_t)take_number(&version);
		s.minor = (uint16_t)take_number(&version);
	}
	return s;
}

/* ID:IFACE:SYNTAX,... */
static void add_context(struct draft *d, char *text)
{
	char *id = strsep(&text, ":");
	char *iface = strsep(&text, ":");
	struct syntax_id abstract;
	uint8_t n = 0;

	if (!iface || !text)
		UNIT_ABORT("context \"%s\" is not whole", id);
	abstract = pdu_text_syntax(iface);
	for (const char *c = text; *c; c++)
		n = (uint8_t)(n + (*c == ',' || c == text));
	cursor_put_u16(&d->list, (uint16_t)to_number(id));
	cursor_put_u8(&d->list, n);
	cursor_put_u8(&d->list, 0);
	syntax_put(&d->list, &abstract);
	while (n-- > 0) {
		struct syntax_id transfer = pdu_text_syntax(strsep(&text, ","));

		syntax_put(&d->list, &transfer);
	}
	d->elements++;
}

/* RESULT,REASON[,SYNTAX] */
static void add_result(struct draft *d, char *text)
{
	char *result = strsep(&text, ",");
	char *reason = strsep(&text, ",");
	struct syntax_id syntax = text ? pdu_text_syntax(text) : nil;

	cursor_put_u16(&d->list, (uint16_t)to_number(result));
	cursor_put_u16(&d->list, (uint16_t)to_number(reason ? reason : ""));
	syntax_put(&d->list, &syntax);
	d->elements++;
}

/* TYPE/LEVEL/PAD/LENGTH */
static void set_auth(struct draft *d, const char *text)
{
	for (size_t i = 0; i < 3; i++)
		d->trailer[i] = (uint8_t)take_number(&text);
	d->credentials = take_number(&text);
	d->auth = true;
}

static void set_drep(struct draft *d, const char *text)
{
	struct writer w;

	cursor_write(&w, d->drep, sizeof(d->drep));
	put_hex(&w, text);
}

static void set_number(struct draft *d, enum number i, uint32_t value)
{
	d->number[i] = value;
	d->given[i] = true;
}

/* A word without value. */
static void take_flag(struct draft *d, const char *word)
{
	if (strcmp(word, "be") == 0) {
		d->be = d->list.big_endian = true;
		d->drep[0] = 0;
	} else if (strcmp(word, "bare") == 0) {
		d->bare = true;
	} else if (strcmp(word, "object") == 0) {
		d->object = true;
		d->number[FLAGS] |= 0x80;
	} else if (strcmp(word, "dne") == 0) {
		d->number[FLAGS] |= 0x20;
	} else {
		UNIT_ABORT("\"%s\" says nothing", word);
	}
}

static void take_word(struct draft *d, char *word)
{
	char *value = strchr(word, '=');

	if (!value) {
		take_flag(d, word);
		return;
	}
	*value++ = '\0';
	for (enum number i = 0; i < N_NUMBERS; i++) {
		if (strcmp(number_names[i], word) == 0) {
			set_number(d, i, to_number(value));
			return;
		}
	}
	if (strcmp(word, "frag") == 0) {
		set_number(d, XMIT, to_number(value));
		set_number(d, RECV, to_number(value));
	} else if (strcmp(word, "context") == 0) {
		add_context(d, value);
	} else if (strcmp(word, "result") == 0) {
		add_result(d, value);
	} else if (strcmp(word, "stub") == 0) {
		set_stub(d, value);
	} else if (strcmp(word, "addr") == 0) {
		snprintf(d->addr, sizeof(d->addr), "%s", value);
	} else if (strcmp(word, "auth") == 0) {
		set_auth(d, value);
	} else if (strcmp(word, "drep") == 0) {
		set_drep(d, value);
	} else {
		UNIT_ABORT("there is no \"%s\"", word);
	}
}

/* ---- a draft to bytes ---------------------------------------------------------------- */

static void put_zeros(struct writer *w, size_t n)
{
	while (n-- > 0)
		cursor_put_u8(w, 0);
}

static void put_count(struct writer *w, const struct draft *d)
{
	cursor_put_u8(w, (uint8_t)(d->given[COUNT] ? d->number[COUNT] : d->elements));
	if (!d->bare)
		put_zeros(w, 3);
	cursor_put_bytes(w, d->list.data, d->list.len);
}

static void put_sizes(struct writer *w, const struct draft *d)
{
	cursor_put_u16(w, (uint16_t)d->number[XMIT]);
	cursor_put_u16(w, (uint16_t)d->number[RECV]);
	cursor_put_u32(w, d->number[GROUP]);
}

static void put_bind(struct writer *w, const struct draft *d)
{
	put_sizes(w, d);
	put_count(w, d);
	put_zeros(w, d->number[FILL]);
}

static void put_ack(struct writer *w, const struct draft *d)
{
	size_t n = strlen(d->addr);

	n += n > 0;
	put_sizes(w, d);
	cursor_put_u16(w, (uint16_t)n);
	cursor_put_bytes(w, d->addr, n);
	put_zeros(w, (0 - (26 + n)) & 3);
	put_count(w, d);
}

static void put_nak(struct writer *w, const struct draft *d)
{
	cursor_put_u16(w, (uint16_t)d->number[REASON]);
	cursor_put_bytes(w, "\1\5\0\0\0\0", 6);
}

static void put_request(struct writer *w, const struct draft *d)
{
	cursor_put_u32(w, d->given[HINT] ? d->number[HINT] : (uint32_t)d->stub.len);
	cursor_put_u16(w, (uint16_t)d->number[CTX]);
	cursor_put_u16(w, (uint16_t)d->number[OP]);
	if (d->object)
		uuid_put(w, &pdu_text_object);
	cursor_put_bytes(w, d->stub.data, d->stub.len);
}

static void put_fault(struct writer *w, const struct draft *d)
{
	cursor_put_u32(w, d->given[HINT] ? d->number[HINT] : 24);
	cursor_put_u16(w, (uint16_t)d->number[CTX]);
	cursor_put_u16(w, 0);
	cursor_put_u32(w, d->number[STATUS]);
	cursor_put_u32(w, 0);
}

static void put_auth3(struct writer *w, const struct draft *d)
{
	put_zeros(w, 4 + d->number[FILL]);
}

static void put_nothing(struct writer *w, const struct draft *d)
{
	put_zeros(w, d->number[FILL]);
}

static const struct type {
	const char *name;
	uint8_t ptype;
	void (*put_body)(struct writer *w, const struct draft *d);
} types[] = {
	{"bind", 11, put_bind},		{"bind_ack", 12, put_ack},   {"bind_nak", 13, put_nak},
	{"alter", 14, put_bind},	{"alter_resp", 15, put_ack}, {"request", 0, put_request},
	{"response", 2, put_request},	{"fault", 3, put_fault},     {"auth3", 16, put_auth3},
	{"shutdown", 17, put_nothing},	{"cancel", 18, put_nothing}, {"orphaned", 19, put_nothing},
	{"pdu", 0, put_nothing},
};

static const struct type *find_type(const char *name)
{
	for (size_t i = 0; i < ROWS(types); i++)
		if (strcmp(types[i].name, name) == 0)
			return &types[i];
	UNIT_ABORT("\"%s\" is no PDU", name);
}

static void put_pdu(struct writer *w, const struct type *type, const struct draft *d)
{
	size_t begin = w->len;

	w->big_endian = d->be;
	cursor_put_u8(w, (uint8_t)d->number[VERS]);
	cursor_put_u8(w, (uint8_t)d->number[MINOR]);
	cursor_put_u8(w, (uint8_t)d->number[PTYPE]);
	cursor_put_u8(w, (uint8_t)d->number[FLAGS]);
	cursor_put_bytes(w, d->drep, sizeof(d->drep));
	cursor_put_u16(w, 0);
	cursor_put_u16(w, (uint16_t)(d->given[AUTH_LENGTH] ? d->number[AUTH_LENGTH] : d->credentials));
	cursor_put_u32(w, d->number[CALL]);
	type->put_body(w, d);
	if (d->auth) {
		cursor_put_bytes(w, d->trailer, sizeof(d->trailer));
		put_zeros(w, d->credentials);
	}
	if (d->given[CUT])
		w->len = begin + d->number[CUT];
	cursor_patch_u16(w, begin + 8,
			 (uint16_t)(d->given[FRAG_LENGTH] ? d->number[FRAG_LENGTH] : w->len - begin));
}

/* One PDU, whose text is taken to pieces. */
static void encode(struct writer *w, char *text, uint32_t group)
{
	static uint8_t list[ROOM], stub[ROOM];
	struct draft d = {.drep = {0x10}, .trailer = {[4] = 1}};
	char *word = strsep(&text, " ");
	const struct type *type;

	if (strcmp(word, "hex") == 0) {
		put_hex(w, text);
		return;
	}
	type = find_type(word);
	cursor_write(&d.list, list, sizeof(list));
	cursor_write(&d.stub, stub, sizeof(stub));
	d.number[CALL] = 1;
	d.number[FLAGS] = 3;
	d.number[PTYPE] = type->ptype;
	d.number[VERS] = 5;
	d.number[XMIT] = d.number[RECV] = 5840;
	d.number[GROUP] = type->put_body == put_ack ? group : 0;
	snprintf(d.addr, sizeof(d.addr), "%s", type->ptype == 12 ? "135" : "");
	while ((word = strsep(&text, " ")) != NULL)
		if (*word)
			take_word(&d, word);
	put_pdu(w, type, &d);
}

struct pdu_bytes pdu_text(const char *text, uint32_t group)
{
	static uint8_t room[4 * ROOM];
	struct pdu_bytes b;
	struct writer w;
	char *copy = strdup(text);
	char *rest = copy;
	char *one;

	if (!copy)
		abort();
	cursor_write(&w, room, sizeof(room));
	while ((one = strsep(&rest, ";\n")) != NULL) {
		one += strspn(one, " \t");
		if (*one)
			encode(&w, one, group);
	}
	free(copy);
	REQUIRE(!w.bad);
	b.len = w.len;
	b.data = malloc(b.len ? b.len : 1);
	if (!b.data)
		abort();
	memcpy(b.data, room, b.len);
	return b;
}

void pdu_bytes_free(struct pdu_bytes *b)
{
	free(b->data);
	*b = (struct pdu_bytes){0};
}
