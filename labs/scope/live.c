#include "labs/scope/live.h"

#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#define TURN_MS 50

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* SIGINT and SIGTERM as something to read. */
static int open_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, NULL);
	return signalfd(-1, &set, SFD_CLOEXEC);
}

static size_t packets(struct view **views, unsigned n)
{
	size_t sum = 0;

	for (unsigned i = 0; i < n; i++)
		sum += views[i]->n_packets;
	return sum;
}

bool live_run(struct capture **captures, struct view **views, unsigned n, double seconds, bool once)
{
	const double began = now();
	struct pollfd fds[3] = {{.fd = open_signals(), .events = POLLIN}};
	double changed = began;
	size_t before = 0;
	bool ok = true, more = true;

	for (unsigned i = 0; i < n; i++)
		fds[i + 1] = (struct pollfd){.fd = capture_fd(captures[i]), .events = POLLIN};
	while (ok && more) {
		poll(fds, n + 1, TURN_MS);
		for (unsigned i = 0; i < n; i++)
			ok = capture_read(captures[i], views[i]) && ok;
		if (packets(views, n) != before) {
			before = packets(views, n);
			changed = now();
		}
		more = (fds[0].revents & POLLIN) == 0 && (seconds <= 0 || now() - began < seconds) &&
		       !(once && before > 0 && now() - changed > LIVE_QUIET_SECONDS);
	}
	if (fds[0].fd >= 0)
		close(fds[0].fd);
	return ok;
}
