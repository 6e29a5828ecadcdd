/*
 * A conversation as the rows of a ladder, whatever it will be drawn on.
 *
 * A row is an arrow between two lifelines, with a label on it and a note beside it. Some rows
 * stand for many packets: a packet that is sent again and again ("three times in 7 s"), and
 * the middle of a long exchange of data. Acknowledgements that carry nothing are not drawn,
 * unless one is lost.
 */
#ifndef SCOPE_LADDER_H
#define SCOPE_LADDER_H

#include "labs/scope/result.h"

#define LADDER_LABEL_LEN 128u
#define LADDER_NOTE_LEN 512u

enum row_kind {
	ROW_ARROW,
	ROW_MORE, /* packets that are left out here */
};

enum tone { TONE_PLAIN, TONE_GOOD, TONE_BAD, TONE_DATA };

struct row {
	enum row_kind kind;
	enum tone tone;
	enum end from, to;
	bool lost; /* ends in a cross */
	bool data; /* may be left out of the middle of a long exchange */
	uint32_t first, last; /* passages that it stands for, among others */
	uint32_t count;
	int64_t time; /* nanoseconds since the conversation's first packet */
	char label[LADDER_LABEL_LEN];
	char cross[LADDER_LABEL_LEN]; /* beside the cross: "rule 6 drop" */
	char note[LADDER_NOTE_LEN];
};

/* Names that people gave to hosts, by address; the firewall's has AF_UNSPEC. */
struct ladder_names {
	size_t n;
	struct {
		union addr host;
		char name[64];
	} list[SCOPE_MAX_NAMES];
};

struct ladder {
	const struct join *join;
	const struct joined *of;
	struct result result;
	unsigned number; /* of the conversation, from 1 */
	struct row *rows;
	size_t n_rows, cap_rows;
	const char *firewall_name; /* "firewall", or as people call it */
	union addr firewall;       /* that an ICMP error came from; AF_UNSPEC: not known */
	char title[3][ADDR_TEXT_LEN + 64]; /* over the lifelines, by enum end */
	char verdict[256]; /* the result in one line */
	char rule[NFT_TEXT_LEN + 160]; /* that decided against it; "": none is known */
	char hint[DIAGNOSIS_HINT_LEN];
};

/* False: no memory. */
bool ladder_make(struct ladder *l, const struct join *j, size_t i, const struct ladder_names *names);
void ladder_free(struct ladder *l);

/* Does it begin with a mapper, or did the client go to a service at once? */
bool ladder_asks_mapper(const struct ladder *l);
/* "SYN :135", "bind epm v3.0; ept_map echo v1.0": what a packet is, in a few words. */
char *ladder_label(const struct join *j, const struct joined *c, const struct passage *p,
                   char text[LADDER_LABEL_LEN]);
/* "rule "tcp dport 135 drop" in inet border forward, handle 6"; "" if no rule is known. */
char *ladder_rule(const struct nft_decision *d, char text[NFT_TEXT_LEN + 160]);
/* "inside 10.1.1.2", "10.1.1.2". Returns text. */
char *ladder_host(const struct ladder_names *names, const union addr *host, char text[ADDR_TEXT_LEN + 64]);

#endif
