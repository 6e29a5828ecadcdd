/*
 * Where frames come from: files of libpcap, pcap and pcapng, or an interface.
 */
#ifndef SCOPE_CAPTURE_H
#define SCOPE_CAPTURE_H

#include "labs/scope/view.h"

#define CAPTURE_ERROR_LEN 512u

struct capture;

/* NULL, and the reason. "-" is standard input. */
struct capture *capture_open(const char *path, char error[CAPTURE_ERROR_LEN]);
/* Frames come as they arrive, and reading does not wait. */
struct capture *capture_open_live(const char *interface, char error[CAPTURE_ERROR_LEN]);
void capture_close(struct capture *c);

/* For poll(2), of an interface; -1: it has to be read from time to time. */
int capture_fd(const struct capture *c);
/* Gives frames to the view: all of a file, or those that are there. False: an interface is
 * gone. What of a file cannot be read is counted by the view. */
bool capture_read(struct capture *c, struct view *v);

#endif
