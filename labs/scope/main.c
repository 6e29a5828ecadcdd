/*
 * epmscope: conversations with an endpoint mapper, from captures, as ladders.
 *
 *     capture --> view --+
 *                        +--> join --> ladder --> text, SVG, HTML
 *     capture --> view --+       |        +-----> JSON
 *     trace, rules ---> nft -----+
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "client/text.h"
#include "labs/scope/capture.h"
#include "labs/scope/draw.h"
#include "labs/scope/live.h"
#include "labs/scope/options.h"

enum { EXIT_DRAWN = 0, EXIT_WRONG = 1, EXIT_NO_CONVERSATION = 2 };

struct scope {
	const struct options *options;
	struct capture *captures[2];
	struct view *views[2];
	struct nft *nft; /* NULL: there is no trace */
	struct gaps gaps;
	struct join join;
	char sources[512];
};

static int wrong(const char *what, const char *why)
{
	fprintf(stderr, "epmscope: %s%s%s\n", what, why[0] != '\0' ? ": " : "", why);
	return EXIT_WRONG;
}

/* ---- reading ----------------------------------------------------------------------------- */

static int open_sources(struct scope *s)
{
	const struct options *o = s->options;
	char error[CAPTURE_ERROR_LEN];

	for (unsigned i = 0; i < o->n_sources; i++) {
		const char *source = o->sources[i];
		size_t len = strlen(s->sources);

		s->captures[i] = o->live ? capture_open_live(source, error) : capture_open(source, error);
		s->views[i] = view_new();
		if (s->captures[i] == NULL || s->views[i] == NULL)
			return wrong("cannot read the capture", error[0] != '\0' ? error : "no memory");
		s->views[i]->only_new = o->only_new;
		for (unsigned k = 0; k < o->n_ports; k++)
			view_mapper_port(s->views[i], o->ports[k]);
		for (unsigned k = 0; k < o->n_services; k++)
			view_service_port(s->views[i], o->services[k]);
		len += (size_t)snprintf(s->sources + len, sizeof(s->sources) - len, "%s", i > 0 ? ", " : "");
		if (len + 1 < sizeof(s->sources))
			text_escape(source, strlen(source), s->sources + len, sizeof(s->sources) - len);
	}
	return EXIT_DRAWN;
}

static int read_sources(struct scope *s)
{
	const struct options *o = s->options;

	if (o->live) {
		fprintf(stderr, "epmscope: listening on %s\n", s->sources);
		if (!live_run(s->captures, s->views, o->n_sources, o->seconds, o->once))
			fprintf(stderr, "epmscope: an interface is gone\n");
	} else {
		for (unsigned i = 0; i < o->n_sources; i++) {
			if (i > 0)
				view_learn(s->views[i], s->views[0]);
			capture_read(s->captures[i], s->views[i]);
		}
	}
	for (unsigned i = 0; i < o->n_sources; i++) {
		view_end(s->views[i]);
		gaps_merge(&s->gaps, &s->views[i]->gaps);
	}
	return EXIT_DRAWN;
}

static int read_rules(struct scope *s)
{
	const struct options *o = s->options;
	const char *paths[] = {o->rules, o->trace};

	if (o->trace == NULL && o->rules == NULL)
		return EXIT_DRAWN;
	s->nft = nft_new();
	if (s->nft == NULL)
		return wrong("no memory", "");
	for (int i = 0; i < 2; i++) {
		FILE *in = paths[i] != NULL ? fopen(paths[i], "r") : NULL;

		if (paths[i] == NULL)
			continue;
		if (in == NULL)
			return wrong(paths[i], strerror(errno));
		if (i == 0)
			nft_read_rules(s->nft, in);
		else
			nft_read_trace(s->nft, in, &s->gaps);
		fclose(in);
	}
	return EXIT_DRAWN;
}

/* ---- drawing ----------------------------------------------------------------------------- */

static unsigned terminal_width(FILE *out)
{
	struct winsize size;

	if (ioctl(fileno(out), TIOCGWINSZ, &size) == 0 && size.ws_col >= 60)
		return size.ws_col;
	return 110;
}

/* One ladder at a time, as there may be many. */
static int draw_each(struct scope *s, const struct drawing *d, void (*draw)(const struct drawing *, const struct ladder *))
{
	for (size_t i = 0; i < s->join.n_conversations; i++) {
		struct ladder l;
		const bool ok = (s->options->format == FORMAT_HTML && i >= SCOPE_MAX_DRAWN) ||
		                ladder_make(&l, &s->join, i, &s->options->names);

		if (!ok)
			return wrong("no memory", "");
		if (s->options->format == FORMAT_HTML && i >= SCOPE_MAX_DRAWN)
			break;
		draw(d, &l);
		ladder_free(&l);
	}
	return EXIT_DRAWN;
}

static int draw_picture(struct scope *s, const struct drawing *d)
{
	const size_t all = s->join.n_conversations, n = all < SCOPE_MAX_DRAWN ? all : SCOPE_MAX_DRAWN;
	struct ladder *list = calloc(n + 1, sizeof(*list));
	bool ok = list != NULL;

	for (size_t i = 0; i < n && ok; i++)
		ok = ladder_make(&list[i], &s->join, i, &s->options->names);
	if (ok)
		draw_svg(d, list, n);
	for (size_t i = 0; i < n && list != NULL; i++)
		ladder_free(&list[i]);
	free(list);
	return ok ? EXIT_DRAWN : wrong("no memory", "");
}

