/* Stubs against bytes that were worked out by hand from C706 14.3 and MS-RPCE 2.2.5, for
 * what is easily got wrong. Offsets stand behind the bytes. */
#include <string.h>

#include "idl/ept.h"
#include "rpc/limits.h"
#include "rpc/ndr.h"
#include "tests/unit/stub_vector.h"
#include "tests/unit/unit.h"
#include "tests/unit/vectors.h"

/* ---- pointers -------------------------------------------------------------------------- */

static void see_pointers(const void *args)
{
	const struct awkward_PointerToPointer *p = args;

	REQUIRE(p->p != NULL && *p->p != NULL && p->embedded.pp != NULL && *p->embedded.pp != NULL);
	CHECK_INT(**p->p, 7);
	CHECK_INT(p->embedded.a, 1);
	CHECK_INT(**p->embedded.pp, 0x63);
	CHECK_INT(p->embedded.b, 2);
}

/* A parameter's first pointer has no bytes, and what the others lead to follows at once;
 * in a structure it follows behind the structure. */
static void pointers_to_pointers(void)
{
	static const int16_t seven = 7, *p1 = &seven;
	static const int32_t number = 0x63, *p2 = &number;
	const struct awkward_PointerToPointer p = {.p = &p1, .embedded = {1, &p2, 2}};
	static const struct stub_vector v = {
		"01 00 00 00		# 0	*p: id 1\n"
		"02 00 00 00		# 4	**p: id 2\n"
		"07 00			# 8	***p\n"
		"00 00			# 10	gap: the structure has pointers, 4\n"
		"01 00 00 00		# 12	a, gap\n"
		"03 00 00 00		# 16	pp: id 3\n"
		"02			# 20	b; no gap at the end of a structure\n"
		"00 00 00		# 21	gap\n"
		"04 00 00 00		# 24	*pp: id 4\n"
		"63 00 00 00		# 28	**pp\n",
		"01 00 00 00 00 00 00 00	# 0	*p: id 1\n"
		"02 00 00 00 00 00 00 00	# 8	**p: id 2\n"
		"07 00 00 00 00 00 00 00	# 16	***p, gap: pointers take 8\n"
		"01 00 00 00 00 00 00 00	# 24	a, gap\n"
		"03 00 00 00 00 00 00 00	# 32	pp: id 3\n"
		"02 00 00 00 00 00 00 00	# 40	b; the structure is padded to 8\n"
		"04 00 00 00 00 00 00 00	# 48	*pp: id 4\n"
		"63 00 00 00			# 56	**pp\n",
	};

	stub_vector_both(AWKWARD_POINTERTOPOINTER, &p, &v, see_pointers);
}

static void see_list(const void *args)
{
	const struct awkward_List *p = args;

	CHECK_INT(p->list.value, 1);
	REQUIRE(p->list.next != NULL);
	CHECK_INT(p->list.next->value, 2);
	CHECK(p->list.next->next == NULL);
}

static void list_of_two(void)
{
	struct node two = {2, NULL};
	const struct awkward_List p = {.list = {1, &two}};
	static const struct stub_vector v = {
		"01 00 00 00 00 00 00 00	# 0	value\n"
		"01 00 00 00			# 8	next: id 1\n"
		"00 00 00 00			# 12	gap\n"
		"02 00 00 00 00 00 00 00	# 16	value\n"
		"00 00 00 00			# 24	next: NULL\n",
		"01 00 00 00 00 00 00 00	# 0	value\n"
		"01 00 00 00 00 00 00 00	# 8	next: id 1\n"
		"02 00 00 00 00 00 00 00	# 16	value\n"
		"00 00 00 00 00 00 00 00	# 24	next: NULL\n",
	};

	stub_vector_both(AWKWARD_LIST, &p, &v, see_list);
}

static void see_depth(const void *args)
{
	const struct awkward_DepthFirst *p = args;

	REQUIRE(p->o.a != NULL && p->o.b != NULL && p->o.b->x != NULL && p->o.c != NULL);
	CHECK_INT(*p->o.a, 0x11);
	CHECK_INT(*p->o.b->x, 0x22);
	CHECK_INT(*p->o.c, 0x33);
}

/* What a referent points to comes before the referent's next sibling. */
static void referents_come_depth_first(void)
{
	static const int32_t a = 0x11, x = 0x22, c = 0x33;
	struct inner inner = {&x};
	const struct awkward_DepthFirst p = {.o = {&a, &inner, &c}};
	static const struct stub_vector v = {
		"01 00 00 00  02 00 00 00  03 00 00 00	# 0	a, b, c: ids\n"
		"11 00 00 00				# 12	*a\n"
		"04 00 00 00				# 16	b->x: id 4\n"
		"22 00 00 00				# 20	*b->x\n"
		"33 00 00 00				# 24	*c\n",
		"01 00 00 00 00 00 00 00		# 0	a: id\n"
		"02 00 00 00 00 00 00 00		# 8	b: id\n"
		"03 00 00 00 00 00 00 00		# 16	c: id\n"
		"11 00 00 00				# 24	*a\n"
		"00 00 00 00				# 28	gap\n"
		"04 00 00 00 00 00 00 00		# 32	b->x: id 4\n"
		"22 00 00 00				# 40	*b->x\n"
		"33 00 00 00				# 44	*c\n",
	};

	stub_vector_both(AWKWARD_DEPTHFIRST, &p, &v, see_depth);
}

