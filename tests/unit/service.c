#include "tests/unit/service.h"

#include <stdlib.h>
#include <string.h>

#include "rpc/status.h"
#include "tests/unit/unit.h"
#include "tests/unit/vectors.h"

enum { ROOM = 1024 };

uint32_t service_call(const struct service *s, uint16_t opnum, const void *stub, size_t len,
		      bool big_endian, struct writer *out)
{
	struct rpc_call call = {0};
	uint8_t *block = malloc(len ? len : 1);
	uint32_t status;
	struct reader in;

	REQUIRE(block != NULL);
	REQUIRE(opnum < s->interface->n_ops && s->interface->ops[opnum].invoke != NULL);
	memcpy(block, stub, len);
	cursor_read(&in, block, len);
	in.big_endian = big_endian;
	status = s->interface->ops[opnum].invoke(&call, &in, out);
	free(block);
	return status;
}

static void run_row(const struct service *s, const struct service_row *row, bool big_endian)
{
	uint8_t in[ROOM], want[ROOM], out[ROOM];
	size_t in_len, want_len;
	struct writer w;
	bool right;

	REQUIRE(vector_parse(row->in, in, sizeof(in), &in_len) == 0);
	REQUIRE(vector_parse(row->out ? row->out : "", want, sizeof(want), &want_len) == 0);
	cursor_write(&w, out, sizeof(out));
	right = CHECK_HEX(service_call(s, row->opnum, in, in_len, big_endian, &w), row->status);
	if (row->status == STATUS_OK)
		right = right && CHECK(!w.bad) && CHECK_INT(w.len, want_len) &&
			CHECK_MEM(out, want, want_len);
	for (size_t n = 0; right && n < in_len; n++) {
		uint32_t status;

		cursor_write(&w, out, sizeof(out));
		status = service_call(s, row->opnum, in, n, big_endian, &w);
		right = CHECK(status == row->status || status == RPC_X_BAD_STUB_DATA);
		if (right && status == STATUS_OK)
			right = CHECK_INT(w.len, want_len) && CHECK_MEM(out, want, want_len);
	}
	if (!right)
		CHECK_STR(row->what, NULL);
}

void service_rows(const struct service *s, const struct service_row *rows, size_t n, bool big_endian)
{
	for (size_t i = 0; i < n; i++)
		run_row(s, &rows[i], big_endian);
}
