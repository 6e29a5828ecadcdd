/*
 * A server's association, with the mapper and the services behind it. The first
 * byte says over which transport, and into which portions the rest is cut; time
 * passes between them, and the peer reads its answers, or does not.
 */
#include <stdlib.h>

#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/served.h"

/* Bits of the first byte. */
#define LOCAL 0x01u
#define DOES_NOT_READ 0x02u
#define ENTRIES 0x04u

static void read_answers(struct assoc *a, uint32_t now)
{
	size_t n;

	for (assoc_output(a, &n); n > 0; assoc_output(a, &n))
		assoc_sent(a, n < 1000 ? n : 1000, now);
}

static void input(struct assoc *a, const uint8_t *data, size_t len, uint32_t now)
{
	uint8_t *block = fuzz_copy(data, len);

	assoc_input(a, block, len, now);
	free(block);
}

static void feed(struct assoc_server *server, uint8_t how, const uint8_t *data, size_t len)
{
	const struct assoc_peer peer = {
		.transport = (how & LOCAL) != 0 ? ASSOC_LOCAL : ASSOC_TCP,
		.uid = 0,
		.sec_addr = "135",
	};
	const size_t portion = (how >> 4) == 0 ? len + 1 : (size_t)(how >> 4) * 7;
	uint32_t now = 1000;
	struct assoc *a = assoc_new(server, &peer, now);

	FUZZ_CHECK(a != NULL);
	while (len > 0 && assoc_wants_input(a)) {
		size_t n = len < portion ? len : portion;

		input(a, data, n, now);
		data += n;
		len -= n;
		served_run();
		if ((how & DOES_NOT_READ) == 0)
			read_answers(a, now);
		assoc_tick(a, ++now);
	}
	assoc_eof(a);
	read_answers(a, now);
	FUZZ_CHECK(assoc_closing(a));
	assoc_free(a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static struct served s;

	if (len == 0)
		return 0;
	served_start(&s, (data[0] & ENTRIES) != 0);
	feed(&s.server, data[0], data + 1, len - 1);
	served_end(&s);
	return 0;
}
