/*
 * epmtwin: a service that clients find in two steps as well, but through rpcbind and in ONC RPC.
 *
 * It takes a port of a range, as the services of epmapd do, tells rpcbind of it, and takes that
 * back when it ends. If it is killed, rpcbind goes on naming the port: unlike the entries of an
 * endpoint mapper, those of rpcbind do not end with who made them.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <rpc/rpc.h>
#include <seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/select.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "epmapd/range.h"
#include "labs/twin/twin.h"

/* Of the stub that rpcgen makes. */
void twin_program_1(struct svc_req *request, SVCXPRT *transport);

/* rpcbind knows a port by the kind of network on which it is: /etc/netconfig has these. */
static const struct network {
	int family;
	const char *id;
} networks[] = {{AF_INET, "tcp"}, {AF_INET6, "tcp6"}};

#define N_NETWORKS (sizeof(networks) / sizeof(networks[0]))

static const char help[] = "Usage: epmtwin [--range A-B]\n"
			   "       epmtwin --rpcbind [ARG...]\n"
			   "\n"
			   "The program twin, number 536871221, version 1: procedure 0 does nothing, 1 says a text\n"
			   "again. It listens on the first port of the range that is free (" RANGE_DEFAULT "), and\n"
			   "registers with the rpcbind of this host until it is told to end.\n"
			   "\n"
			   "With --rpcbind it becomes rpcbind, for a host that has one user only, as those of labs:\n"
			   "rpcbind wants to be another user than root, and is told that it is.\n";

/* ---- the procedures ---- */

bool_t twin_echo_1_svc(char **text, char **result, struct svc_req *request)
{
	(void)request;
	*result = strdup(*text);
	return *result != NULL;
}

int twin_program_1_freeresult(SVCXPRT *transport, xdrproc_t type, caddr_t result)
{
	(void)transport;
	xdr_free(type, result);
	return 1;
}

/* ---- ports ---- */

union address {
	struct sockaddr sa;
	struct sockaddr_in in;
	struct sockaddr_in6 in6;
};

static socklen_t any_address(int family, uint16_t port, union address *a)
{
	memset(a, 0, sizeof(*a));
	a->sa.sa_family = (sa_family_t)family;
	if (family == AF_INET)
		a->in.sin_port = htons(port);
	else
		a->in6.sin6_port = htons(port);
	return family == AF_INET ? sizeof(a->in) : sizeof(a->in6);
}

/* -1: somebody has the port. */
static int listen_on(int family, uint16_t port)
{
	const int on = 1;
	union address a;
	const socklen_t len = any_address(family, port, &a);
	int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -1;
	if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) == 0 &&
	    (family != AF_INET6 || setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on)) == 0) &&
	    bind(fd, &a.sa, len) == 0 && listen(fd, SOMAXCONN) == 0)
		return fd;
	close(fd);
	return -1;
}

/* The first port of the range that is free in both networks; 0: none is. */
static uint16_t take_port(const struct range *r, int fds[N_NETWORKS])
{
	for (unsigned i = 0; i < range_count(r); i++) {
		const uint16_t port = range_port(r, 0, i);
		size_t n = 0;

		while (n < N_NETWORKS && (fds[n] = listen_on(networks[n].family, port)) >= 0)
			n++;
		if (n == N_NETWORKS)
			return port;
		while (n > 0)
			close(fds[--n]);
	}
	return 0;
}

/* ---- rpcbind ---- */

/* rpcbind's list has one port for each program, version and network. */
static bool tell_rpcbind(const struct network *network, uint16_t port)
{
	struct netconfig *config = getnetconfigent(network->id);
	union address a;
	struct netbuf buf = {.buf = &a};
	bool ok;

	if (config == NULL) {
		fprintf(stderr, "epmtwin: /etc/netconfig has no network '%s'\n", network->id);
		return false;
	}
	buf.len = buf.maxlen = any_address(network->family, port, &a);
	ok = rpcb_set(TWIN_PROGRAM, TWIN_VERSION, config, &buf);
	freenetconfigent(config);
	if (!ok)
		fprintf(stderr, "epmtwin: %s; start rpcbind, or see whether another user's epmtwin is registered\n",
			clnt_spcreateerror("rpcbind did not register port"));
	return ok;
}

