/* The words of a stub. */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/pdu_draft.h"
#include "tests/unit/unit.h"

#define ROWS(array) (sizeof(array) / sizeof((array)[0]))

enum { MAX_TOWER = 512 };

/* A whole number, in C's notation. */
static size_t to_size(const char *text)
{
	size_t n = (size_t)pdu_text_number(&text);

	if (*text)
		UNIT_ABORT("\"%s\" stands behind a number", text);
	return n;
}

/* HEX, *N or *N@OFFSET. */
static void put_stub(struct pdu_draft *d, char *text, unsigned int unused)
{
	const char *rest = text + 1;
	size_t n, offset = 0;

	(void)unused;
	if (*text != '*') {
		pdu_text_hex(&d->stub, text);
		return;
	}
	n = (size_t)pdu_text_number(&rest);
	if (*rest)
		offset = to_size(rest);
	for (size_t i = 0; i < n; i++)
		cursor_put_u8(&d->stub, pdu_text_pattern(offset + i));
}

static void put_sequence(struct pdu_draft *d, char *text, unsigned int unused)
{
	size_t n = to_size(text);

	(void)unused;
	for (size_t i = 0; i < n; i++)
		cursor_put_u8(&d->stub, (uint8_t)i);
}

static void put_pad(struct pdu_draft *d, char *text, unsigned int unused)
{
	(void)unused;
	cursor_pad(&d->stub, to_size(text));
}

static void put_numbers(struct pdu_draft *d, char *text, unsigned int size)
{
	const char *one;

	while ((one = strsep(&text, ",")) != NULL) {
		uint64_t n = to_size(one);

		cursor_pad(&d->stub, size);
		if (size == 1)
			cursor_put_u8(&d->stub, (uint8_t)n);
		else if (size == 2)
			cursor_put_u16(&d->stub, (uint16_t)n);
		else if (size == 4)
			cursor_put_u32(&d->stub, (uint32_t)n);
		else
			cursor_put_u64(&d->stub, n);
	}
}

/* ---- what only the server knows ------------------------------------------------------ */

static void add_hole(struct pdu_draft *d, size_t len, int name)
{
	REQUIRE(d->n_holes < PDU_DRAFT_HOLES);
	d->holes[d->n_holes++] = (struct pdu_hole){d->stub.len, len, name};
	while (len-- > 0)
		cursor_put_u8(&d->stub, 0);
}

static void put_any(struct pdu_draft *d, char *text, unsigned int unused)
{
	(void)unused;
	add_hole(d, to_size(text), -1);
}

/* A number, or a name. The attributes are always 0. */
static void put_handle(struct pdu_draft *d, char *text, unsigned int unused)
{
	int name = *text == '$' ? pdu_text_name(d->setting, text + 1) : -1;
	struct uuid u = uuid_nil;
	struct reader r;

	(void)unused;
	cursor_pad(&d->stub, 4);
	cursor_put_u32(&d->stub, 0);
	if (name >= 0 && d->setting->names[name].len == 0) {
		add_hole(d, UUID_WIRE_LEN, name);
		return;
	}
	if (name >= 0) {
		cursor_read(&r, d->setting->names[name].value, UUID_WIRE_LEN);
		uuid_get(&r, &u);
	} else {
		u.time_low = (uint32_t)to_size(text);
	}
	uuid_put(&d->stub, &u);
}

/* ---- interfaces and towers ----------------------------------------------------------- */

static void put_uuid(struct pdu_draft *d, char *text, unsigned int with_version)
{
	struct syntax_id s = {pdu_text_object, 0, 0};

	if (strcmp(text, "object") != 0)
		s = pdu_text_syntax(text);
	cursor_pad(&d->stub, 4);
	uuid_put(&d->stub, &s.uuid);
	if (with_version) {
		cursor_put_u16(&d->stub, s.major);
		cursor_put_u16(&d->stub, s.minor);
	}
}

/* A floor of a left and a right side. */
static void put_floor(struct writer *w, uint8_t id, const void *right, size_t len)
{
	cursor_put_u16(w, 1);
	cursor_put_u8(w, id);
	cursor_put_u16(w, (uint16_t)len);
	cursor_put_bytes(w, right, len);
}

/* The first two floors. */
static void put_syntax_floor(struct writer *w, const char *name)
{
	struct syntax_id s = pdu_text_syntax(name);

	cursor_put_u16(w, 19);
	cursor_put_u8(w, 0x0d);
	uuid_put(w, &s.uuid);
	cursor_put_u16(w, s.major);
	cursor_put_u16(w, 2);
	cursor_put_u16(w, s.minor);
}

