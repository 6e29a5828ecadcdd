/*
 * Where a password comes from. Whoever gets it wipes it.
 */
#ifndef CLIENT_PASSWORD_H
#define CLIENT_PASSWORD_H

#include "client/args.h"

/* The first line of a file, which nobody but its owner may read; of pipes and the like as it is. */
bool password_from_file(const char *path, char *password, size_t cap, char error[ARGS_ERROR_LEN]);
/* What that variable of the environment has, and wipes it there. False: it is not set, or does not
 * fit, and then there is an error. */
bool password_from_environment(const char *name, char *password, size_t cap, char error[ARGS_ERROR_LEN]);
/* Asks on the terminal, without echo. */
bool password_from_terminal(const char *user, char *password, size_t cap, char error[ARGS_ERROR_LEN]);

#endif
