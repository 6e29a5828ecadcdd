/* Walks through the registry while it changes. Entries are written as in sample.h. */
#include <stdio.h>
#include <string.h>

#include "epmapd/registry.h"
#include "rpc/status.h"
#include "tests/unit/pdu_text.h"
#include "tests/unit/sample.h"
#include "tests/unit/unit.h"

enum { N = 6 };

#define AT(port) "ncacn_ip_tcp:10.0.0.1[" port "]"

static struct registry *r;
static struct registry_owner o;

static const struct registry_filter everything;

static struct registry_filter of_svc(void)
{
	return (struct registry_filter){.by_interface = true, .interface_id = pdu_text_svc};
}

static struct registry_filter of_svc_without_object(void)
{
	return (struct registry_filter){
		.by_interface = true, .interface_id = pdu_text_svc, .by_object = true};
}

static void begin(void)
{
	r = registry_new();
	REQUIRE(r != NULL);
	o = (struct registry_owner){0};
}

static void end(void)
{
	registry_free(r);
}

/* The text of entry i, whose annotation is a letter. */
static const char *text_of(unsigned int i)
{
	static char text[64];

	snprintf(text, sizeof(text), "%c svc " AT("%u"), (char)('a' + (int)i), i + 1);
	return text;
}

/* Entries a to f, and strangers among them. */
static void fill(void)
{
	begin();
	for (unsigned int i = 0; i < N; i++) {
		CHECK_HEX(sample_insert(r, &o, false, text_of(i)), STATUS_OK);
		if (i % 2 == 0)
			CHECK_HEX(sample_insert(r, &o, false, i == 0 ? "- other " AT("1") : i == 2 ?
				  "- other " AT("2") "; - svc " AT("3") " object=1" : "- other " AT("3")),
				  STATUS_OK);
	}
}

/* Up to `most` letters of what the walk shows; strangers are left out. */
static char *next_letters(struct registry_walk *w, unsigned int most, char letters[N + 2])
{
	const struct registry_entry *e;
	unsigned int n = 0;

	while (n < most && n <= N && (e = registry_walk_next(r, w)) != NULL)
		if (e->annotation[0] != '-')
			letters[n++] = e->annotation[0];
	letters[n] = '\0';
	return letters;
}

/* After `shown` entries those of the mask are removed: the walk goes on with the others. */
static void check_removal(const struct registry_filter *f, unsigned int shown, unsigned int mask, bool more)
{
	char before[N + 2], behind[N + 2], want[N + 2] = "";
	struct registry_walk w;
	unsigned int n = 0;

	fill();
	registry_walk_begin(r, &w, f, false);
	next_letters(&w, shown, before);
	if (more)
		registry_walk_more(r, &w);
	for (unsigned int i = 0; i < N; i++) {
		if (mask & 1u << i)
			CHECK_HEX(sample_delete(r, &o, text_of(i)), STATUS_OK);
		else if (i >= shown)
			want[n++] = (char)('a' + (int)i);
	}
	CHECK_INT(strlen(before), shown);
	CHECK_STR(next_letters(&w, N, behind), want);
	CHECK(registry_walk_next(r, &w) == NULL);
	registry_walk_end(&w);
	end();
}

static void walk_survives_removal_of_anything_at_every_position(void)
{
	const struct registry_filter svc = of_svc(), nil = of_svc_without_object();

	for (unsigned int shown = 0; shown <= N; shown++) {
		for (unsigned int mask = 0; mask < 1u << N; mask++) {
			check_removal(&everything, shown, mask, mask % 3 == 0);
			check_removal(&svc, shown, mask, mask % 3 == 1);
			check_removal(&nil, shown, mask, mask % 3 == 2);
		}
	}
}

/* Each goes on with what comes next in the list that it reads. */
static void walks_of_all_lists_leave_an_entry_that_is_removed(void)
{
	const struct registry_filter filters[] = {everything, of_svc(), of_svc_without_object()};
	static const char *const next[] = {"o", "s", "c"}; /* annotations */
	struct registry_walk w[3][2];

	begin();
	sample_insert(r, &o, false, "a svc " AT("1") "; b svc " AT("2") "; o other " AT("3")
		      "; s svc " AT("4") " object=1; c svc " AT("5"));
	for (size_t i = 0; i < 6; i++) {
		registry_walk_begin(r, &w[i / 2][i % 2], &filters[i / 2], false);
		CHECK_STR(registry_walk_next(r, &w[i / 2][i % 2])->annotation, "a");
	}
	CHECK_HEX(sample_delete(r, &o, "b svc " AT("2")), STATUS_OK);
	for (size_t i = 0; i < 6; i++) {
		const struct registry_entry *e = registry_walk_next(r, &w[i / 2][i % 2]);

		if (CHECK(e != NULL))
			CHECK_STR(e->annotation, next[i / 2]);
	}
	registry_remove_owner(r, &o);
	for (size_t i = 0; i < 6; i++) {
		CHECK(registry_walk_next(r, &w[i / 2][i % 2]) == NULL);
		registry_walk_end(&w[i / 2][i % 2]);
	}
	end();
}

