/* What `nft monitor trace` prints, line by line. */
#include <stdlib.h>
#include <string.h>

#include "labs/scope/list.h"
#include "labs/scope/nft_private.h"

#define CHAINS 16u /* that one packet passes */

/* A packet whose lines may still come. */
struct open_packet {
	uint32_t id;
	UT_hash_handle hh;
	struct nft_record *record;
	unsigned n_chains;
	uint32_t chains[CHAINS]; /* that had a packet line, by hash */
};

struct trace {
	struct nft *nft;
	struct open_packet *open;
	struct gaps *gaps;
};

/* ---- a packet's headers ------------------------------------------------------------------ */

static uint8_t flag_of(const char *name)
{
	static const struct {
		const char *name;
		uint8_t flag;
	} names[] = {{"fin", 0x01}, {"syn", 0x02}, {"rst", 0x04}, {"psh", 0x08}, {"ack", 0x10}, {"urg", 0x20}};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(names[i].name, name) == 0)
			return names[i].flag;
	return 0;
}

/* "syn", "0x12", "fin | ack", "syn,ack" */
static uint8_t parse_flags(const char *text)
{
	char copy[64], *save, *word;
	uint8_t flags = 0;
	size_t end;

	if (strncmp(text, "0x", 2) == 0)
		return (uint8_t)(strtoul(text, NULL, 16) & 0x3f);
	snprintf(copy, sizeof(copy), "%s", text);
	end = strcspn(copy, "\n");
	copy[end] = '\0';
	for (word = strtok_r(copy, " ,|", &save); word != NULL; word = strtok_r(NULL, " ,|", &save)) {
		if (flag_of(word) == 0 && strcmp(word, "ecn") != 0 && strcmp(word, "cwr") != 0)
			break;
		flags |= flag_of(word);
	}
	return flags;
}

/* What stands behind the words in the line; NULL if they are not there. */
static const char *behind(const char *line, const char *words)
{
	const char *p = strstr(line, words);

	return p != NULL ? p + strlen(words) : NULL;
}

static unsigned long number_behind(const char *line, const char *words)
{
	const char *p = behind(line, words);

	return p != NULL ? strtoul(p, NULL, 10) : 0;
}

static bool host_behind(const char *line, const char *words, uint8_t host[16], uint8_t *family)
{
	const char *p = behind(line, words);
	char text[ADDR_TEXT_LEN];
	union addr a;

	if (p == NULL)
		return false;
	snprintf(text, sizeof(text), "%.*s", (int)strcspn(p, " \n"), p);
	if (!addr_parse(text, &a))
		return false;
	*family = (uint8_t)a.sa.sa_family;
	if (*family == AF_INET6)
		memcpy(host, &a.in6.sin6_addr, 16);
	else
		memcpy(host, &a.in.sin_addr, 4);
	return true;
}

static bool parse_headers(const char *line, struct nft_key *key)
{
	const char *flags = behind(line, " tcp flags == ");
	bool v6 = host_behind(line, " ip6 saddr ", key->from, &key->family);

	if (!v6 && !host_behind(line, " ip saddr ", key->from, &key->family))
		return false;
	if (!host_behind(line, v6 ? " ip6 daddr " : " ip daddr ", key->to, &key->family) || flags == NULL)
		return false;
	key->length = (uint32_t)number_behind(line, v6 ? " ip6 length " : " ip length ");
	key->id = (uint16_t)number_behind(line, " ip id ");
	key->from_port = (uint16_t)number_behind(line, " tcp sport ");
	key->to_port = (uint16_t)number_behind(line, " tcp dport ");
	key->window = (uint16_t)number_behind(line, " tcp window ");
	key->flags = parse_flags(flags);
	return true;
}

/* ---- lines ------------------------------------------------------------------------------- */

static struct open_packet *find_open(struct trace *t, uint32_t id)
{
	struct open_packet *o;

	HASH_FIND(hh, t->open, &id, sizeof(id), o);
	if (o != NULL)
		return o;
	o = HASH_COUNT(t->open) < SCOPE_MAX_TRACED ? calloc(1, sizeof(*o)) : NULL;
	if (o == NULL)
		return NULL;
	o->id = id;
	HASH_ADD(hh, t->open, id, sizeof(o->id), o);
	if (!hash_added(o)) {
		free(o);
		return NULL;
	}
	return o;
}

