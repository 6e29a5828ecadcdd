/*
 * Syntax errors: what to say when a token stands where it cannot.
 *
 * All that the parser knows is what it met and what it could have gone on with. From that
 * this file guesses the mistake that a person made: the functions that begin with `is_`,
 * in the order in which they are tried, each say something about one kind. Then the
 * declaration is skipped, so that one mistake is reported once.
 */
#include <ctype.h>
#include <string.h>

#include "idl/compiler/parser.h"
#include "idl/compiler/words.h"

struct surprise {
	struct parser *p;
	const char *got;             /* the token's name in parse.y */
	const char *text, *previous; /* it and the one before, as written; long ones in part */
	const char *const *expected;
	size_t n_expected;
};

/* What was met, what else was possible, and what that means. */
static const struct {
	const char *got, *expected, *sentence;
} meanings[] = {
	{"':'", "';'", "bit-fields are not supported"},
	{"':'", "'{'", "interfaces that inherit from others are not supported"},
	{"'='", "';'", "a value can only be given to a constant: 'const long NAME = 1;'"},
	{"'('", "'*'", "brackets around a name, as in pointers to functions or to arrays, are not supported"},
	{"'{'", "'('", "a body stands only behind struct, union, enum and interface"},
};

static bool can_be(const struct surprise *s, const char *token)
{
	for (size_t i = 0; i < s->n_expected; i++)
		if (strcmp(s->expected[i], token) == 0)
			return true;
	return false;
}

static bool is(const struct surprise *s, const char *token)
{
	return strcmp(s->got, token) == 0;
}

/* "'long'", not "';'" and not "a name" */
static bool is_keyword(const char *token)
{
	return token[0] == '\'' && isalpha((unsigned char)token[1]);
}

static char closing(char shape)
{
	if (shape == '(')
		return ')';
	return (char)(shape + 2); /* of [ and { */
}

static bool is_end_of_file(const struct surprise *s)
{
	struct parser *p = s->p;
	const struct bracket *open = p->n_brackets > 0 ? &p->brackets[p->n_brackets - 1] : NULL;

	if (!is(s, "the end of the file"))
		return false;
	if (open != NULL)
		source_error(p->idl, open->pos, "this '%c' has no end: a '%c' is missing", open->shape,
		             closing(open->shape));
	else
		source_error(p->idl, p->token.pos, "the file ends in the middle of a declaration");
	return true;
}

static bool is_unsupported_word(const struct surprise *s)
{
	const char *way_out = words_unsupported(s->text);

	if (way_out != NULL) {
		source_error(s->p->idl, s->p->token.pos, "'%s' is not supported; %s", s->text, way_out);
		return true;
	}
	/* It was taken for a type, so that a name should have followed. */
	way_out = can_be(s, "a name") ? words_unsupported(s->previous) : NULL;
	if (way_out != NULL)
		source_error(s->p->idl, s->p->previous.pos, "'%s' is not supported; %s", s->previous,
		             way_out);
	return way_out != NULL;
}

static bool is_open_bracket(const struct surprise *s)
{
	struct parser *p = s->p;

	if (p->unclosed.shape == '\0')
		return false;
	source_error(p->idl, p->unclosed.pos, "this '%c' is not closed before the %s in line %d",
	             p->unclosed.shape, s->got, p->token.pos.line);
	return true;
}

static bool is_attribute_of_typedef(const struct surprise *s)
{
	if (!is(s, "'typedef'") || strcmp(s->previous, "]") != 0)
		return false;
	source_error(s->p->idl, s->p->token.pos, "the attributes of a typedef stand behind this word");
	return true;
}

/* What cannot stand in a struct shows that the struct should have ended. */
static bool is_open_body(const struct surprise *s)
{
	struct parser *p = s->p;

	if (!is(s, "'typedef'") && !is(s, "'interface'") && !is(s, "'import'") && !is(s, "'cpp_quote'"))
		return false;
	if (p->n_brackets == 0 || !can_be(s, "'}'") || can_be(s, "';'"))
		return false;
	source_error(p->idl, p->token.pos,
	             "before this %s a '}' is missing: the '{' in line %d is still open", s->got,
	             p->brackets[p->n_brackets - 1].pos.line);
	p->give_up = true;
	return true;
}

static bool is_outside(const struct surprise *s)
{
	if (!can_be(s, "'interface'") || !is_keyword(s->got))
		return false;
	source_error(s->p->idl, s->p->token.pos,
	             "%s can only stand inside of an interface: 'interface NAME { ... }'", s->got);
	return true;
}

