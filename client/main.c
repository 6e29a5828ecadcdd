/*
 * epmap: a client that does the two steps of MS-RPC and says which one broke.
 * Here is the table of verbs; each has a file cmd_VERB.c.
 */
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "client/args.h"
#include "client/cmd.h"
#include "client/calls.h"
#include "client/identity.h"
#include "client/story.h"
#include "rpc/accounts.h"

static const struct verb {
	const char *name;
	const char *words; /* as in a usage line */
	const char *help;  /* in one line */
	const char *about; /* what --help says of it, with examples */
	int min_words;     /* with the verb */
	int max_words;
	int (*run)(const struct args *args, struct story *story);
	int (*run_alone)(int argc, char **argv); /* in place of it: the verb reads its options itself */
} verbs[] = {
	{"dump", "HOST[:PORT]", "list registered endpoints",
	 "Asks the mapper for everything it has, and prints it as a table: interface, version,\n"
	 "transfer syntaxes, annotation, and the endpoint as a string binding. Its own options\n"
	 "make the mapper choose:\n"
	 "\n"
	 "    --iface IFACE      only this interface, in whatever version\n"
	 "    --version CHOICE   of the interface's versions: all, compatible (with IFACE's), exact,\n"
	 "                       major-only, or upto (IFACE's)\n"
	 "    --object UUID      only with this object\n"
	 "    --page N           ask for N entries at a time (500)\n"
	 "\n"
	 "    epmap dump 10.2.2.2\n"
	 "    epmap dump --json server.example | jq -r '.[].endpoint'\n"
	 "    epmap dump --iface calc,1.0 --version compatible [fd00:2:2::2]:13500\n",
	 2, 2, cmd_dump, NULL},
	{"map", "HOST[:PORT] IFACE", "ask where one interface is",
	 "Step one alone: asks the mapper on which port the interface is, and prints that.\n"
	 "\n"
	 "    epmap map 10.2.2.2 echo\n"
	 "    epmap map 10.2.2.2 60a15ec5-4de8-11d7-a637-005056a20182,1.0\n"
	 "    epmap map -v 10.2.2.2 calc,1.2\n",
	 3, 3, cmd_map, NULL},
	{"call", "HOST[:PORT] IFACE OP [ARG...]", "do the two steps, then call an operation",
	 "Asks the mapper, connects to the service, calls one operation and prints the result.\n"
	 "OP is one of those below, or a number followed by the stub in hexadecimal; then the\n"
	 "result is in hexadecimal, too. Arguments are numbers, text, names of enumerations, JSON\n"
	 "for structures; 1,2,3 for a list, @SIZE for so many bytes, - for NULL.\n"
	 "\n"
	 "With \"then\" between them, several operations are called on one connection. A context\n"
	 "handle that one of them gives is passed on to the next.\n"
	 "\n"
	 "    epmap call 10.2.2.2 echo AddOne 41\n"
	 "    epmap call 10.2.2.2 echo EchoData 'good morning'\n"
	 "    epmap call 10.2.2.2 calc,1.0 Divide -7 2\n"
	 "    epmap call 10.2.2.2 calc Sum 1,2,3\n"
	 "    epmap call 10.2.2.2 print OpenJob report then WriteJob @5000 then CloseJob\n"
	 "    epmap call 10.2.2.2 echo 0 29000000\n",
	 4, INT_MAX, cmd_call, NULL},
	{"probe", "HOST[:PORT] [IFACE...]", "do the two steps, and say which one breaks",
	 "For each interface: connects to the mapper, asks it, connects to the service and binds.\n"
	 "Says how far that went and, for the step that failed, the cause, who sent it, and what\n"
	 "Windows would have said. Without IFACE it takes all that the mapper lists over\n"
	 "ncacn_ip_tcp. The exit code is that of the first step that failed for any of them.\n"
	 "\n"
	 "    --proto PROTO      ncacn_ip_tcp, or oncrpc: the same for programs of ONC RPC, with rpcbind\n"
	 "                       on port 111 as the mapper, and procedure 0 called instead of a bind.\n"
	 "                       IFACE is a name (twin, portmapper, nfs, mountd ...) or a number,\n"
	 "                       with ,VERSION behind it if need be\n"
	 "\n"
	 "    epmap probe 10.2.2.2\n"
	 "    epmap probe --timeout 2 10.2.2.2 echo calc\n"
	 "    epmap probe --json 10.2.2.2 echo | jq -r '.[0].cause'\n"
	 "    epmap probe --proto oncrpc 10.2.2.2 nfs 100005,3\n",
	 2, INT_MAX, cmd_probe, NULL},
	{"mgmt", "HOST[:PORT] QUESTION", "ask an endpoint about itself",
	 "Asks the management interface, which every endpoint has: the mapper on port 135, and a\n"
	 "service on its own port. There is no step one. The questions:\n"
	 "\n"
	 "    ids          which interfaces are there?\n"
	 "    stats        how many calls and PDUs, in and out?\n"
	 "    listening    does it take calls?\n"
	 "    stop         stop, please (refused)\n"
	 "    princ-name [SERVICE]   its name with an authentication service, by number\n"
	 "\n"
	 "    epmap mgmt 10.2.2.2 ids\n"
	 "    epmap mgmt --json 10.2.2.2:5003 stats\n",
	 3, 4, cmd_mgmt, NULL},
	{"ctl", "COMMAND", "ask or change a daemon on this machine",
	 "Talks to the supervisor of an epmapd on this machine through RUNDIR/control. Anyone may\n"
	 "ask; root and who started the daemon may change it. The commands:\n"
	 "\n"
	 "    status                 the processes, their ports, counters and faults on purpose\n"
	 "    registry               what is registered, and by whom\n"
	 "    events [--after N]     what happened, from event N on; --follow: as it happens\n"
	 "    service start|stop|restart|kill NAME\n"
	 "    range FIRST-LAST       the dynamic range, for services that are started from now on\n"
	 "    reload                 read the configuration file again\n"
	 "    fault set NAME FAULT[=VALUE]...  break something on purpose, for a service or the mapper:\n"
	 "                           stale-entry, address=, port=, fragment=, delay-map=, delay-call=,\n"
	 "                           drop-after=, too-busy, unregistered, forbidden-call\n"
	 "    fault clear NAME [FAULT...]      mend it; without FAULT all that is broken on purpose\n"
	 "\n"
	 "    --rundir DIR           the daemon's run directory, if it is not the default\n"
	 "\n"
	 "Exit status: 0 done, 1 the request is wrong, 2 it cannot be done, 3 not allowed.\n"
	 "\n"
	 "    epmap ctl status\n"
	 "    epmap ctl events --follow --json\n"
	 "    epmap ctl service restart echo\n",
	 2, INT_MAX, cmd_ctl, NULL},
	{"passwd", "[--delete] NAME", "add, change or delete an account",
	 "Writes the users file of epmapd, which has the hash of a password for each name. Asks for\n"
	 "the password twice, or takes the first line of standard input if that is no terminal. A\n"
	 "running epmapd knows of it after 'epmap ctl reload'.\n"
	 "\n"
	 "    --file FILE            the users file (" ACCOUNTS_FILE ")\n"
	 "    --password-file FILE   take the password from the first line of FILE\n"
	 "    --delete               delete the account\n"
	 "    -h, --help             this text\n"
	 "\n"
	 "Exit status: 0 done, 1 the request is wrong, 2 it cannot be done.\n"
	 "\n"
	 "    epmap passwd student\n"
	 "    epmap passwd --file ./users --password-file ./secret student\n"
	 "    epmap passwd --delete student\n",
	 2, 2, NULL, cmd_passwd},
};

