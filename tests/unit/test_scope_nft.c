/* What nft prints, read back. */
#include "labs/scope/nft.h"

#include <stdlib.h>
#include <string.h>

#include "labs/scope/nft_private.h"
#include "tests/unit/unit.h"

static const char rules[] =
	"table inet border { # handle 4\n"
	"\tcounter range { # handle 3\n"
	"\t\tpackets 3 bytes 180\n"
	"\t}\n"
	"\n"
	"\tchain forward { # handle 1\n"
	"\t\ttype filter hook forward priority filter; policy accept;\n"
	"\t\ttcp dport 135 counter packets 7 bytes 420 accept # handle 5\n"
	"\t\ttcp dport 5001-5021 drop # handle 6\n"
	"\t\ttcp dport 7 drop # handle 8\n"
	"\t\ttcp dport 7 drop # handle 9\n"
	"\t}\n"
	"}\n"
	"table ip other { # handle 5\n"
	"\tchain forward { # handle 1\n"
	"\t\ttcp dport 5001-5021 drop # handle 2\n"
	"\t}\n"
	"}\n";

static FILE *text(const char *s)
{
	FILE *in = fmemopen((void *)(uintptr_t)s, strlen(s), "r");

	REQUIRE(in != NULL);
	return in;
}

static struct nft *read_both(const char *set, const char *trace, struct gaps *gaps)
{
	struct nft *n = nft_new();
	FILE *in;

	REQUIRE(n != NULL);
	*gaps = (struct gaps){.n = 0};
	if (set != NULL) {
		in = text(set);
		nft_read_rules(n, in);
		fclose(in);
	}
	in = text(trace);
	nft_read_trace(n, in, gaps);
	fclose(in);
	return n;
}

/* The decision over a SYN of 60 bytes with that id. */
static struct nft_decision find(struct nft *n, uint16_t port, uint16_t id)
{
	struct packet p = {.ip_length = 60, .ip_id = id, .flags = FRAME_SYN, .window = 64240};
	union addr from, to;

	REQUIRE(addr_parse("10.1.1.2", &from) && addr_parse("10.2.2.2", &to));
	addr_set_port(&from, 40000);
	addr_set_port(&to, port);
	return nft_find(n, &p, &from, &to);
}

#define PACKET(id, chain, ip_id, port, flags) \
	"trace id " id " inet border " chain " packet: iif \"inside\" oif \"server\" ip saddr 10.1.1.2 ip daddr " \
	"10.2.2.2 ip dscp cs0 ip ttl 63 ip id " ip_id " ip protocol tcp ip length 60 tcp sport 40000 tcp dport " port \
	" tcp flags == " flags " tcp window 64240 \n"
#define RULE(id, chain, rule, verdict) "trace id " id " inet border " chain " rule " rule " (verdict " verdict ")\n"
#define POLICY(id, chain, policy) "trace id " id " inet border " chain " policy " policy " \n"

static void check_rule(struct nft_decision d, enum nft_verdict verdict, const char *rule, unsigned handle)
{
	CHECK_INT(d.verdict, verdict);
	REQUIRE(d.rule != NULL);
	CHECK_STR(d.rule->text, rule);
	CHECK_INT(d.rule->handle, handle);
}

static void rule_that_decided_is_found(void)
{
	struct gaps gaps;
	struct nft *n = read_both(rules,
		PACKET("a1", "forward", "1", "135", "syn")
		RULE("a1", "forward", "tcp dport 135 counter packets 8 bytes 480 accept", "accept")
		PACKET("b2", "forward", "2", "5001", "syn")
		PACKET("c3", "pre", "3", "80", "syn") POLICY("c3", "pre", "accept")
		RULE("b2", "forward", "tcp dport 5001-5021 drop", "drop")
		PACKET("c3", "forward", "3", "80", "0x2")
		RULE("c3", "forward", "meta nftrace set 1", "continue") POLICY("c3", "forward", "drop"), &gaps);

	check_rule(find(n, 135, 1), NFT_ACCEPT, "tcp dport 135 counter accept", 5);
	check_rule(find(n, 5001, 2), NFT_DROP, "tcp dport 5001-5021 drop", 6);
	check_rule(find(n, 80, 3), NFT_DROP, "policy drop", 0);
	CHECK_INT(find(n, 80, 3).verdict, NFT_NONE); /* each once */
	CHECK_INT(find(n, 80, 4).verdict, NFT_NONE);
	CHECK_INT(gaps.n, 0);
	nft_free(n);
}