static void walk_survives_the_end_of_its_interface(void)
{
	const struct registry_filter svc = of_svc();
	char letters[N + 2];
	struct registry_walk w;

	fill();
	registry_walk_begin(r, &w, &svc, false);
	CHECK_STR(next_letters(&w, 2, letters), "ab");
	for (unsigned int i = 0; i < N; i++)
		CHECK_HEX(sample_delete(r, &o, text_of(i)), STATUS_OK);
	CHECK_HEX(sample_delete(r, &o, "- svc " AT("3") " object=1"), STATUS_OK);
	/* The interface is there again, but these are not what the walk was about. */
	CHECK_HEX(sample_insert(r, &o, false, text_of(0)), STATUS_OK);
	CHECK(!registry_walk_more(r, &w));
	CHECK(registry_walk_next(r, &w) == NULL);
	registry_walk_end(&w);
	end();
}

static void walk_survives_the_end_of_an_owner(void)
{
	struct registry_owner other = {0};
	char letters[N + 2];
	struct registry_walk w;

	fill();
	sample_insert(r, &other, false, "x svc " AT("77"));
	registry_walk_begin(r, &w, &everything, false);
	CHECK_STR(next_letters(&w, 2, letters), "ab");
	registry_remove_owner(r, &o);
	CHECK_STR(next_letters(&w, N, letters), "x");
	registry_remove_owner(r, &other);
	CHECK(registry_walk_next(r, &w) == NULL);
	registry_walk_end(&w);
	end();
}

static void new_entries_are_shown_once_or_not_at_all(void)
{
	char letters[N + 2];
	struct registry_walk w;

	begin();
	sample_insert(r, &o, false, "a svc " AT("1") "; b svc " AT("2"));
	registry_walk_begin(r, &w, &everything, false);
	CHECK_STR(next_letters(&w, 1, letters), "a");
	sample_insert(r, &o, false, "c svc " AT("3"));
	CHECK_STR(next_letters(&w, 9, letters), "bc");
	/* Behind its end a walk stays there. */
	sample_insert(r, &o, false, "d svc " AT("4"));
	CHECK(registry_walk_next(r, &w) == NULL);
	registry_walk_end(&w);
	end();
}

static void changed_annotation_shows_nothing_twice(void)
{
	char letters[N + 2];
	struct registry_walk w;

	fill();
	registry_walk_begin(r, &w, &everything, false);
	CHECK_STR(next_letters(&w, 3, letters), "abc");
	sample_insert(r, &o, false, "x svc " AT("1") "; y svc " AT("4"));
	CHECK_STR(next_letters(&w, N, letters), "yef");
	registry_walk_end(&w);
	end();
}

static void walks_do_not_disturb_each_other(void)
{
	struct registry_walk w[N + 1];
	char letters[N + 2];

	fill();
	for (unsigned int i = 0; i <= N; i++) {
		registry_walk_begin(r, &w[i], &everything, false);
		CHECK_INT(strlen(next_letters(&w[i], i, letters)), i);
	}
	CHECK_HEX(sample_delete(r, &o, text_of(2)), STATUS_OK);
	CHECK_HEX(sample_delete(r, &o, text_of(3)), STATUS_OK);
	registry_walk_end(&w[3]); /* one of those that stood there */
	for (unsigned int i = 0; i <= N; i++) {
		static const char *const want[N + 1] = {"abef", "bef", "ef", "", "ef", "f", ""};

		if (i != 3)
			CHECK_STR(next_letters(&w[i], N, letters), want[i]);
	}
	for (unsigned int i = 0; i <= N; i++)
		if (i != 3)
			registry_walk_end(&w[i]);
	end();
}

static void copy_goes_its_own_way(void)
{
	struct registry_walk w, copy;
	char letters[N + 2];

	fill();
	registry_walk_begin(r, &w, &everything, false);
	CHECK_STR(next_letters(&w, 2, letters), "ab");
	registry_walk_copy(&copy, &w);
	registry_walk_end(&w);
	CHECK_HEX(sample_delete(r, &o, text_of(2)), STATUS_OK);
	CHECK_STR(next_letters(&copy, 2, letters), "de");
	registry_walk_copy(&w, &copy);
	CHECK_STR(next_letters(&w, N, letters), "f");
	CHECK_STR(next_letters(&copy, N, letters), "f");
	registry_walk_end(&w);
	registry_walk_end(&copy);
	end();
}

