/* A page that opens without a network: the ladders, and below each a table of its packets. */
#include <string.h>

#include "labs/scope/draw.h"
#include "labs/scope/draw_xml.h"

static const char style[] =
	"body{margin:1.5rem auto;padding:0 1rem;max-width:80rem;background:var(--paper);color:var(--ink);"
	"font:15px/1.45 system-ui,'DejaVu Sans',sans-serif}\n"
	"h1{font-size:1.5rem}h2{font-size:1.2rem;margin-top:2.5rem}h3{font-size:1rem}\n"
	".good{color:var(--good)}.bad{color:var(--bad)}.verdict{font-weight:bold}\n"
	"figure{margin:1rem 0;overflow-x:auto}figure svg{max-width:100%;height:auto;min-width:56rem}\n"
	"table{border-collapse:collapse;width:100%;font-size:13px}\n"
	"caption{text-align:left;color:var(--dim)}\n"
	"th,td{text-align:left;vertical-align:top;padding:.2rem .6rem;border-bottom:1px solid var(--shade)}\n"
	"th{border-bottom:1px solid var(--line)}\n"
	"td.n{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}\n"
	"td.what{overflow-wrap:anywhere}\n"
	"tr.lost td{color:var(--bad)}\n"
	"details>summary{cursor:pointer;color:var(--dim)}\n"
	"small{color:var(--dim);display:block}\n"
	"@media print{body{max-width:none;margin:0;font-size:11px}figure{overflow:visible}"
	"figure svg{min-width:0}tr{break-inside:avoid}thead{display:table-header-group}}\n";

void draw_html_begin(const struct drawing *d)
{
	fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
	      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>Mapper conversations: ",
	      d->out);
	draw_xml(d->out, d->sources);
	fprintf(d->out, "</title>\n<style>\n%s%s</style>\n</head>\n<body>\n<main>\n<h1>%zu conversation%s with an endpoint mapper</h1>\n<p>From ",
	        draw_xml_style, style, d->n_conversations, d->n_conversations == 1 ? "" : "s");
	draw_xml(d->out, d->sources);
	fputs("</p>\n", d->out);
}

/* ---- the table --------------------------------------------------------------------------- */

static void ends(const struct drawing *d, const struct ladder *l, const struct passage *p)
{
	const struct flow *flow = join_flow(l->join, p);
	const struct packet *packet = join_packet(p);
	char from[ADDR_TEXT_LEN], to[ADDR_TEXT_LEN];

	if (packet->icmp)
		addr_format(&packet->sender, from);
	else
		addr_format_port(packet->from_client ? &flow->client : &flow->server, from);
	addr_format_port(packet->from_client ? &flow->server : &flow->client, to);
	fprintf(d->out, "<td>%s</td><td>%s</td>", from, to);
	if (p->lost)
		fputs("<td>lost at the firewall</td>", d->out);
	else
		fprintf(d->out, "<td>%s</td>", p->from == END_FIREWALL ? "made by the firewall" : "arrived");
}

static void table_row(const struct drawing *d, const struct ladder *l, uint32_t i)
{
	const struct passage *p = &l->join->passages[i];
	char label[LADDER_LABEL_LEN], rule[NFT_TEXT_LEN + 160];
	const struct heard *heard;
	size_t n;

	fprintf(d->out, "<tr%s><td class=\"n\">", p->lost ? " class=\"lost\"" : "");
	if (p->before != NULL)
		fprintf(d->out, "%u", p->before->number);
	fputs("</td><td class=\"n\">", d->out);
	if (p->after != NULL)
		fprintf(d->out, "%u", p->after->number);
	fprintf(d->out, "</td><td class=\"n\">%.6f</td>", (double)(p->time - l->join->passages[l->of->first].time) / 1e9);
	ends(d, l, p);
	fputs("<td class=\"what\">", d->out);
	draw_xml(d->out, ladder_label(l->join, l->of, p, label));
	heard = join_heard(l->join, p, &n);
	for (size_t k = 0; k < n && join_packet(p)->again == 0; k++) {
		fputs("<small>", d->out);
		draw_xml(d->out, heard[k].trace);
		fputs("</small>", d->out);
	}
	fputs("</td><td>", d->out);
	draw_xml(d->out, ladder_rule(&p->decision, rule));
	fputs("</td></tr>\n", d->out);
}

