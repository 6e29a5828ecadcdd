/* Structures, unions, and what is of another size in NDR64: stubs against bytes worked out
 * by hand, as in test_stub_vectors.c. */
#include "rpc/limits.h"
#include "rpc/ndr.h"
#include "tests/unit/stub_vector.h"
#include "tests/unit/unit.h"

/* ---- structures and unions ------------------------------------------------------------- */

static void see_hyper_arm(const void *args)
{
	const struct awkward_UnionWithPadding *p = args;

	CHECK_INT(p->u.before, 1);
	CHECK_INT(p->u.which, 2);
	CHECK_HEX(p->u.choice.b, 0x1122334455667788);
	CHECK_INT(p->u.after, 3);
}

static void see_byte_arm(const void *args)
{
	const struct awkward_UnionWithPadding *p = args;

	CHECK_INT(p->u.before, 1);
	CHECK_INT(p->u.which, 1);
	CHECK_INT(p->u.choice.a, 7);
	CHECK_INT(p->u.after, 3);
}

/* In NDR the discriminant and the arm are aligned each by itself; in NDR64 the union as
 * its largest arm, and the arm again. */
static void union_with_padding(void)
{
	const struct awkward_UnionWithPadding large = {.u = {1, 2, {.b = 0x1122334455667788}, 3}};
	const struct awkward_UnionWithPadding small = {.u = {1, 1, {.a = 7}, 3}};
	static const struct stub_vector large_v = {
		"01 00				# 0	before, gap\n"
		"02 00				# 2	which\n"
		"02 00				# 4	discriminant\n"
		"00 00				# 6	gap\n"
		"88 77 66 55 44 33 22 11	# 8	b\n"
		"03				# 16	after\n",
		"01 00				# 0	before, gap\n"
		"02 00				# 2	which\n"
		"00 00 00 00			# 4	gap: the union takes 8\n"
		"02 00				# 8	discriminant\n"
		"00 00 00 00 00 00		# 10	gap: the arms take 8\n"
		"88 77 66 55 44 33 22 11	# 16	b\n"
		"03 00 00 00 00 00 00 00	# 24	after, gap at the end\n",
	};
	static const struct stub_vector small_v = {
		"01 00  01 00			# 0	before, gap, which\n"
		"01 00  07			# 4	discriminant, a\n"
		"03				# 7	after\n",
		"01 00  01 00  00 00 00 00	# 0	before, gap, which, gap\n"
		"01 00  00 00 00 00 00 00	# 8	discriminant, gap\n"
		"07				# 16	a\n"
		"03 00 00 00 00 00 00		# 17	after, gap at the end\n",
	};

	stub_vector_both(AWKWARD_UNIONWITHPADDING, &large, &large_v, see_hyper_arm);
	stub_vector_both(AWKWARD_UNIONWITHPADDING, &small, &small_v, see_byte_arm);
}

static void see_gaps(const void *args)
{
	const struct awkward_Gaps *p = args;

	CHECK_INT(p->g.a, -1);
	CHECK_INT(p->g.b, 2);
	CHECK_INT(p->g.c, 1);
	CHECK_INT(p->g.d, 4);
	CHECK_INT(p->g.e, 5);
	CHECK_INT(p->behind, 6);
}

static void gaps_between_members(void)
{
	const struct awkward_Gaps p = {.g = {-1, 2, 1, 4, 5}, .behind = 6};
	static const struct stub_vector v = {
		"ff 00 00 00 00 00 00 00	# 0	a, gap\n"
		"02 00 00 00 00 00 00 00	# 8	b\n"
		"01 00 00 00			# 16	c, gap\n"
		"04 00 00 00			# 20	d\n"
		"05 00				# 24	e\n"
		"06				# 26	behind\n",
		"ff 00 00 00 00 00 00 00	# 0	a, gap\n"
		"02 00 00 00 00 00 00 00	# 8	b\n"
		"01 00 00 00			# 16	c, gap\n"
		"04 00 00 00			# 20	d\n"
		"05 00 00 00 00 00 00 00	# 24	e, gap: the structure takes 8\n"
		"06				# 32	behind\n",
	};

	stub_vector_both(AWKWARD_GAPS, &p, &v, see_gaps);
}

/* Gaps may have any value; whoever reads them leaks nothing and minds nothing. */
static void gaps_are_not_looked_at(void)
{
	arena_init(&stub_vector_arena, RPC_MAX_ARENA, NULL);
	see_gaps(stub_vector_get(AWKWARD_GAPS,
			    "ff aa bb cc dd ee ff 11  02 00 00 00 00 00 00 00  01 99 99 99  04 00 00 00  05 00 06",
			    false));
	arena_clear(&stub_vector_arena);
}

static void see_runs(const void *args)
{
	const struct awkward_Runs *p = args;

	CHECK_INT(p->n, 3);
	REQUIRE(p->runs != NULL && p->runs[0] != NULL && p->runs[1] == NULL && p->runs[2] != NULL);
	CHECK_INT(p->runs[0]->n, 2);
	CHECK_INT(p->runs[0]->values[0], 10);
	CHECK_INT(p->runs[0]->values[1], 20);
	CHECK_INT(p->runs[2]->n, 1);
	CHECK_INT(p->runs[2]->values[0], 30);
}

