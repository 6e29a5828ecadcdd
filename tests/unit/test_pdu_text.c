/* PDUs written as text: words whose bytes are known from elsewhere, and names. */
#include "tests/unit/pdu_text.h"

#include <string.h>

#include "tests/unit/unit.h"
#include "tests/unit/vectors.h"

#define ROWS(array) (sizeof(array) / sizeof((array)[0]))

#define MAP "u32=1 uuid=nil u32=2 twr=echo handle=0 u32=4"
#define MAPPED "handle=0 u32=1,4,0,1,3 twr=echo u32=0"

/* Of which both are the same bytes. */
static void equal(const char *a, const char *b)
{
	struct pdu_bytes x = pdu_text(a, 0), y = pdu_text(b, 0);

	if (!CHECK_INT(x.len, y.len) || !CHECK_MEM(x.data, y.data, x.len))
		CHECK_STR(a, b);
	pdu_bytes_free(&x);
	pdu_bytes_free(&y);
}

static void texts_have_the_bytes_of_the_vectors(void)
{
	static const struct {
		const char *name, *text;
	} rows[] = {
		{"pdu-bind", "bind context=0:epm:ndr"},
		{"pdu-request-ept-map", "request call=2 op=3 " MAP},
		{"pdu-request-ept-map-be", "request be call=2 op=3 " MAP},
		{"pdu-response-ept-map", "response call=2 " MAPPED},
		{"pdu-request-ept-map-ndr64",
		 "request call=2 op=3 u64=1 uuid=nil u64=2 twr64=echo handle=0 u32=4"},
		{"pdu-response-ept-map-ndr64",
		 "response call=2 handle=0 u32=1 u64=4,0,1,3 twr64=echo u32=0"},
		{"pdu-request-echo-addone", "request call=10 ctx=1 u32=0xffffffff"},
	};

	for (size_t i = 0; i < ROWS(rows); i++) {
		struct pdu_setting s = {.port = 49664, .host = {192, 0, 2, 7}};
		struct pdu_bytes b = pdu_text_in(rows[i].text, &s);
		uint8_t vector[512];
		size_t len = vector_load(rows[i].name, vector, sizeof(vector));

		if (!CHECK_INT(b.len, len) || !CHECK_MEM(b.data, vector, len))
			CHECK_STR(rows[i].name, NULL);
		pdu_bytes_free(&b);
	}
}

static void towers_have_their_protocols(void)
{
	struct {
		const char *protseq, *last_floors;
	} rows[] = {
		{"tcp:0x1234:1.2.3.4", "01000b02000000 01000702001234 010009040001020304"},
		{"udp:1:1.2.3.4", "01000a02000000 01000802000001 010009040001020304"},
		{"http:1:1.2.3.4", "01000b02000000 01001f02000001 010009040001020304"},
		{"np:p:h", "01000b02000000 01000f02007000 01001102006800"},
		{"local:p", "01000c02000000 01001002007000"},
	};

	for (size_t i = 0; i < ROWS(rows); i++) {
		char text[128] = "request twr=echo:ndr:";
		uint8_t want[64];
		struct pdu_bytes b;
		size_t len;

		strcat(text, rows[i].protseq);
		b = pdu_text(text, 0);
		REQUIRE(vector_parse(rows[i].last_floors, want, sizeof(want), &len) == 0);
		/* Behind header, lengths, count and two floors of 25 bytes. */
		if (CHECK_INT(b.len, 24 + 8 + 2 + 50 + len))
			CHECK_MEM(b.data + b.len - len, want, len);
		CHECK_INT(b.data[32], strcmp(rows[i].protseq, "local:p") == 0 ? 4 : 5);
		pdu_bytes_free(&b);
	}
}

static void stub_is_put_together(void)
{
	equal("request u8=1 u16=2 u32=3 u8=4 u64=5",
	      "request stub=01000200030000000400000000000000" "0500000000000000");
	equal("request be u8=1 u16=2 u32=3,4", "request be stub=010000020000000300000004");
	equal("request stub=01 pad=4 seq=3 stub=*2@5", "request stub=01000000000102" "232a");
	equal("request uuid=svc ifid=svc",
	      "request stub=22221111333344445566778899aabbcc" "22221111333344445566778899aabbcc01000200");
	equal("request be ifid=svc", "request be stub=11112222333344445566778899aabbcc00010002");
	equal("request handle=0x01020304", "request stub=0000000004030201000000000000000000000000");
	equal("request note=a_b", "request stub=000000000400000061206200");
	equal("request note64=a", "request stub=000000000000000002000000000000006100");
	equal("request be stub=0102", "request be u16=0x0102");
}

