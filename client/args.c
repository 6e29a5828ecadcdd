#include "client/args.h"

#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rpc/addr.h"
#include "rpc/authn.h"
#include "rpc/interface.h"
#include "rpc/known.h"
#include "rpc/security.h"

static const struct mechanism {
	uint8_t auth_type;
	const char *name;
} mechanisms[] = {
	{SECURITY_NTLMSSP, "ntlm"},
	{SECURITY_SPNEGO, "spnego"},
};

#define N_MECHANISMS (sizeof(mechanisms) / sizeof(mechanisms[0]))

const char *args_auth_name(const struct args *a)
{
	for (size_t i = 0; i < N_MECHANISMS; i++)
		if (mechanisms[i].auth_type == a->auth_type)
			return mechanisms[i].name;
	return "none";
}

#define DEFAULT_TIMEOUT_MS 5000u
#define MAX_TIMEOUT_SECONDS 86400.0

bool args_wrong(char error[ARGS_ERROR_LEN], const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(error, ARGS_ERROR_LEN, format, args);
	va_end(args);
	return false;
}

static bool parse_timeout(const char *text, unsigned *ms, char error[ARGS_ERROR_LEN])
{
	char *end;
	double seconds = strtod(text, &end);

	/* Written so that what is no number fails, too. */
	if (end == text || *end != '\0' || !(seconds >= 0.001 && seconds <= MAX_TIMEOUT_SECONDS))
		return args_wrong(error, "'%s' is no timeout: give seconds, such as 5 or 0.5, at most a day",
		                  text);
	*ms = (unsigned)(seconds * 1000.0 + 0.5);
	return true;
}

static bool parse_object(const char *text, struct args *a, char error[ARGS_ERROR_LEN])
{
	const char *end;

	a->has_object = uuid_parse(text, &a->object, &end) && *end == '\0';
	return a->has_object ||
	       args_wrong(error,
	                  "'%s' is no object: give a UUID, such as 60a15ec5-4de8-11d7-a637-005056a20182",
	                  text);
}

static bool parse_proto(const char *text, struct args *a, char error[ARGS_ERROR_LEN])
{
	a->has_proto = true;
	a->oncrpc = strcmp(text, "oncrpc") == 0;
	return a->oncrpc || strcmp(text, "ncacn_ip_tcp") == 0 ||
	       args_wrong(error, "'%s' is no protocol: there are ncacn_ip_tcp and oncrpc", text);
}

static bool parse_vers_option(const char *text, uint32_t *option, char error[ARGS_ERROR_LEN])
{
	static const char *const names[] = {
		[EPT_VERS_ALL] = "all",           [EPT_VERS_COMPATIBLE] = "compatible", [EPT_VERS_EXACT] = "exact",
		[EPT_VERS_MAJOR_ONLY] = "major-only", [EPT_VERS_UPTO] = "upto",
	};

	for (*option = EPT_VERS_ALL; *option <= EPT_VERS_UPTO; ++*option)
		if (strcmp(names[*option], text) == 0)
			return true;
	return args_wrong(
		error, "'%s' is no choice of versions: there are all, compatible, exact, major-only and upto",
		text);
}

static bool parse_page(const char *text, uint32_t *page, char error[ARGS_ERROR_LEN])
{
	char *end;
	unsigned long n = isdigit((unsigned char)text[0]) ? strtoul(text, &end, 10) : 0;

	if (n < 1 || n > EPT_MAX_ENTS || *end != '\0')
		return args_wrong(error, "'%s' is no page: give a number of entries from 1 to %d", text,
		                  EPT_MAX_ENTS);
	*page = (uint32_t)n;
	return true;
}

static bool parse_after(const char *text, uint64_t *after, char error[ARGS_ERROR_LEN])
{
	char *end;

	errno = 0;
	*after = strtoull(text, &end, 10);
	return (isdigit((unsigned char)text[0]) && *end == '\0' && errno == 0) ||
	       args_wrong(error, "'%s' is no number of an event", text);
}

static bool parse_auth(const char *text, uint8_t *auth_type, char error[ARGS_ERROR_LEN])
{
	for (size_t i = 0; i < N_MECHANISMS; i++) {
		*auth_type = mechanisms[i].auth_type;
		if (strcmp(mechanisms[i].name, text) == 0)
			return true;
	}
	return args_wrong(error, "'%s' is no mechanism: there are ntlm and spnego", text);
}

