/*
 * The verbs, one file each. Every one gets the command line with the right
 * number of words, and returns the exit code of the program.
 */
#ifndef CLIENT_CMD_H
#define CLIENT_CMD_H

#include "client/args.h"
#include "client/story.h"

/* The request itself is wrong. */
#define CMD_USAGE 1

/* Speaks to nobody, and has options of its own: argv[0] is the verb. */
int cmd_passwd(int argc, char **argv);

int cmd_ctl(const struct args *args, struct story *story);
int cmd_dump(const struct args *args, struct story *story);
int cmd_map(const struct args *args, struct story *story);
int cmd_call(const struct args *args, struct story *story);
int cmd_mgmt(const struct args *args, struct story *story);
int cmd_probe(const struct args *args, struct story *story);

#endif
