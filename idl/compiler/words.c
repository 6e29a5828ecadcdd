/*
 * Tables of words, and the search for the word that was meant.
 */
#include "idl/compiler/words.h"

#include <ctype.h>
#include <string.h>

#include "idl/compiler/limits.h"
#include "idl/compiler/source.h"

static const struct {
	const char *word;
	const char *way_out;
} unsupported[] = {
	{"pipe", "pass the data in chunks, as arrays"},
	{"signed", "leave it out: integers are signed"},
	{"volatile", "leave it out"},
	{"ISO_LATIN_1", "use byte or char"},
	{"ISO_MULTI_LINGUAL", "use wchar_t"},
	{"ISO_UCS", "use wchar_t"},
	{"__int8", "use small"},
	{"__int16", "use short"},
	{"__int32", "use long"},
	{"IUnknown", "idlc knows no objects"},
	{"IDispatch", "idlc knows no objects"},
	{"library", "idlc knows no objects"},
	{"importlib", "idlc knows no objects"},
	{"coclass", "idlc knows no objects"},
	{"dispinterface", "idlc knows no objects"},
	{"module", "idlc knows no objects"},
	{"SAFEARRAY", "idlc knows no objects"},
	{"midl_pragma", "leave it out"},
};

/* Keywords of C, what <stdbool.h> and the like define, and the types of <stdint.h>. */
static const char *const reserved[] = {
	"auto",     "break",   "case",    "char",     "const",    "continue", "default",  "do",
	"double",   "else",    "enum",    "extern",   "float",    "for",      "goto",     "if",
	"inline",   "int",     "long",    "register", "restrict", "return",   "short",    "signed",
	"sizeof",   "static",  "struct",  "switch",   "typedef",  "union",    "unsigned", "void",
	"volatile", "while",   "asm",     "bool",     "true",     "false",    "NULL",     "EOF",
	"errno",    "assert",  "stdin",   "stdout",   "stderr",   "offsetof", "size_t",   "wchar_t",
	"int8_t",   "int16_t", "int32_t", "int64_t",  "uint8_t",  "uint16_t", "uint32_t", "uint64_t",
};

#define N(array) (sizeof(array) / sizeof((array)[0]))

const char *words_unsupported(const char *word)
{
	for (size_t i = 0; i < N(unsupported); i++)
		if (strcmp(unsupported[i].word, word) == 0)
			return unsupported[i].way_out;
	return NULL;
}

bool words_is_reserved(const char *name)
{
	for (size_t i = 0; i < N(reserved); i++)
		if (strcmp(reserved[i], name) == 0)
			return true;
	/* _Bool and all that compilers define for themselves */
	return name[0] == '_' && (name[1] == '_' || isupper((unsigned char)name[1]));
}

static unsigned min(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

/* How many letters have to be changed, added, left out or swapped with their neighbour
 * to make b of a. The names have at most IDL_MAX_NAME letters. */
static unsigned distance(const char *a, const char *b)
{
	unsigned rows[3][IDL_MAX_NAME + 1]; /* for a's first i letters, for one less, for two less */
	unsigned *now = rows[0], *before = rows[1], *two_before = rows[2], *spare;
	size_t n = strlen(b);

	for (unsigned j = 0; j <= n; j++)
		now[j] = j;
	for (unsigned i = 1; a[i - 1] != '\0'; i++) {
		spare = two_before;
		two_before = before;
		before = now;
		now = spare;
		now[0] = i;
		for (unsigned j = 1; j <= n; j++) {
			now[j] = before[j - 1] +
			         (tolower((unsigned char)a[i - 1]) != tolower((unsigned char)b[j - 1]));
			now[j] = min(now[j], min(before[j], now[j - 1]) + 1);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				now[j] = min(now[j], two_before[j - 2] + 1);
		}
	}
	return now[n];
}

void words_guess(struct guess *g, const char *candidate)
{
	size_t a = strlen(g->word), b = strlen(candidate);
	unsigned d;

	if (strcmp(g->word, candidate) == 0 || a > IDL_MAX_NAME || b > IDL_MAX_NAME || a > b + 2 || b > a + 2)
		return;
	d = distance(g->word, candidate);
	/* One mistake in three letters, but not more than two. */
	if (d > 2 || d * 3 > a || (g->best != NULL && d >= g->distance))
		return;
	g->best = candidate;
	g->distance = d;
}

const char *words_hint(const struct guess *g)
{
	return g->best != NULL ? source_format("; did you mean '%s'?", g->best) : "";
}
