#include "epmapd/range.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

/* A port number at *text, which moves behind it. */
static bool parse_port(const char **text, uint16_t *port)
{
	char *end;
	unsigned long n;

	if (!isdigit((unsigned char)**text))
		return false;
	n = strtoul(*text, &end, 10);
	if (n < 1 || n > UINT16_MAX)
		return false;
	*port = (uint16_t)n;
	*text = end;
	return true;
}

bool range_parse(const char *text, struct range *r)
{
	if (!parse_port(&text, &r->first) || *text++ != '-')
		return false;
	return parse_port(&text, &r->last) && *text == '\0' && r->first <= r->last;
}

unsigned range_count(const struct range *r)
{
	return r->last - r->first + 1u;
}

bool range_order_parse(const char *text, enum range_order *order)
{
	if (strcmp(text, "sequential") == 0)
		*order = RANGE_SEQUENTIAL;
	else if (strcmp(text, "random") == 0)
		*order = RANGE_RANDOM;
	else
		return false;
	return true;
}

const char *range_order_name(enum range_order order)
{
	return order == RANGE_RANDOM ? "random" : "sequential";
}

unsigned range_start(const struct range *r, enum range_order order)
{
	unsigned n = 0;

	if (order == RANGE_RANDOM && getrandom(&n, sizeof(n), 0) != (ssize_t)sizeof(n))
		return 0;
	return n % range_count(r);
}

uint16_t range_port(const struct range *r, unsigned start, unsigned i)
{
	return (uint16_t)(r->first + (start + i) % range_count(r));
}