static void see_alias(const void *args)
{
	const struct awkward_Alias *p = args;

	REQUIRE(p->p != NULL && p->other != NULL);
	CHECK_INT(*p->p, 5);
	CHECK(p->q == p->p);
	CHECK_INT(*p->other, 6);
}

/* Full pointers to the same object have the same id, and the object comes once. */
static void full_pointers_to_one_object(void)
{
	static const int32_t five = 5;
	static const int16_t six = 6;
	const struct awkward_Alias p = {.p = &five, .q = &five, .other = &six};
	static const struct stub_vector v = {
		"01 00 00 00  05 00 00 00	# 0	p: id 1, *p\n"
		"01 00 00 00			# 8	q: id 1\n"
		"02 00 00 00  06 00		# 12	other: id 2, *other\n",
		"01 00 00 00 00 00 00 00	# 0	p: id 1\n"
		"05 00 00 00  00 00 00 00	# 8	*p, gap\n"
		"01 00 00 00 00 00 00 00	# 16	q: id 1\n"
		"02 00 00 00 00 00 00 00  06 00	# 24	other: id 2, *other\n",
	};

	stub_vector_both(AWKWARD_ALIAS, &p, &v, see_alias);
}

/* One id for two types: two objects, each with bytes of its own. */
static void one_id_for_two_types_is_two_objects(void)
{
	const struct awkward_Alias *p;

	arena_init(&stub_vector_arena, RPC_MAX_ARENA, NULL);
	p = stub_vector_get(AWKWARD_ALIAS, "01 00 00 00  05 00 00 00  01 00 00 00  01 00 00 00  06 00", false);
	see_alias(p);
	arena_clear(&stub_vector_arena);
}

/* ---- the mapper in NDR64 ------------------------------------------------------------------ */

/* The stub of a vector, behind the header and the fields before it. */
static size_t load_stub(const char *name, uint8_t stub[256])
{
	uint8_t pdu[512];
	size_t len = vector_load(name, pdu, sizeof(pdu));

	REQUIRE(len > 24 && len - 24 <= 256);
	memcpy(stub, pdu + 24, len - 24);
	return len - 24;
}

/* The request is 144 bytes, the answer 148; offsets are those of the vectors. */
static void map_in_ndr64(void)
{
	uint8_t stub[256], again[256];
	struct ept_map *asked, answered = {.max_towers = 4};
	struct ndr_out out;
	struct reader r;
	struct ndr_in in;
	struct writer w;
	size_t len;

	arena_init(&stub_vector_arena, RPC_MAX_ARENA, NULL);
	len = load_stub("pdu-request-ept-map-ndr64", stub);
	CHECK_INT(len, 144);
	cursor_read(&r, stub, len);
	ndr_in_init(&in, &r, true, &stub_vector_arena);
	asked = arena_alloc(&stub_vector_arena, sizeof(*asked));
	REQUIRE(ept_interface.ops[EPT_MAP].get(&in, asked));
	CHECK_INT(cursor_left(&in.r), 0);
	REQUIRE(asked->object != NULL && uuid_is_nil(asked->object) && asked->map_tower != NULL);
	CHECK_INT(asked->map_tower->tower_length, 75);
	CHECK_MEM(asked->map_tower->tower_octet_string, stub + 44, 75);
	CHECK_INT(asked->max_towers, 4);
	cursor_write(&w, again, sizeof(again));
	ndr_out_init(&out, &w, true, &stub_vector_arena);
	CHECK(ept_client_ops[EPT_MAP].put(&out, asked));
	if (CHECK_INT(w.len, len))
		CHECK_MEM(again, stub, len);

	len = load_stub("pdu-response-ept-map-ndr64", stub);
	CHECK_INT(len, 148);
	cursor_read(&r, stub, len);
	ndr_in_init(&in, &r, true, &stub_vector_arena);
	REQUIRE(ept_client_ops[EPT_MAP].get(&in, &answered));
	CHECK_INT(cursor_left(&in.r), 0);
	CHECK_INT(answered.num_towers, 1);
	CHECK_MEM(answered.towers[0]->tower_octet_string, stub + 68, 75);
	CHECK_HEX(answered.status, 0);
	cursor_write(&w, again, sizeof(again));
	ndr_out_init(&out, &w, true, &stub_vector_arena);
	out.last_referent = 2; /* the request's */
	CHECK(ept_interface.ops[EPT_MAP].put(&out, &answered));
	if (CHECK_INT(w.len, len))
		CHECK_MEM(again, stub, len);
	arena_clear(&stub_vector_arena);
}

const struct unit_test suite_stub_vectors[] = {
	{"pointers_to_pointers", pointers_to_pointers},
	{"list_of_two", list_of_two},
	{"referents_come_depth_first", referents_come_depth_first},
	{"full_pointers_to_one_object", full_pointers_to_one_object},
	{"one_id_for_two_types_is_two_objects", one_id_for_two_types_is_two_objects},
	{"map_in_ndr64", map_in_ndr64},
	{NULL, NULL},
};
