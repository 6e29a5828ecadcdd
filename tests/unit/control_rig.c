#include "tests/unit/control_rig.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "tests/unit/unit.h"

#define DEADLINE_SECONDS 10

/* ---- the program ---- */

static bool_t xdr_nothing(XDR *x, const void *unused)
{
	(void)x;
	(void)unused;
	return TRUE;
}

static bool_t xdr_zeros(XDR *x, const u_int *n)
{
	static char zeros[2u * CONTROL_MAX_REPLY];

	return xdr_opaque(x, zeros, *n);
}

static void echo(SVCXPRT *t)
{
	char *text = NULL;

	if (!svc_getargs(t, (xdrproc_t)xdr_wrapstring, (caddr_t)&text)) {
		svcerr_decode(t);
		return;
	}
	svc_sendreply(t, (xdrproc_t)xdr_wrapstring, (caddr_t)&text);
	svc_freeargs(t, (xdrproc_t)xdr_wrapstring, (caddr_t)&text);
}

static void dispatch(struct svc_req *request, SVCXPRT *t)
{
	struct control_client *c = control_client_of(request);
	struct control_rig *g = control_arg(c);
	u_int long_answer = CONTROL_RIG_LONG, too_long = CONTROL_MAX_REPLY;

	CHECK_INT(control_uid(c), geteuid());
	g->n_calls++;
	if (request->rq_proc == 0) {
		svc_sendreply(t, (xdrproc_t)xdr_nothing, NULL);
	} else if (request->rq_proc == 1) {
		echo(t);
	} else if (request->rq_proc == 2) {
		svc_sendreply(t, (xdrproc_t)xdr_zeros, (caddr_t)&long_answer);
	} else if (request->rq_proc == 3) {
		if (!svc_sendreply(t, (xdrproc_t)xdr_zeros, (caddr_t)&too_long))
			svcerr_systemerr(t);
	} else if (request->rq_proc == 4) {
		g->waiting[g->n_waiting++] = c;
		control_defer(c);
	} else {
		svcerr_noproc(t);
	}
}

// cppcheck-suppress constParameter ; struct control_program says so
static void gone(void *arg, struct control_client *c)
{
	struct control_rig *g = arg;

	for (unsigned i = 0; i < g->n_waiting; i++)
		if (g->waiting[i] == c)
			g->waiting[i] = NULL;
	g->n_gone++;
}

void control_rig_answer(struct control_rig *g)
{
	for (unsigned i = 0; i < g->n_waiting; i++)
		if (g->waiting[i] != NULL)
			control_answer(g->waiting[i], (xdrproc_t)xdr_nothing, NULL);
	g->n_waiting = 0;
}

/* ---- life ---- */

static socklen_t address(const struct control_rig *g, struct sockaddr_un *un)
{
	const size_t n = strlen(g->name);

	*un = (struct sockaddr_un){.sun_family = AF_UNIX};
	memcpy(un->sun_path + 1, g->name, n); /* no file: its first byte is NUL */
	return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + n);
}

void control_rig_init(struct control_rig *g, unsigned seconds)
{
	struct sockaddr_un un;
	socklen_t len;
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	signal(SIGPIPE, SIG_IGN); /* as in epmapd */
	*g = (struct control_rig){.base = event_base_new()};
	g->program = (struct control_program){
		.program = CONTROL_RIG_PROGRAM,
		.version = CONTROL_RIG_VERSION,
		.seconds = seconds,
		.dispatch = dispatch,
		.gone = gone,
		.arg = g,
	};
	snprintf(g->name, sizeof(g->name), "epmapd-unit-%d", (int)getpid());
	len = address(g, &un);
	REQUIRE(g->base != NULL && bind(fd, (struct sockaddr *)&un, len) == 0 && listen(fd, 100) == 0);
	g->server = control_server_new(g->base, fd, &g->program);
	REQUIRE(g->server != NULL);
}

void control_rig_fini(struct control_rig *g)
{
	control_server_free(g->server);
	event_base_free(g->base);
}

/* ---- clients ---- */