/* Is this line the first of a new packet that has the id of an older one? */
static bool is_new(const struct open_packet *o, const struct nft_key *key, uint32_t chain)
{
	if (o->record == NULL || o->record->decision.verdict == NFT_DROP || o->n_chains == CHAINS ||
	    o->record->key.id != key->id || o->record->key.flags != key->flags)
		return true;
	for (unsigned i = 0; i < o->n_chains; i++)
		if (o->chains[i] == chain)
			return true;
	return false;
}

static void packet_line(struct trace *t, struct open_packet *o, const char *where, const char *line)
{
	const uint32_t chain = (uint32_t)frame_hash(where, strlen(where));
	struct nft *n = t->nft;
	struct nft_key key;

	memset(&key, 0, sizeof(key));
	if (!parse_headers(line, &key)) {
		o->record = NULL; /* not TCP */
		return;
	}
	if (is_new(o, &key, chain)) {
		o->record = NULL;
		o->n_chains = 0;
		if (!list_room(&n->records, n->n_records, &n->cap_records, sizeof(struct nft_record *),
		               SCOPE_MAX_TRACED)) {
			gaps_add(t->gaps, "packet of the trace, as there are too many");
			return;
		}
		o->record = calloc(1, sizeof(*o->record));
		if (o->record == NULL)
			return;
		n->records[n->n_records++] = o->record;
		o->record->key = key;
		nft_index(n, o->record);
	}
	o->chains[o->n_chains++] = chain;
}

static void decide(struct trace *t, struct open_packet *o, const char *where, const char *text, bool drop, bool policy)
{
	struct nft_decision *d = &o->record->decision;
	char normal[NFT_TEXT_LEN];
	struct nft_rule *rule;
	unsigned handle;

	/* A policy that accepts says less than a rule that did. */
	if (d->verdict == NFT_DROP || (policy && !drop && d->rule != NULL && !d->rule->policy))
		return;
	handle = nft_normalize(text, normal);
	rule = nft_rule(t->nft, where, normal);
	d->verdict = drop ? NFT_DROP : NFT_ACCEPT;
	d->rule = rule;
	if (rule == NULL)
		return;
	rule->policy = policy;
	if (handle != 0)
		rule->handle = handle;
}

static void rule_line(struct trace *t, struct open_packet *o, const char *where, char *text)
{
	char *verdict = NULL;

	for (char *p = text; (p = strstr(p, " (verdict ")) != NULL; p++)
		verdict = p;
	if (verdict == NULL)
		return;
	*verdict = '\0';
	verdict += strlen(" (verdict ");
	if (strncmp(verdict, "drop)", 5) == 0 || strncmp(verdict, "accept)", 7) == 0)
		decide(t, o, where, text, verdict[0] == 'd', false);
}

static void policy_line(struct trace *t, struct open_packet *o, const char *where, const char *policy)
{
	const bool drop = strncmp(policy, "drop", 4) == 0;

	decide(t, o, where, drop ? "policy drop" : "policy accept", drop, true);
}

static void line_of(struct trace *t, char *line)
{
	char family[16], table[40], chain[40], where[96];
	struct open_packet *o;
	char id[16];
	int n = 0;

	if (sscanf(line, "trace id %15[0-9a-f] %15s %39s %39s %n", id, family, table, chain, &n) != 4 || n == 0) {
		gaps_add(t->gaps, "line of the trace that is none");
		return;
	}
	snprintf(where, sizeof(where), "%s %s %s", family, table, chain);
	o = find_open(t, (uint32_t)strtoul(id, NULL, 16));
	if (o == NULL)
		return;
	line += n;
	if (strncmp(line, "packet: ", 8) == 0) {
		packet_line(t, o, where, line);
		return;
	}
	if (o->record == NULL)
		return;
	if (strncmp(line, "rule ", 5) == 0)
		rule_line(t, o, where, line + 5);
	else if (strncmp(line, "policy ", 7) == 0)
		policy_line(t, o, where, line + 7);
}

void nft_read_trace(struct nft *n, FILE *in, struct gaps *gaps)
{
	struct trace t = {.nft = n, .gaps = gaps};
	struct open_packet *o, *next;
	char line[SCOPE_MAX_LINE];

	while (nft_line(in, line))
		if (line[0] != '\0')
			line_of(&t, line);
	HASH_ITER(hh, t.open, o, next)
	{
		HASH_DEL(t.open, o);
		free(o);
	}
}
