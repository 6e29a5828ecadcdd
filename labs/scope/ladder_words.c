/* Packets, rules and hosts in words. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "labs/scope/ladder.h"

#define SHOWN 2u /* PDUs of one packet that a label has */

__attribute__((format(printf, 2, 3))) static void add(char text[LADDER_LABEL_LEN], const char *format, ...)
{
	size_t len = strlen(text);
	va_list args;

	va_start(args, format);
	vsnprintf(text + len, LADDER_LABEL_LEN - len, format, args);
	va_end(args);
}

static void label_syn(const struct join *j, const struct joined *c, const struct passage *p, char *text)
{
	const struct flow *flow = join_flow(j, p), *first = join_flow(j, &j->passages[c->first]);
	char server[ADDR_TEXT_LEN];

	if (addr_same_host(&flow->server, &first->server))
		add(text, "SYN :%u", addr_port(&flow->server));
	else
		add(text, "SYN %s", addr_format_port(&flow->server, server));
}

static void label_icmp(const struct packet *p, char *text)
{
	const bool v6 = p->sender.sa.sa_family == AF_INET6;
	const char *name = cause_name(v6 ? cause_from_icmp6(p->icmp_type, p->icmp_code)
	                                 : cause_from_icmp(p->icmp_type, p->icmp_code));

	if (strncmp(name, "icmp-", 5) == 0)
		add(text, "ICMP %s", name + 5);
	else
		add(text, "ICMP type %u code %u", p->icmp_type, p->icmp_code);
}

char *ladder_label(const struct join *j, const struct joined *c, const struct passage *p,
                   char text[LADDER_LABEL_LEN])
{
	const struct packet *packet = join_packet(p);
	const uint16_t port = addr_port(&join_flow(j, p)->server);
	const struct heard *heard;
	size_t n;

	text[0] = '\0';
	if (packet->icmp) {
		label_icmp(packet, text);
		return text;
	}
	heard = join_heard(j, p, &n);
	for (size_t i = 0; i < n && i < SHOWN; i++)
		add(text, "%s%s", i > 0 ? "; " : "", heard[i].text);
	if (n > SHOWN)
		add(text, " and %zu more", n - SHOWN);
	if (n == 0 && packet->length > 0)
		add(text, "%u bytes", packet->length);
	if ((packet->flags & FRAME_SYN) != 0 && (packet->flags & FRAME_ACK) == 0)
		label_syn(j, c, p, text);
	else if ((packet->flags & FRAME_SYN) != 0)
		add(text, "SYN,ACK");
	if ((packet->flags & FRAME_FIN) != 0)
		add(text, "%sFIN :%u", text[0] != '\0' ? ", " : "", port);
	if ((packet->flags & FRAME_RST) != 0)
		add(text, "%sRST :%u", text[0] != '\0' ? ", " : "", port);
	if (text[0] == '\0')
		add(text, "ACK");
	return text;
}

char *ladder_rule(const struct nft_decision *d, char text[NFT_TEXT_LEN + 160])
{
	const size_t cap = NFT_TEXT_LEN + 160;
	const struct nft_rule *rule = d->rule;

	text[0] = '\0';
	if (rule == NULL)
		return text;
	if (rule->policy)
		snprintf(text, cap, "%s in %s", rule->text, rule->where);
	else if (rule->handle != 0 && !rule->ambiguous)
		snprintf(text, cap, "rule \"%s\" in %s, handle %u", rule->text, rule->where, rule->handle);
	else
		snprintf(text, cap, "rule \"%s\" in %s%s", rule->text, rule->where,
		         rule->ambiguous ? ", one of several with that text" : "");
	return text;
}

char *ladder_host(const struct ladder_names *names, const union addr *host, char text[ADDR_TEXT_LEN + 64])
{
	const char *name = "";
	char addr[ADDR_TEXT_LEN];

	for (size_t i = 0; i < names->n; i++)
		if (names->list[i].host.sa.sa_family != AF_UNSPEC && addr_same_host(&names->list[i].host, host))
			name = names->list[i].name;
	snprintf(text, ADDR_TEXT_LEN + 64, "%s%s%s", name, name[0] != '\0' ? " " : "", addr_format(host, addr));
	return text;
}