#define N_VERBS (sizeof(verbs) / sizeof(verbs[0]))

static const char options_help[] =
	"HOST is a name or an address; PORT is 135 if left out; write [IPV6]:PORT.\n"
	"IFACE is a known name (echo, calc) or a UUID, with ,MAJOR[.MINOR] behind it if need be.\n"
	"\n"
	"Options, anywhere on the line:\n"
	"    --json             JSON on standard output\n"
	"    -v, --verbose      tell each step as it happens, on standard error\n"
	"    --timeout SECONDS  the longest time for each step (5; 0.5 is fine)\n"
	"    --object UUID      the object that is asked for and called\n"
	"    --ndr64            speak NDR64 instead of NDR\n"
	"    -4, -6             use IPv4 only, IPv6 only\n"
	"    --user USER        authenticate: NAME, NAME@DOMAIN or 'DOMAIN\\NAME'. The password is in\n"
	"                       EPMAP_PASSWORD, or else is asked for on the terminal\n"
	"    --password-file FILE  it is the first line of FILE, which is yours alone (chmod 600)\n"
	"    --auth {spnego,ntlm}  by which mechanism (spnego)\n"
	"    --level {connect,packet,integrity,privacy}  how much is protected (privacy)\n"
	"    --auth-map         call, probe: authenticate to the mapper, too\n"
	"    -h, --help         help, also for each verb: epmap probe --help\n"
	"    --version          the version\n"
	"\n"
	"Exit status, by the step that failed: 0 none, 1 the request is wrong, 10 resolve,\n"
	"11 connect-mapper, 12 bind-mapper, 13 map, 14 connect-service, 15 bind-service, 16 call.\n";

