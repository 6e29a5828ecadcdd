#include "tests/bench/stream.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "rpc/limits.h"
#include "rpc/pdu.h"

static uint8_t bytes[2 * RPC_MAX_STUB];

void stream_send(int fd, const uint8_t *data, size_t len)
{
	if (send(fd, data, len, MSG_NOSIGNAL) != (ssize_t)len)
		err(EXIT_FAILURE, "send");
}

static size_t more(int fd, size_t have)
{
	const ssize_t n = recv(fd, bytes + have, sizeof(bytes) - have, 0);

	if (n <= 0)
		errx(EXIT_FAILURE, "the server closed the connection");
	return (size_t)n;
}

size_t stream_reply(int fd, uint8_t head[STREAM_HEAD_LEN])
{
	struct pdu_header h = {0};
	size_t have = 0, at = 0;

	while ((h.pfc_flags & PFC_LAST_FRAG) == 0) {
		while (have < at + PDU_HEADER_LEN)
			have += more(fd, have);
		pdu_header_decode(bytes + at, &h);
		if (h.ptype != PDU_RESPONSE || h.frag_length < PDU_RESPONSE_LEN)
			errx(EXIT_FAILURE, "no response but a PDU of type %u", h.ptype);
		while (have < at + h.frag_length)
			have += more(fd, have);
		at += h.frag_length;
	}
	memcpy(head, bytes + PDU_RESPONSE_LEN, STREAM_HEAD_LEN);
	return have;
}

void stream_bytes(int fd, size_t len)
{
	for (size_t have = 0; have < len;)
		have += more(fd, have);
}