static const struct protseq {
	const char *name;
	uint8_t floors[3]; /* 3, 4 and 5; 0: there is none */
} protseqs[] = {
	{"tcp", {0x0b, 0x07, 0x09}},   {"udp", {0x0a, 0x08, 0x09}}, {"http", {0x0b, 0x1f, 0x09}},
	{"np", {0x0b, 0x0f, 0x11}},    {"local", {0x0c, 0x10, 0}},  {"strange", {0x0b, 0x7f, 0x09}},
};

static const struct protseq *find_protseq(const char *name)
{
	for (size_t i = 0; i < ROWS(protseqs); i++)
		if (strcmp(protseqs[i].name, name) == 0)
			return &protseqs[i];
	UNIT_ABORT("\"%s\" is no protocol sequence", name);
}

/* Towers never swap: the writer is little-endian. */
static void put_tower(struct writer *w, const struct pdu_setting *s, char *text)
{
	const char *interface = strsep(&text, ":");
	const char *syntax = text ? strsep(&text, ":") : "ndr";
	const struct protseq *p = find_protseq(text ? strsep(&text, ":") : "tcp");
	const char *endpoint = text ? strsep(&text, ":") : NULL;
	const char *host = text;
	bool is_name = p->floors[1] == 0x0f || p->floors[1] == 0x10;
	size_t port = endpoint && *endpoint && !is_name ? to_size(endpoint) : s->port;
	const uint8_t big[2] = {(uint8_t)(port >> 8), (uint8_t)port};
	uint8_t address[4];

	memcpy(address, s->host, 4);
	cursor_put_u16(w, p->floors[2] ? 5 : 4);
	put_syntax_floor(w, interface);
	put_syntax_floor(w, syntax);
	put_floor(w, p->floors[0], "\0\0", 2);
	if (is_name)
		put_floor(w, p->floors[1], endpoint ? endpoint : "", endpoint ? strlen(endpoint) + 1 : 1);
	else
		put_floor(w, p->floors[1], big, 2);
	if (p->floors[2] == 0x11)
		put_floor(w, 0x11, host ? host : "", host ? strlen(host) + 1 : 1);
	else if (p->floors[2] && host && inet_pton(AF_INET, host, address) != 1)
		UNIT_ABORT("\"%s\" is no address", host);
	else if (p->floors[2])
		put_floor(w, p->floors[2], address, 4);
}

static void put_twr(struct pdu_draft *d, char *text, unsigned int count_size)
{
	uint8_t octets[MAX_TOWER];
	struct writer w;

	cursor_write(&w, octets, sizeof(octets));
	put_tower(&w, d->setting, text);
	REQUIRE(!w.bad);
	cursor_pad(&d->stub, count_size);
	if (count_size == 8)
		cursor_put_u64(&d->stub, w.len);
	else
		cursor_put_u32(&d->stub, (uint32_t)w.len);
	cursor_put_u32(&d->stub, (uint32_t)w.len);
	cursor_put_bytes(&d->stub, octets, w.len);
}

/* The string has an offset and a length, but no maximum. */
static void put_note(struct pdu_draft *d, char *text, unsigned int count_size)
{
	size_t n = strlen(text) + 1;

	for (char *c = text; *c; c++)
		if (*c == '_')
			*c = ' ';
	cursor_pad(&d->stub, count_size);
	if (count_size == 8) {
		cursor_put_u64(&d->stub, 0);
		cursor_put_u64(&d->stub, n);
	} else {
		cursor_put_u32(&d->stub, 0);
		cursor_put_u32(&d->stub, (uint32_t)n);
	}
	cursor_put_bytes(&d->stub, text, n);
}

/* ---- all of them --------------------------------------------------------------------- */

static const struct {
	const char *name;
	void (*put)(struct pdu_draft *d, char *text, unsigned int size);
	unsigned int size;
} words[] = {
	{"stub", put_stub, 0},	   {"seq", put_sequence, 0}, {"any", put_any, 0},
	{"pad", put_pad, 0},	   {"u8", put_numbers, 1},   {"u16", put_numbers, 2},
	{"u32", put_numbers, 4},   {"u64", put_numbers, 8},  {"uuid", put_uuid, 0},
	{"ifid", put_uuid, 1},	   {"handle", put_handle, 0}, {"twr", put_twr, 4},
	{"twr64", put_twr, 8},	   {"note", put_note, 4},    {"note64", put_note, 8},
};

bool pdu_stub_word(struct pdu_draft *d, const char *word, char *value)
{
	for (size_t i = 0; i < ROWS(words); i++) {
		if (strcmp(words[i].name, word) == 0) {
			words[i].put(d, value, words[i].size);
			return true;
		}
	}
	return false;
}
