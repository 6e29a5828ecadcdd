#include "labs/scope/options.h"

#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/text.h"
#include "rpc/limits.h"

const char options_help[] =
	"Usage: epmscope [OPTION]... FILE [FILE2]\n"
	"       epmscope [OPTION]... -i IFACE [-i IFACE2]\n"
	"\n"
	"Draws conversations with an endpoint mapper as ladders: the questions on port 135, and the\n"
	"connections to the ports that it named. FILE is a capture, of pcap or pcapng. With two,\n"
	"FILE was taken on the clients' side of a firewall and FILE2 on the servers', and packets\n"
	"that are in one and not in the other end in a cross.\n"
	"\n"
	"    -i, --interface IFACE  listen there, until Ctrl-C\n"
	"        --for SECONDS      ... or for so long\n"
	"        --once             ... or until nothing more comes of a conversation\n"
	"        --new              leave out connections that began before\n"
	"        --port N           the mapper's port (135); may be given again\n"
	"        --service N        a service's port, for clients that ask no mapper\n"
	"        --trace FILE       what `nft monitor trace` printed meanwhile: which rule decided\n"
	"        --rules FILE       what `nft -a list ruleset` prints: the rules' handles\n"
	"        --name ADDR=NAME   call a host so; firewall=NAME for the firewall\n"
	"        --svg, --html, --json  draw this instead of text\n"
	"    -o, --output FILE      write to a file\n"
	"        --width N          columns of text\n"
	"        --times            seconds since the conversation's first packet\n"
	"    -h, --help             this help\n"
	"        --version          the version\n"
	"\n"
	"    epmscope --trace trace.log --rules rules.txt before.pcap after.pcap\n"
	"    epmscope --html -o ladder.html capture.pcapng\n"
	"    epmscope -i inside -i server --for 30\n"
	"\n"
	"Exit status: 0 drawn, 1 the request is wrong or a file cannot be read, 2 there was no\n"
	"conversation with a mapper.\n";

__attribute__((format(printf, 2, 3))) static bool wrong(char *error, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(error, OPTIONS_ERROR_LEN, format, args);
	va_end(args);
	return false;
}

static bool number(const char *text, double low, double high, double *n)
{
	char *end;

	*n = strtod(text, &end);
	return end != text && *end == '\0' && *n >= low && *n <= high;
}

/* Names may have any letters, but nothing that could steer a terminal. */
static bool is_name(const char *name)
{
	size_t n;
	uint16_t *wide = text_to_utf16(name, &n);
	bool good = wide != NULL && n > 0;

	for (size_t i = 0; i < n && good; i++)
		good = wide[i] >= ' ' && !(wide[i] >= 0x7f && wide[i] < 0xa0);
	free(wide);
	return good;
}

static bool add_name(struct options *o, const char *text, char *error)
{
	const char *equals = strchr(text, '=');
	char host[ADDR_TEXT_LEN];
	union addr addr = {.sa.sa_family = AF_UNSPEC};
	struct ladder_names *names = &o->names;

	if (equals == NULL || (size_t)(equals - text) >= sizeof(host) || !is_name(equals + 1) ||
	    strlen(equals + 1) >= sizeof(names->list[0].name))
		return wrong(error, "--name wants ADDRESS=NAME or firewall=NAME");
	snprintf(host, sizeof(host), "%.*s", (int)(equals - text), text);
	if (strcmp(host, "firewall") != 0 && !addr_parse(host, &addr))
		return wrong(error, "--name: '%.100s' is no address", host);
	if (names->n == SCOPE_MAX_NAMES)
		return wrong(error, "--name: there are too many");
	names->list[names->n].host = addr;
	snprintf(names->list[names->n].name, sizeof(names->list[0].name), "%s", equals + 1);
	names->n++;
	return true;
}

static bool add_source(struct options *o, const char *source, char *error)
{
	if (o->n_sources == 2)
		return wrong(error, "'%.100s' is too much: there are two sides of a firewall", source);
	o->sources[o->n_sources++] = source;
	return true;
}

enum { OPT_FOR = 256, OPT_ONCE, OPT_NEW, OPT_PORT, OPT_SERVICE, OPT_TRACE, OPT_RULES, OPT_NAME, OPT_SVG, OPT_HTML, OPT_JSON,
       OPT_WIDTH, OPT_TIMES, OPT_VERSION };

