/*
 * Large replies: read as they come, and not decoded but for the first bytes, so that the server is
 * what is measured.
 */
#ifndef BENCH_STREAM_H
#define BENCH_STREAM_H

#include <stddef.h>
#include <stdint.h>

enum { STREAM_HEAD_LEN = 32 };

void stream_send(int fd, const uint8_t *data, size_t len);
/* Reads a response of any number of fragments; `head` gets the first bytes of the stub. Returns
 * how many bytes it had, headers included. */
size_t stream_reply(int fd, uint8_t head[STREAM_HEAD_LEN]);
/* Reads so many bytes. */
void stream_bytes(int fd, size_t len);

#endif
