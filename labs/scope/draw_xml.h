/*
 * Text for SVG and HTML.
 */
#ifndef SCOPE_DRAW_XML_H
#define SCOPE_DRAW_XML_H

#include <stdio.h>

/* Escaped for content and for attributes in double quotes; control characters become '?'. */
void draw_xml(FILE *out, const char *text);
/* The colours of both, light and dark, as style rules. */
extern const char draw_xml_style[];

#endif