static void asking_for_more_does_not_move(void)
{
	struct registry_walk w;
	char letters[N + 2];

	fill();
	registry_walk_begin(r, &w, &everything, false);
	for (unsigned int i = 0; i < N; i++) {
		CHECK(registry_walk_more(r, &w));
		CHECK(registry_walk_more(r, &w));
		CHECK_INT(next_letters(&w, 1, letters)[0], 'a' + (int)i);
	}
	CHECK(!registry_walk_more(r, &w));
	registry_walk_end(&w);
	end();
}

/* Row 5.6: the wanted object first, then none; never another's. */
static void map_goes_from_the_object_to_none(void)
{
	static const struct {
		unsigned int object;
		bool then_nil;
		const char *want;
	} rows[] = {
		{1, true, "bdace"}, {1, false, "bd"}, {2, true, "face"}, {2, false, "f"},
		{3, true, "ace"},   {3, false, ""},   {0, true, "ace"},  {0, false, "ace"},
	};

	begin();
	sample_insert(r, &o, false, "a svc " AT("1") "; b svc " AT("2") " object=1; c svc " AT("3")
		      "; d svc " AT("4") " object=1; - other " AT("9") " object=1; - other " AT("8")
		      "; e svc " AT("5") "; f svc " AT("6") " object=2");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct registry_filter f = of_svc();
		char letters[N + 2], first[2];
		struct registry_walk w;

		f.by_object = true;
		f.object = sample_object(rows[i].object);
		registry_walk_begin(r, &w, &f, rows[i].then_nil);
		CHECK_STR(next_letters(&w, N, letters), rows[i].want);
		CHECK(!registry_walk_more(r, &w));
		CHECK(registry_walk_next(r, &w) == NULL);
		registry_walk_end(&w);

		/* One by one, with a look ahead each time. */
		registry_walk_begin(r, &w, &f, rows[i].then_nil);
		for (const char *c = rows[i].want; *c; c++) {
			CHECK(registry_walk_more(r, &w));
			first[0] = registry_walk_next(r, &w)->annotation[0];
			CHECK_INT(first[0], *c);
		}
		CHECK(!registry_walk_more(r, &w));
		registry_walk_end(&w);
	}
	end();
}

/* Removal while the walk is between the object's entries and those without. */
static void map_survives_removal(void)
{
	static const char *const texts[] = {
		"a svc " AT("1") " object=1", "b svc " AT("2"),
		"c svc " AT("3") " object=1", "d svc " AT("4"),
	};
	static const unsigned int order[] = {0, 2, 1, 3}; /* in which they are shown */

	for (unsigned int shown = 0; shown <= 4; shown++) {
		for (unsigned int mask = 0; mask < 16; mask++) {
			struct registry_filter f = of_svc();
			char letters[N + 2], want[N + 2] = "";
			struct registry_walk w;
			unsigned int n = 0;

			begin();
			for (unsigned int i = 0; i < 4; i++)
				sample_insert(r, &o, false, texts[i]);
			f.by_object = true;
			f.object = sample_object(1);
			registry_walk_begin(r, &w, &f, true);
			next_letters(&w, shown, letters);
			for (unsigned int i = 0; i < 4; i++) {
				if (mask & 1u << order[i])
					sample_delete(r, &o, texts[order[i]]);
				else if (i >= shown)
					want[n++] = texts[order[i]][0];
			}
			CHECK_STR(next_letters(&w, N, letters), want);
			registry_walk_end(&w);
			end();
		}
	}
}

const struct unit_test suite_registry_walk[] = {
	{"walk_survives_removal_of_anything_at_every_position",
	 walk_survives_removal_of_anything_at_every_position},
	{"walks_of_all_lists_leave_an_entry_that_is_removed",
	 walks_of_all_lists_leave_an_entry_that_is_removed},
	{"walk_survives_the_end_of_its_interface", walk_survives_the_end_of_its_interface},
	{"walk_survives_the_end_of_an_owner", walk_survives_the_end_of_an_owner},
	{"new_entries_are_shown_once_or_not_at_all", new_entries_are_shown_once_or_not_at_all},
	{"changed_annotation_shows_nothing_twice", changed_annotation_shows_nothing_twice},
	{"walks_do_not_disturb_each_other", walks_do_not_disturb_each_other},
	{"copy_goes_its_own_way", copy_goes_its_own_way},
	{"asking_for_more_does_not_move", asking_for_more_does_not_move},
	{"map_goes_from_the_object_to_none", map_goes_from_the_object_to_none},
	{"map_survives_removal", map_survives_removal},
	{NULL, NULL},
};