/* Who authenticates does so at some level. */
static bool parse_level(const char *text, uint8_t *auth_level, char error[ARGS_ERROR_LEN])
{
	return (authn_level_parse(text, auth_level) && *auth_level != RPC_C_AUTHN_LEVEL_NONE) ||
	       args_wrong(error, "'%s' is no level: there are connect, packet, integrity and privacy", text);
}

static bool apply_auth(struct args *a, int option, char error[ARGS_ERROR_LEN])
{
	switch (option) {
	case 'u':
		a->user = optarg;
		return true;
	case 'w':
		a->password_file = optarg;
		return true;
	case 'A':
		return parse_auth(optarg, &a->auth_type, error);
	case 'L':
		return parse_level(optarg, &a->auth_level, error);
	case 'M':
		a->auth_map = true;
		return true;
	default:
		return args_wrong(error, "cannot happen");
	}
}

static bool apply(struct args *a, int option, char error[ARGS_ERROR_LEN])
{
	switch (option) {
	case 'j':
		a->json = true;
		return true;
	case 'v':
		a->verbose = true;
		return true;
	case 'h':
		a->help = true;
		return true;
	case 'V':
		a->version = true;
		return true;
	case '4':
		a->family = AF_INET;
		return true;
	case '6':
		a->family = AF_INET6;
		return true;
	case 'N':
		a->ndr64 = true;
		return true;
	case 't':
		return parse_timeout(optarg, &a->timeout_ms, error);
	case 'P':
		return parse_proto(optarg, a, error);
	case 'o':
		return parse_object(optarg, a, error);
	case 'i':
		a->has_iface = true;
		return args_interface(optarg, &a->iface, error);
	case 'O':
		a->has_vers_option = true;
		return parse_vers_option(optarg, &a->vers_option, error);
	case 'p':
		a->has_page = true;
		return parse_page(optarg, &a->page, error);
	case 'r':
		a->rundir = optarg;
		return true;
	case 'f':
		a->follow = true;
		return true;
	case 'a':
		a->has_after = true;
		return parse_after(optarg, &a->after, error);
	default:
		return apply_auth(a, option, error);
	}
}

/* Options may follow the arguments of an operation, but -4 there is a number. */
static bool is_negative_operand(const struct args *a, const char *text)
{
	return a->n_words >= 4 && strcmp(a->words[0], "call") == 0 && text[0] == '-' &&
	       isdigit((unsigned char)text[1]);
}

/* What getopt_long refused: `before` is the argument it looked at. */
static bool wrong_option(int problem, const char *before, char error[ARGS_ERROR_LEN])
{
	if (problem == ':')
		return args_wrong(error, "option '%s' wants a value: see epmap --help", before);
	if (before[0] == '-' && before[1] == '-' && strchr(before, '=') != NULL && optopt != 0)
		return args_wrong(error, "option '%s' takes no value", before);
	if (before[0] == '-' && before[1] == '-')
		return args_wrong(error, "unknown option '%s': epmap --help lists all", before);
	return args_wrong(error, "unknown option '-%c': epmap --help lists all", optopt);
}

#define OPTIONS(version_argument, version_letter)                                                             \
	{                                                                                                     \
		{"json", no_argument, NULL, 'j'}, {"verbose", no_argument, NULL, 'v'},                        \
		{"help", no_argument, NULL, 'h'}, {"ndr64", no_argument, NULL, 'N'},                          \
		{"timeout", required_argument, NULL, 't'}, {"object", required_argument, NULL, 'o'},          \
		{"iface", required_argument, NULL, 'i'}, {"page", required_argument, NULL, 'p'},              \
		{"rundir", required_argument, NULL, 'r'}, {"after", required_argument, NULL, 'a'},            \
		{"follow", no_argument, NULL, 'f'},                                                           \
		{"user", required_argument, NULL, 'u'}, {"password-file", required_argument, NULL, 'w'},      \
		{"auth", required_argument, NULL, 'A'}, {"level", required_argument, NULL, 'L'},              \
		{"auth-map", no_argument, NULL, 'M'},                                                         \
		{"proto", required_argument, NULL, 'P'},                                                      \
		{"version", version_argument, NULL, version_letter}, {NULL, 0, NULL, 0},                      \
	}

