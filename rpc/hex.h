/*
 * Bytes as text: two hexadecimal digits each.
 */
#ifndef RPC_HEX_H
#define RPC_HEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* n bytes, with a NUL behind their digits. Returns text. */
char *hex_format(const uint8_t *bytes, size_t n, char *text);
/* The whole text must be pairs of digits; *n is then how many bytes they are. */
bool hex_parse(const char *text, uint8_t *bytes, size_t *n);

#endif
