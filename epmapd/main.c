/*
 * epmapd: an endpoint mapper for DCE/RPC, and the toy services that it hosts.
 * This file reads the command line and picks the role.
 */
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "epmapd/config.h"
#include "epmapd/guard.h"
#include "epmapd/mapper.h"
#include "epmapd/service_host.h"
#include "epmapd/status_line.h"
#include "epmapd/supervisor.h"
#include "rpc/log.h"
#include "rpc/security.h"

static const char help[] =
	"Usage: epmapd [OPTION]...\n"
	"       epmapd --service NAME --rundir DIR [OPTION]...\n"
	"\n"
	"An endpoint mapper for DCE/RPC (MS-RPC) on port 135, with toy services on\n"
	"ports from a dynamic range. Runs in the foreground, logs to standard error.\n"
	"\n"
	"  -c, --config FILE    read FILE; options below override it\n"
	"  -n, --check          check the configuration and exit\n"
	"  -d, --debug          log every PDU\n"
	"      --port N         the mapper's port (135)\n"
	"      --listen ADDR    listen on ADDR only; may be repeated (0.0.0.0 and ::)\n"
	"      --range A-B      the dynamic range of the services (" RANGE_DEFAULT ")\n"
	"      --range-order O  sequential or random: how ports are chosen (sequential)\n"
	"      --services LIST  the services to host, with commas (all)\n"
	"      --insert-from ADDR   let clients at ADDR register over TCP, for tests; may be\n"
	"                       repeated (nobody)\n"
	"      --rundir DIR     where the local endpoint is (/run/epmapd, or below\n"
	"                       XDG_RUNTIME_DIR or /tmp for ordinary users)\n"
	"      --max-associations N  associations of each process over the network (12000);\n"
	"                       one client gets a quarter\n"
	"      --max-calls N    calls a second of each process over the network (any number);\n"
	"                       one client gets a quarter\n"
	"      --idle-timeout N seconds after which an idle association is closed (900);\n"
	"                       0: never\n"
	"      --keepalive N    seconds of silence after which TCP asks whether the client\n"
	"                       is still there (120); 0: never\n"
	"      --user NAME      whom the mapper and the services run as, if started by root\n"
	"                       (epmapd if there is such a user, else none)\n"
	"      --users FILE     who may authenticate, as 'epmap passwd' writes it (nobody)\n"
	"      --restrict-remote-clients WHOM   who may call the mapper over the network: none\n"
	"                       (is restricted), authenticated or local (nobody)\n"
	"      --memory N       MiB that each process may have (512); 0: no ceiling\n"
	"      --service NAME   be one more service of a running mapper\n"
	"  -h, --help           this text\n"
	"      --version        the version\n"
	"\n"
	"Without the right to bind port 135, try:\n"
	"  epmapd --port 13500 --range 5001-5021\n"
	"  epmap probe localhost:13500 echo\n";

/* Behind the name of this program, that of the one with libcrypto. */
#define AUTH_SUFFIX "-auth"

enum {
	OPT_PORT = 256,
	OPT_LISTEN,
	OPT_RANGE,
	OPT_RANGE_ORDER,
	OPT_SERVICES,
	OPT_INSERT_FROM,
	OPT_RUNDIR,
	OPT_MAX_ASSOCIATIONS,
	OPT_MAX_CALLS,
	OPT_IDLE_TIMEOUT,
	OPT_KEEPALIVE,
	OPT_USER,
	OPT_MEMORY,
	OPT_USERS,
	OPT_RESTRICT,
	OPT_SERVICE,
	OPT_VERSION,
	OPT_MAPPER,     /* internal: this process is the mapper */
	OPT_SUPERVISED, /* internal: N sockets from LISTEN_FD on, config on CONFIG_FD */
	OPT_RUN_AS,     /* internal: the user as UID:GID */
};

static const struct option long_options[] = {
	{"config", required_argument, NULL, 'c'},
	{"check", no_argument, NULL, 'n'},
	{"debug", no_argument, NULL, 'd'},
	{"help", no_argument, NULL, 'h'},
	{"port", required_argument, NULL, OPT_PORT},
	{"listen", required_argument, NULL, OPT_LISTEN},
	{"range", required_argument, NULL, OPT_RANGE},
	{"range-order", required_argument, NULL, OPT_RANGE_ORDER},
	{"services", required_argument, NULL, OPT_SERVICES},
	{"insert-from", required_argument, NULL, OPT_INSERT_FROM},
	{"rundir", required_argument, NULL, OPT_RUNDIR},
	{"max-associations", required_argument, NULL, OPT_MAX_ASSOCIATIONS},
	{"max-calls", required_argument, NULL, OPT_MAX_CALLS},
	{"idle-timeout", required_argument, NULL, OPT_IDLE_TIMEOUT},
	{"keepalive", required_argument, NULL, OPT_KEEPALIVE},
	{"user", required_argument, NULL, OPT_USER},
	{"memory", required_argument, NULL, OPT_MEMORY},
	{"users", required_argument, NULL, OPT_USERS},
	{"restrict-remote-clients", required_argument, NULL, OPT_RESTRICT},
	{"service", required_argument, NULL, OPT_SERVICE},
	{"version", no_argument, NULL, OPT_VERSION},
	{"mapper", no_argument, NULL, OPT_MAPPER},
	{"supervised", required_argument, NULL, OPT_SUPERVISED},
	{"run-as", required_argument, NULL, OPT_RUN_AS},
	{NULL, 0, NULL, 0},
};

