/*
 * Stands in for libFuzzer where there is none: NAME [--all] FILE... gives each of the files
 * to a harness, and says how many there were. What is given is named on stderr first, so
 * that the last name is that of the input that broke something. Exit status 1: a file could
 * not be read, or with --all the inputs leave out an operation (stub.h).
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/stub.h"

#define MAX_FILE (1u << 20)

static bool replay(const char *name)
{
	static uint8_t data[MAX_FILE];
	FILE *f = fopen(name, "rb");
	uint8_t *block;
	size_t len;
	bool ok;

	fprintf(stderr, "input %s\n", name);
	if (f == NULL)
		return false;
	len = fread(data, 1, sizeof(data), f);
	ok = !ferror(f) && len < sizeof(data);
	fclose(f);
	if (!ok)
		return false;
	block = fuzz_copy(data, len);
	LLVMFuzzerTestOneInput(block, len);
	free(block);
	return true;
}

int main(int argc, char **argv)
{
	const bool all = argc > 1 && strcmp(argv[1], "--all") == 0;
	const int first = all ? 2 : 1;

	for (int i = first; i < argc; i++) {
		if (replay(argv[i]))
			continue;
		fprintf(stderr, "%s: cannot be read, or is too large\n", argv[i]);
		return EXIT_FAILURE;
	}
	printf("%d inputs\n", argc - first);
	return !all || stub_complete() ? EXIT_SUCCESS : EXIT_FAILURE;
}
