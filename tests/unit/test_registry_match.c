/* Which entries answer which question: truth tables. */
#include <stdio.h>

#include "epmapd/registry.h"
#include "tests/unit/pdu_text.h"
#include "tests/unit/sample.h"
#include "tests/unit/unit.h"

#define ROWS(array) (sizeof(array) / sizeof((array)[0]))

/* An entry as registry_matches sees it: an interface, version 5.5. */
static struct registry_entry entry(void)
{
	struct registry_entry e = {.protseq = PROTSEQ_NCACN_IP_TCP};

	e.interface_id = pdu_text_syntax("svc@5.5");
	e.transfer_syntax = syntax_ndr;
	e.object = sample_object(1);
	return e;
}

static void filter_of_nothing_matches_everything(void)
{
	/* Whatever stands in the fields that it does not use. */
	const struct registry_filter f = {
		.interface_id = pdu_text_other,
		.vers_option = 77,
		.object = sample_object(2),
		.transfer_syntax = syntax_ndr64,
		.protseq = PROTSEQ_NCALRPC,
	};
	struct registry_entry e = entry();

	CHECK(registry_matches(&f, &e));
	e.object = uuid_nil;
	CHECK(registry_matches(&f, &e));
}

/* Row 5.12: what is wanted, of an entry that has 5.5. */
static void versions_match_as_the_option_says(void)
{
	static const struct {
		const char *wanted;
		bool all, compatible, exact, major_only, upto;
	} rows[] = {
		{"svc@4.4", true, false, false, false, false},
		{"svc@4.5", true, false, false, false, false},
		{"svc@4.6", true, false, false, false, false},
		{"svc@5.0", true, true, false, true, false},
		{"svc@5.4", true, true, false, true, false},
		{"svc@5.5", true, true, true, true, true},
		{"svc@5.6", true, false, false, true, true},
		{"svc@5.65535", true, false, false, true, true},
		{"svc@6.0", true, false, false, false, true},
		{"svc@6.5", true, false, false, false, true},
		{"svc@65535.0", true, false, false, false, true},
		{"other@5.5", false, false, false, false, false},
		{"nil@0.0", false, false, false, false, false},
	};
	const struct registry_entry e = entry();

	for (size_t i = 0; i < ROWS(rows); i++) {
		struct registry_filter f = {.by_interface = true};
		const bool want[] = {rows[i].all, rows[i].compatible, rows[i].exact,
				     rows[i].major_only, rows[i].upto, false, false};

		f.interface_id = pdu_text_syntax(rows[i].wanted);
		for (unsigned int option = 0; option < ROWS(want); option++) {
			f.vers_option = option;
			if (!CHECK_INT(registry_matches(&f, &e), want[option]))
				CHECK_STR(rows[i].wanted, NULL); /* the row */
		}
	}
}

/* A version of UINT16_MAX is no special case. */
static void versions_match_at_their_ends(void)
{
	static const struct {
		const char *have, *wanted;
		enum ept_vers_option option;
		bool matches;
	} rows[] = {
		{"svc@0.0", "svc@0.0", EPT_VERS_COMPATIBLE, true},
		{"svc@0.0", "svc@0.0", EPT_VERS_UPTO, true},
		{"svc@0.0", "svc@0.1", EPT_VERS_COMPATIBLE, false},
		{"svc@65535.65535", "svc@65535.0", EPT_VERS_COMPATIBLE, true},
		{"svc@65535.65535", "svc@65535.65535", EPT_VERS_EXACT, true},
		{"svc@65535.65535", "svc@65535.65534", EPT_VERS_UPTO, false},
		{"svc@0.65535", "svc@1.0", EPT_VERS_UPTO, true},
		{"svc@0.65535", "svc@0.0", EPT_VERS_COMPATIBLE, true},
	};

	for (size_t i = 0; i < ROWS(rows); i++) {
		struct registry_filter f = {.by_interface = true, .vers_option = rows[i].option};
		struct registry_entry e = entry();

		e.interface_id = pdu_text_syntax(rows[i].have);
		f.interface_id = pdu_text_syntax(rows[i].wanted);
		if (!CHECK_INT(registry_matches(&f, &e), rows[i].matches))
			CHECK_INT(i, -1); /* the row */
	}
}

/* Rows 5.6 and 5.11: objects compare exactly, nil as any other. */
static void objects_match_exactly(void)
{
	for (unsigned int have = 0; have <= 2; have++) {
		for (unsigned int want = 0; want <= 2; want++) {
			struct registry_filter f = {.by_object = true, .object = sample_object(want)};
			struct registry_entry e = entry();

			e.object = sample_object(have);
			CHECK_INT(registry_matches(&f, &e), have == want);
			f.by_object = false;
			CHECK(registry_matches(&f, &e));
		}
	}
}