static void an_id_may_be_used_again(void)
{
	struct gaps gaps;
	struct nft *n = read_both(NULL,
		PACKET("a1", "forward", "1", "5001", "syn") RULE("a1", "forward", "tcp dport 5001 drop", "drop")
		PACKET("a1", "forward", "1", "5001", "syn") POLICY("a1", "forward", "accept")
		PACKET("a1", "forward", "1", "5001", "syn") RULE("a1", "forward", "tcp dport 5001 accept", "accept")
		PACKET("a1", "forward", "9", "5001", "syn") RULE("a1", "forward", "x # handle 77", "accept"), &gaps);

	check_rule(find(n, 5001, 1), NFT_DROP, "tcp dport 5001 drop", 0);
	check_rule(find(n, 5001, 1), NFT_ACCEPT, "policy accept", 0);
	check_rule(find(n, 5001, 1), NFT_ACCEPT, "tcp dport 5001 accept", 0);
	check_rule(find(n, 5001, 9), NFT_ACCEPT, "x", 77);
	nft_free(n);
}

static void twice_the_same_text_has_no_handle(void)
{
	struct gaps gaps;
	struct nft *n = read_both(rules, PACKET("a1", "forward", "1", "7", "syn")
	                                 RULE("a1", "forward", "tcp dport 7 drop", "drop"), &gaps);
	struct nft_decision d = find(n, 7, 1);

	REQUIRE(d.rule != NULL);
	CHECK(d.rule->ambiguous);
	nft_free(n);
}

static void a_rule_that_accepts_says_more_than_a_policy(void)
{
	struct gaps gaps;
	struct nft *n = read_both(NULL,
		PACKET("a1", "one", "1", "135", "syn") RULE("a1", "one", "tcp dport 135 accept", "accept")
		PACKET("a1", "two", "1", "135", "syn") POLICY("a1", "two", "accept"), &gaps);

	check_rule(find(n, 135, 1), NFT_ACCEPT, "tcp dport 135 accept", 0);
	nft_free(n);
}

static void flags_are_read_in_all_spellings(void)
{
	static const char *const spellings[] = {"0x12", "syn,ack", "syn | ack", "ack | syn"};

	for (size_t i = 0; i < sizeof(spellings) / sizeof(spellings[0]); i++) {
		char line[512], from[64];
		struct gaps gaps;
		struct packet p = {.ip_length = 60, .ip_id = 1, .flags = FRAME_SYN | FRAME_ACK, .window = 64240};
		union addr a, b;
		struct nft *n;

		snprintf(from, sizeof(from), "%s", spellings[i]);
		snprintf(line, sizeof(line), "trace id 1 ip t c packet: ip saddr 10.1.1.2 ip daddr 10.2.2.2 ip id 1 ip "
		         "length 60 tcp sport 1 tcp dport 2 tcp flags == %s tcp window 64240\ntrace id 1 ip t c policy "
		         "drop\n", from);
		n = read_both(NULL, line, &gaps);
		REQUIRE(addr_parse("10.1.1.2", &a) && addr_parse("10.2.2.2", &b));
		addr_set_port(&a, 1);
		addr_set_port(&b, 2);
		CHECK_INT(nft_find(n, &p, &a, &b).verdict, NFT_DROP);
		nft_free(n);
	}
}

static void other_lines_are_counted(void)
{
	char longest[3 * SCOPE_MAX_LINE];
	struct gaps gaps;
	struct nft *n;

	memset(longest, 'x', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	n = read_both(longest, longest, &gaps);
	CHECK_INT(gaps.n, 1);
	CHECK_INT(gaps.list[0].count, 1);
	nft_free(n);
	n = read_both(NULL, "trace id zz\ntrace id 1 a b\n\ntrace id 1 a b c\ntrace id 1 a b c rule x (verdict drop)\n"
	                    "trace id 1 a b c rule (verdict \ntrace id 1 a b c packet: ip saddr x ip daddr y\n", &gaps);
	CHECK_INT(gaps.list[0].count, 2);
	nft_free(n);
}

static void foreign_bytes_in_rules_are_escaped(void)
{
	char out[NFT_TEXT_LEN];

	CHECK_INT(nft_normalize("  a \t comment \"\033[31m\" drop # handle 12\n", out), 12);
	CHECK_STR(out, "a comment \"\\x1b[31m\" drop");
	CHECK_INT(nft_normalize("# handle x", out), 0);
	CHECK_STR(out, "# handle x");
}

const struct unit_test suite_scope_nft[] = {
	{"rule_that_decided_is_found", rule_that_decided_is_found},
	{"an_id_may_be_used_again", an_id_may_be_used_again},
	{"twice_the_same_text_has_no_handle", twice_the_same_text_has_no_handle},
	{"a_rule_that_accepts_says_more_than_a_policy", a_rule_that_accepts_says_more_than_a_policy},
	{"flags_are_read_in_all_spellings", flags_are_read_in_all_spellings},
	{"other_lines_are_counted", other_lines_are_counted},
	{"foreign_bytes_in_rules_are_escaped", foreign_bytes_in_rules_are_escaped},
	{NULL, NULL},
};
