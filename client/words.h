/*
 * The words of a command line as the [in] parameters of an operation. What the stub or
 * another word tells is left out: the sizes of arrays that are given, and context
 * handles.
 */
#ifndef CLIENT_WORDS_H
#define CLIENT_WORDS_H

#include "client/value.h"

#define WORDS_USAGE_LEN 256u

/* "A B", "IN_DATA|@SIZE": what is wanted. Returns text. */
char *words_usage(const struct desc_field *params, char text[WORDS_USAGE_LEN]);

/* Takes n words into args. What they need is taken from the arena. False: with an error,
 * of VALUE_ERROR_LEN. */
bool words_parse(const struct desc_field *params, void *args, struct arena *arena, char **words, int n, char *error);

#endif
