/*
 * What the scanner (scan.l) and the parser (parse.y) share while they read a file.
 *
 * The scanner cuts text into tokens. Between the two, parse_lex() keeps track of brackets,
 * and skips what is left of a declaration in which there was a mistake.
 */
#ifndef IDL_PARSER_H
#define IDL_PARSER_H

#include "idl/compiler/decl.h"
#include "idl/compiler/limits.h"

struct bracket {
	char shape; /* { ( [ */
	struct idl_pos pos;
};

struct parser {
	struct idl *idl; /* where errors are counted */
	const struct idl_source *source;
	struct decl *decls; /* the result */

	void *scanner;      /* flex's own state */
	struct idl_pos pos; /* of the next character, and its offset */
	size_t offset;
	struct span comment; /* where the comment begins that is being read */

	struct span token, previous; /* the last token that was read, and the one before */
	bool holds_text;             /* the next '(' has text behind it that is no IDL: uuid( */

	struct bracket brackets[IDL_MAX_BRACKETS]; /* the open ones */
	unsigned n_brackets, n_braces;
	struct bracket unclosed; /* one that the last token has cut off: `( ;` */

	/* After a mistake: everything is skipped up to a ';' outside of more than so many
	 * braces, or the '}' of the innermost of them. */
	bool skipping;
	unsigned skip_braces;
	bool give_up; /* the rest of the file would make no sense */
};

/* A syntax error: the parser met `got`, while one of `expected` could stand here.
 * The names are those of the tokens in parse.y: "';'", "'typedef'", "a name". */
void surprise_report(struct parser *p, const char *got, const char *const *expected, size_t n);
/* After an error: skips what is left of the declaration. `got` is the token that the
 * parser has met, or "" for one that it has not. */
void surprise_skip(struct parser *p, const char *got);
/* `item` has no ';' behind it. */
void surprise_no_semicolon(struct parser *p, const struct span *item);

/* The scanner's text tokens; they report what is wrong with them. */
int64_t token_number(struct parser *p, struct idl_pos pos, const char *text);
int64_t token_character(struct parser *p, struct idl_pos pos, const char *text, size_t len);
const char *token_string(struct parser *p, struct idl_pos pos, const char *text, size_t len);
const char *token_name(struct parser *p, struct idl_pos pos, const char *text, size_t len);

#endif
