/*
 * What the tables share: texts that many rows have.
 *
 * Operations of echo: 0 AddOne, 1 EchoData, 2 SinkData, 3 SourceData, 6 TestSleep. Of the
 * mapper: 2 ept_lookup, 3 ept_map, 4 ept_lookup_handle_free. Of management: 2
 * is_server_listening, which has no parameters and answers u32=0,1.
 */
#ifndef TESTS_WIRE_ROWS_H
#define TESTS_WIRE_ROWS_H

#include "tests/wire/wire.h"

#define ROWS(array) (sizeof(array) / sizeof((array)[0]))

/* Context 0 is echo, or the mapper; without multiplexing and with it. */
#define BIND_ECHO "bind context=0:echo:ndr; "
#define BIND_EPM "bind context=0:epm:ndr; "
#define BIND_EPM64 "bind context=0:epm:ndr64; "
#define ACK "bind_ack result=0,0,ndr; "
#define ACK64 "bind_ack result=0,0,ndr64; "
#define BIND_MPX "bind flags=0x13 context=0:echo:ndr; "
#define ACK_MPX "bind_ack flags=0x13 result=0,0,ndr; "

/* How an alter_context of call 2 is refused. */
#define REFUSED "fault call=2 status=0x1c01000b dne"

/* ept_lookup of all there is, and an entry of its answer with the id of its pointer. */
#define LOOKUP(handle, max) "op=2 u32=0,0,0,0 handle=" handle " u32=" max " "
#define ENTRY(id) "uuid=nil u32=" id " note=echo:_gives_back_what_it_gets pad=4 "

/* ept_map with object and tower, and the question for echo. */
#define MAP(object, twr, handle, max) \
	"op=3 u32=1 uuid=" object " u32=2 twr=" twr " handle=" handle " u32=" max " "
#define MAP_ECHO MAP("nil", "echo:ndr:tcp:0:0.0.0.0", "0", "4")

#endif
