#include "labs/scope/list.h"

#include <stdlib.h>
#include <string.h>

bool list_room(void *array, size_t n, size_t *cap, size_t size, size_t most)
{
	size_t more = *cap == 0 ? 16 : 2 * *cap;
	void *old, *moved;

	if (n < *cap)
		return true;
	if (n >= most)
		return false;
	if (more > most)
		more = most;
	memcpy(&old, array, sizeof(old));
	moved = realloc(old, more * size);
	if (moved == NULL)
		return false;
	memcpy(array, &moved, sizeof(moved));
	*cap = more;
	// cppcheck-suppress memleak // *array has it
	return true;
}
