/*
 * A whole config file. What is read can be written, and then reads as the same; what is
 * not, has an error.
 */
#include <stdio.h>
#include <string.h>

#include "epmapd/config.h"
#include "tests/fuzz/fuzz.h"

#define MAX_FILE 2048u

static void check_same_addrs(const union addr *a, unsigned n, const union addr *b, unsigned m)
{
	FUZZ_CHECK(n == m);
	for (unsigned i = 0; i < n; i++)
		FUZZ_CHECK(addr_same_host(&a[i], &b[i]));
}

static void check_same(const struct config *a, const struct config *b)
{
	FUZZ_CHECK(a->port == b->port && strcmp(a->rundir, b->rundir) == 0);
	FUZZ_CHECK(a->range.first == b->range.first && a->range.last == b->range.last);
	FUZZ_CHECK(a->range_order == b->range_order);
	FUZZ_CHECK(a->listen_is_default == b->listen_is_default);
	check_same_addrs(a->listen, a->n_listen, b->listen, b->n_listen);
	check_same_addrs(a->insert_from, a->n_insert_from, b->insert_from, b->n_insert_from);
	FUZZ_CHECK(a->n_services == b->n_services);
	for (unsigned i = 0; i < a->n_services; i++)
		FUZZ_CHECK(a->services[i]->is_decoy ? b->services[i]->is_decoy : a->services[i] == b->services[i]);
}

static bool read_config(struct config *c, const void *text, size_t len)
{
	char error[CONFIG_ERROR_LEN] = "";
	FILE *f = fmemopen((void *)(uintptr_t)text, len, "r");
	bool ok;

	FUZZ_CHECK(f != NULL);
	config_init(c);
	ok = config_read(c, f, "fuzz", error);
	fclose(f);
	FUZZ_CHECK(ok || error[0] != '\0');
	return ok;
}

static void write_config(const struct config *c, char text[4 * MAX_FILE])
{
	FILE *f = fmemopen(text, 4 * MAX_FILE, "w");

	FUZZ_CHECK(f != NULL);
	config_write(c, f);
	fclose(f);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	char written[4 * MAX_FILE] = "", again[4 * MAX_FILE] = "";
	struct config c, d;

	if (len == 0 || len >= MAX_FILE)
		return 0;
	if (read_config(&c, data, len)) {
		write_config(&c, written);
		FUZZ_CHECK(read_config(&d, written, strlen(written)));
		check_same(&c, &d);
		write_config(&d, again);
		FUZZ_CHECK(strcmp(written, again) == 0); /* decoys are the same, too */
		config_fini(&d);
	}
	config_fini(&c);
	return 0;
}