static void table_head(const struct drawing *d, const char *caption)
{
	fputs("<table>", d->out);
	if (caption != NULL)
		fprintf(d->out, "<caption>%s</caption>", caption);
	fputs("<thead><tr><th scope=\"col\">No. before</th><th scope=\"col\">after</th><th scope=\"col\">Seconds</th>"
	      "<th scope=\"col\">From</th><th scope=\"col\">To</th><th scope=\"col\">Fate</th>"
	      "<th scope=\"col\">What</th><th scope=\"col\">Rule</th></tr></thead>\n<tbody>\n",
	      d->out);
}

static const struct row *next_more(const struct ladder *l, size_t *at)
{
	while (*at < l->n_rows && l->rows[*at].kind != ROW_MORE)
		++*at;
	return *at < l->n_rows ? &l->rows[(*at)++] : NULL;
}

static void table(const struct drawing *d, const struct ladder *l)
{
	const uint32_t most = d->n_conversations > 4 ? SCOPE_MAX_LISTED / 10 : SCOPE_MAX_LISTED;
	const uint32_t n = l->of->n < most ? l->of->n : most, end = l->of->first + n;
	size_t at = 0;
	const struct row *more = next_more(l, &at);

	table_head(d, "All packets, acknowledgements as well");
	for (uint32_t i = l->of->first; i < end; i++) {
		if (more != NULL && i == more->first) {
			fprintf(d->out, "<tr><td colspan=\"8\"><details><summary>... %s</summary>", more->label);
			table_head(d, NULL);
		}
		table_row(d, l, i);
		if (more != NULL && (i == more->last || (i + 1 == end && i >= more->first))) {
			fputs("</tbody></table></details></td></tr>\n", d->out);
			more = next_more(l, &at);
		}
	}
	fputs("</tbody></table>\n", d->out);
	if (n < l->of->n)
		fprintf(d->out, "<p>%u more packets are not listed; --json has them all.</p>\n", l->of->n - n);
}

void draw_html_ladder(const struct drawing *d, const struct ladder *l)
{
	const bool good = l->result.outcome.step == STEP_DONE;

	fputs("<section>\n<h2>", d->out);
	draw_xml(d->out, l->title[END_CLIENT]);
	fputs(ladder_asks_mapper(l) ? " and the mapper at " : " and the service at ", d->out);
	draw_xml(d->out, l->title[END_SERVER]);
	fprintf(d->out, "</h2>\n<p class=\"verdict %s\">", good ? "good" : "bad");
	draw_xml(d->out, l->verdict);
	fputs("</p>\n", d->out);
	if (l->rule[0] != '\0') {
		fputs("<p>Decided by ", d->out);
		draw_xml(d->out, l->rule);
		fputs("</p>\n", d->out);
	}
	if (l->hint[0] != '\0') {
		fputs("<p>", d->out);
		draw_xml(d->out, l->hint);
		fputs("</p>\n", d->out);
	}
	fputs("<figure>\n", d->out);
	draw_svg_ladder(d, l);
	fputs("</figure>\n", d->out);
	if (d->n_conversations > 4)
		fputs("<details><summary>Packets</summary>\n", d->out);
	table(d, l);
	if (d->n_conversations > 4)
		fputs("</details>\n", d->out);
	fputs("</section>\n", d->out);
}

void draw_html_end(const struct drawing *d)
{
	if (d->n_conversations > SCOPE_MAX_DRAWN)
		fprintf(d->out, "<p>%zu more conversations are not drawn; --json has them all.</p>\n",
		        d->n_conversations - SCOPE_MAX_DRAWN);
	if (d->gaps->n > 0) {
		fputs("<h2>Not understood</h2>\n<table><thead><tr><th scope=\"col\">How often</th>"
		      "<th scope=\"col\">What</th></tr></thead>\n<tbody>\n",
		      d->out);
		for (size_t i = 0; i < d->gaps->n; i++) {
			fprintf(d->out, "<tr><td class=\"n\">%lu</td><td>", d->gaps->list[i].count);
			draw_xml(d->out, d->gaps->list[i].text);
			fputs("</td></tr>\n", d->out);
		}
		fputs("</tbody></table>\n", d->out);
	}
	fputs("</main>\n</body>\n</html>\n", d->out);
}
