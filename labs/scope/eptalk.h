/*
 * What is asked of a mapper and what it answers, in a few words, from the stubs of
 * idl/ept.idl. Whoever made the capture, the stubs trust nobody.
 */
#ifndef SCOPE_EPTALK_H
#define SCOPE_EPTALK_H

#include "rpc/cursor.h"
#include "rpc/syntax.h"
#include "rpc/tower.h"

#define EPTALK_LEN 96u

/* An endpoint on TCP that a mapper named. */
typedef void eptalk_endpoint_fn(void *arg, const struct tower *t);

/* "echo v1.0", or a UUID with its version. Returns text. */
char *eptalk_interface(const struct syntax_id *id, char text[EPTALK_LEN]);

/* "ept_map echo v1.0", "ept_lookup all". False: the stub makes no sense; then text is the
 * operation alone. */
bool eptalk_question(unsigned opnum, const struct reader *stub, bool ndr64, char text[EPTALK_LEN]);

/* "10.2.2.2[5003]", "12 entries", "not registered"; *status is what it ends with, and
 * `endpoint` is called for each. False as above. */
bool eptalk_answer(unsigned opnum, const struct reader *stub, bool ndr64, char text[EPTALK_LEN],
                   uint32_t *status, eptalk_endpoint_fn *endpoint, void *arg);

#endif
