/*
 * Stands in for what other people's tests want to find: netlogon, of which they make the one call
 * that needs no key, and lsarpc, of which they open and close a policy. It runs beside epmapd and
 * registers with its mapper, as `epmapd --service` does.
 *
 *     standin [-d] [--range A-B] [--rundir DIR] [--users FILE]
 */
#include <getopt.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "epmapd/config.h"
#include "epmapd/service_host.h"
#include "rpc/log.h"
#include "rpc/status.h"
#include "tests/idl/lsarpc.h"
#include "tests/idl/netlogon.h"

#define STATUS_INVALID_HANDLE 0xC0000008u /* an NTSTATUS */

/* The server's challenge is the client's own; nobody may log on with it. */
static uint32_t server_req_challenge(struct rpc_call *call, struct netlogon_ServerReqChallenge *p)
{
	(void)call;
	memcpy(p->server_challenge.data, p->client_challenge.data, sizeof(p->server_challenge.data));
	return STATUS_OK;
}

/* There is nothing to know of a policy but that it is open. */
static uint32_t open_policy(struct rpc_call *call, struct lsarpc_OpenPolicy2 *p)
{
	static char policy;

	(void)call;
	p->policy.object = &policy;
	return STATUS_OK;
}

static uint32_t close_policy(struct rpc_call *call, struct lsarpc_Close *p)
{
	(void)call;
	if (p->policy.object == NULL)
		p->result = STATUS_INVALID_HANDLE;
	p->policy.object = NULL;
	return STATUS_OK;
}

/* The others are not there. */
static const struct netlogon_epv netlogon_epv = {
	.ServerReqChallenge = server_req_challenge,
};
static const struct lsarpc_epv lsarpc_epv = {
	.Close = close_policy,
	.OpenPolicy2 = open_policy,
};

static const struct service standin = {
	.name = "netlogon",
	.annotation = "netlogon, lsarpc: a stand-in for tests",
	.served =
		{
			{.interface = &netlogon_interface, .epv = &netlogon_epv},
			{.interface = &lsarpc_interface, .epv = &lsarpc_epv},
		},
};

static const struct option options[] = {
	{"debug", no_argument, NULL, 'd'},
	{"range", required_argument, NULL, 'r'},
	{"rundir", required_argument, NULL, 'R'},
	{"users", required_argument, NULL, 'u'},
	{NULL, 0, NULL, 0},
};

int main(int argc, char **argv)
{
	char error[CONFIG_ERROR_LEN] = "usage: standin [-d] [--range A-B] [--rundir DIR] [--users FILE]";
	struct config config;
	bool debug = false, ok = true;
	int option;

	signal(SIGPIPE, SIG_IGN);
	config_init(&config);
	while (ok && (option = getopt_long(argc, argv, "d", options, NULL)) != -1) {
		if (option == 'd')
			debug = true;
		else if (option == 'r')
			ok = config_set_range(&config, optarg, error);
		else if (option == 'u')
			ok = config_set_users(&config, optarg, error);
		else
			ok = option == 'R' && config_set_rundir(&config, optarg, error);
	}
	log_init("standin", debug);
	if (!ok || optind < argc) {
		log_warnx("%s", error);
		return EXIT_FAILURE;
	}
	return service_host_run(&config, &standin, -1);
}