static const struct option longs[] = {
	{"interface", required_argument, NULL, 'i'}, {"for", required_argument, NULL, OPT_FOR},
	{"once", no_argument, NULL, OPT_ONCE},       {"new", no_argument, NULL, OPT_NEW},
	{"port", required_argument, NULL, OPT_PORT}, {"service", required_argument, NULL, OPT_SERVICE},
	{"trace", required_argument, NULL, OPT_TRACE}, {"rules", required_argument, NULL, OPT_RULES},
	{"name", required_argument, NULL, OPT_NAME}, {"svg", no_argument, NULL, OPT_SVG},
	{"html", no_argument, NULL, OPT_HTML},       {"json", no_argument, NULL, OPT_JSON},
	{"output", required_argument, NULL, 'o'},    {"width", required_argument, NULL, OPT_WIDTH},
	{"times", no_argument, NULL, OPT_TIMES},     {"help", no_argument, NULL, 'h'},
	{"version", no_argument, NULL, OPT_VERSION}, {NULL, 0, NULL, 0},
};

static bool add_port(const char *option, const char *arg, uint16_t *ports, unsigned *n_ports, char *error)
{
	double n = 0;

	if (!number(arg, 1, 65535, &n) || *n_ports == OPTIONS_MAX_PORTS)
		return wrong(error, "%s wants a port, and not too many of them", option);
	ports[(*n_ports)++] = (uint16_t)n;
	return true;
}

static bool take_number(struct options *o, int opt, const char *arg, char *error)
{
	double n = 0;

	switch (opt) {
	case OPT_PORT:
		return add_port("--port", arg, o->ports, &o->n_ports, error);
	case OPT_SERVICE:
		return add_port("--service", arg, o->services, &o->n_services, error);
	case OPT_WIDTH:
		if (!number(arg, 60, 500, &n))
			return wrong(error, "--width wants a number from 60 to 500");
		o->width = (unsigned)n;
		return true;
	default:
		if (!number(arg, 0.01, 1e6, &o->seconds))
			return wrong(error, "--for wants seconds");
		return true;
	}
}

static bool take(struct options *o, int opt, const char *arg, char *error)
{
	switch (opt) {
	case 'i':
		o->live = true;
		return add_source(o, arg, error);
	case 'o':
		o->output = arg;
		return true;
	case 'h':
		o->help = true;
		return true;
	case OPT_TRACE:
		o->trace = arg;
		return true;
	case OPT_RULES:
		o->rules = arg;
		return true;
	case OPT_NAME:
		return add_name(o, arg, error);
	case OPT_SVG:
	case OPT_HTML:
	case OPT_JSON:
		o->format = opt == OPT_SVG ? FORMAT_SVG : opt == OPT_HTML ? FORMAT_HTML : FORMAT_JSON;
		return true;
	case OPT_ONCE:
		o->once = true;
		return true;
	case OPT_NEW:
		o->only_new = true;
		return true;
	case OPT_TIMES:
		o->times = true;
		return true;
	case OPT_VERSION:
		o->version = true;
		return true;
	default:
		return take_number(o, opt, arg, error);
	}
}

bool options_parse(int argc, char **argv, struct options *o, char error[OPTIONS_ERROR_LEN])
{
	int opt;

	memset(o, 0, sizeof(*o));
	optind = 0;
	opterr = 0;
	while ((opt = getopt_long(argc, argv, ":i:o:h", longs, NULL)) != -1) {
		if (opt == '?')
			return wrong(error, "'%.100s' is no option; see epmscope --help", argv[optind - 1]);
		if (opt == ':')
			return wrong(error, "'%.100s' wants a value", argv[optind - 1]);
		if (!take(o, opt, optarg, error))
			return false;
	}
	if (o->help || o->version)
		return true;
	if (o->live && optind < argc)
		return wrong(error, "either files or interfaces, not both");
	for (; optind < argc; optind++)
		if (!add_source(o, argv[optind], error))
			return false;
	if (o->n_sources == 0)
		return wrong(error, "a capture is missing; see epmscope --help");
	if (!o->live && (o->once || o->seconds > 0))
		return wrong(error, "--for and --once go with -i");
	if (o->n_ports == 0)
		o->ports[o->n_ports++] = RPC_MAPPER_PORT;
	return true;
}