static bool is_missing_semicolon(const struct surprise *s)
{
	struct parser *p = s->p;

	/* Where a declaration may begin, a semicolon is just one of many things. */
	if (!can_be(s, "';'") || can_be(s, "'import'") || p->token.pos.line == p->previous.pos.line)
		return false;
	surprise_no_semicolon(p, &p->previous);
	return true;
}

static bool is_known_meaning(const struct surprise *s)
{
	for (size_t i = 0; i < sizeof(meanings) / sizeof(meanings[0]); i++) {
		if (is(s, meanings[i].got) && can_be(s, meanings[i].expected)) {
			source_error(s->p->idl, s->p->token.pos, "%s", meanings[i].sentence);
			return true;
		}
	}
	return false;
}

static bool is_keyword_as_name(const struct surprise *s)
{
	if (!is_keyword(s->got) || !can_be(s, "a name") || can_be(s, "'long'"))
		return false;
	source_error(s->p->idl, s->p->token.pos, "%s is a word of the language, and cannot be a name",
	             s->got);
	return true;
}

/* A name that is nearly one of the words that could stand here, or could have stood in
 * the place of the token before: `typdef struct`. */
static bool is_misspelt(const struct surprise *s)
{
	static const char *const first[] = {"typedef", "struct", "union", "enum", "const", "unsigned"};
	struct guess g = {.word = s->text};
	const struct span *at = &s->p->token;

	for (size_t i = 0; is(s, "a name") && i < s->n_expected; i++)
		if (is_keyword(s->expected[i]))
			words_guess(&g, source_copy(s->expected[i] + 1, strlen(s->expected[i]) - 2));
	if (g.best == NULL && can_be(s, "a name")) {
		g.word = s->previous;
		at = &s->p->previous;
		for (size_t i = 0; i < sizeof(first) / sizeof(first[0]); i++)
			words_guess(&g, first[i]);
	}
	if (g.best == NULL)
		return false;
	source_error(s->p->idl, at->pos, "'%s' is not expected here%s", g.word, words_hint(&g));
	return true;
}

/* "; ',' or ')' is", if that is not too many */
static const char *what_is_possible(const struct surprise *s)
{
	const char *list = "";

	if (s->n_expected == 0 || s->n_expected > 4)
		return "";
	for (size_t i = 0; i < s->n_expected; i++)
		list = source_format("%s%s%s", list,
		                     i == 0                  ? ""
		                     : i + 1 < s->n_expected ? ", "
		                                             : " or ",
		                     s->expected[i]);
	return source_format("; %s could stand here", list);
}

static void anything_else(const struct surprise *s)
{
	struct parser *p = s->p;

	if (can_be(s, "','") && can_be(s, "')'") &&
	    (is(s, "a name") || is(s, "a type") || is_keyword(s->got)))
		source_error(p->idl, p->token.pos, "'%s' is not expected here; is a ',' missing before it?",
		             s->text);
	else
		source_error(p->idl, p->token.pos, "'%s' is not expected here%s", s->text,
		             what_is_possible(s));
}

static const char *text_of(const struct span *at)
{
	size_t len = at->end - at->begin;

	return source_copy(at->pos.source->text + at->begin, len < IDL_MAX_NAME ? len : IDL_MAX_NAME);
}

void surprise_report(struct parser *p, const char *got, const char *const *expected, size_t n)
{
	const struct surprise s = {p, got, text_of(&p->token), text_of(&p->previous), expected, n};

	if (p->give_up)
		return;
	if (!is_end_of_file(&s) && !is_unsupported_word(&s) && !is_open_bracket(&s) &&
	    !is_missing_semicolon(&s) && !is_attribute_of_typedef(&s) && !is_open_body(&s) &&
	    !is_outside(&s) && !is_known_meaning(&s) && !is_misspelt(&s) && !is_keyword_as_name(&s))
		anything_else(&s);
	surprise_skip(p, got);
	if (p->idl->n_errors > IDL_MAX_ERRORS)
		p->give_up = true; /* nobody sees the rest */
}

void surprise_no_semicolon(struct parser *p, const struct span *item)
{
	const struct idl_source *s = p->source;
	size_t last = item->end;

	while (last > item->begin && (isalnum((unsigned char)s->text[last - 1]) || s->text[last - 1] == '_'))
		last--;
	if (last == item->end && last > item->begin)
		last--;
	source_error(p->idl, source_pos(s, item->end), "a ';' is missing behind '%.*s'",
	             (int)(item->end - last), s->text + last);
}

void surprise_skip(struct parser *p, const char *got)
{
	/* The brace that opened is skipped together with what it holds. */
	p->skip_braces = p->n_braces - (strcmp(got, "'{'") == 0);
	p->skipping = p->skip_braces > 0 && strcmp(got, "'}'") != 0 && strcmp(got, "';'") != 0;
}