/* Writes a member of the outermost object, or an element of its array. Takes the value. */
static bool put_json(FILE *out, const char *before, json_t *value)
{
	bool ok;

	fputs(before, out);
	ok = value != NULL && json_dumpf(value, out, JSON_INDENT(1) | JSON_ENSURE_ASCII | JSON_ENCODE_ANY) == 0;
	json_decref(value);
	return ok;
}

/* Conversation by conversation, as all of them together may be a lot. */
static int draw_json(struct scope *s, const struct drawing *d)
{
	struct gaps there = {0};
	bool ok = put_json(d->out, "{\"sources\": ", json_string(s->sources));

	fputs(",\n\"conversations\": [", d->out);
	for (size_t i = 0; i < s->join.n_conversations && ok; i++) {
		struct ladder l;

		ok = ladder_make(&l, &s->join, i, &s->options->names) &&
		     put_json(d->out, i > 0 ? ",\n" : "\n", draw_json_ladder(&l));
		ladder_free(&l);
	}
	for (unsigned i = 0; i < s->options->n_sources; i++)
		gaps_merge(&there, &s->views[i]->there);
	gaps_sort(&there);
	ok = ok && put_json(d->out, "],\n\"not_understood\": ", draw_json_gaps(d->gaps)) &&
	     put_json(d->out, ",\n\"other_traffic\": ", draw_json_gaps(&there));
	fputs("}\n", d->out);
	return ok ? EXIT_DRAWN : wrong("cannot write JSON", "");
}

static int draw(struct scope *s, FILE *out)
{
	const struct options *o = s->options;
	struct drawing d = {
		.out = out, .width = o->width != 0 ? o->width : terminal_width(out), .color = text_has_color(out),
		.times = o->times, .n_conversations = s->join.n_conversations, .gaps = &s->gaps,
		.names = &o->names, .sources = s->sources,
	};
	int status;

	switch (o->format) {
	case FORMAT_JSON:
		return draw_json(s, &d);
	case FORMAT_SVG:
		return draw_picture(s, &d);
	case FORMAT_HTML:
		draw_html_begin(&d);
		status = draw_each(s, &d, draw_html_ladder);
		draw_html_end(&d);
		return status;
	default:
		status = draw_each(s, &d, draw_text_ladder);
		draw_text_end(&d);
		return status;
	}
}

/* What was there instead of a conversation. */
static void tell_instead(const struct scope *s)
{
	struct gaps there = {0};
	unsigned long frames = 0;

	for (unsigned i = 0; i < 2 && s->views[i] != NULL; i++) {
		gaps_merge(&there, &s->views[i]->there);
		frames += s->views[i]->n_frames;
	}
	gaps_sort(&there);
	fprintf(stderr, "epmscope: %s: no conversation with a mapper on port", s->sources);
	for (unsigned i = 0; i < s->options->n_ports; i++)
		fprintf(stderr, "%s %u", i > 0 ? "," : "", s->options->ports[i]);
	fprintf(stderr, "; %lu frames were there%s\n", frames, there.n > 0 ? ":" : "");
	for (size_t i = 0; i < there.n && i < 10; i++)
		fprintf(stderr, "%8lu  %s\n", there.list[i].count, there.list[i].text);
	for (size_t i = 0; i < s->gaps.n && i < 10; i++)
		fprintf(stderr, "%8lu  not understood: %s\n", s->gaps.list[i].count, s->gaps.list[i].text);
}

static int write_out(struct scope *s)
{
	FILE *out = s->options->output != NULL ? fopen(s->options->output, "w") : stdout;
	int status;

	if (out == NULL)
		return wrong(s->options->output, strerror(errno));
	status = draw(s, out);
	if (fflush(out) != 0 || ferror(out))
		status = wrong(s->options->output != NULL ? s->options->output : "standard output", strerror(errno));
	if (out != stdout && fclose(out) != 0)
		status = wrong(s->options->output, strerror(errno));
	return status;
}

static int run(struct scope *s)
{
	int status = open_sources(s);

	if (status == EXIT_DRAWN)
		status = read_sources(s);
	if (status == EXIT_DRAWN)
		status = read_rules(s);
	if (status != EXIT_DRAWN)
		return status;
	gaps_sort(&s->gaps);
	if (!join_make(&s->join, s->views[0], s->views[1], s->nft))
		return wrong("no memory", "");
	if (s->views[1] != NULL && s->join.match.pairs == 0 && s->views[0]->n_packets > 0 && s->views[1]->n_packets > 0)
		fprintf(stderr, "epmscope: no packet is in both captures; are they of the same time?\n");
	if (s->join.n_conversations == 0) {
		tell_instead(s);
		if (s->options->format == FORMAT_JSON)
			status = write_out(s);
		return status == EXIT_DRAWN ? EXIT_NO_CONVERSATION : status;
	}
	return write_out(s);
}

int main(int argc, char **argv)
{
	char error[OPTIONS_ERROR_LEN];
	struct options options;
	struct scope s = {.options = &options};
	int status;

	if (!options_parse(argc, argv, &options, error))
		return wrong(error, "");
	if (options.help || options.version) {
		fputs(options.help ? options_help : "epmscope " EPMAPD_VERSION "\n", stdout);
		return EXIT_DRAWN;
	}
	status = run(&s);
	join_free(&s.join);
	nft_free(s.nft);
	for (int i = 0; i < 2; i++) {
		view_free(s.views[i]);
		capture_close(s.captures[i]);
	}
	return status;
}
