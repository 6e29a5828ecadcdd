#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rpc/known.h"
#include "tests/unit/pdu_draft.h"
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

static const char *const number_names[N_NUMBERS] = {
	"call", "flags", "ptype", "vers", "minor", "frag_length", "auth_length", "cut", "xmit",
	"recv", "group", "count", "fill", "ctx", "op", "hint", "status", "reason", "split"
};

enum {
	LIST_ROOM = 70000,	  /* contexts and results of one PDU */
	STUB_ROOM = 5 * 1048576,  /* a stub with all fragments */
	ROOM = STUB_ROOM + 500000, /* a whole text */
	WORDS_ROOM = 1024	  /* the text of one PDU */
};

/* ---- words to a draft ---------------------------------------------------------------- */

uint64_t pdu_text_number(const char **text)
{
	char *end;
	uint64_t n = strtoull(*text, &end, 0);

	if (end == *text)
		UNIT_ABORT("\"%s\" is not a number", *text);
	*text = *end ? end + 1 : end;
	return n;
}

static uint32_t to_number(const char *text)
{
	uint64_t n = pdu_text_number(&text);

	if (*text)
		UNIT_ABORT("\"%s\" stands behind a number", text);
	return (uint32_t)n;
}

void pdu_text_hex(struct writer *w, const char *text)
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
		s.major = (uint16_t)pdu_text_number(&version);
		s.minor = (uint16_t)pdu_text_number(&version);
	}
	return s;
}

/* ID:IFACE:SYNTAX,... */
static void add_context(struct pdu_draft *d, char *text)
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
static void add_result(struct pdu_draft *d, char *text)
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
static void set_auth(struct pdu_draft *d, const char *text)
{
	for (size_t i = 0; i < 3; i++)
		d->trailer[i] = (uint8_t)pdu_text_number(&text);
	d->credentials = pdu_text_number(&text);
	d->auth = true;
}

static void set_drep(struct pdu_draft *d, const char *text)
{
	struct writer w;

	cursor_write(&w, d->drep, sizeof(d->drep));
	pdu_text_hex(&w, text);
}

static void set_number(struct pdu_draft *d, enum pdu_number i, uint32_t value)
{
	d->number[i] = value;
	d->given[i] = true;
}

static void set_order(struct pdu_draft *d, bool big_endian)
{
	d->list.big_endian = d->stub.big_endian = big_endian;
	d->drep[0] = big_endian ? 0 : 0x10;
}

