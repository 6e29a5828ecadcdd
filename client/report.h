/*
 * What became of the two steps, as JSON for scripts and as lines for people.
 */
#ifndef CLIENT_REPORT_H
#define CLIENT_REPORT_H

#include <jansson.h>
#include <stdio.h>

#include "client/twostep.h"

#define REPORT_LABEL_LEN (UUID_TEXT_LEN + 16u)

/* "echo 1.0", or the UUID where there is no name. Returns text. */
char *report_label(const struct syntax_id *id, char text[REPORT_LABEL_LEN]);
/* "1.0"; returns text. */
char *report_version(const struct syntax_id *id, char text[16]);

/* The object that design and man page describe. */
json_t *report_json(const struct twostep *t);
/* Prints and frees it. False: it is NULL, for lack of memory. */
bool report_print_json(json_t *value);

/* One row: label, padded to that many columns, endpoint, the steps as far as
 * they went. Ends the line. */
void report_row(FILE *out, const struct twostep *t, unsigned label_width);
/* Of a failure: step, cause, offender, Win32 code, and the hint, indented. */
void report_failure(FILE *out, const struct twostep *t);

#endif
