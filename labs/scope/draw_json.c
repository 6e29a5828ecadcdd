/* Conversations for scripts. */
#include <string.h>

#include "labs/scope/draw.h"
#include "rpc/status.h"

static const char *const end_names[] = {"client", "firewall", "server"};

static json_t *json_host(const struct ladder *l, enum end end, const union addr *host)
{
	const char *title = l->title[end], *space = strrchr(title, ' ');
	char addr[ADDR_TEXT_LEN];

	return json_pack("{s:s, s:o}", "address", addr_format(host, addr), "name",
	                 space != NULL ? json_stringn(title, (size_t)(space - title)) : json_null());
}

static json_t *json_firewall(const struct ladder *l)
{
	char addr[ADDR_TEXT_LEN];

	if (!l->of->three)
		return json_null();
	return json_pack("{s:o, s:s}", "address",
	                 l->firewall.sa.sa_family != AF_UNSPEC ? json_string(addr_format(&l->firewall, addr))
	                                                       : json_null(),
	                 "name", l->firewall_name);
}

static json_t *json_hosts(const struct ladder *l)
{
	const struct flow *flow = join_flow(l->join, &l->join->passages[l->of->first]);

	return json_pack("{s:o, s:o, s:o}", "client", json_host(l, END_CLIENT, &flow->client), "firewall",
	                 json_firewall(l), "server", json_host(l, END_SERVER, &flow->server));
}

static json_t *json_rule(const struct nft_decision *d)
{
	const struct nft_rule *rule = d->rule;

	if (rule == NULL)
		return json_null();
	return json_pack("{s:s, s:s, s:o, s:b}", "text", rule->text, "chain", rule->where, "handle",
	                 rule->handle != 0 && !rule->ambiguous ? json_integer(rule->handle) : json_null(), "drop",
	                 d->verdict == NFT_DROP);
}

static json_t *json_pdus(const struct ladder *l, const struct passage *p)
{
	json_t *list = json_array();
	size_t n;
	const struct heard *heard = join_heard(l->join, p, &n);

	for (size_t i = 0; i < n; i++)
		json_array_append_new(list, json_string(heard[i].trace));
	return list;
}

static json_t *json_number(const struct packet *p)
{
	return p != NULL ? json_integer(p->number) : json_null();
}

static json_t *json_packet(const struct ladder *l, const struct passage *p)
{
	const struct flow *flow = join_flow(l->join, p);
	const struct packet *packet = join_packet(p);
	char from[ADDR_TEXT_LEN], to[ADDR_TEXT_LEN], label[LADDER_LABEL_LEN];

	if (packet->icmp)
		addr_format(&packet->sender, from);
	else
		addr_format_port(packet->from_client ? &flow->client : &flow->server, from);
	addr_format_port(packet->from_client ? &flow->server : &flow->client, to);
	return json_pack("{s:f, s:o, s:o, s:s, s:s, s:s, s:s, s:s, s:b, s:b, s:o, s:o}", "time",
	                 (double)(p->time - l->join->passages[l->of->first].time) / 1e9, "number",
	                 json_number(p->before), "number_after", json_number(p->after), "from", from, "to", to,
	                 "start", end_names[p->from], "end", end_names[p->to], "what",
	                 ladder_label(l->join, l->of, p, label), "lost", p->lost, "again", packet->again != 0, "rule",
	                 json_rule(&p->decision), "pdus", json_pdus(l, p));
}

static json_t *json_ms(double ms)
{
	return ms < 0 ? json_null() : json_real((double)(int64_t)(ms * 1000 + 0.5) / 1000);
}

static json_t *json_steps(const struct result *r)
{
	return json_pack("[{s:s, s:b, s:o}, {s:s, s:b, s:o}]", "name", "one", "done", r->mapped_by != UINT32_MAX, "ms",
	                 json_ms(r->map_ms), "name", "two", "done", r->bound_by != UINT32_MAX, "ms",
	                 json_ms(r->service_ms));
}

static json_t *json_result(const struct ladder *l)
{
	const struct result *r = &l->result;
	const uint32_t win32 = diagnosis_win32(&r->outcome);
	char offender[ADDR_TEXT_LEN];

	return json_pack("{s:s, s:s, s:I, s:s, s:o, s:b, s:o, s:o, s:s}", "step", diagnosis_step_name(r->outcome.step),
	                 "cause", cause_name(r->outcome.cause), "win32", (json_int_t)win32, "win32_name",
	                 status_name(win32), "offender",
	                 r->offender.sa.sa_family != AF_UNSPEC ? json_string(addr_format(&r->offender, offender))
	                                                       : json_null(),
	                 "by_firewall", r->from_firewall, "rule", json_rule(&r->decision), "hint",
	                 l->hint[0] != '\0' ? json_string(l->hint) : json_null(), "text", l->verdict);
}

json_t *draw_json_ladder(const struct ladder *l)
{
	json_t *packets = json_array();

	for (uint32_t i = l->of->first; i < l->of->first + l->of->n; i++)
		json_array_append_new(packets, json_packet(l, &l->join->passages[i]));
	return json_pack("{s:o, s:o, s:o, s:o}", "hosts", json_hosts(l), "steps", json_steps(&l->result), "result",
	                 json_result(l), "packets", packets);
}

json_t *draw_json_gaps(const struct gaps *gaps)
{
	json_t *list = json_array();

	for (size_t i = 0; i < gaps->n; i++)
		json_array_append_new(list, json_pack("{s:s, s:I}", "what", gaps->list[i].text, "count",
		                                      (json_int_t)gaps->list[i].count));
	return list;
}
