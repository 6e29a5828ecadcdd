/*
 * What the files behind pdu_text.h share: pdu_text.c (words to a draft), pdu_stub.c (the
 * words of a stub), pdu_put.c (a draft to bytes). Nobody else includes this.
 */
#ifndef TESTS_UNIT_PDU_DRAFT_H
#define TESTS_UNIT_PDU_DRAFT_H

#include "tests/unit/pdu_text.h"

enum pdu_number {
	CALL, FLAGS, PTYPE, VERS, MINOR, FRAG_LENGTH, AUTH_LENGTH, CUT, XMIT, RECV, GROUP, COUNT,
	FILL, CTX, OP, HINT, STATUS, REASON, SPLIT, N_NUMBERS
};

enum { PDU_DRAFT_HOLES = 8 };

/* One PDU as its words describe it. */
struct pdu_draft {
	uint32_t number[N_NUMBERS];
	bool given[N_NUMBERS];
	bool bare, object, auth;
	uint8_t drep[4];
	char addr[32];
	const char *group; /* its name, or NULL: number[GROUP] */
	uint8_t trailer[8];
	size_t credentials;
	struct writer list, stub; /* contexts or results; the stub */
	unsigned int elements;	  /* in the list */
	struct pdu_hole holes[PDU_DRAFT_HOLES]; /* in the stub */
	size_t n_holes;
	struct pdu_setting *setting;
};

/* Where the PDUs of a text are put. */
struct pdu_out {
	struct writer w;
	struct pdu_hole *holes; /* heap */
	size_t n_holes;
};

struct pdu_type {
	const char *name;
	uint8_t ptype;
	void (*put_body)(struct pdu_out *o, const struct pdu_draft *d);
};

/* pdu_put.c */
const struct pdu_type *pdu_put_type(const char *name);
bool pdu_put_is_ack(const struct pdu_type *type);
void pdu_put(struct pdu_out *o, const struct pdu_type *type, const struct pdu_draft *d);
void pdu_put_hole(struct pdu_out *o, const struct pdu_hole *hole);

/* pdu_stub.c: a word of a stub; false if it is none. */
bool pdu_stub_word(struct pdu_draft *d, const char *word, char *value);

/* pdu_text.c */
/* A number at *text, which moves behind it and behind the character that ends it. */
uint64_t pdu_text_number(const char **text);
void pdu_text_hex(struct writer *w, const char *text);
/* The place of a name, which is added if it is new. */
int pdu_text_name(struct pdu_setting *s, const char *name);

#endif
