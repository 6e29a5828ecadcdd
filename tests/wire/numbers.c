/*
 * Every row that has a number. docs/conformance.md says for each what happens, and must be
 * changed along with this list; 1.0 stands for the flags of the header.
 */
#include "tests/wire/wire.h"

const char *const wire_numbers[] = {
	/* Header, limits, negotiation. */
	"1.0", "1.1", "1.2", "1.3", "1.4", "1.5", "1.6", "1.7", "1.8", "1.9", "1.10",
	/* bind and alter_context: the order of checks, naks, results, features, groups. */
	"2.1", "2.2", "2.3", "2.4", "2.5", "2.6", "2.7", "2.8", "2.9", "2.10", "2.11", "2.12",
	"2.13", "2.14", "2.16", "2.17", "2.18", "2.19", "2.20", "2.21", "2.22", "2.23", "2.24",
	"2.25", "2.26", "2.27", "2.28", "2.29", "2.30", "2.31", "2.32", "2.33", "2.34", "2.35",
	"2.36",
	/* Requests, fragments, other PDUs. */
	"3.1", "3.2", "3.3", "3.4", "3.5", "3.6", "3.7", "3.8", "3.9", "3.10", "3.11", "3.12",
	"3.13", "3.14", "3.15", "3.16", "3.17", "3.20", "3.21", "3.22", "3.23", "3.24", "3.25",
	"3.26", "3.27", "3.28", "3.29", "3.30", "3.31", "3.32", "3.40", "3.41", "3.42", "3.43",
	"3.44", "3.45",
	/* Authentication. */
	"4.1", "4.2", "4.3", "4.4", "4.5", "4.6", "4.7", "4.8", "4.9", "4.10", "4.11", "4.12",
	"4.13", "4.14", "4.15", "4.16", "4.17", "4.18", "4.19", "4.20", "4.21", "4.22", "4.23",
	"4.24", "4.25", "4.26", "4.27",
	/* The mapper: its operations, and what they do. */
	"5/0", "5/1", "5/2", "5/3", "5/4", "5/5", "5/6", "5/7", "5/8", "5.1", "5.2", "5.3", "5.4",
	"5.5", "5.6", "5.7", "5.8", "5.9", "5.10", "5.11", "5.12", "5.13", "5.14", "5.15", "5.16",
	"5.17", "5.18", "5.19", "5.20", "5.21", "5.22", "5.23", "5.24",
	/* Management; echo. */
	"6/0", "6/1", "6/2", "6/3", "6/4", "6/5", "7/0", "7/1", "7/2", "7/3", "7/4", "7/5", "7/6",
	"7/7", "7/8", "7/9",
	/* Connectionless; other transports. */
	"9.1", "9.2", "9.3", "9.4", "9.5", "9.6", "10.1", "10.2", "10.3",
	NULL,
};

/* A table of bytes holds no signatures, nor tokens that answer a challenge. */
#define SIGNED(what) "needs tokens or signatures; tests/unit/test_assoc_auth_" what ".c has it"
#define UDP "needs the connectionless protocol, which is not there yet"

const struct wire_left_out wire_left_out[] = {
	{"2.2", SIGNED("legs")},
	{"3.4", SIGNED("legs")},
	{"3.15", "whom a fault denies access is another user on the local socket, and the lab has one user;"
		 " tests/unit/test_ept_server_register.c has two"},
	{"3.17", "the server would have to be out of memory; tests/unit/test_assoc_limits.c sees to that"},
	{"4.9", SIGNED("legs")},
	{"4.10", SIGNED("legs")},
	{"4.11", SIGNED("legs")},
	{"4.12", SIGNED("calls")},
	{"4.13", SIGNED("attacks")},
	{"4.14", SIGNED("legs")},
	{"4.15", SIGNED("legs")},
	{"4.16", SIGNED("legs")},
	{"4.17", SIGNED("calls")},
	{"4.18", SIGNED("calls")},
	{"4.19", SIGNED("calls")},
	{"4.20", SIGNED("calls")},
	{"4.21", SIGNED("attacks")},
	{"4.22", SIGNED("calls")},
	{"4.23", SIGNED("calls")},
	{"4.24", SIGNED("calls")},
	{"4.25", SIGNED("contexts")},
	{"4.26", SIGNED("contexts")},
	{"4.27", SIGNED("contexts")},
	{"5.18", "says of clients why 5.17 is as it is"},
	{"9.1", UDP}, {"9.2", UDP}, {"9.3", UDP}, {"9.4", UDP}, {"9.5", UDP}, {"9.6", UDP},
	{"10.1", "needs ncacn_http, which is not there yet"},
	{"10.2", "needs named pipes, which are not there"},
	{NULL, NULL},
};

#define TABLE(name) &wire_##name,
const struct wire_table *const wire_tables[] = {
#include "tests/wire/tables.h"
	NULL,
};
#undef TABLE