/* --version tells the program's version; behind the verb dump it chooses among those of
 * interfaces. */
static int next_option(int argc, char **argv, const struct args *a)
{
	static const struct option options[] = OPTIONS(no_argument, 'V');
	static const struct option dump_options[] = OPTIONS(required_argument, 'O');
	const bool dump = a->n_words > 0 && strcmp(a->words[0], "dump") == 0;

	/* "-": words come in their order, as option 1. */
	return getopt_long(argc, argv, "-:hv46", dump ? dump_options : options, NULL);
}

static bool is_verb(const struct args *a, const char *verb)
{
	return a->n_words > 0 && strcmp(a->words[0], verb) == 0;
}

/* Who authenticates? What was not given gets its default. */
static bool check_auth(struct args *a, char error[ARGS_ERROR_LEN])
{
	const char *without = a->password_file != NULL ? "password-file"
	                      : a->auth_type != 0      ? "auth"
	                      : a->auth_level != 0     ? "level"
	                      : a->auth_map            ? "auth-map"
	                                               : NULL;

	if (a->help)
		return true;
	if (a->user == NULL && without != NULL)
		return args_wrong(error, "option '--%s' is for those who authenticate: give --user too",
		                  without);
	if (a->user == NULL) {
		a->auth_level = RPC_C_AUTHN_LEVEL_NONE;
		return true;
	}
	if (is_verb(a, "ctl"))
		return args_wrong(
			error,
			"option '--user' has no meaning for ctl: the daemon asks the system who you are");
	if (a->oncrpc)
		return args_wrong(error, "option '--user' has no meaning in ONC RPC: leave it out");
	if (a->auth_type == 0)
		a->auth_type = SECURITY_SPNEGO;
	if (a->auth_level == 0)
		a->auth_level = RPC_C_AUTHN_LEVEL_PKT_PRIVACY;
	/* Those who speak with one end only mean that one. */
	if (is_verb(a, "dump") || is_verb(a, "map") || is_verb(a, "mgmt"))
		a->auth_map = true;
	return true;
}

/* Options that other verbs have no use for. */
static bool check_verb(const struct args *a, char error[ARGS_ERROR_LEN])
{
	const bool dump = is_verb(a, "dump"), ctl = is_verb(a, "ctl");
	const bool events = ctl && a->n_words > 1 && strcmp(a->words[1], "events") == 0;

	if (!events && !a->help && (a->follow || a->has_after))
		return args_wrong(error, "option '--%s' goes with ctl events only",
		                  a->follow ? "follow" : "after");
	if (!ctl && !a->help && a->rundir != NULL)
		return args_wrong(error, "option '--rundir' goes with ctl only");
	if (!dump && !a->help && (a->has_iface || a->has_page))
		return args_wrong(error, "option '--%s' goes with dump only",
		                  a->has_iface ? "iface" : "page");
	if (a->has_proto && !a->help && !is_verb(a, "probe"))
		return args_wrong(error, "option '--proto' goes with probe only");
	if (a->oncrpc && (a->has_object || a->ndr64))
		return args_wrong(error, "option '--%s' has no meaning in ONC RPC: leave it out",
		                  a->ndr64 ? "ndr64" : "object");
	if (a->has_vers_option && !a->has_iface)
		return args_wrong(
			error,
			"option '--version' chooses among the versions of an interface: give --iface too");
	return true;
}

bool args_parse(int argc, char **argv, struct args *a, char error[ARGS_ERROR_LEN])
{
	*a = (struct args){
		.family = AF_UNSPEC,
		.timeout_ms = DEFAULT_TIMEOUT_MS,
		.words = argv + 1,
		.page = EPT_MAX_ENTS,
	};
	optind = 0; /* start anew, also when called again */
	opterr = 0;
	for (;;) {
		/* optind is 0 only before the first argument. */
		const char *at = argv[optind == 0 && argc > 1 ? 1 : optind];
		int option;

		if (optind > 0 && at != NULL && is_negative_operand(a, at)) {
			a->words[a->n_words++] = argv[optind++];
			continue;
		}
		option = next_option(argc, argv, a);
		if (option == -1)
			break;
		if (option == 1)
			a->words[a->n_words++] = optarg;
		else if (option == '?' || option == ':')
			return wrong_option(option, at != NULL ? at : "", error);
		else if (!apply(a, option, error))
			return false;
	}
	while (optind < argc) /* behind "--" */
		a->words[a->n_words++] = argv[optind++];
	return check_verb(a, error) && check_auth(a, error);
}

