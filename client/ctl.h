/*
 * The client's side of the control protocol (idl/epmctl.x), and how its answers look.
 */
#ifndef CLIENT_CTL_H
#define CLIENT_CTL_H

#include <jansson.h>
#include <stdio.h>

#include "client/args.h"
#include "idl/epmctl.h"
#include "rpc/binding.h"
#include "rpc/tower.h"

#define CTL_ERROR_LEN 512u

struct ctl {
	CLIENT *rpc;
	int fd;
	char path[128]; /* of the socket */
};

/* The socket in --rundir; without that, our own daemon's or else the system's. False: one
 * line in error. */
bool ctl_connect(struct ctl *c, const struct args *args, char error[CTL_ERROR_LEN]);
void ctl_close(struct ctl *c);
/* Why the last call failed. Returns error. */
char *ctl_error(const struct ctl *c, char error[CTL_ERROR_LEN]);

/* Calls `each` for every entry of the registry; *s is the daemon's status. False: error says
 * why it ended early. */
bool ctl_each_entry(struct ctl *c, const ctl_status *s,
                    void (*each)(void *arg, const ctl_status *s, const ctl_entry *e), void *arg,
                    char error[CTL_ERROR_LEN]);

/* ctl_show.c: as lines for people, and as JSON. */
void ctl_show_status(FILE *out, const ctl_status *s);
json_t *ctl_status_json(const ctl_status *s);
void ctl_show_event(FILE *out, const ctl_event *e);
json_t *ctl_event_json(const ctl_event *e);
/* Whose entry it is stands in the status: NULL if nobody knows. */
const ctl_process *ctl_owner(const ctl_status *s, const ctl_entry *e);
/* What its tower says, as a string binding without host: false if it is of an unknown kind. */
bool ctl_entry_tower(const ctl_entry *e, struct tower *t, char endpoint[BINDING_TEXT_LEN]);
void ctl_show_entry(FILE *out, const ctl_status *s, const ctl_entry *e);
json_t *ctl_entry_json(const ctl_status *s, const ctl_entry *e);

#endif
