/*
 * Words that are not for everybody to use, and words that are nearly right.
 */
#ifndef IDL_WORDS_H
#define IDL_WORDS_H

#include <stdbool.h>
#include <stddef.h>

/* What IDL elsewhere has and idlc has not: "leave it out: 'long' is signed", or "" if there
 * is nothing to say. NULL: the word is not known. */
const char *words_unsupported(const char *word);

/* Would the name be trouble in the C that is written? */
bool words_is_reserved(const char *name);

/* The search for what was meant by a word: what is most like it. */
struct guess {
	const char *word;
	const char *best; /* or NULL */
	unsigned distance;
};

void words_guess(struct guess *g, const char *candidate);
/* "; did you mean 'length'?", or "". */
const char *words_hint(const struct guess *g);

#endif
