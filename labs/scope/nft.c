#include "labs/scope/nft.h"

#include <stdlib.h>
#include <string.h>

#include "client/text.h"
#include "labs/scope/nft_private.h"

struct nft *nft_new(void)
{
	return calloc(1, sizeof(struct nft));
}

void nft_free(struct nft *n)
{
	struct nft_bucket *bucket, *next_bucket;
	struct nft_rule *rule, *next_rule;

	if (n == NULL)
		return;
	HASH_ITER(hh, n->buckets, bucket, next_bucket)
	{
		HASH_DEL(n->buckets, bucket);
		free(bucket);
	}
	HASH_ITER(hh, n->rules, rule, next_rule)
	{
		HASH_DEL(n->rules, rule);
		free(rule);
	}
	for (size_t i = 0; i < n->n_records; i++)
		free(n->records[i]);
	free(n->records);
	free(n);
}

bool nft_line(FILE *in, char line[SCOPE_MAX_LINE])
{
	size_t len;

	if (fgets(line, SCOPE_MAX_LINE, in) == NULL)
		return false;
	len = strlen(line);
	if (len > 0 && line[len - 1] == '\n')
		line[len - 1] = '\0';
	else
		for (int ch = getc(in); ch != EOF && ch != '\n'; ch = getc(in))
			;
	return true;
}

/* ---- rules ------------------------------------------------------------------------------- */

/* Is it a counter's state, "packets 12 bytes 720"? Returns its length, or 0. */
static size_t counter_len(const char *text)
{
	static const char *const words[] = {"packets ", " bytes "};
	const char *p = text;

	for (int i = 0; i < 2; i++) {
		const size_t n = strlen(words[i]), digits = strncmp(p, words[i], n) == 0 ? strspn(p + n, "0123456789") : 0;

		if (digits == 0)
			return 0;
		p += n + digits;
	}
	return (size_t)(p - text);
}

unsigned nft_normalize(const char *text, char out[NFT_TEXT_LEN])
{
	char copy[SCOPE_MAX_LINE] = "";
	const char *handle = NULL;
	unsigned number = 0;
	size_t len = 0;

	for (const char *p = text; (p = strstr(p, "# handle ")) != NULL; p++)
		handle = p;
	if (handle != NULL)
		number = (unsigned)strtoul(handle + strlen("# handle "), NULL, 10);
	if (number == 0)
		handle = NULL;
	while (*text != '\0' && text != handle && len + 1 < sizeof(copy)) {
		size_t counter = len > 0 && copy[len - 1] == ' ' ? counter_len(text) : 0;

		if (counter > 0) {
			text += counter;
			continue;
		}
		if (*text != ' ' && *text != '\t' && *text != '\n')
			copy[len++] = *text;
		else if (len > 0 && copy[len - 1] != ' ')
			copy[len++] = ' ';
		text++;
	}
	while (len > 0 && copy[len - 1] == ' ')
		len--;
	text_escape(copy, len, out, NFT_TEXT_LEN);
	return handle != NULL ? number : 0;
}

struct nft_rule *nft_rule(struct nft *n, const char *where, const char *text)
{
	struct nft_rule wanted, *rule;
	const size_t key_len = offsetof(struct nft_rule, handle);

	memset(&wanted, 0, sizeof(wanted));
	text_escape(where, strlen(where), wanted.where, sizeof(wanted.where));
	strncpy(wanted.text, text, sizeof(wanted.text) - 1);
	HASH_FIND(hh, n->rules, &wanted, key_len, rule);
	if (rule != NULL)
		return rule;
	rule = HASH_COUNT(n->rules) < SCOPE_MAX_RULES ? malloc(sizeof(*rule)) : NULL;
	if (rule == NULL)
		return NULL;
	*rule = wanted;
	HASH_ADD(hh, n->rules, where, key_len, rule);
	if (!hash_added(rule)) {
		free(rule);
		return NULL;
	}
	return rule;
}

static void read_rule(struct nft *n, const char *family, const char *table, const char *chain, const char *line)
{
	char where[96], text[NFT_TEXT_LEN];
	unsigned handle = nft_normalize(line, text);
	struct nft_rule *rule;

	if (handle == 0)
		return;
	snprintf(where, sizeof(where), "%.15s %.38s %.38s", family, table, chain);
	rule = nft_rule(n, where, text);
	if (rule == NULL)
		return;
	if (rule->handle != 0 && rule->handle != handle)
		rule->ambiguous = true;
	rule->handle = handle;
}

void nft_read_rules(struct nft *n, FILE *in)
{
	char family[40] = "", table[40] = "", chain[40] = "";
	char line[SCOPE_MAX_LINE];

	while (nft_line(in, line)) {
		const char *p = line + strspn(line, " \t");

		if (sscanf(p, "table %39s %39s {", family, table) == 2 || p[0] == '}')
			chain[0] = '\0';
		else if (sscanf(p, "chain %39s {", chain) != 1 && chain[0] != '\0' && strncmp(p, "type ", 5) != 0)
			read_rule(n, family, table, chain, p);
	}
}

/* ---- packets ----------------------------------------------------------------------------- */

void nft_index(struct nft *n, struct nft_record *record)
{
	struct nft_bucket *bucket;

	HASH_FIND(hh, n->buckets, &record->key, sizeof(record->key), bucket);
	if (bucket == NULL) {
		bucket = calloc(1, sizeof(*bucket));
		if (bucket == NULL)
			return;
		bucket->key = record->key;
		HASH_ADD(hh, n->buckets, key, sizeof(bucket->key), bucket);
		if (!hash_added(bucket)) {
			free(bucket);
			return;
		}
	}
	if (bucket->first == NULL)
		bucket->first = record;
	else
		bucket->last->next = record;
	bucket->last = record;
}

static void put_end(uint8_t host[16], uint16_t *port, const union addr *a)
{
	if (a->sa.sa_family == AF_INET6)
		memcpy(host, &a->in6.sin6_addr, 16);
	else
		memcpy(host, &a->in.sin_addr, 4);
	*port = addr_port(a);
}

struct nft_decision nft_find(struct nft *n, const struct packet *p, const union addr *from, const union addr *to)
{
	struct nft_decision none = {NFT_NONE, NULL}, found;
	struct nft_bucket *bucket;
	struct nft_key key;

	memset(&key, 0, sizeof(key));
	put_end(key.from, &key.from_port, from);
	put_end(key.to, &key.to_port, to);
	key.family = (uint8_t)from->sa.sa_family;
	key.length = p->ip_length;
	key.id = p->ip_id;
	key.flags = p->flags;
	key.window = p->window;
	HASH_FIND(hh, n->buckets, &key, sizeof(key), bucket);
	if (p->icmp || bucket == NULL || bucket->first == NULL)
		return none;
	found = bucket->first->decision;
	bucket->first = bucket->first->next;
	return found;
}
