#include "rpc/buf.h"

#include <string.h>

#include "rpc/asan.h"
#include "rpc/limits.h"
#include "tests/unit/unit.h"

static const uint8_t data[4096] = {1, 2, 3, 4, 5, 6, 7, 8};

static void empty_buffer_holds_no_memory(void)
{
	struct buf_budget budget = {.limit = 1000};
	struct buf b;

	buf_init(&b, 1000, &budget);
	CHECK(b.w.data == NULL);
	CHECK_INT(b.w.len, 0);
	CHECK(buf_append(&b, NULL, 0));
	buf_consume(&b, 0);
	buf_reset(&b, 0);
	CHECK(b.w.data == NULL);
	CHECK_INT(budget.used, 0);
	buf_clear(&b);
	buf_clear(&b);
	CHECK_INT(budget.used, 0);
}

static void bytes_come_back_in_order(void)
{
	struct buf b;

	buf_init(&b, 10000, NULL);
	for (unsigned int i = 0; i < 10000; i++) {
		uint8_t byte = (uint8_t)(i * 7);

		CHECK(buf_append(&b, &byte, 1));
	}
	CHECK_INT(b.w.len, 10000);
	for (unsigned int i = 0; i < 10000; i++)
		if (b.w.data[i] != (uint8_t)(i * 7))
			CHECK_INT(i, -1); /* the place */
	buf_clear(&b);
}

static void buffer_is_written_as_any_writer(void)
{
	struct buf b;

	buf_init(&b, 16, NULL);
	b.w.big_endian = true;
	CHECK(cursor_put_u8(&b.w, 0xaa));
	CHECK(cursor_pad(&b.w, 4));
	CHECK(cursor_put_u32(&b.w, 0x01020304));
	CHECK_INT(b.w.len, 8);
	CHECK_MEM(b.w.data, "\xaa\0\0\0\1\2\3\4", 8);
	buf_clear(&b);
}

/* Of limits below, at and between the sizes that memory comes in. */
static void limit_is_exact(void)
{
	static const size_t limits[] = {1, 255, 256, 257, 511, 512, 1000, 4095};

	for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
		struct buf b;

		buf_init(&b, limits[i], NULL);
		CHECK(!buf_append(&b, data, limits[i] + 1));
		CHECK_INT(b.w.len, 0);
		CHECK(buf_append(&b, data, limits[i]));
		CHECK_INT(b.w.len, limits[i]);
		CHECK(b.w.cap <= limits[i]);
		CHECK(!buf_append(&b, data, 1));
		CHECK_INT(b.w.len, limits[i]);
		CHECK_MEM(b.w.data, data, limits[i]);
		buf_consume(&b, 1);
		CHECK(!buf_append(&b, data, 2));
		CHECK(buf_append(&b, data, 1));
		buf_clear(&b);
	}
}

static void sizes_that_overflow_are_refused(void)
{
	struct buf b;

	buf_init(&b, SIZE_MAX, NULL);
	CHECK(buf_append(&b, data, 10));
	CHECK(!buf_append(&b, data, SIZE_MAX));
	CHECK(!buf_append(&b, data, SIZE_MAX - 9));
	CHECK_INT(b.w.len, 10);
	buf_clear(&b);
}

static void memory_is_charged_and_given_back(void)
{
	struct buf_budget budget = {.limit = 100000};
	struct buf b;

	buf_init(&b, 100000, &budget);
	CHECK(buf_append(&b, data, 1));
	CHECK_INT(budget.used, b.w.cap);
	CHECK(buf_append(&b, data, 4000));
	CHECK_INT(budget.used, b.w.cap);
	CHECK(b.w.cap >= 4001 && b.w.cap < 9000);
	buf_consume(&b, 4000);
	CHECK_INT(budget.used, b.w.cap);
	buf_consume(&b, 1);
	CHECK_INT(budget.used, 0);
	CHECK(b.w.data == NULL);
	CHECK(buf_append(&b, data, 300));
	buf_clear(&b);
	CHECK_INT(budget.used, 0);
}

static void budget_is_exact_and_shared(void)
{
	struct buf_budget budget = {.limit = 1024 + 256};
	struct buf a, b;

	buf_init(&a, 100000, &budget);
	buf_init(&b, 100000, &budget);
	CHECK(buf_append(&a, data, 1024));
	CHECK(!buf_append(&a, data, 1));
	CHECK_INT(a.w.len, 1024);
	CHECK(!buf_append(&b, data, 257));
	CHECK(buf_append(&b, data, 256));
	CHECK_INT(budget.used, budget.limit);
	CHECK(!buf_append(&b, data, 1));
	buf_clear(&a);
	CHECK(buf_append(&b, data, 1));
	CHECK_INT(budget.used, 512);
	buf_clear(&b);
	CHECK_INT(budget.used, 0);
}