/* A conformant structure has its count in front of it, wherever it lies. */
static void conformant_structures_in_an_array(void)
{
	static const int32_t ten[] = {10, 20}, thirty[] = {30};
	struct run a = {2, ten}, b = {1, thirty}, *runs[] = {&a, NULL, &b};
	const struct awkward_Runs p = {.n = 3, .runs = runs};
	static const struct stub_vector v = {
		"03 00 00 00				# 0	n\n"
		"03 00 00 00				# 4	count of runs\n"
		"01 00 00 00  00 00 00 00  02 00 00 00	# 8	ids\n"
		"02 00 00 00				# 20	count of values\n"
		"02 00 00 00				# 24	n, gap\n"
		"0a 00 00 00  14 00 00 00		# 28	values\n"
		"01 00 00 00				# 36	count of values\n"
		"01 00 00 00				# 40	n, gap\n"
		"1e 00 00 00				# 44	values\n",
		"03 00 00 00 00 00 00 00		# 0	n, gap\n"
		"03 00 00 00 00 00 00 00		# 8	count of runs\n"
		"01 00 00 00 00 00 00 00		# 16	ids\n"
		"00 00 00 00 00 00 00 00		# 24\n"
		"02 00 00 00 00 00 00 00		# 32\n"
		"02 00 00 00 00 00 00 00		# 40	count of values\n"
		"02 00 00 00				# 48	n, gap\n"
		"0a 00 00 00  14 00 00 00		# 52	values\n"
		"00 00 00 00				# 60	gap\n"
		"01 00 00 00 00 00 00 00		# 64	count of values\n"
		"01 00 00 00				# 72	n, gap\n"
		"1e 00 00 00				# 76	values\n",
	};

	stub_vector_both(AWKWARD_RUNS, &p, &v, see_runs);
}

static void see_run_in_run(const void *args)
{
	const struct awkward_RunInRun *p = args;

	CHECK_INT(p->r.before, 1);
	CHECK_INT(p->r.inside.n, 2);
	CHECK_INT(p->r.inside.values[0], 10);
	CHECK_INT(p->r.inside.values[1], 20);
}

/* The count of the inner one goes in front of the outer one. */
static void conformant_structure_in_another(void)
{
	static const int32_t ten[] = {10, 20};
	const struct awkward_RunInRun p = {.r = {1, {2, ten}}};
	static const struct stub_vector v = {
		"02 00 00 00			# 0	count\n"
		"01 00 00 00			# 4	before, gap: the inner one takes 4\n"
		"02 00 00 00			# 8	n, gap\n"
		"0a 00 00 00  14 00 00 00	# 12	values\n",
		"02 00 00 00 00 00 00 00	# 0	count\n"
		"01 00 00 00			# 8	before, gap\n"
		"02 00 00 00			# 12	n, gap\n"
		"0a 00 00 00  14 00 00 00	# 16	values\n",
	};

	stub_vector_both(AWKWARD_RUNINRUN, &p, &v, see_run_in_run);
}

/* ---- what is of another size in NDR64 ---------------------------------------------------- */

static void see_enum(const void *args)
{
	const struct awkward_Enum *p = args;

	CHECK_INT(p->before, 9);
	CHECK_INT(p->c, GREEN);
}

static void enumeration_takes_two_or_four(void)
{
	const struct awkward_Enum p = {.before = 9, .c = GREEN};
	static const struct stub_vector v = {
		"09 00  01 00			# 0	before, gap, c\n",
		"09 00 00 00  01 00 00 00	# 0	before, gap, c\n",
	};

	stub_vector_both(AWKWARD_ENUM, &p, &v, see_enum);
}

static void see_wide(const void *args)
{
	static const uint16_t want[] = {'a', 0x20ac, 0};
	const struct awkward_Wide *p = args;

	CHECK_MEM(p->s, want, sizeof(want));
	CHECK_INT(p->behind, 9);
}

static void string_of_wide_characters(void)
{
	static const uint16_t s[] = {'a', 0x20ac, 0};
	const struct awkward_Wide p = {.s = s, .behind = 9};
	static const struct stub_vector v = {
		"03 00 00 00  00 00 00 00  03 00 00 00	# 0	maximum, offset, actual\n"
		"61 00  ac 20  00 00			# 12	characters\n"
		"09					# 18	behind\n",
		"03 00 00 00 00 00 00 00		# 0	maximum\n"
		"00 00 00 00 00 00 00 00		# 8	offset\n"
		"03 00 00 00 00 00 00 00		# 16	actual\n"
		"61 00  ac 20  00 00			# 24	characters\n"
		"09					# 30	behind\n",
	};

	stub_vector_both(AWKWARD_WIDE, &p, &v, see_wide);
}

const struct unit_test suite_stub_structs[] = {
	{"union_with_padding", union_with_padding},
	{"gaps_between_members", gaps_between_members},
	{"gaps_are_not_looked_at", gaps_are_not_looked_at},
	{"conformant_structures_in_an_array", conformant_structures_in_an_array},
	{"conformant_structure_in_another", conformant_structure_in_another},
	{"enumeration_takes_two_or_four", enumeration_takes_two_or_four},
	{"string_of_wide_characters", string_of_wide_characters},
	{NULL, NULL},
};
