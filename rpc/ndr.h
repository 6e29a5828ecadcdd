/*
 * NDR 2.0 and NDR64 1.0, the transfer syntaxes (C706 chapter 14, MS-RPCE 2.2.5):
 * the pieces of which the generated stubs are made.
 *
 * A stub reads through a struct ndr_in and writes through a struct ndr_out. Both
 * know which of the two syntaxes is spoken; the cursors in them know the byte
 * order. Every piece aligns first, counted from the first byte of the stub:
 *
 *                        NDR            NDR64
 *     integers, floats   their size     their size
 *     enum               2              4        (v1_enum: 4, 4)
 *     pointer, count     4              8
 *     UUID, handle       4              4
 *     structure          its largest member; NDR64 pads its end, too
 *
 * As with cursors, a piece that fails leaves a zero behind, and all later ones
 * fail too; a run of them is checked at its end by ndr_in_ok or ndr_out_ok.
 *
 * What is decoded lies in an arena. Nothing is allocated for what a peer merely
 * claims: a count is compared with the bytes that are left first.
 *
 * Pointers in structures and arrays come in two parts: in its place the referent
 * id, and later, behind the outermost structure or array, what it points to. In
 * between a decoded pointer leads to a placeholder, which keeps the id.
 */
#ifndef RPC_NDR_H
#define RPC_NDR_H

#include "rpc/arena.h"
#include "rpc/uuid.h"

/* Context handle: u32 attributes and a UUID (C706 14.2.16.6, annex N); all zero is
 * none. */
struct ndr_context_handle {
	uint32_t attributes;
	struct uuid uuid;
	void *object; /* what it stands for at the server; never on the wire */
};

bool ndr_context_handle_is_nil(const struct ndr_context_handle *h);

enum ndr_pointer { NDR_REF, NDR_UNIQUE, NDR_FULL };

/* A full pointer that was met: equal ids, or equal addresses, are one object. */
struct ndr_alias;

/* ---- decoding ---- */

struct ndr_in {
	struct reader r;
	bool ndr64;
	bool no_memory; /* this is why it failed */
	unsigned depth; /* of recursion */
	struct arena *arena;
	uint64_t last_referent; /* the largest id that was met */
	struct ndr_alias *aliases;
	unsigned n_aliases;
};

/* Over a stub, in the reader's byte order. Borrows the arena. */
void ndr_in_init(struct ndr_in *n, const struct reader *stub, bool ndr64, struct arena *arena);
bool ndr_in_ok(const struct ndr_in *n);
/* Fails unless `good`. */
bool ndr_in_check(struct ndr_in *n, bool good);
bool ndr_in_equal(struct ndr_in *n, int64_t a, int64_t b);
/* range(low, high) */
bool ndr_in_range(struct ndr_in *n, int64_t v, int64_t low, int64_t high);

bool ndr_in_align(struct ndr_in *n, size_t ndr, size_t ndr64);
/* The end of a structure: only NDR64 pads it. */
bool ndr_in_end(struct ndr_in *n, size_t ndr64);
/* Around what may contain itself. */
bool ndr_in_enter(struct ndr_in *n);
void ndr_in_leave(struct ndr_in *n);

uint8_t ndr_get_boolean(struct ndr_in *n);
uint8_t ndr_get_byte(struct ndr_in *n);
char ndr_get_char(struct ndr_in *n);
int8_t ndr_get_small(struct ndr_in *n);
uint8_t ndr_get_usmall(struct ndr_in *n);
int16_t ndr_get_short(struct ndr_in *n);
uint16_t ndr_get_ushort(struct ndr_in *n);
int32_t ndr_get_long(struct ndr_in *n);
uint32_t ndr_get_ulong(struct ndr_in *n);
int64_t ndr_get_hyper(struct ndr_in *n);
uint64_t ndr_get_uhyper(struct ndr_in *n);
uint16_t ndr_get_wchar(struct ndr_in *n);
float ndr_get_float(struct ndr_in *n);
double ndr_get_double(struct ndr_in *n);
uint32_t ndr_get_enum(struct ndr_in *n);
uint32_t ndr_get_v1_enum(struct ndr_in *n);
struct uuid ndr_get_uuid(struct ndr_in *n);
struct ndr_context_handle ndr_get_context_handle(struct ndr_in *n);
/* n octets, as they are. */
void ndr_get_octets(struct ndr_in *n, void *dst, size_t len);

/* The count of a conformant array. */
uint32_t ndr_get_max_count(struct ndr_in *n);
/* Offset and actual count of a varying array that starts at `first` and has room for
 * max elements, first ones included. Returns the actual count. */
uint32_t ndr_get_variance(struct ndr_in *n, int64_t first, uint32_t max);

/* Room for n elements, which take at least `wire` bytes each in the stub. NULL (and
 * failed): the stub has not that many left, or no memory. */
void *ndr_alloc(struct ndr_in *n, uint64_t count, size_t size, size_t wire);

/* A pointer in its place: NULL, or the placeholder. NULL also fails for NDR_REF. */
void *ndr_get_pointer(struct ndr_in *n, enum ndr_pointer kind);
/* What a full pointer leads to, if an object with that id was read before, and for
 * arrays how many elements it has; else NULL, and it is to be read now and kept.
 * `type` names what it is: ids of one type are no concern of another. */