/* An empty buffer's memory goes to the next that needs some, which is charged for it then. */
static void spare_memory_is_handed_on(void)
{
	struct buf_spare spare = {0};
	struct buf_budget budget = {.limit = 100000, .spare = &spare};
	struct buf a, b;
	uint8_t *memory;

	if (WITH_ASAN)
		return; /* there it is never kept */
	buf_init(&a, 100000, &budget);
	buf_init(&b, 100000, &budget);
	CHECK(buf_append(&a, data, 1000));
	memory = a.w.data;
	buf_consume(&a, 1000);
	CHECK(a.w.data == NULL);
	CHECK_INT(budget.used, 0);
	CHECK_INT(spare.cap, 1024);
	CHECK(buf_append(&b, data, 10));
	CHECK(b.w.data == memory);
	CHECK_INT(budget.used, 1024);
	CHECK_INT(spare.cap, 0);
	CHECK(buf_append(&a, data, 10)); /* there is just one */
	CHECK_INT(budget.used, 1024 + 256);
	buf_clear(&a);
	buf_clear(&b);
	CHECK_INT(spare.cap, 1024); /* the larger one */
	CHECK(buf_append(&b, data, 2000));
	CHECK_INT(budget.used, 2048);
	CHECK_INT(spare.cap, 1024); /* too small for that */
	buf_clear(&b);
	CHECK_INT(spare.cap, 2048);
	CHECK_INT(budget.used, 0);
	buf_spare_clear(&spare);
	CHECK(spare.data == NULL);
	CHECK_INT(spare.cap, 0);
}

/* Neither the budget nor the limit of a buffer is passed over for it. */
static void spare_memory_that_is_too_much_stays(void)
{
	struct buf_spare spare = {0};
	struct buf_budget budget = {.limit = 100000, .spare = &spare};
	struct buf a, b;

	buf_init(&a, 100000, &budget);
	buf_init(&b, 1000, &budget);
	CHECK(buf_append(&a, data, 1025));
	buf_clear(&a);
	CHECK_INT(spare.cap, WITH_ASAN ? 0 : 2048);
	CHECK(buf_append(&b, data, 1));
	CHECK_INT(b.w.cap, 256);
	budget.limit = 256 + 2047; // cppcheck-suppress unreadVariable ; the buffers read it
	CHECK(buf_append(&a, data, 1));
	CHECK_INT(budget.used, 512);
	CHECK_INT(spare.cap, WITH_ASAN ? 0 : 2048);
	buf_clear(&a);
	buf_clear(&b);
	buf_spare_clear(&spare);
}

static void much_memory_is_not_kept(void)
{
	struct buf_spare spare = {0};
	struct buf_budget budget = {.limit = 100000, .spare = &spare};
	struct buf a;

	buf_init(&a, 100000, &budget);
	CHECK(buf_reserve(&a, RPC_SPARE_BUFFER));
	buf_clear(&a);
	CHECK_INT(spare.cap, WITH_ASAN ? 0 : RPC_SPARE_BUFFER);
	buf_spare_clear(&spare);
	CHECK(buf_reserve(&a, RPC_SPARE_BUFFER + 1));
	buf_clear(&a);
	CHECK_INT(spare.cap, 0);
}

static void failed_append_does_not_poison(void)
{
	struct buf b;

	buf_init(&b, 4, NULL);
	CHECK(!buf_append(&b, data, 5));
	CHECK(!b.w.bad);
	CHECK(buf_append(&b, data, 4));
	CHECK_MEM(b.w.data, data, 4);
	buf_clear(&b);
}

static void failed_put_poisons_until_reset(void)
{
	struct buf b;

	buf_init(&b, 5, NULL);
	CHECK(cursor_put_u32(&b.w, 1));
	CHECK(!cursor_put_u32(&b.w, 2));
	CHECK(!cursor_put_u8(&b.w, 3));
	CHECK(b.w.bad);
	buf_reset(&b, 1000);
	CHECK_INT(b.w.len, 0);
	CHECK(cursor_put_u8(&b.w, 3));
	CHECK(!cursor_put_u64(&b.w, 3));
	buf_clear(&b);
	CHECK(!b.w.bad);
	CHECK(buf_append(&b, data, 5));
	buf_clear(&b);
}

