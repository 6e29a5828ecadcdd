/*
 * Drawing ladders: as text, SVG, HTML and JSON. Each has a file.
 *
 * Text, SVG and HTML are streams: first draw_begin of the kind, then each ladder, then the
 * end with what was not understood.
 */
#ifndef SCOPE_DRAW_H
#define SCOPE_DRAW_H

#include <jansson.h>
#include <stdio.h>

#include "labs/scope/ladder.h"

struct drawing {
	FILE *out;
	unsigned width; /* of text, in columns */
	bool color;
	bool times;
	size_t n_conversations; /* of all, drawn or not */
	const struct gaps *gaps; /* what was not understood */
	const struct ladder_names *names;
	const char *sources; /* "before.pcap, after.pcap" */
};

void draw_text_ladder(const struct drawing *d, const struct ladder *l);
void draw_text_end(const struct drawing *d);

/* One picture of one ladder, with a head of its own or to stand in a page. */
void draw_svg_ladder(const struct drawing *d, const struct ladder *l);
/* A file with all of them, one below the other. */
void draw_svg(const struct drawing *d, const struct ladder *list, size_t n);

void draw_html_begin(const struct drawing *d);
void draw_html_ladder(const struct drawing *d, const struct ladder *l);
void draw_html_end(const struct drawing *d);

/* NULL: no memory. */
json_t *draw_json_ladder(const struct ladder *l);
json_t *draw_json_gaps(const struct gaps *gaps);

#endif