/* A word without value. */
static void take_flag(struct pdu_draft *d, const char *word)
{
	if (strcmp(word, "be") == 0) {
		set_order(d, true);
	} else if (strcmp(word, "le") == 0) {
		set_order(d, false);
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

static void take_word(struct pdu_draft *d, char *word)
{
	char *value = strchr(word, '=');

	if (!value) {
		take_flag(d, word);
		return;
	}
	*value++ = '\0';
	if (strcmp(word, "group") == 0 && *value == '$') {
		d->group = value + 1;
		return;
	}
	for (enum pdu_number i = 0; i < N_NUMBERS; i++) {
		if (strcmp(number_names[i], word) == 0) {
			set_number(d, i, to_number(value));
			d->group = i == GROUP ? NULL : d->group;
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
	} else if (strcmp(word, "addr") == 0) {
		snprintf(d->addr, sizeof(d->addr), "%s", value);
	} else if (strcmp(word, "auth") == 0) {
		set_auth(d, value);
	} else if (strcmp(word, "drep") == 0) {
		set_drep(d, value);
	} else if (!pdu_stub_word(d, word, value)) {
		UNIT_ABORT("there is no \"%s\"", word);
	}
}

/* ---- PDUs ---------------------------------------------------------------------------- */

/* One PDU, whose text is taken to pieces. */
static void encode(struct pdu_out *o, char *text, struct pdu_setting *s)
{
	static uint8_t list[LIST_ROOM], stub[STUB_ROOM];
	struct pdu_draft d = {.setting = s};
	char *word = strsep(&text, " ");
	const struct pdu_type *type;

	if (strcmp(word, "hex") == 0) {
		pdu_text_hex(&o->w, text);
		return;
	}
	type = pdu_put_type(word);
	cursor_write(&d.list, list, sizeof(list));
	cursor_write(&d.stub, stub, sizeof(stub));
	set_order(&d, s->big_endian);
	d.number[CALL] = 1;
	d.number[FLAGS] = 3;
	d.number[PTYPE] = type->ptype;
	d.number[VERS] = 5;
	d.number[XMIT] = d.number[RECV] = 5840;
	d.group = pdu_put_is_ack(type) ? s->group : NULL;
	if (type->ptype == 12)
		snprintf(d.addr, sizeof(d.addr), "%s", s->addr ? s->addr : "135");
	while ((word = strsep(&text, " ")) != NULL)
		if (*word)
			take_word(&d, word);
	REQUIRE(!d.list.bad && !d.stub.bad);
	pdu_put(o, type, &d);
}

/* The same, each '#' being this number. */
static void encode_copy(struct pdu_out *o, const char *text, unsigned int number, struct pdu_setting *s)
{
	char copy[WORDS_ROOM];
	size_t n = 0;

	for (; *text && n < sizeof(copy) - 16; text++) {
		if (*text == '#')
			n += (size_t)snprintf(copy + n, sizeof(copy) - n, "%u", number);
		else
			copy[n++] = *text;
	}
	REQUIRE(!*text);
	copy[n] = '\0';
	encode(o, copy, s);
}

/* One PDU, or with N* before it N of them. */
static void encode_all(struct pdu_out *o, char *text, struct pdu_setting *s)
{
	size_t digits = strspn(text, "0123456789");
	unsigned long n = strtoul(text, NULL, 10);

	if (digits == 0 || text[digits] != '*') {
		encode(o, text, s);
		return;
	}
	text += digits + 1;
	text += strspn(text, " ");
	for (unsigned int i = 1; i <= n; i++)
		encode_copy(o, text, i, s);
}

struct pdu_bytes pdu_text_in(const char *text, struct pdu_setting *s)
{
	static uint8_t room[ROOM];
	struct pdu_out o = {.holes = NULL};
	struct pdu_bytes b;
	char *copy = strdup(text);
	char *rest = copy;
	char *one;

	if (!copy)
		abort();
	cursor_write(&o.w, room, sizeof(room));
	while ((one = strsep(&rest, ";\n")) != NULL) {
		one += strspn(one, " \t");
		if (*one)
			encode_all(&o, one, s);
	}
	free(copy);
	REQUIRE(!o.w.bad);
	b = (struct pdu_bytes){malloc(o.w.len ? o.w.len : 1), o.w.len, o.holes, o.n_holes};
	if (!b.data)
		abort();
	memcpy(b.data, room, b.len);
	return b;
}

struct pdu_bytes pdu_text(const char *text, uint32_t group)
{
	struct pdu_setting s = {.group = "group"};

	pdu_text_know_group(&s, s.group, group);
	return pdu_text_in(text, &s);
}

void pdu_bytes_free(struct pdu_bytes *b)
{
	free(b->data);
	free(b->holes);
	*b = (struct pdu_bytes){0};
}

/* ---- what only the server knows ------------------------------------------------------ */

int pdu_text_name(struct pdu_setting *s, const char *name)
{
	for (size_t i = 0; i < s->n_names; i++)
		if (strcmp(s->names[i].name, name) == 0)
			return (int)i;
	if (s->n_names == PDU_TEXT_NAMES || strlen(name) >= PDU_TEXT_NAME_LEN)
		UNIT_ABORT("there is no room for \"%s\"", name);
	strcpy(s->names[s->n_names].name, name);
	return (int)s->n_names++;
}

void pdu_text_know_group(struct pdu_setting *s, const char *name, uint32_t group)
{
	struct pdu_name *n = &s->names[pdu_text_name(s, name)];
	struct writer w;

	n->len = sizeof(group);
	cursor_write(&w, n->value, n->len);
	cursor_put_u32(&w, group);
}

/* May a name have this value? It is neither zero nor another's. */
static bool is_new(const struct pdu_setting *s, const uint8_t *value, size_t len)
{
	static const uint8_t zero[sizeof(s->names[0].value)];

	for (size_t i = 0; i < s->n_names; i++)
		if (s->names[i].len == len && memcmp(s->names[i].value, value, len) == 0)
			return false;
	return memcmp(value, zero, len) != 0;
}

void pdu_text_settle(struct pdu_bytes *b, const uint8_t *came, size_t len, struct pdu_setting *s)
{
	for (size_t i = 0; i < b->n_holes; i++) {
		const struct pdu_hole *h = &b->holes[i];
		struct pdu_name *name = h->name >= 0 ? &s->names[h->name] : NULL;

		if (h->at + h->len > len)
			return;
		if (name && name->len == 0 && is_new(s, came + h->at, h->len)) {
			name->len = h->len;
			memcpy(name->value, came + h->at, h->len);
		}
		for (size_t j = 0; j < h->len; j++) {
			const uint8_t byte = came[h->at + j];

			/* A name that has no value yet would not have this one. */
			b->data[h->at + j] = !name ? byte : name->len > 0 ? name->value[j] : (uint8_t)~byte;
		}
	}
}
