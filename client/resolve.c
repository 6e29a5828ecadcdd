#include "client/resolve.h"

#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

/* getaddrinfo(3) has no time limit of its own, and a firewall that swallows DNS
 * makes it wait for half a minute. The C library can do it in a thread. */
struct lookup {
	struct gaicb request;
	struct addrinfo hints;
	struct target target;
	char port[8];
};

static struct lookup *start(const struct target *t, int family)
{
	struct lookup *l = calloc(1, sizeof(*l));
	struct gaicb *requests[1];

	if (l == NULL)
		return NULL;
	l->target = *t;
	snprintf(l->port, sizeof(l->port), "%u", t->port);
	l->hints.ai_family = family;
	l->hints.ai_socktype = SOCK_STREAM;
	l->hints.ai_flags = AI_NUMERICSERV;
	l->request.ar_name = l->target.host;
	l->request.ar_service = l->port;
	l->request.ar_request = &l->hints;
	requests[0] = &l->request;
	if (getaddrinfo_a(GAI_NOWAIT, requests, 1, NULL) != 0) {
		free(l);
		return NULL;
	}
	return l;
}

/* Waits for the end, at most so long. */
static int wait_for(struct lookup *l, unsigned timeout_ms, struct story *story)
{
	const struct gaicb *const requests[1] = {&l->request};
	const double began = story_clock();
	char what[RPC_MAX_NAME + 16];

	snprintf(what, sizeof(what), "the name %s", l->target.host);
	for (;;) {
		double left = timeout_ms - (story_clock() - began);
		double slice = left < 1000 ? left : 1000;
		struct timespec ts = {(time_t)(slice / 1e3), 0};

		if (left <= 0 || gai_error(&l->request) != EAI_INPROGRESS)
			break;
		ts.tv_nsec = (long)((slice - (double)ts.tv_sec * 1e3) * 1e6);
		gai_suspend(requests, 1, &ts);
		story_wait(story, what, began);
	}
	story_clear(story);
	return gai_error(&l->request);
}

static void take(const struct addrinfo *ai, struct resolve_list *list)
{
	for (; ai != NULL && list->n < RESOLVE_MAX; ai = ai->ai_next) {
		addr_from_sockaddr(&list->addrs[list->n], ai->ai_addr);
		if (list->addrs[list->n].sa.sa_family != AF_UNSPEC)
			list->n++;
	}
}

enum cause resolve_target(const struct target *t, int family, unsigned timeout_ms, struct story *story,
                          struct resolve_list *list)
{
	struct lookup *l;
	int error;

	list->n = 0;
	if (addr_parse(t->host, &list->addrs[0])) {
		addr_set_port(&list->addrs[0], t->port);
		list->n = 1;
		return CAUSE_OK;
	}
	story_tell(story, "resolving the name %s", t->host);
	l = start(t, family);
	if (l == NULL)
		return CAUSE_NAME_NOT_FOUND;
	error = wait_for(l, timeout_ms, story);
	/* One that is still running cannot be taken back: it keeps its memory. */
	if (error == EAI_INPROGRESS && gai_cancel(&l->request) != EAI_CANCELED)
		return CAUSE_TIMEOUT;
	if (error == 0) {
		take(l->request.ar_result, list);
		freeaddrinfo(l->request.ar_result);
	} else {
		story_tell(story, "no: %s", error == EAI_INPROGRESS ? "no answer" : gai_strerror(error));
	}
	free(l);
	if (error == EAI_INPROGRESS)
		return CAUSE_TIMEOUT;
	return list->n > 0 ? CAUSE_OK : CAUSE_NAME_NOT_FOUND;
}