/* What the command line says about the process itself, not the config. */
struct role {
	const char *config_file;
	const char *service;
	bool check_only;
	bool debug;
	bool mapper;
	bool supervised;
	unsigned n_listen;
};

/* The list is left as it is: the command line may be read again. */
static bool add_services(struct config *c, const char *list, char error[CONFIG_ERROR_LEN])
{
	char name[CONFIG_ERROR_LEN / 2];

	config_drop_services(c);
	for (size_t n; *list != '\0'; list += n) {
		list += *list == ',';
		n = strcspn(list, ",");
		snprintf(name, sizeof(name), "%.*s", (int)(n < sizeof(name) ? n : sizeof(name) - 1), list);
		if (n > 0 && !config_add_service(c, name, error))
			return false;
	}
	return true;
}

/* One option that changes the config; others are none of ours. */
static bool apply_option(struct config *c, int option, char error[CONFIG_ERROR_LEN])
{
	switch (option) {
	case OPT_PORT:
		return config_set_port(c, optarg, error);
	case OPT_LISTEN:
		return config_add_listen(c, optarg, error);
	case OPT_RANGE:
		return config_set_range(c, optarg, error);
	case OPT_RANGE_ORDER:
		return config_set_range_order(c, optarg, error);
	case OPT_SERVICES:
		return add_services(c, optarg, error);
	case OPT_INSERT_FROM:
		return config_add_insert_from(c, optarg, error);
	case OPT_RUNDIR:
		return config_set_rundir(c, optarg, error);
	case OPT_MAX_ASSOCIATIONS:
		return config_set_max_associations(c, optarg, error);
	case OPT_MAX_CALLS:
		return config_set_max_calls(c, optarg, error);
	case OPT_IDLE_TIMEOUT:
		return config_set_idle_timeout(c, optarg, error);
	case OPT_KEEPALIVE:
		return config_set_keepalive(c, optarg, error);
	case OPT_USER:
		return config_set_user(c, optarg, error);
	case OPT_MEMORY:
		return config_set_memory(c, optarg, error);
	case OPT_USERS:
		return config_set_users(c, optarg, error);
	case OPT_RESTRICT:
		return config_set_restrict(c, optarg, error);
	case OPT_RUN_AS:
		return config_set_ids(c, optarg, error);
	default:
		return true;
	}
}

/* First pass: the role. Exits by itself where there is nothing to run. */
static bool read_role(int argc, char **argv, struct role *role)
{
	int option;

	while ((option = getopt_long(argc, argv, "c:ndh", long_options, NULL)) != -1) {
		switch (option) {
		case 'c':
			role->config_file = optarg;
			break;
		case 'n':
			role->check_only = true;
			break;
		case 'd':
			role->debug = true;
			break;
		case 'h':
			fputs(help, stdout);
			exit(EXIT_SUCCESS);
		case OPT_VERSION:
			puts("epmapd " EPMAPD_VERSION);
			exit(EXIT_SUCCESS);
		case OPT_SERVICE:
			role->service = optarg;
			break;
		case OPT_MAPPER:
			role->mapper = true;
			break;
		case OPT_SUPERVISED:
			role->supervised = true;
			role->n_listen = (unsigned)strtoul(optarg, NULL, 10);
			break;
		case '?':
			return false; /* getopt has named it */
		default:
			break;
		}
	}
	if (optind < argc)
		log_warnx("argument '%s' is not expected; see epmapd --help", argv[optind]);
	return optind == argc;
}

