/*
 * uthash, told not to end the process when memory runs out.
 */
#ifndef RPC_HASH_H
#define RPC_HASH_H

#define HASH_NONFATAL_OOM 1

#include <uthash.h>

/* After HASH_ADD: is the element in the table, or was there no memory for it? */
#define hash_added(element) ((element)->hh.tbl != NULL)

#endif
