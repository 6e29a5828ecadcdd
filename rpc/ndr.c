#include "rpc/ndr.h"

bool ndr_context_handle_is_nil(const struct ndr_context_handle *h)
{
	return h->attributes == 0 && uuid_is_nil(&h->uuid);
}

/* What does not fit: less than any count. Whatever is calculated with it is none either. */
#define NO_COUNT INT64_MIN

static bool no_counts(int64_t a, int64_t b)
{
	return a == NO_COUNT || b == NO_COUNT;
}

int64_t ndr_add(int64_t a, int64_t b)
{
	int64_t c;

	return no_counts(a, b) || __builtin_add_overflow(a, b, &c) ? NO_COUNT : c;
}

int64_t ndr_subtract(int64_t a, int64_t b)
{
	int64_t c;

	return no_counts(a, b) || __builtin_sub_overflow(a, b, &c) ? NO_COUNT : c;
}

int64_t ndr_multiply(int64_t a, int64_t b)
{
	int64_t c;

	return no_counts(a, b) || __builtin_mul_overflow(a, b, &c) ? NO_COUNT : c;
}

int64_t ndr_divide(int64_t a, int64_t b)
{
	return no_counts(a, b) || b == 0 ? NO_COUNT : a / b;
}

int64_t ndr_modulo(int64_t a, int64_t b)
{
	return no_counts(a, b) || b == 0 ? NO_COUNT : a % b;
}

int64_t ndr_shift_left(int64_t a, int64_t b)
{
	return b < 0 || b > 62 ? NO_COUNT : ndr_multiply(a, (int64_t)1 << b);
}

int64_t ndr_shift_right(int64_t a, int64_t b)
{
	return b < 0 || b > 62 || a < 0 ? NO_COUNT : a >> b;
}

int64_t ndr_and(int64_t a, int64_t b)
{
	return no_counts(a, b) ? NO_COUNT : a & b;
}

int64_t ndr_or(int64_t a, int64_t b)
{
	return no_counts(a, b) ? NO_COUNT : a | b;
}

int64_t ndr_xor(int64_t a, int64_t b)
{
	return no_counts(a, b) ? NO_COUNT : a ^ b;
}
