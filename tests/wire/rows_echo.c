/* The interface echo, in NDR and NDR64. */
#include "tests/wire/rows.h"

#define BIND64 "bind context=0:echo:ndr64; "
#define BAD_STUB "fault status=0x6f7"

/* The same in either syntax. */
#define BOTH(row, what, in, out) \
	{row, what, WIRE_ECHO, BIND_ECHO in, ACK out, WIRE_SERVES}, \
	{row, what ", in NDR64", WIRE_ECHO, BIND64 in, ACK64 out, WIRE_SERVES}
#define NDR(row, what, in, out) {row, what, WIRE_ECHO, BIND_ECHO in, ACK out, WIRE_SERVES}
#define NDR64(row, what, in, out) {row, what ", in NDR64", WIRE_ECHO, BIND64 in, ACK64 out, WIRE_SERVES}

static const struct wire_row rows[] = {
	BOTH("7/0", "one more", "request u32=0x010203ff", "response u32=0x01020400"),
	BOTH("7/0", "the largest and one", "request u32=0xffffffff", "response u32=0"),
	BOTH("7/0", "three bytes", "request stub=010203", BAD_STUB),

	NDR("7/1", "bytes", "request op=1 u32=5,5 stub=0102030405", "response u32=5 stub=0102030405"),
	NDR64("7/1", "bytes", "request op=1 u32=5 u64=5 stub=0102030405", "response u64=5 stub=0102030405"),
	NDR("7/1", "no bytes", "request op=1 u32=0,0", "response u32=0"),
	NDR("7/1", "counts that differ", "request op=1 u32=1,2 stub=0102", BAD_STUB),
	NDR64("7/1", "a count over 32 bits", "request op=1 u32=5 u64=0x100000005 stub=0102030405", BAD_STUB),

	NDR("7/2", "bytes", "request op=2 u32=5,5 stub=0102030405", "response"),
	NDR64("7/2", "bytes", "request op=2 u32=5 u64=5 stub=0102030405", "response"),
	NDR("7/2", "300 kB", "request op=2 split=5816 u32=300000,300000 stub=*300000", "response"),
	NDR64("7/2", "300 kB", "request op=2 split=5816 u32=300000 u64=300000 stub=*300000", "response"),
	NDR("7/2", "one byte too few", "request op=2 u32=5,5 stub=01020304", BAD_STUB),

	NDR("7/3", "300 bytes", "request op=3 u32=300", "response u32=300 seq=300"),
	NDR64("7/3", "300 bytes", "request op=3 u32=300", "response u64=300 seq=300"),
	NDR("7/3", "none", "request op=3 u32=0", "response u32=0"),
	NDR64("7/3", "100 kB", "request op=3 u32=100000", "response split=5808 u64=100000 seq=100000"),

	NDR("7/4", "a string", "request op=4 u32=3,0,3 u16=0x68,0x20ac,0",
		"response u32=1,3,0,3 u16=0x68,0x20ac,0"),
	NDR64("7/4", "a string", "request op=4 u64=3,0,3 u16=0x68,0x20ac,0",
		"response u64=1,3,0,3 u16=0x68,0x20ac,0"),
	NDR("7/4", "nothing but a NUL", "request op=4 u32=1,0,1 u16=0", "response u32=1,1,0,1 u16=0"),
	NDR("7/4", "no NUL", "request op=4 u32=2,0,2 u16=0x68,0x69", BAD_STUB),
	NDR("7/4", "an offset", "request op=4 u32=3,1,2 u16=0x68,0", BAD_STUB),

	NDR("7/5", "level 1", "request op=5 u16=1", "response u16=1 u8=10 u32=0"),
	NDR("7/5", "level 2", "request op=5 u16=2", "response u16=2 u16=20 u32=0"),
	NDR("7/5", "level 3", "request op=5 u16=3", "response u16=3 u32=30 u32=0"),
	NDR("7/5", "level 4", "request op=5 u16=4", "response u16=4 u64=40 u32=0"),
	NDR("7/5", "level 5", "request op=5 u16=5", "response u16=5 pad=8 u8=50 u64=60 u32=0"),
	NDR("7/5", "level 6", "request op=5 u16=6", "response u16=6 u8=70 u8=80 u32=0"),
	NDR("7/5", "level 7", "request op=5 u16=7", "response u16=7 pad=8 u8=80 u64=90 u32=0"),
	NDR("7/5", "level 0", "request op=5 u16=0", BAD_STUB),
	NDR("7/5", "level 8", "request op=5 u16=8", BAD_STUB),
	NDR64("7/5", "level 1", "request op=5 u16=1", "response u16=1 pad=8 u8=10 u32=0"),
	NDR64("7/5", "level 5", "request op=5 u16=5", "response u16=5 pad=8 u8=50 u64=60 u32=0"),

	BOTH("7/6", "no seconds", "request op=6 u32=0", "response u32=0"),
	{"7/6", "in reverse order under MPX", WIRE_ECHO,
	 BIND_MPX "request call=2 op=6 u32=1; request call=3 op=6 u32=0",
	 ACK_MPX "response call=3 u32=0; response call=2 u32=1", WIRE_SERVES},

	NDR("7/7", "arm 1", "request op=7 u16=1 u16=0 u16=1 u32=2 u16=1,1", "response u16=1 u32=2,2 u16=1,1"),
	NDR("7/7", "arm 2", "request op=7 u16=2 u32=1,1 u16=2 pad=4 u16=1 u32=2",
		"response u16=2 u32=2,1 u16=2 pad=4 u16=1 u32=2"),
	NDR64("7/7", "arm 1", "request op=7 u32=1,1,2 u16=1 u32=1", "response u32=1,2,2 u16=1 u32=1"),
	NDR("7/7", "no such arm", "request op=7 u16=3 u32=1,1 u16=3,1", BAD_STUB),

	NDR("7/8", "two", "request op=8 u32=2,2 u16=11,22", "response u32=4,4 u16=0,0,0,0"),
	NDR64("7/8", "two", "request op=8 u64=2 u32=2 u16=11,22", "response u64=4 u32=4 u16=0,0,0,0"),
	NDR("7/8", "none", "request op=8 u32=0,0", "response u32=0,0"),
	NDR("7/8", "counts that differ", "request op=8 u32=2,1 u16=11,22", BAD_STUB),

	NDR("7/9", "both pointers", "request op=9 u32=1,2 u16=1234", "response u16=1234"),
	NDR64("7/9", "both pointers", "request op=9 u64=1,2 u16=1234", "response u16=1234"),
	NDR("7/9", "the first is NULL", "request op=9 u32=0", "response u16=0"),
	NDR("7/9", "the second is NULL", "request op=9 u32=1,0", "response u16=0"),
};

const struct wire_table wire_echo = {rows, ROWS(rows)};