static void reset_keeps_a_little_memory(void)
{
	struct buf_budget budget = {.limit = 100000};
	struct buf b;

	buf_init(&b, 100000, &budget);
	CHECK(buf_append(&b, data, 512));
	b.w.origin = 7;
	buf_reset(&b, 512);
	CHECK_INT(budget.used, 512);
	CHECK_INT(b.w.len, 0);
	CHECK_INT(b.w.origin, 0);
	CHECK(buf_append(&b, data, 512));
	CHECK_INT(budget.used, 512);
	buf_reset(&b, 511);
	CHECK_INT(budget.used, 0);
	CHECK_INT(b.w.len, 0);
	buf_clear(&b);
}

static void consumed_bytes_are_the_first(void)
{
	struct buf b;

	buf_init(&b, 100, NULL);
	CHECK(buf_append(&b, data, 8));
	buf_consume(&b, 3);
	CHECK_INT(b.w.len, 5);
	CHECK_MEM(b.w.data, "\4\5\6\7\10", 5);
	buf_consume(&b, 0);
	CHECK_INT(b.w.len, 5);
	CHECK(buf_append(&b, data, 1));
	CHECK_MEM(b.w.data, "\4\5\6\7\10\1", 6);
	buf_consume(&b, 100); /* more than there is: all */
	CHECK_INT(b.w.len, 0);
	CHECK(buf_append(&b, data, 100));
	buf_clear(&b);
}

/* What a part takes, the whole has less of; and it is all or nothing. */
static void part_is_charged_to_the_whole(void)
{
	struct buf_budget whole = {.limit = 1000};
	struct buf_budget part = {.limit = 600, .whole = &whole}, other = {.limit = 600, .whole = &whole};

	CHECK(buf_budget_take(&part, 600));
	CHECK(!buf_budget_take(&part, 1));
	CHECK(!buf_budget_take(&other, 401));
	CHECK_INT(other.used, 0);
	CHECK_INT(whole.used, 600);
	CHECK(buf_budget_take(&other, 400));
	CHECK_INT(whole.used, 1000);
	buf_budget_give(&part, 100);
	CHECK(!buf_budget_take(&other, 101));
	CHECK(buf_budget_take(&other, 100));
	buf_budget_give(&part, 500);
	buf_budget_give(&other, 500);
	CHECK_INT(whole.used, 0);
	CHECK_INT(part.used, 0);
	CHECK(buf_budget_take(NULL, SIZE_MAX));
	buf_budget_give(NULL, SIZE_MAX);
}

static void reserved_room_is_there(void)
{
	struct buf_budget budget = {.limit = 5000};
	struct buf b;
	const uint8_t *at;
	uint8_t bytes[1000] = {0};
	size_t used;

	buf_init(&b, 4000, &budget);
	CHECK(buf_append(&b, bytes, 10));
	CHECK(buf_reserve(&b, 1000));
	at = b.w.data;
	used = budget.used;
	CHECK(buf_append(&b, bytes, 1000));
	CHECK_INT(budget.used, used); /* nothing more was asked of it */
	CHECK(b.w.data == at);
	CHECK_INT(b.w.len, 1010);
	CHECK(!buf_reserve(&b, 2991));
	CHECK(!buf_reserve(&b, SIZE_MAX));
	CHECK(buf_reserve(&b, 2990));
	CHECK_INT(b.w.len, 1010);
	buf_clear(&b);
	CHECK_INT(budget.used, 0);
}

const struct unit_test suite_buf[] = {
	{"part_is_charged_to_the_whole", part_is_charged_to_the_whole},
	{"reserved_room_is_there", reserved_room_is_there},
	{"empty_buffer_holds_no_memory", empty_buffer_holds_no_memory},
	{"bytes_come_back_in_order", bytes_come_back_in_order},
	{"buffer_is_written_as_any_writer", buffer_is_written_as_any_writer},
	{"limit_is_exact", limit_is_exact},
	{"sizes_that_overflow_are_refused", sizes_that_overflow_are_refused},
	{"memory_is_charged_and_given_back", memory_is_charged_and_given_back},
	{"budget_is_exact_and_shared", budget_is_exact_and_shared},
	{"spare_memory_is_handed_on", spare_memory_is_handed_on},
	{"spare_memory_that_is_too_much_stays", spare_memory_that_is_too_much_stays},
	{"much_memory_is_not_kept", much_memory_is_not_kept},
	{"failed_append_does_not_poison", failed_append_does_not_poison},
	{"failed_put_poisons_until_reset", failed_put_poisons_until_reset},
	{"reset_keeps_a_little_memory", reset_keeps_a_little_memory},
	{"consumed_bytes_are_the_first", consumed_bytes_are_the_first},
	{NULL, NULL},
};