/* Rows 5.3 and 5.5. */
static void transports_match_exactly(void)
{
	static const enum protseq protseqs[] = {
		PROTSEQ_NCACN_IP_TCP, PROTSEQ_NCADG_IP_UDP, PROTSEQ_NCACN_HTTP, PROTSEQ_NCACN_NP,
		PROTSEQ_NCALRPC,
	};
	static const char *const syntaxes[] = {"ndr", "ndr64", "ndr@1.0", "ndr@2.1"};

	for (size_t i = 0; i < ROWS(protseqs) * ROWS(protseqs); i++) {
		for (size_t j = 0; j < ROWS(syntaxes) * ROWS(syntaxes); j++) {
			size_t have = i % ROWS(protseqs), want = i / ROWS(protseqs);
			size_t have_syntax = j % ROWS(syntaxes), want_syntax = j / ROWS(syntaxes);
			struct registry_filter f = {.by_transport = true, .protseq = protseqs[want]};
			struct registry_entry e = entry();

			f.transfer_syntax = pdu_text_syntax(syntaxes[want_syntax]);
			e.transfer_syntax = pdu_text_syntax(syntaxes[have_syntax]);
			e.protseq = protseqs[have];
			CHECK_INT(registry_matches(&f, &e), have == want && have_syntax == want_syntax);
		}
	}
}

/* Each part of the question has to be met; those that are not asked do not matter. */
static void parts_are_asked_together(void)
{
	for (unsigned int bits = 0; bits < 64; bits++) {
		bool has_interface = bits & 1, has_object = bits & 2, has_transport = bits & 4;
		struct registry_filter f = {
			.by_interface = bits & 8,
			.by_object = bits & 16,
			.by_transport = bits & 32,
			.vers_option = EPT_VERS_COMPATIBLE,
			.protseq = has_transport ? PROTSEQ_NCACN_IP_TCP : PROTSEQ_NCACN_NP,
			.transfer_syntax = syntax_ndr,
		};
		struct registry_entry e = entry();

		f.interface_id = pdu_text_syntax(has_interface ? "svc@5.1" : "svc@5.9");
		f.object = sample_object(has_object ? 1 : 2);
		CHECK_INT(registry_matches(&f, &e),
			  (has_interface || !f.by_interface) && (has_object || !f.by_object) &&
				  (has_transport || !f.by_transport));
	}
}

/* The walk finds what matches, and nothing else: through the lists of interfaces and objects, too. */
static void walk_finds_what_matches(void)
{
	static const char *const ifaces[] = {"svc@5.5", "svc@5.6", "svc@6.0", "other@5.5", "strange@5.5"};
	struct registry *r = registry_new();
	struct registry_owner o = {0};
	unsigned int found = 0;

	REQUIRE(r != NULL);
	for (unsigned int i = 0; i < ROWS(ifaces) * 3; i++) {
		char text[128];

		snprintf(text, sizeof(text), "%u %s ncacn_ip_tcp:10.0.0.1[%u] object=%u", i,
			 ifaces[i % ROWS(ifaces)], i + 1, i / 5);
		REQUIRE(sample_insert(r, &o, false, text) == 0);
	}
	for (unsigned int bits = 0; bits < 4 * 5 * 5 * 3; bits++) {
		const struct registry_entry *e, *expected = o.entries.first;
		struct registry_filter f = {
			.by_interface = bits & 1,
			.by_object = bits & 2,
			.interface_id = pdu_text_syntax(ifaces[bits / 4 % 5]),
			.vers_option = bits / 20 % 5,
			.object = sample_object(bits / 100),
		};
		struct registry_walk w;

		registry_walk_begin(r, &w, &f, false);
		while ((e = registry_walk_next(r, &w)) != NULL) {
			while (expected && !registry_matches(&f, expected))
				expected = expected->next[REGISTRY_OWNER];
			CHECK(e == expected);
			expected = expected ? expected->next[REGISTRY_OWNER] : NULL;
			found++;
		}
		while (expected && !registry_matches(&f, expected))
			expected = expected->next[REGISTRY_OWNER];
		CHECK(expected == NULL);
		registry_walk_end(&w);
	}
	CHECK(found > 1000);
	registry_free(r);
}

const struct unit_test suite_registry_match[] = {
	{"filter_of_nothing_matches_everything", filter_of_nothing_matches_everything},
	{"versions_match_as_the_option_says", versions_match_as_the_option_says},
	{"versions_match_at_their_ends", versions_match_at_their_ends},
	{"objects_match_exactly", objects_match_exactly},
	{"transports_match_exactly", transports_match_exactly},
	{"parts_are_asked_together", parts_are_asked_together},
	{"walk_finds_what_matches", walk_finds_what_matches},
	{NULL, NULL},
};
