/*
 * One line of text for one PDU: for the daemon's debug log and the client's -v.
 */
#ifndef RPC_TRACE_H
#define RPC_TRACE_H

#include <stddef.h>
#include <stdint.h>

#define TRACE_TEXT_LEN 256u

/* "bind call 1: epm v3.0 as NDR, fragments 5840", "request call 2: context 0,
 * opnum 3, 132 bytes". Any bytes are safe to give. Returns text. */
char *trace_format(const uint8_t *pdu, size_t len, char text[TRACE_TEXT_LEN]);

#endif
