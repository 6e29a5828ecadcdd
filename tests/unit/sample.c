#include "tests/unit/sample.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/unit/pdu_text.h"
#include "tests/unit/unit.h"

enum { MOST = 16 }; /* entries of one text */

struct uuid sample_object(unsigned int number)
{
	struct uuid u = uuid_nil;

	if (number != 0)
		u = (struct uuid){number, 0x0b1e, 0xc700, {0x80, 0, 0, 0, 0, 0, 0, (uint8_t)number}};
	return u;
}

/* The parts of the tower that a string binding tells. It stays in use by the tower. */
static void take_binding(struct tower *t, const struct binding *b)
{
	t->protseq = b->protseq;
	t->hostname = "";
	t->endpoint = "";
	if (tower_has_host(t->protseq)) {
		t->port = (uint16_t)strtoul(b->endpoint, NULL, 10);
		if (b->host[0] != '\0' && inet_pton(AF_INET, b->host, t->host) != 1)
			UNIT_ABORT("\"%s\" is no address", b->host);
	} else {
		t->hostname = b->host;
		t->endpoint = b->endpoint;
	}
}

void sample_make(struct sample *s, const char *text)
{
	char note[64], iface[64], binding[128], rest[128] = "", *word, *save;
	struct tower t = {.transfer_syntax = syntax_ndr};
	struct binding b;
	struct writer w;

	*s = (struct sample){0};
	if (sscanf(text, " %63s %63s %127s %127[^\n]", note, iface, binding, rest) < 3 ||
	    !binding_parse(binding, &b))
		UNIT_ABORT("\"%s\" is no entry", text);
	for (word = strtok_r(rest, " ", &save); word; word = strtok_r(NULL, " ", &save)) {
		if (strncmp(word, "object=", 7) == 0)
			s->entry.object = sample_object((unsigned int)strtoul(word + 7, NULL, 10));
		else if (strncmp(word, "as=", 3) == 0)
			t.transfer_syntax = pdu_text_syntax(word + 3);
		else
			UNIT_ABORT("\"%s\" says nothing", word);
	}
	snprintf(s->entry.annotation, sizeof(s->entry.annotation), "%s", note);
	t.interface_id = pdu_text_syntax(iface);
	take_binding(&t, &b);
	cursor_write(&w, s->octets, sizeof(s->octets));
	REQUIRE(tower_put(&w, &t));
	s->tower = (struct twr){(uint32_t)w.len, s->octets};
	s->entry.tower = &s->tower;
}

/* The length at p, which is little-endian. */
static uint32_t length_at(const uint8_t *p)
{
	return p[0] + 256u * p[1];
}

void sample_cut(struct sample *s, unsigned int floors)
{
	uint32_t at = 2;

	REQUIRE(floors <= length_at(s->octets));
	for (unsigned int side = 0; side < 2 * floors; side++)
		at += 2 + length_at(s->octets + at);
	s->octets[0] = (uint8_t)floors;
	s->tower.tower_length = at;
}

/* All entries of a text. The octets are good until the next call. */
static size_t make_all(struct ept_entry entries[MOST], const char *text)
{
	static struct sample samples[MOST];
	char *copy = strdup(text);
	char *rest = copy;
	size_t n = 0;

	REQUIRE(copy != NULL);
	while (rest && n < MOST) {
		sample_make(&samples[n], strsep(&rest, ";"));
		entries[n] = samples[n].entry;
		n++;
	}
	free(copy);
	return n;
}

uint32_t sample_insert(struct registry *r, struct registry_owner *o, bool replace, const char *text)
{
	struct ept_entry entries[MOST];
	size_t n = make_all(entries, text);

	return registry_insert(r, o, entries, n, replace);
}

uint32_t sample_delete(struct registry *r, const struct registry_owner *o, const char *text)
{
	struct ept_entry entries[MOST];
	size_t n = make_all(entries, text);

	return registry_delete(r, o, entries, n);
}

char *sample_list(struct registry *r, const struct registry_filter *f, char text[SAMPLE_LIST_LEN])
{
	const struct registry_entry *e;
	struct registry_walk w;
	size_t n = 0;

	text[0] = '\0';
	registry_walk_begin(r, &w, f, false);
	while ((e = registry_walk_next(r, &w)) != NULL && n < SAMPLE_LIST_LEN)
		n += (size_t)snprintf(text + n, SAMPLE_LIST_LEN - n, "%s ", e->annotation);
	registry_walk_end(&w);
	return text;
}

char *sample_list_all(struct registry *r, char text[SAMPLE_LIST_LEN])
{
	static const struct registry_filter all;

	return sample_list(r, &all, text);
}