static void calls_are_split(void)
{
	equal("request call=7 op=1 split=2 stub=0102030405",
	      "request call=7 op=1 flags=1 hint=5 stub=0102; request call=7 op=1 flags=0 hint=3 stub=0304;"
	      "request call=7 op=1 flags=2 hint=1 stub=05");
	equal("request split=2 hint=9 stub=010203",
	      "request flags=1 hint=9 stub=0102; request flags=2 hint=0 stub=03");
	equal("request object split=2 stub=010203",
	      "request flags=1 object hint=3 stub=0102; request flags=2 hint=1 stub=03");
	equal("response flags=0x10 split=2 stub=01", "response flags=0x13 stub=01");
	equal("response split=2", "response");
}

static void texts_are_repeated(void)
{
	equal("3* request call=# stub=0#",
	      "request call=1 stub=01; request call=2 stub=02; request call=3 stub=03");
	equal("cancel; 2* cancel call=9", "cancel; cancel call=9; cancel call=9");
}

/* What is expected, what came, and then another text with the names that are known now. */
static struct pdu_setting setting;

static bool settles(const char *expected, const char *came)
{
	struct pdu_bytes e = pdu_text_in(expected, &setting), c = pdu_text(came, 0x01020304);
	bool same;

	pdu_text_settle(&e, c.data, c.len, &setting);
	same = e.len == c.len && memcmp(e.data, c.data, c.len) == 0;
	pdu_bytes_free(&e);
	pdu_bytes_free(&c);
	return same;
}

static void names_take_values_that_came(void)
{
	struct pdu_bytes a, b;

	setting = (struct pdu_setting){.group = "g"};
	CHECK(settles("bind_ack result=2,1; response handle=$h any=2",
		      "bind_ack result=2,1; response handle=0x1234 stub=ffff"));
	a = pdu_text_in("bind group=$g; request handle=$h; bind be group=$g; request be handle=$h", &setting);
	b = pdu_text("bind group=0x01020304; request handle=0x1234;"
		     "bind be group=0x01020304; request be handle=0x1234", 0);
	CHECK_INT(a.n_holes, 0);
	if (CHECK_INT(a.len, b.len))
		CHECK_MEM(a.data, b.data, a.len);
	pdu_bytes_free(&a);
	pdu_bytes_free(&b);
	/* The same again, and nothing else. */
	CHECK(settles("response handle=$h", "response handle=0x1234"));
	CHECK(!settles("response handle=$h", "response handle=0x1235"));
}

static void names_have_values_of_their_own(void)
{
	setting = (struct pdu_setting){.n_names = 0};
	CHECK(settles("response handle=$h", "response handle=1"));
	CHECK(!settles("response handle=$i", "response handle=1"));
	CHECK(!settles("response handle=$j", "response handle=0"));
	CHECK(settles("response handle=$k", "response handle=2"));
	CHECK(settles("response handle=$l; response handle=$l", "response handle=3; response handle=3"));
	CHECK(!settles("response handle=$m; response handle=$m", "response handle=4; response handle=5"));
	/* The rest of the message is compared as ever. */
	CHECK(!settles("response handle=$n u32=1", "response handle=6 u32=2"));
	CHECK(!settles("response handle=$o", "response"));
}

const struct unit_test suite_pdu_text[] = {
	{"texts_have_the_bytes_of_the_vectors", texts_have_the_bytes_of_the_vectors},
	{"towers_have_their_protocols", towers_have_their_protocols},
	{"stub_is_put_together", stub_is_put_together},
	{"calls_are_split", calls_are_split},
	{"texts_are_repeated", texts_are_repeated},
	{"names_take_values_that_came", names_take_values_that_came},
	{"names_have_values_of_their_own", names_have_values_of_their_own},
	{NULL, NULL},
};
