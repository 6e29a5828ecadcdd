#include "epmapd/range.h"

#include <string.h>

#include "tests/unit/unit.h"

#define ROWS(array) (sizeof(array) / sizeof((array)[0]))

static void range_is_two_ports(void)
{
	static const struct {
		const char *text;
		uint16_t first, last;
		unsigned int count;
	} rows[] = {
		{"5001-5021", 5001, 5021, 21},	{"1-1", 1, 1, 1},
		{"1-65535", 1, 65535, 65535},	{"65535-65535", 65535, 65535, 1},
		{"65534-65535", 65534, 65535, 2}, {"007-0010", 7, 10, 4},
		{RANGE_DEFAULT, 49152, 65535, 16384},
	};

	for (size_t i = 0; i < ROWS(rows); i++) {
		struct range r;

		CHECK(range_parse(rows[i].text, &r));
		CHECK_INT(r.first, rows[i].first);
		CHECK_INT(r.last, rows[i].last);
		CHECK_INT(range_count(&r), rows[i].count);
	}
}

static void other_text_is_no_range(void)
{
	static const char *const texts[] = {
		"", "-", "5001", "5001-", "-5021", "5021-5001", "2-1", "0-5", "0-0", "5-65536",
		"65536-65537", "5001-5021 ", " 5001-5021", "5001 -5021", "5001- 5021", "5001--5021",
		"5001-5021-5041", "5001:5021", "5001,5021", "a-b", "5001-b", "0x10-0x20", "+1-5", "1-+5",
		"-1-5", "99999999999999999999-5", "1-99999999999999999999", "1-4294967297",
		"5001-5021\n", "5e3-6e3",
	};

	for (size_t i = 0; i < ROWS(texts); i++) {
		struct range r;

		if (!CHECK(!range_parse(texts[i], &r)))
			CHECK_STR(texts[i], NULL);
	}
}

static void order_has_two_names(void)
{
	enum range_order order = RANGE_RANDOM;

	CHECK(range_order_parse("sequential", &order));
	CHECK_INT(order, RANGE_SEQUENTIAL);
	CHECK_STR(range_order_name(order), "sequential");
	CHECK(range_order_parse("random", &order));
	CHECK_INT(order, RANGE_RANDOM);
	CHECK_STR(range_order_name(order), "random");
	CHECK(!range_order_parse("Random", &order));
	CHECK(!range_order_parse("rand", &order));
	CHECK(!range_order_parse("randomly", &order));
	CHECK(!range_order_parse("", &order));
	CHECK_INT(order, RANGE_RANDOM);
}

static void sequence_begins_at_the_first_port(void)
{
	const struct range r = {5001, 5021};

	for (int i = 0; i < 100; i++)
		CHECK_INT(range_start(&r, RANGE_SEQUENTIAL), 0);
	for (unsigned int i = 0; i < 21; i++)
		CHECK_INT(range_port(&r, 0, i), 5001 + i);
}

static void random_start_lies_in_the_range(void)
{
	static const struct range ranges[] = {{5001, 5001}, {5001, 5003}, {1, 65535}};
	unsigned int seen[3] = {0};

	for (size_t k = 0; k < ROWS(ranges); k++)
		for (int i = 0; i < 1000; i++)
			CHECK(range_start(&ranges[k], RANGE_RANDOM) < range_count(&ranges[k]));
	for (int i = 0; i < 1000; i++)
		seen[range_start(&ranges[1], RANGE_RANDOM)]++;
	CHECK(seen[0] > 0 && seen[1] > 0 && seen[2] > 0);
}

/* Wherever it starts, every port is tried once. */
static void each_port_is_tried_once(void)
{
	static const struct range ranges[] = {{1, 1}, {65535, 65535}, {5001, 5021}, {65530, 65535}, {1, 300}};

	for (size_t k = 0; k < ROWS(ranges); k++) {
		const struct range *r = &ranges[k];
		unsigned int count = range_count(r);

		for (unsigned int start = 0; start < count; start++) {
			bool tried[300] = {false};

			for (unsigned int i = 0; i < count; i++) {
				uint16_t port = range_port(r, start, i);

				REQUIRE(port >= r->first && port <= r->last);
				CHECK(!tried[port - r->first]);
				tried[port - r->first] = true;
			}
			CHECK_INT(range_port(r, start, 0), r->first + start);
		}
	}
}

static void largest_range_goes_round(void)
{
	const struct range r = {1, 65535};

	CHECK_INT(range_port(&r, 0, 65534), 65535);
	CHECK_INT(range_port(&r, 65534, 0), 65535);
	CHECK_INT(range_port(&r, 65534, 1), 1);
	CHECK_INT(range_port(&r, 65534, 65534), 65534);
}

const struct unit_test suite_range[] = {
	{"range_is_two_ports", range_is_two_ports},
	{"other_text_is_no_range", other_text_is_no_range},
	{"order_has_two_names", order_has_two_names},
	{"sequence_begins_at_the_first_port", sequence_begins_at_the_first_port},
	{"random_start_lies_in_the_range", random_start_lies_in_the_range},
	{"each_port_is_tried_once", each_port_is_tried_once},
	{"largest_range_goes_round", largest_range_goes_round},
	{NULL, NULL},
};
