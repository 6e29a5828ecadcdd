/*
 * Trailers with credentials, where nobody can authenticate.
 *
 * Trailers are TYPE/LEVEL/PAD/LENGTH. Types: 9 SPNEGO, 10 NTLMSSP, 16 Kerberos, 68 schannel;
 * levels: 1 none, 2 connect, 3 call, 4 packet, 5 integrity, 6 privacy.
 */
#include "tests/wire/rows.h"

/* A bind or a request with a trailer, and its answer. */
#define NAK(auth, reason) "bind context=0:echo:ndr auth=" auth, "bind_nak reason=" reason, WIRE_CLOSES
#define DENIED(auth) BIND_ECHO "request call=2 u32=1 auth=" auth, ACK "fault call=2 status=5", WIRE_CLOSES

static const struct wire_row rows[] = {
	{"4.1", "level 0", WIRE_ECHO, NAK("10/0/0/16", "0")},
	{"4.1", "level 1", WIRE_ECHO, NAK("10/1/0/16", "0")},
	{"4.1", "level 7", WIRE_ECHO, NAK("10/7/0/16", "0")},
	{"4.1", "level 255, comes before the type", WIRE_ECHO, NAK("1/255/0/16", "0")},
	{"4.1", "level 1 of type 0", WIRE_ECHO, NAK("0/1/0/16", "0")},

	{"4.2", "type 1", WIRE_ECHO, NAK("1/2/0/16", "8")},
	{"4.2", "type 0", WIRE_ECHO, NAK("0/6/0/16", "8")},
	{"4.2", "SPNEGO", WIRE_ECHO, NAK("9/5/0/40", "8")},
	{"4.2", "Kerberos", WIRE_ECHO, NAK("16/4/0/40", "8")},
	{"4.2", "schannel", WIRE_ECHO, NAK("68/3/0/40", "8")},
	{"4.2", "NTLMSSP with header signing, to the mapper", WIRE_MAPPER,
	 "bind flags=7 context=0:epm:ndr auth=10/2/0/32", "bind_nak reason=8", WIRE_CLOSES},
	{"4.2", "one byte of credentials", WIRE_ECHO, NAK("10/2/0/1", "8")},
	{"4.2", "a long one", WIRE_ECHO, NAK("10/6/0/8000", "8")},

	{"4.3", "no room for the context", WIRE_ECHO, "bind context=0:echo:ndr cut=72 auth_length=48",
	 "bind_nak reason=4", WIRE_CLOSES},
	{"4.3", "no room for the last context", WIRE_MAPPER,
	 "bind context=0:epm:ndr context=1:epm:ndr cut=116 auth_length=16", "bind_nak reason=4", WIRE_CLOSES},
	{"4.3", "longer than the PDU", WIRE_ECHO, "bind context=0:echo:ndr auth_length=73",
	 "bind_nak reason=4", WIRE_CLOSES},

	{"4.4", "type 0, level 0", WIRE_ECHO, DENIED("0/0/0/16")},
	{"4.4", "type 0, level 1", WIRE_ECHO, DENIED("0/1/0/16")},
	{"4.4", "type 0, level 2", WIRE_ECHO, DENIED("0/2/0/16")},
	{"4.4", "type 0, level 3", WIRE_ECHO, DENIED("0/3/0/16")},
	{"4.4", "type 0, level 4", WIRE_ECHO, DENIED("0/4/0/16")},
	{"4.4", "type 0, level 5", WIRE_ECHO, DENIED("0/5/0/16")},
	{"4.4", "type 0, level 6", WIRE_ECHO, DENIED("0/6/0/16")},
	{"4.4", "SPNEGO", WIRE_ECHO, DENIED("9/6/0/16")},
	{"4.4", "NTLMSSP", WIRE_ECHO, DENIED("10/2/0/16")},
	{"4.4", "Kerberos, a type that nobody has", WIRE_ECHO, DENIED("16/5/0/16")},
	{"4.4", "a level that there is not", WIRE_ECHO, DENIED("200/77/0/16")},
	{"4.4", "with a pad", WIRE_ECHO, BIND_ECHO "request call=2 stub=0000000000000000 auth=10/5/4/16",
	 ACK "fault call=2 status=5", WIRE_CLOSES},
	{"4.4", "on a context above 255, of the mapper", WIRE_MAPPER,
	 "bind context=0x1203:epm:ndr; request call=2 ctx=0x1203 op=4 handle=0 auth=10/5/0/16",
	 "bind_ack result=0,0,ndr; fault call=2 ctx=0x1203 status=5", WIRE_CLOSES},
	{"4.4", "on a first fragment", WIRE_ECHO, BIND_ECHO "request call=2 flags=1 auth=10/5/0/16",
	 ACK "fault call=2 status=5", WIRE_CLOSES},
	{"4.4", "on an operation that there is not", WIRE_ECHO,
	 BIND_ECHO "request call=2 op=99 auth=10/5/0/16",
	 ACK "fault call=2 status=5", WIRE_CLOSES},

	{"4.5", "bind", WIRE_ECHO, "bind context=0:echo:ndr fill=2 auth=10/2/0/16", "bind_nak reason=0",
	 WIRE_CLOSES},
	{"4.5", "bind, with a pad", WIRE_ECHO, "bind context=0:echo:ndr fill=1 auth=10/2/1/16",
	 "bind_nak reason=0", WIRE_CLOSES},
	{"4.5", "alter", WIRE_ECHO, BIND_ECHO "alter call=2 context=0:echo:ndr fill=2 auth=10/5/0/16",
	 ACK REFUSED, WIRE_CLOSES},
	{"4.5", "auth3", WIRE_ECHO, BIND_ECHO "auth3 call=2 fill=2 auth=10/5/0/16", ACK REFUSED, WIRE_CLOSES},
	{"4.5", "request", WIRE_ECHO, BIND_ECHO "request call=2 stub=01 auth=10/5/0/16",
	 ACK "fault call=2 status=0x1c01000b", WIRE_CLOSES},
	{"4.5", "request, the pad is missing", WIRE_MAPPER,
	 BIND_EPM "request call=2 op=4 stub=0102 auth=10/5/2/16",
	 ACK "fault call=2 status=0x1c01000b", WIRE_CLOSES},

	{"4.6", "bind", WIRE_ECHO, "bind context=0:echo:ndr fill=4 auth=10/2/4/16", "bind_nak reason=4",
	 WIRE_CLOSES},
	{"4.6", "bind, with a level that there is not", WIRE_ECHO, NAK("10/0/1/16", "4")},
	{"4.6", "alter", WIRE_ECHO, BIND_ECHO "alter call=2 context=0:echo:ndr fill=4 auth=10/5/4/16",
	 ACK REFUSED, WIRE_CLOSES},

	{"4.7", "bind", WIRE_ECHO, "bind context=0:echo:ndr fill=8 auth=10/2/0/16", "bind_nak reason=8",
	 WIRE_CLOSES},
	{"4.7", "alter", WIRE_ECHO, BIND_ECHO "alter call=2 context=0:echo:ndr fill=4 auth=10/5/0/16",
	 ACK "fault call=2 status=5 dne", WIRE_CLOSES},

	{"4.8", "an unsupported type", WIRE_ECHO, BIND_ECHO "alter call=2 context=1:mgmt:ndr auth=1/2/0/16",
	 ACK "fault call=2 status=5 dne", WIRE_CLOSES},
	{"4.8", "NTLMSSP", WIRE_MAPPER, BIND_EPM "alter call=2 context=0:epm:ndr auth=10/5/0/16",
	 ACK "fault call=2 status=5 dne", WIRE_CLOSES},
	{"4.8", "nothing accepted", WIRE_ECHO, BIND_ECHO "alter call=2 context=1:strange:ndr auth=10/5/0/16",
	 ACK "fault call=2 status=5 dne", WIRE_CLOSES},
	{"4.8", "no transfer syntaxes come first", WIRE_ECHO,
	 BIND_ECHO "alter call=2 context=1:mgmt: auth=10/5/0/16", ACK REFUSED, WIRE_CLOSES},
};

const struct wire_table wire_auth = {rows, ROWS(rows)};