static bool serve(const int fds[N_NETWORKS], uint16_t port)
{
	rpcb_unset(TWIN_PROGRAM, TWIN_VERSION, NULL); /* of one that was killed */
	for (size_t i = 0; i < N_NETWORKS; i++) {
		SVCXPRT *transport = svc_vc_create(fds[i], 0, 0);

		if (transport == NULL || !svc_reg(transport, TWIN_PROGRAM, TWIN_VERSION, twin_program_1, NULL)) {
			fputs("epmtwin: out of memory\n", stderr);
			return false;
		}
		if (!tell_rpcbind(&networks[i], port))
			return false;
	}
	return true;
}

/* Serves until somebody says to end. */
static void run(int stop)
{
	for (;;) {
		fd_set ready = svc_fdset;

		FD_SET(stop, &ready);
		if (select(FD_SETSIZE, &ready, NULL, NULL, NULL) < 0)
			continue;
		if (FD_ISSET(stop, &ready))
			return;
		svc_getreqset(&ready);
	}
}

/* A descriptor that can be read once the process has been told to end. */
static int stop_signal(void)
{
	sigset_t signals;

	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGINT);
	sigprocmask(SIG_BLOCK, &signals, NULL);
	signal(SIGPIPE, SIG_IGN);
	return signalfd(-1, &signals, SFD_CLOEXEC);
}

/*
 * rpcbind gives up its rights first of all: it becomes the user _rpc, and ends if it cannot. In a
 * user namespace with one user there is none to become, and the kernel refuses. So these system
 * calls do nothing here, and say that all went well.
 */
static int become_rpcbind(char **argv)
{
	static const int calls[] = {SCMP_SYS(setgid), SCMP_SYS(setgroups), SCMP_SYS(setuid)};
	static char name[] = "rpcbind";
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
	int error = filter == NULL ? -ENOMEM : 0;

	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]) && error == 0; i++)
		error = seccomp_rule_add(filter, SCMP_ACT_ERRNO(0), calls[i], 0);
	if (error == 0)
		error = seccomp_load(filter);
	if (error != 0) {
		fprintf(stderr, "epmtwin: cannot make a filter for rpcbind: %s\n", strerror(-error));
		return 1;
	}
	argv[0] = name;
	execvp(name, argv);
	fprintf(stderr, "epmtwin: rpcbind: %s; Debian's package rpcbind has it, in /usr/sbin\n", strerror(errno));
	return 1;
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{"range", required_argument, NULL, 'r'},
		{"rpcbind", no_argument, NULL, 'b'},
		{"help", no_argument, NULL, 'h'},
		{NULL, 0, NULL, 0},
	};
	const char *text = RANGE_DEFAULT;
	struct range range;
	int fds[N_NETWORKS];
	uint16_t port;
	int option, stop;

	while ((option = getopt_long(argc, argv, "+h", options, NULL)) != -1) {
		if (option == 'h')
			return fputs(help, stdout) < 0;
		if (option == 'b') /* what follows is for rpcbind; its name takes our option's place */
			return become_rpcbind(argv + optind - 1);
		if (option != 'r')
			return 1;
		text = optarg;
	}
	if (optind < argc || !range_parse(text, &range)) {
		fprintf(stderr, "epmtwin: '%s' is no range: --range A-B, with ports from 1 to 65535\n",
			optind < argc ? argv[optind] : text);
		return 1;
	}
	stop = stop_signal();
	port = take_port(&range, fds);
	if (port == 0) {
		fprintf(stderr, "epmtwin: no port of the range %s is free: give another one with --range\n", text);
		return 1;
	}
	if (!serve(fds, port))
		return 1;
	printf("ready: service twin on port %u, registered\n", port);
	fflush(stdout);
	run(stop);
	rpcb_unset(TWIN_PROGRAM, TWIN_VERSION, NULL);
	return 0;
}