static void print_help(void)
{
	puts("epmap does the two steps of MS-RPC and says which one broke, and why.\n");
	for (size_t i = 0; i < N_VERBS; i++)
		printf("    epmap %-6s %-30s %s\n", verbs[i].name, verbs[i].words, verbs[i].help);
	printf("\n%s", options_help);
}

static void print_verb_help(const struct verb *verb)
{
	const char *interface, *name;
	char words[WORDS_USAGE_LEN];

	printf("Usage: epmap %s %s\n\n%s\n", verb->name, verb->words, verb->about);
	if (verb->run == cmd_call) {
		puts("Operations:");
		for (size_t i = 0; calls_list(i, &interface, &name, words); i++)
			printf("    %s %s%s%s\n", interface, name, words[0] != '\0' ? " " : "", words);
		puts("    UUID OPNUM HEX\n");
	}
	if (verb->run_alone == NULL)
		fputs(options_help, stdout);
}

static const struct verb *find_verb(const char *name)
{
	for (size_t i = 0; i < N_VERBS; i++)
		if (strcmp(verbs[i].name, name) == 0)
			return &verbs[i];
	return NULL;
}

static void list_verbs(void)
{
	for (size_t i = 0; i < N_VERBS; i++)
		fprintf(stderr, "%s%s", verbs[i].name, i + 1 < N_VERBS ? ", " : "; see epmap --help\n");
}

/* The number of words is right, or it is said what is not. */
static bool check_words(const struct verb *verb, const struct args *args)
{
	if (args->n_words >= verb->min_words && args->n_words <= verb->max_words)
		return true;
	if (args->n_words > verb->max_words)
		fprintf(stderr, "epmap: '%s' is too much: epmap %s %s\n", args->words[verb->max_words],
		        verb->name, verb->words);
	else
		fprintf(stderr, "epmap: something is missing after '%s': epmap %s %s\n",
		        args->words[args->n_words - 1], verb->name, verb->words);
	return false;
}

/* The verb, by whoever it is. */
static int run_verb(const struct verb *verb, struct args *args)
{
	struct identity *identity = NULL;
	char error[ARGS_ERROR_LEN];
	struct story story;
	int status;

	if (args->user != NULL) {
		identity = identity_new(args, error);
		if (identity == NULL) {
			fprintf(stderr, "epmap: %s\n", error);
			return CMD_USAGE;
		}
	}
	args->identity = identity;
	story_init(&story, args->verbose);
	status = verb->run(args, &story);
	identity_free(identity);
	return status;
}

static int run(struct args *args)
{
	const struct verb *verb = args->n_words > 0 ? find_verb(args->words[0]) : NULL;

	if (args->version) {
		puts("epmap " EPMAPD_VERSION);
		return 0;
	}
	if (args->help && args->n_words == 0) {
		print_help();
		return 0;
	}
	if (verb == NULL) {
		if (args->n_words == 0)
			fputs("epmap: no verb is given: there are ", stderr);
		else
			fprintf(stderr, "epmap: unknown verb '%s': there are ", args->words[0]);
		list_verbs();
		return CMD_USAGE;
	}
	if (args->help) {
		print_verb_help(verb);
		return 0;
	}
	if (verb->run_alone != NULL) {
		fprintf(stderr, "epmap: '%s' comes first, and has options of its own: epmap %s --help\n", verb->name,
		        verb->name);
		return CMD_USAGE;
	}
	if (!check_words(verb, args))
		return CMD_USAGE;
	return run_verb(verb, args);
}

static bool asks_for_help(int argc, char **argv)
{
	for (int i = 2; i < argc; i++)
		if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
			return true;
	return false;
}

static int run_alone(const struct verb *verb, int argc, char **argv)
{
	if (!asks_for_help(argc, argv))
		return verb->run_alone(argc - 1, argv + 1);
	print_verb_help(verb);
	return 0;
}

static int parse_and_run(int argc, char **argv)
{
	const struct verb *verb = argc > 1 ? find_verb(argv[1]) : NULL;
	char error[ARGS_ERROR_LEN];
	struct args args;

	if (verb != NULL && verb->run_alone != NULL)
		return run_alone(verb, argc, argv);
	if (args_parse(argc, argv, &args, error))
		return run(&args);
	fprintf(stderr, "epmap: %s\n", error);
	return CMD_USAGE;
}

int main(int argc, char **argv)
{
	int status = parse_and_run(argc, argv);

	/* A result that could not be written is none. */
	if (fflush(stdout) != 0 || ferror(stdout)) {
		perror("epmap: standard output");
		return status != 0 ? status : CMD_USAGE;
	}
	return status;
}
