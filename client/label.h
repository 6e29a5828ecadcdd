/*
 * How an interface is named to people and in JSON.
 */
#ifndef CLIENT_LABEL_H
#define CLIENT_LABEL_H

#include "rpc/syntax.h"

#define LABEL_VERSION_LEN 12u
#define LABEL_LEN (UUID_TEXT_LEN + LABEL_VERSION_LEN)

/* "1.0"; returns text. */
char *label_version(const struct syntax_id *id, char text[LABEL_VERSION_LEN]);
/* "echo 1.0", or the UUID where there is no name. Returns text. */
char *label_interface(const struct syntax_id *id, char text[LABEL_LEN]);

#endif