/* The config file, if there is one. */
static bool read_file(const struct role *role, struct config *c, char error[CONFIG_ERROR_LEN])
{
	const char *name = role->supervised ? "supervisor's config" : role->config_file;
	struct stat st;
	FILE *f;
	bool ok;

	if (name == NULL)
		return true;
	f = role->supervised ? fdopen(CONFIG_FD, "r") : fopen(name, "re");
	if (f != NULL && (fstat(fileno(f), &st) != 0 || S_ISDIR(st.st_mode))) {
		fclose(f); /* opens, but cannot be read */
		f = NULL;
		errno = EISDIR;
	}
	if (f == NULL) {
		snprintf(error, CONFIG_ERROR_LEN, "cannot open config file '%.200s': %s", name,
		         strerror(errno));
		return false;
	}
	ok = config_read(c, f, name, error);
	fclose(f);
	return ok;
}

/* Second pass: what overrides the config file. */
static bool read_options(int argc, char **argv, struct config *c, char error[CONFIG_ERROR_LEN])
{
	bool listen_from_file = !c->listen_is_default, insert_from_file = c->n_insert_from > 0;
	int option;

	optind = 1;
	while ((option = getopt_long(argc, argv, "c:ndh", long_options, NULL)) != -1) {
		if (option == OPT_LISTEN && listen_from_file) {
			c->listen_is_default = true; /* to be replaced */
			listen_from_file = false;
		}
		if (option == OPT_INSERT_FROM && insert_from_file) {
			c->n_insert_from = 0;
			insert_from_file = false;
		}
		if (!apply_option(c, option, error))
			return false;
	}
	return true;
}

struct command_line {
	int argc;
	char **argv;
	struct role role;
};

/* Defaults, then the file, then the options. */
static bool read_config(const void *arg, struct config *c, char error[CONFIG_ERROR_LEN])
{
	const struct command_line *line = arg;

	config_init(c);
	return read_file(&line->role, c, error) && read_options(line->argc, line->argv, c, error);
}

/* Where users authenticate, the same program with libcrypto is executed in place of this one
 * (docs/architecture.md). It reads the configuration once more. Returns only if that fails. */
static int run_with_auth(const struct command_line *line)
{
	char path[PATH_MAX];
	const ssize_t len = readlink("/proc/self/exe", path, sizeof(path) - sizeof(AUTH_SUFFIX));
	struct stat st;

	if (line->role.config_file != NULL && (stat(line->role.config_file, &st) != 0 || !S_ISREG(st.st_mode))) {
		log_warnx("config file '%s' has to be a file, not a pipe, if there are users", line->role.config_file);
		return EXIT_FAILURE;
	}
	strcpy(path + (len > 0 ? len : 0), AUTH_SUFFIX);
	execv(path, line->argv);
	log_warn("users cannot authenticate: cannot execute %s", path);
	return EXIT_FAILURE;
}

static int run(const struct command_line *line, struct config *c)
{
	const struct role *role = &line->role;
	const struct supervisor_setup setup = {role->debug, role->config_file, read_config, line};
	const struct service *service = NULL;
	char name[64] = "epmapd";
	int status_fd = role->supervised ? STATUS_FD : -1;

	if (role->mapper && role->supervised)
		snprintf(name, sizeof(name), "epmapd[mapper]");
	if (role->service != NULL) {
		char error[CONFIG_ERROR_LEN];

		service = config_find_service(c, role->service, error);
		if (service == NULL) {
			log_warnx("%s", error);
			return EXIT_FAILURE;
		}
		snprintf(name, sizeof(name), "epmapd[%s]", service->name);
	}
	if (role->check_only) {
		char error[CONFIG_ERROR_LEN];
		int fd = guard_make(c, error);

		if (fd < 0) {
			log_warnx("%s", error);
			return EXIT_FAILURE;
		}
		close(fd);
		log_info("the configuration is valid");
		return EXIT_SUCCESS;
	}
	if (c->users[0] != '\0' && !security_knows(SECURITY_NTLMSSP))
		return run_with_auth(line);
	log_init(name, role->debug);
	if (role->mapper && role->supervised)
		return mapper_run(c, role->n_listen);
	if (service != NULL)
		return service_host_run(c, service, status_fd);
	return supervisor_run(c, &setup);
}

/* As many descriptors as we may have: an association needs one. */
static void raise_descriptor_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
		limit.rlim_cur = limit.rlim_max;
		setrlimit(RLIMIT_NOFILE, &limit);
	}
}

int main(int argc, char **argv)
{
	char error[CONFIG_ERROR_LEN];
	struct command_line line = {argc, argv, {0}};
	struct config config;
	int status;

	prctl(PR_SET_NAME, "epmapd"); /* children run as /proc/self/exe */
	signal(SIGPIPE, SIG_IGN);
	raise_descriptor_limit();
	if (!read_role(argc, argv, &line.role))
		return EXIT_FAILURE;
	if (!read_config(&line, &config, error)) {
		log_warnx("%s", error);
		return EXIT_FAILURE;
	}
	status = run(&line, &config);
	config_fini(&config);
	return status;
}