void *ndr_find_full(const struct ndr_in *n, const void *placeholder, const char *type, uint32_t *count);
void ndr_keep_full(struct ndr_in *n, const void *placeholder, const char *type, void *object, uint32_t count);

/* A conformant-varying string; *max is its maximum count. The NUL at its end is counted
 * on the wire, and must be there. NULL: failed. */
char *ndr_get_string(struct ndr_in *n, uint32_t *max);
uint16_t *ndr_get_wstring(struct ndr_in *n, uint32_t *max);
/* One in an array of fixed size. */
void ndr_get_fixed_string(struct ndr_in *n, char *dst, uint32_t max);
void ndr_get_fixed_wstring(struct ndr_in *n, uint16_t *dst, uint32_t max);

/* ---- encoding ---- */

struct ndr_out {
	struct writer *w;
	bool ndr64;
	unsigned depth;
	struct arena *arena;
	uint64_t last_referent; /* ids go on after this one */
	struct ndr_alias *aliases;
	unsigned n_aliases;
};

/* Borrows the writer, in its byte order, and the arena for its own notes. Alignment
 * counts from where the writer stands. */
void ndr_out_init(struct ndr_out *n, struct writer *w, bool ndr64, struct arena *arena);
bool ndr_out_ok(const struct ndr_out *n);
bool ndr_out_check(struct ndr_out *n, bool good);
bool ndr_out_range(struct ndr_out *n, int64_t v, int64_t low, int64_t high);

bool ndr_out_align(struct ndr_out *n, size_t ndr, size_t ndr64);
bool ndr_out_end(struct ndr_out *n, size_t ndr64);
bool ndr_out_enter(struct ndr_out *n);
void ndr_out_leave(struct ndr_out *n);

void ndr_put_boolean(struct ndr_out *n, uint8_t v);
void ndr_put_byte(struct ndr_out *n, uint8_t v);
void ndr_put_char(struct ndr_out *n, char v);
void ndr_put_small(struct ndr_out *n, int8_t v);
void ndr_put_usmall(struct ndr_out *n, uint8_t v);
void ndr_put_short(struct ndr_out *n, int16_t v);
void ndr_put_ushort(struct ndr_out *n, uint16_t v);
void ndr_put_long(struct ndr_out *n, int32_t v);
void ndr_put_ulong(struct ndr_out *n, uint32_t v);
void ndr_put_hyper(struct ndr_out *n, int64_t v);
void ndr_put_uhyper(struct ndr_out *n, uint64_t v);
void ndr_put_wchar(struct ndr_out *n, uint16_t v);
void ndr_put_float(struct ndr_out *n, float v);
void ndr_put_double(struct ndr_out *n, double v);
/* Fails if v does not fit into 15 bits, NDR64 or not. */
void ndr_put_enum(struct ndr_out *n, uint32_t v);
void ndr_put_v1_enum(struct ndr_out *n, uint32_t v);
void ndr_put_uuid(struct ndr_out *n, struct uuid v);
void ndr_put_context_handle(struct ndr_out *n, struct ndr_context_handle v);
void ndr_put_octets(struct ndr_out *n, const void *src, size_t len);

/* Counts from expressions. They fail if the value is no count, and return it, or 0. */
uint32_t ndr_put_max_count(struct ndr_out *n, int64_t count);
/* Offset and actual count of a varying array with room for max elements. */
uint32_t ndr_put_variance(struct ndr_out *n, int64_t first, int64_t actual, uint32_t max);

void ndr_put_pointer(struct ndr_out *n, const void *p, enum ndr_pointer kind);
/* A full pointer in its place. */
void ndr_put_full(struct ndr_out *n, const void *p, const char *type);
/* Is what it leads to to be written now? Not if it was before. */
bool ndr_put_full_due(struct ndr_out *n, const void *p, const char *type);

/* size: what size_is says, or below 0 where there is none: just long enough. */
void ndr_put_string(struct ndr_out *n, const char *s, int64_t size);
void ndr_put_wstring(struct ndr_out *n, const uint16_t *s, int64_t size);
/* Fails if there is no NUL among the max characters. */
void ndr_put_fixed_string(struct ndr_out *n, const char *s, uint32_t max);
void ndr_put_fixed_wstring(struct ndr_out *n, const uint16_t *s, uint32_t max);

/* ---- expressions in size_is and its like ---- */

/* A result that no int64_t holds, and division by zero, become a value that is no
 * count, and stays none whatever is done with it. */
int64_t ndr_add(int64_t a, int64_t b);
int64_t ndr_subtract(int64_t a, int64_t b);
int64_t ndr_multiply(int64_t a, int64_t b);
int64_t ndr_divide(int64_t a, int64_t b);
int64_t ndr_modulo(int64_t a, int64_t b);
int64_t ndr_shift_left(int64_t a, int64_t b);
int64_t ndr_shift_right(int64_t a, int64_t b);
int64_t ndr_and(int64_t a, int64_t b);
int64_t ndr_or(int64_t a, int64_t b);
int64_t ndr_xor(int64_t a, int64_t b);

#endif