static bool parse_port(const char *text, uint16_t *port)
{
	unsigned long n;
	char *end;

	if (!isdigit((unsigned char)text[0]))
		return false;
	errno = 0;
	n = strtoul(text, &end, 10);
	if (errno != 0 || *end != '\0' || n == 0 || n > UINT16_MAX)
		return false;
	*port = (uint16_t)n;
	return true;
}

/* Takes HOST[:PORT] apart: *port is NULL if there is none. False: brackets do
 * not match. */
static bool split(const char *text, const char **host, size_t *len, const char **port)
{
	const char *colon = strchr(text, ':');
	const char *close;

	*host = text;
	*len = strlen(text);
	*port = NULL;
	if (text[0] == '[') {
		close = strchr(text, ']');
		if (close == NULL || (close[1] != '\0' && close[1] != ':'))
			return false;
		*host = text + 1;
		*len = (size_t)(close - text - 1);
		if (close[1] == ':')
			*port = close + 2;
	} else if (colon != NULL && strchr(colon + 1, ':') == NULL) {
		*len = (size_t)(colon - text);
		*port = colon + 1;
	} /* else more than one colon: an IPv6 address */
	return true;
}

bool args_target(const char *text, int family, struct target *t, char error[ARGS_ERROR_LEN])
{
	const char *host, *port;
	union addr numeric;
	size_t len;

	*t = (struct target){.port = RPC_MAPPER_PORT};
	if (!split(text, &host, &len, &port) || len == 0 || len >= sizeof(t->host))
		return args_wrong(
			error, "'%s' is no host: give NAME, ADDRESS, NAME:PORT, ADDRESS:PORT or [IPV6]:PORT",
			text);
	memcpy(t->host, host, len);
	t->host[len] = '\0';
	t->has_port = port != NULL;
	if (port != NULL && !parse_port(port, &t->port))
		return args_wrong(error, "'%s' is no port, in '%s': give a number from 1 to 65535", port,
		                  text);
	if (family != AF_UNSPEC && addr_parse(t->host, &numeric) && numeric.sa.sa_family != family)
		return args_wrong(error, "'%s' is not an %s address: leave out -%c", t->host,
		                  family == AF_INET ? "IPv4" : "IPv6", family == AF_INET ? '4' : '6');
	return true;
}

/* "calc, echo, ..." */
static void list_interfaces(char *text, size_t cap)
{
	const char *name;

	text[0] = '\0';
	for (size_t i = 0; (name = known_interface_name(i)) != NULL; i++) {
		size_t n = strlen(text);

		snprintf(text + n, cap - n, "%s%s", i == 0 ? "" : ", ", name);
	}
}

/* NAME, or NAME,MAJOR[.MINOR]: the version may be chosen. */
static bool parse_known(const char *text, struct syntax_id *id)
{
	const size_t n = strcspn(text, ",");
	char uuid[SYNTAX_TEXT_LEN], rest[SYNTAX_TEXT_LEN];
	const char *name;

	for (size_t i = 0; (name = known_interface_name(i)) != NULL; i++) {
		if (strlen(name) != n || strncmp(name, text, n) != 0)
			continue;
		*id = *known_find(name);
		if (text[n] == '\0')
			return true;
		if (snprintf(rest, sizeof(rest), "%s%s", uuid_format(&id->uuid, uuid), text + n) >= (int)sizeof(rest))
			return false;
		return syntax_parse(rest, id);
	}
	return false;
}

bool args_interface(const char *text, struct syntax_id *id, char error[ARGS_ERROR_LEN])
{
	char names[ARGS_ERROR_LEN / 2];

	if (parse_known(text, id) || syntax_parse(text, id))
		return true;
	list_interfaces(names, sizeof(names));
	return args_wrong(error, "unknown interface '%s': known are %s; or give UUID[,MAJOR[.MINOR]]", text,
	                  names);
}
