#include "tests/bench/load.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

#include "tests/bench/proc.h"

enum { MOST_EVENTS = 64, LARGEST = 64 * 1024 };

#define WARM_UP 0.02 /* seconds */

struct worker {
	int fd;
	unsigned leg, exchange; /* where in the cycle it is */
	unsigned variant;
	size_t got;
	double began;
};

struct run {
	const struct load *load;
	struct worker *workers;
	int epoll;
	unsigned source; /* the next connection's */
	bool counting;
	struct load_result result;
	float *latencies; /* seconds */
	size_t room;
};

static void count(struct run *r, double latency)
{
	if (!r->counting)
		return;
	if (r->result.done == r->room) {
		r->room = r->room * 2 + 65536;
		r->latencies = realloc(r->latencies, r->room * sizeof(r->latencies[0]));
		if (r->latencies == NULL)
			errx(EXIT_FAILURE, "no memory");
	}
	r->latencies[r->result.done++] = (float)latency;
}

static const struct load_leg *leg_of(const struct run *r, const struct worker *w)
{
	return &r->load->legs[w->leg];
}

/* Sends the next request. The socket always has room: there is one at a time. */
static bool ask(const struct run *r, struct worker *w)
{
	const struct exchange *x = leg_of(r, w)->exchanges[w->exchange];

	w->variant = (w->variant + 1) % x->variants;
	w->got = 0;
	return send(w->fd, x->sent + x->sent_len * w->variant, x->sent_len, MSG_NOSIGNAL) ==
	       (ssize_t)x->sent_len;
}

static bool connect_worker(struct run *r, struct worker *w)
{
	struct epoll_event add = {.events = EPOLLIN, .data.ptr = w};

	w->exchange = 0;
	w->fd = peer_try_socket(&leg_of(r, w)->to, r->source++);
	if (w->fd < 0)
		return false;
	fcntl(w->fd, F_SETFL, O_NONBLOCK);
	return epoll_ctl(r->epoll, EPOLL_CTL_ADD, w->fd, &add) == 0 && ask(r, w);
}

static void disconnect(struct worker *w)
{
	if (w->fd >= 0)
		close(w->fd);
	w->fd = -1;
}

/* A worker that failed begins again; one that cannot even connect stays away. */
static void fail(struct run *r, struct worker *w)
{
	r->result.failed++;
	disconnect(w);
	w->leg = 0;
	if (!connect_worker(r, w))
		disconnect(w);
}

/* An answer is whole: the next request, on this or another connection. False: it failed. */
static bool go_on(struct run *r, struct worker *w, double now)
{
	if (!r->load->cycle) {
		if (w->exchange + 1 < leg_of(r, w)->n) /* that was the bind */
			w->exchange++;
		else
			count(r, now - w->began);
		w->began = now;
		return ask(r, w);
	}
	if (++w->exchange < leg_of(r, w)->n)
		return ask(r, w);
	disconnect(w);
	if (++w->leg == r->load->n_legs) {
		now = proc_now(); /* the closing is part of it */
		count(r, now - w->began);
		w->leg = 0;
		w->began = now;
	}
	return connect_worker(r, w);
}

static void on_ready(struct run *r, struct worker *w)
{
	const struct exchange *x = leg_of(r, w)->exchanges[w->exchange];
	static uint8_t bytes[LARGEST];
	const ssize_t n = recv(w->fd, bytes + w->got, x->received_len - w->got, 0);

	if (n < 0 && errno == EAGAIN)
		return;
	if (n > 0 && w->got + (size_t)n < x->received_len) {
		w->got += (size_t)n; /* what came first is not looked at again */
		return;
	}
	if (n <= 0 ||
	    (w->got == 0 && memcmp(bytes, x->received + x->received_len * w->variant, x->checked) != 0) ||
	    !go_on(r, w, proc_now()))
		fail(r, w);
}

static void turn(struct run *r, double until)
{
	const struct load_aside *aside = r->load->aside;
	struct epoll_event events[MOST_EVENTS];
	double now;

	while ((now = proc_now()) < until) {
		const double wait = until - now;
		const struct timespec ts = {(time_t)wait, (long)((wait - (double)(time_t)wait) * 1e9)};
		int n;

		if (aside != NULL)
			aside->work(aside->arg, now);
		n = epoll_pwait2(r->epoll, events, MOST_EVENTS, &ts, NULL);
		for (int i = 0; i < n; i++)
			on_ready(r, events[i].data.ptr);
	}
}

static double servers_cpu(const struct load *l)
{
	double sum = 0;

	for (unsigned i = 0; i < l->n_servers; i++)
		sum += proc_cpu(l->servers[i]);
	return sum;
}

static int compare(const void *a, const void *b)
{
	const float *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static double percentile(const struct run *r, double part)
{
	const size_t n = r->result.done;

	return n > 0 ? r->latencies[(size_t)((double)(n - 1) * part)] * 1e6 : 0;
}

void load_run(const struct load *l, struct load_result *result)
{
	struct run r = {.load = l, .epoll = epoll_create1(EPOLL_CLOEXEC)};
	double began, cpu;

	r.workers = calloc(l->connections, sizeof(r.workers[0]));
	if (r.workers == NULL || r.epoll < 0)
		errx(EXIT_FAILURE, "no memory");
	for (unsigned i = 0; i < l->connections; i++) {
		r.workers[i].began = proc_now();
		r.workers[i].variant = i;
		if (!connect_worker(&r, &r.workers[i]))
			fail(&r, &r.workers[i]);
	}
	turn(&r, proc_now() + WARM_UP);
	began = proc_now();
	cpu = servers_cpu(l);
	r.counting = true;
	turn(&r, began + l->seconds);
	r.counting = false;
	r.result.rate = (double)r.result.done / (proc_now() - began);
	r.result.cpu = (servers_cpu(l) - cpu) * 1e6 / (r.result.done > 0 ? (double)r.result.done : 1);
	for (unsigned i = 0; i < l->connections; i++)
		disconnect(&r.workers[i]);
	close(r.epoll);
	if (r.latencies != NULL)
		qsort(r.latencies, r.result.done, sizeof(r.latencies[0]), compare);
	r.result.p50 = percentile(&r, 0.5);
	r.result.p99 = percentile(&r, 0.99);
	r.result.p999 = percentile(&r, 0.999);
	*result = r.result;
	free(r.latencies);
	free(r.workers);
}
