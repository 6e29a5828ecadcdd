/*
 * Growing arrays with a ceiling.
 */
#ifndef SCOPE_LIST_H
#define SCOPE_LIST_H

#include <stdbool.h>
#include <stddef.h>

/* Makes room for one more element of that size behind *n of them; *array may move. False,
 * and nothing is changed: `most` are there already, or no memory. */
bool list_room(void *array, size_t n, size_t *cap, size_t size, size_t most);

#endif
