/*
 * The log: lines on standard error, "NAME: text". Text that came from a peer is
 * escaped by whoever formats it; lines that a peer can cause are log_debug. A line that
 * cannot be written at once is lost, and the next one is preceded by how many were.
 */
#ifndef RPC_LOG_H
#define RPC_LOG_H

#include <stdbool.h>

/* `name` is copied; before this call it is "epmapd". */
void log_init(const char *name, bool debug);
bool log_is_debug(void);

void log_debug(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_info(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* With ": " and the text of errno. */
void log_warn(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_warnx(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
