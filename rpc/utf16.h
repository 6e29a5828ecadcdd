/*
 * Text as NTLM has it: UTF-16, little-endian, as bytes without a NUL.
 */
#ifndef RPC_UTF16_H
#define RPC_UTF16_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* UTF-8, `*text` up to its NUL, to *len bytes of UTF-16. False: it is not UTF-8, or needs
 * more than cap bytes. */
bool utf16_from_utf8(const char *text, uint8_t *wide, size_t cap, size_t *len);
/* The other way, with a NUL behind it; a NUL within is refused. False: it is not UTF-16, or
 * needs more than cap bytes. */
bool utf16_to_utf8(const uint8_t *wide, size_t len, char *text, size_t cap);
/* Capitals, each letter for itself: of Latin, Greek and Cyrillic, as far as names in use
 * need them (U+00E0 to U+017E, U+03AC to U+03CE, U+0430 to U+045F). len is even. */
void utf16_upper(uint8_t *wide, size_t len);

#endif
