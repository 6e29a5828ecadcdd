/*
 * Text for people: foreign bytes made safe, lines wrapped, colour.
 */
#ifndef CLIENT_TEXT_H
#define CLIENT_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* Copies len bytes, with everything that is not printable ASCII as \xNN.
 * Truncates between two characters; returns dst. */
char *text_escape(const char *src, size_t len, char *dst, size_t cap);

/* Prints words, wrapped to lines of `width` columns that begin with `indent`
 * spaces, and ends the last line. */
void text_wrap(FILE *out, unsigned indent, unsigned width, const char *words);

/* May `out` have colours? Only a terminal, and not where NO_COLOR is set. */
bool text_has_color(FILE *out);

enum text_color { TEXT_PLAIN, TEXT_GOOD, TEXT_BAD, TEXT_DIM, TEXT_BOLD };

/* The escape sequence that begins a colour, or ends it (TEXT_PLAIN); "" if
 * `on` is false. */
const char *text_color(bool on, enum text_color color);

/* UTF-16 in the machine's byte order to UTF-8 and back. What is no text comes out as
 * question marks, or is refused. NULL: refused, or no memory; the caller frees it. */
char *text_from_utf16(const uint16_t *s, size_t n);
uint16_t *text_to_utf16(const char *s, size_t *n);

#endif
