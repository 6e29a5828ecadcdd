/*
 * The line of text for a PDU: whatever the bytes are, it is one line, of characters that
 * a log may have.
 */
#include <ctype.h>
#include <string.h>

#include "rpc/trace.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	char text[TRACE_TEXT_LEN];

	memset(text, 'x', sizeof(text));
	trace_format(data, len, text);
	FUZZ_CHECK(text[0] != '\0' && memchr(text, '\0', sizeof(text)) != NULL);
	for (const char *c = text; *c != '\0'; c++)
		FUZZ_CHECK(isprint((unsigned char)*c));
	return 0;
}
