#include "labs/scope/draw_xml.h"

void draw_xml(FILE *out, const char *text)
{
	for (; *text != '\0'; text++) {
		switch (*text) {
		case '&':
			fputs("&amp;", out);
			break;
		case '<':
			fputs("&lt;", out);
			break;
		case '>':
			fputs("&gt;", out);
			break;
		case '"':
			fputs("&quot;", out);
			break;
		default:
			fputc((unsigned char)*text < ' ' || *text == 0x7f ? '?' : *text, out);
		}
	}
}

#define LIGHT \
	"--paper:#ffffff;--ink:#1c1e21;--dim:#5c6370;--line:#8a919e;--good:#146c2e;--bad:#b3261e;" \
	"--data:#5b6472;--shade:#f3f4f6;"
#define DARK \
	"--paper:#16181c;--ink:#e6e8eb;--dim:#a3abb8;--line:#717a89;--good:#6fd18a;--bad:#ff8a80;" \
	"--data:#a3abb8;--shade:#22252b;"

const char draw_xml_style[] =
	":root{color-scheme:light dark;" LIGHT "}\n"
	"@media (prefers-color-scheme:dark){:root{" DARK "}}\n"
	"@media print{:root{" LIGHT "}}\n"
	"svg{font:12px ui-monospace,'DejaVu Sans Mono',Menlo,Consolas,monospace}\n"
	".paper{fill:var(--paper)}\n"
	"svg text{fill:var(--ink)}\n"
	"svg .life{stroke:var(--line);stroke-width:1.5;stroke-dasharray:none}\n"
	"svg .name{font-weight:bold}\n"
	"svg .time,svg .more{fill:var(--dim)}\n"
	"svg .arrow{stroke:var(--ink);stroke-width:1.4;fill:none}\n"
	"svg .head{fill:var(--ink)}\n"
	"svg .good .arrow{stroke:var(--good)}svg .good .head,svg .good text{fill:var(--good)}\n"
	"svg .bad .arrow{stroke:var(--bad)}svg .bad .head,svg .bad text{fill:var(--bad)}\n"
	"svg .data .arrow{stroke:var(--data)}svg .data .head,svg .data .label{fill:var(--data)}\n"
	"svg .cross{stroke:var(--bad);stroke-width:2.6;fill:none}\n"
	"svg text.time{fill:var(--dim)}\n";
