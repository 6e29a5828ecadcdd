/*
 * The command line of epmscope.
 */
#ifndef SCOPE_OPTIONS_H
#define SCOPE_OPTIONS_H

#include "labs/scope/ladder.h"

#define OPTIONS_ERROR_LEN 256u
#define OPTIONS_MAX_PORTS 16u

enum format { FORMAT_TEXT, FORMAT_SVG, FORMAT_HTML, FORMAT_JSON };

struct options {
	bool help, version;
	bool live; /* sources are interfaces */
	const char *sources[2];
	unsigned n_sources;
	uint16_t ports[OPTIONS_MAX_PORTS];
	unsigned n_ports;
	uint16_t services[OPTIONS_MAX_PORTS]; /* that clients go to without asking a mapper */
	unsigned n_services;
	const char *trace, *rules; /* NULL: none */
	struct ladder_names names;
	enum format format;
	const char *output; /* NULL: standard output */
	unsigned width;     /* 0: that of the terminal */
	bool times;
	bool once;
	bool only_new; /* no connections from before */
	double seconds; /* 0: no limit */
};

/* False: with an error. Keeps pointers into argv. */
bool options_parse(int argc, char **argv, struct options *o, char error[OPTIONS_ERROR_LEN]);
extern const char options_help[];

#endif
