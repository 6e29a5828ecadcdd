#include "rpc/binding.h"

#include <stdio.h>
#include <string.h>

static bool is_special(char c)
{
	return c != '\0' && strchr("@:[],\\", c) != NULL;
}

/* Copies from *text up to the first unescaped character of `stops` (or the
 * end), which is left for the caller. False if it does not fit. */
static bool take(const char **text, const char *stops, char dst[RPC_MAX_NAME])
{
	const char *p = *text;
	size_t n = 0;

	while (*p != '\0' && strchr(stops, *p) == NULL) {
		if (*p == '\\' && is_special(p[1]))
			p++;
		if (n == RPC_MAX_NAME - 1)
			return false;
		dst[n++] = *p++;
	}
	dst[n] = '\0';
	*text = p;
	return true;
}

/* "[endpoint,options]" at *text, if anything is there. */
static bool take_endpoint(const char **text, struct binding *b)
{
	if (**text != '[')
		return true;
	(*text)++;
	if (!take(text, ",]", b->endpoint))
		return false;
	if (**text == ',') {
		(*text)++;
		if (!take(text, "]", b->options))
			return false;
	}
	if (**text != ']')
		return false;
	(*text)++;
	return true;
}

bool binding_parse(const char *text, struct binding *b)
{
	const struct protseq_info *info;
	char name[RPC_MAX_NAME];
	const char *end;

	*b = (struct binding){.protseq = PROTSEQ_UNKNOWN};
	if (uuid_parse(text, &b->object, &end) && *end == '@') {
		b->has_object = true;
		text = end + 1;
	} else {
		b->object = uuid_nil;
	}
	if (!take(&text, ":", name) || *text != ':')
		return false;
	text++;
	info = protseq_find_name(name);
	if (info == NULL)
		return false;
	b->protseq = info->id;
	if (!take(&text, "[", b->host) || !take_endpoint(&text, b))
		return false;
	return *text == '\0';
}

/* Appends src to text, with a backslash before the characters of `escape`. */
static void append(char text[BINDING_TEXT_LEN], const char *src, const char *escape)
{
	size_t n = strlen(text);

	for (; *src != '\0' && n + 3 < BINDING_TEXT_LEN; src++) {
		/* A backslash needs another only where it would take the next
		 * character's meaning away; behind the last one of src a bracket
		 * or a comma may follow. */
		if (*src == '\\' ? is_special(src[1]) || src[1] == '\0' : strchr(escape, *src) != NULL)
			text[n++] = '\\';
		text[n++] = *src;
	}
	text[n] = '\0';
}

char *binding_format(const struct binding *b, char text[BINDING_TEXT_LEN])
{
	const struct protseq_info *info = protseq_info(b->protseq);
	char uuid[UUID_TEXT_LEN];

	text[0] = '\0';
	if (b->has_object)
		snprintf(text, BINDING_TEXT_LEN, "%s@", uuid_format(&b->object, uuid));
	append(text, info != NULL ? info->name : "unknown", "");
	append(text, ":", "");
	append(text, b->host, "[");
	if (b->endpoint[0] == '\0' && b->options[0] == '\0')
		return text;
	append(text, "[", "");
	append(text, b->endpoint, ",]");
	if (b->options[0] != '\0') {
		append(text, ",", "");
		append(text, b->options, "]");
	}
	append(text, "]", "");
	return text;
}
