/*
 * What a supervised process and its supervisor tell each other: lines of text on a socket
 * that both have, a line a message. When the socket ends, the other one is gone; a process
 * whose supervisor is gone ends.
 *
 *     "ready"             the mapper answers
 *     "port 5001"         a service has its port
 *     "registered"        ... and the mapper knows it
 *     "unregistered"      ... and knows it no longer
 *
 *     "faults echo port=7"  the supervisor: these are the faults on purpose of echo, and no others
 *                           (epmapd/faults.h); a service hears of its own, the mapper of all
 *
 *     "guard"             the supervisor, with a descriptor: who may call is in this file from now on
 *                         (epmapd/guard.h); always the first that it says
 *
 *     "registry 4 17"     the supervisor's question 4 to the mapper: what is there after entry 17?
 *     "entry 6f2a..."     an entry: struct ctl_entry of idl/epmctl.x in XDR, in hexadecimal
 *     "end 4"             that was the answer
 */
#ifndef EPMAPD_STATUS_LINE_H
#define EPMAPD_STATUS_LINE_H

#include <event2/event.h>
#include <stdbool.h>

/* File descriptors of a supervised process, besides 0 to 2. */
enum { STATUS_FD = 3, CONFIG_FD = 4, RING_FD = 5, LISTEN_FD = 6 };

/* Exit statuses that mean: do not start me again. */
enum { EXIT_NO_PORT = 3 };

#define STATUS_LINE_LEN 4096u /* with the NUL */

/* Sends a line; nothing if fd is -1. False: it could not be sent, and on a descriptor that
 * does not wait also: the other one has not read what it was sent before. */
bool status_line_send(int fd, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The same with a descriptor, which stays ours. */
bool status_line_pass(int fd, const char *line, int passed);

enum status_line_got { STATUS_LINE, STATUS_NONE, STATUS_END };
/* The next line, without waiting for it. A descriptor that comes with it is the caller's, else
 * *passed is -1; where `passed` is NULL, none is let in. */
enum status_line_got status_line_get(int fd, char line[STATUS_LINE_LEN], int *passed);

#endif
