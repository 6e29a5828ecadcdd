/*
 * The files that are read: their text, places in it, and messages about it. Also
 * the compiler's memory (idl_alloc, declared in ast.h).
 */
#ifndef IDL_SOURCE_H
#define IDL_SOURCE_H

#include <stddef.h>

#include "idl/compiler/ast.h"

/* A piece of a file's text. */
struct span {
	struct idl_pos pos; /* of its first character */
	size_t begin, end;  /* in pos.source->text; the end is behind the last character */
};

/* Reads a file. After a failure it returns NULL and sets *why. */
const struct idl_source *source_read(const char *path, const char **why);

/* The position of the character at an offset, which may be the end of the text. */
struct idl_pos source_pos(const struct idl_source *s, size_t offset);

/* Counts an error and writes it to standard error, as ast.h shows it. There is no
 * second error about the same place, and at most IDL_MAX_ERRORS are shown. */
__attribute__((format(printf, 3, 4))) void source_error(struct idl *idl, struct idl_pos pos,
                                                        const char *format, ...);

/* Text on one line, see ast.h: `whole`, with "{ ... }" in the place of `body`, and
 * then `more`. Those two may be NULL. */
const char *source_text(const struct span *whole, const struct span *body, const struct span *more);

/* A copy of the first n characters of s. */
char *source_copy(const char *s, size_t n);
/* Text as of printf, in memory of its own. */
__attribute__((format(printf, 1, 2))) char *source_format(const char *format, ...);

#endif
