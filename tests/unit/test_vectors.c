#include <string.h>

#include "tests/unit/unit.h"
#include "tests/unit/vectors.h"

static void bytes_come_with_or_without_space(void)
{
	static const uint8_t want[] = {0x05, 0x00, 0x0b, 0xAF};
	uint8_t buf[8];
	size_t len;

	CHECK_INT(vector_parse("05 00\t0b\r\n  aF\n", buf, sizeof(buf), &len), 0);
	if (CHECK_INT(len, sizeof(want)))
		CHECK_MEM(buf, want, sizeof(want));
	CHECK_INT(vector_parse("05000BaF", buf, sizeof(buf), &len), 0);
	if (CHECK_INT(len, sizeof(want)))
		CHECK_MEM(buf, want, sizeof(want));
}

static void comment_ends_with_its_line(void)
{
	uint8_t buf[8];
	size_t len;

	CHECK_INT(vector_parse("# 01\n02# 03\n#\n04 # 05", buf, sizeof(buf), &len), 0);
	if (CHECK_INT(len, 2)) {
		CHECK_HEX(buf[0], 0x02);
		CHECK_HEX(buf[1], 0x04);
	}
}

static void wrong_line_is_named(void)
{
	uint8_t buf[8];
	size_t len;

	CHECK_INT(vector_parse("01\n\n0x02", buf, sizeof(buf), &len), 3);
	CHECK_INT(vector_parse("01 # fine\n0 2", buf, sizeof(buf), &len), 2);
	CHECK_INT(vector_parse("012", buf, sizeof(buf), &len), 1);
	CHECK_INT(vector_parse("01 0#\n", buf, sizeof(buf), &len), 1);
}

static void buffer_is_never_overrun(void)
{
	uint8_t buf[3] = {0, 0, 0x77};
	size_t len;

	CHECK_INT(vector_parse("01 02", buf, 2, &len), 0);
	CHECK_INT(len, 2);
	CHECK_INT(vector_parse("01 02\n03", buf, 2, &len), 2);
	CHECK_HEX(buf[2], 0x77);
}

static void empty_text_has_no_bytes(void)
{
	uint8_t buf[1];
	size_t len = 7;

	CHECK_INT(vector_parse("", buf, sizeof(buf), &len), 0);
	CHECK_INT(len, 0);
	CHECK_INT(vector_parse(" # nothing", buf, 0, &len), 0);
	CHECK_INT(len, 0);
}

/* A vector that vector_each found is the same when loaded by name. */
static void reload(const char *name, const uint8_t *bytes, size_t len)
{
	static uint8_t buf[65536];
	size_t again = vector_load(name, buf, sizeof(buf));

	if (CHECK_INT(again, len))
		CHECK_MEM(buf, bytes, len);
	CHECK(len > 0);
	CHECK(!strchr(name, '/') && !strchr(name, '.'));
}

static void every_vector_loads_by_name(void)
{
	size_t count = vector_each(reload);

	CHECK_INT(vector_each(reload), count);
}

const struct unit_test suite_vectors[] = {
	{"bytes_come_with_or_without_space", bytes_come_with_or_without_space},
	{"comment_ends_with_its_line", comment_ends_with_its_line},
	{"wrong_line_is_named", wrong_line_is_named},
	{"buffer_is_never_overrun", buffer_is_never_overrun},
	{"empty_text_has_no_bytes", empty_text_has_no_bytes},
	{"every_vector_loads_by_name", every_vector_loads_by_name},
	{NULL, NULL},
};
