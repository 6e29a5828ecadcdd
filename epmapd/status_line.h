/*
 * What a supervised process tells its supervisor: lines of text on a socket
 * that both inherit. When the socket ends, the supervisor is gone, and the
 * process ends too.
 *
 *     "ready"         the mapper answers
 *     "port 5001"     a service has its port
 *     "registered"    ... and the mapper knows it
 */
#ifndef EPMAPD_STATUS_LINE_H
#define EPMAPD_STATUS_LINE_H

#include <event2/event.h>

/* File descriptors of a supervised process, besides 0 to 2. */
enum { STATUS_FD = 3, CONFIG_FD = 4, LISTEN_FD = 5 };

/* Exit statuses that mean: do not start me again. */
enum { EXIT_NO_PORT = 3 };

/* Sends a line (without its end); nothing if fd is -1. */
void status_line_send(int fd, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Ends the event loop when the supervisor goes. NULL: no memory. */
struct event *status_line_watch(struct event_base *base, int fd);

#endif
