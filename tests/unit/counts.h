/*
 * Where the counts of a stub are: the linker puts the functions of counts.c before those
 * of rpc/ndr_in.c that read a count (ld's --wrap).
 */
#ifndef TESTS_UNIT_COUNTS_H
#define TESTS_UNIT_COUNTS_H

#include <stdbool.h>
#include <stddef.h>

enum { COUNTS_MOST = 1000 };

struct counts_list {
	size_t n;
	size_t at[COUNTS_MOST]; /* offsets in the stub */
	/* Of a string: one more may be no lie, if the gap behind it is zero. */
	bool string[COUNTS_MOST];
};

/* From now on every count that is read is noted in the list, which is emptied; NULL: no
 * more. A string's maximum is not: it may be larger than what follows. */
void counts_watch(struct counts_list *list);

#endif
