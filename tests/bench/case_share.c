/*
 * The service share: one client reads a large file, 1 MiB a call; and the echo with messages as large.
 */
#include "idl/share.h"
#include "rpc/limits.h"
#include "tests/bench/bench.h"
#include "tests/bench/figures.h"
#include "tests/bench/proc.h"
#include "tests/bench/stream.h"

enum { CHUNK = 1024 * 1024 };

/* MiB a second that arrive. `reply`: bytes of an answer of the echo; 0: it is an RPC server. */
static double throughput(const struct bench *b, int fd, const struct exchange *x, size_t reply)
{
	const double began = proc_now();
	uint8_t head[STREAM_HEAD_LEN];
	double passed;
	unsigned n = 0;

	do {
		stream_send(fd, x->sent, x->sent_len);
		if (reply > 0)
			stream_bytes(fd, reply);
		else
			stream_reply(fd, head);
		n++;
		passed = proc_now() - began;
	} while (passed < b->seconds);
	return n * (double)CHUNK / (1024 * 1024) / passed;
}

void case_share(struct bench *b)
{
	struct share_ReadFile q = {.name = "film.raw", .count = CHUNK};
	struct exchange x = {0};
	struct peer p, to_echo;
	struct daemon d;
	struct echo echo;
	union addr at;

	bench_progress("share");
	daemon_start(&d, "share", 0);
	daemon_service(&d, "share", &at);
	peer_connect(&p, &at, 0);
	peer_bind(&p, &share_id);
	peer_call(&p, &share_client_ops[SHARE_READFILE], &q);
	exchange_add(&x, &p, 0);
	echo_start(&echo, b->server_cpu, &(struct echo_size){x.sent_len, x.received_len}, 1);
	peer_connect(&to_echo, &echo.at, 0);
	for (unsigned round = 0; round < b->rounds; round++) {
		double rates[2] = {0};

		for (unsigned i = 0; i < 2; i++) {
			const unsigned who = bench_turn(round, i, 2);

			rates[who] = who == 0 ? throughput(b, to_echo.fd, &x, x.received_len)
			                      : throughput(b, p.fd, &x, 0);
		}
		figures_add(rates[0], "share/echo/rate");
		figures_add(rates[1], "share/rate");
		figures_add(rates[1] / rates[0], "share/rate-ratio");
	}
	peer_close(&to_echo);
	peer_close(&p);
	echo_stop(&echo);
	daemon_stop(&d);
	exchange_free(&x);
}