void control_rig_turn(struct control_rig *g)
{
	for (int i = 0; i < 20; i++)
		event_base_loop(g->base, EVLOOP_NONBLOCK);
}

int control_rig_connect(struct control_rig *g)
{
	struct sockaddr_un un;
	socklen_t len = address(g, &un);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	REQUIRE(fd >= 0 && connect(fd, (struct sockaddr *)&un, len) == 0);
	control_rig_turn(g);
	return fd;
}

void control_rig_send(struct control_rig *g, int fd, const void *data, size_t len)
{
	REQUIRE(send(fd, data, len, MSG_NOSIGNAL | MSG_DONTWAIT) == (ssize_t)len);
	control_rig_turn(g);
}

size_t control_rig_call(char out[CONTROL_RIG_CALL_LEN], uint32_t xid, uint32_t proc, const void *args, size_t len)
{
	/* xid, CALL, RPC version 2, program, version, procedure, and twice AUTH_NONE of no length */
	const uint32_t words[] = {xid, 0, 2, CONTROL_RIG_PROGRAM, CONTROL_RIG_VERSION, proc, 0, 0, 0, 0};
	uint32_t n = htonl(0x80000000u | (uint32_t)(sizeof(words) + len));

	REQUIRE(len <= CONTROL_RIG_CALL_LEN - sizeof(words) - sizeof(n));
	memcpy(out, &n, sizeof(n));
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		n = htonl(words[i]);
		memcpy(out + 4 + 4 * i, &n, sizeof(n));
	}
	if (len > 0)
		memcpy(out + 4 + sizeof(words), args, len);
	return 4 + sizeof(words) + len;
}

void control_rig_ask(struct control_rig *g, int fd, uint32_t xid, uint32_t proc)
{
	char call[CONTROL_RIG_CALL_LEN];
	const size_t len = control_rig_call(call, xid, proc, NULL, 0);

	control_rig_send(g, fd, call, len);
}

/* `len` bytes, of which the first `cap` are kept. False: the end. */
static bool receive(struct control_rig *g, int fd, char *data, size_t cap, size_t len)
{
	const time_t deadline = time(NULL) + DEADLINE_SECONDS;
	static char rest[65536];

	for (size_t at = 0; at < len;) {
		const bool keep = at < cap;
		size_t most = keep ? (len < cap ? len : cap) - at : len - at;
		ssize_t n = recv(fd, keep ? data + at : rest, most < sizeof(rest) ? most : sizeof(rest), MSG_DONTWAIT);

		if (n == 0 || (n < 0 && errno != EAGAIN))
			return false;
		if (n > 0)
			at += (size_t)n;
		else
			event_base_loop(g->base, EVLOOP_NONBLOCK);
		REQUIRE(time(NULL) < deadline);
	}
	return true;
}

long control_rig_hear(struct control_rig *g, int fd, void *data, size_t cap)
{
	uint32_t header;

	if (!receive(g, fd, (char *)&header, sizeof(header), sizeof(header)))
		return -1;
	header = ntohl(header);
	CHECK((header & 0x80000000u) != 0); /* one fragment a record */
	header &= 0x7fffffffu;
	return receive(g, fd, data, cap, header) ? (long)header : -1;
}

bool control_rig_silent(struct control_rig *g, int fd)
{
	char byte;

	control_rig_turn(g);
	return CHECK(recv(fd, &byte, 1, MSG_DONTWAIT | MSG_PEEK) < 0 && errno == EAGAIN);
}

bool control_rig_accepts(struct control_rig *g, int fd, uint32_t xid, uint32_t accept_stat)
{
	/* xid, REPLY, MSG_ACCEPTED, AUTH_NONE of no length, accept_stat */
	const uint32_t wanted[] = {htonl(xid), htonl(1), 0, 0, 0, htonl(accept_stat)};
	char got[sizeof(wanted)];

	return CHECK(control_rig_hear(g, fd, got, sizeof(got)) >= (long)sizeof(got)) &&
	       CHECK_MEM(got, wanted, sizeof(wanted));
}
