/*
 * What became of the two steps, as JSON for scripts and as lines for people.
 */
#ifndef CLIENT_REPORT_H
#define CLIENT_REPORT_H

#include <jansson.h>
#include <stdio.h>

#include "client/twostep.h"

/* The object that the man page describes. */
json_t *report_json(const struct twostep *t);
/* Prints and frees it. False: it is NULL, for lack of memory. */
bool report_print_json(json_t *value);

/* What a call gave, in lines for people. Foreign text is made harmless. */
void report_result(FILE *out, const json_t *result);

/* One row: label, padded to that many columns, endpoint, the steps as far as
 * they went. Ends the line. */
void report_row(FILE *out, const struct twostep *t, unsigned label_width);
/* Of a failure: a line with step, cause, offender and Win32 code, which begins
 * with `lead`; then the hint, indented. With `said` not NULL, a hint that is
 * the same as the one before is left out; `said` keeps it, "" at first. */
void report_failure(FILE *out, const struct twostep *t, const char *lead, char said[DIAGNOSIS_HINT_LEN]);

#endif
