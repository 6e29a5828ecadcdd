#include "rpc/status.h"

#include <string.h>

#include "tests/unit/unit.h"

/* Number, name, and the Win32 code that a Windows client shows. */
static const struct {
	uint32_t status;
	const char *name;
	uint32_t win32;
} rows[] = {
	{0, "ok", 0},
	{0x1c000001, "nca_s_fault_int_div_by_zero", 1767},
	{0x1c000002, "nca_s_fault_addr_error", 1768},
	{0x1c00000d, "nca_s_fault_cancel", 1818},
	{0x1c000012, "nca_s_fault_unspec", 1726},
	{0x1c00001a, "nca_s_fault_context_mismatch", 6},
	{0x1c00001b, "nca_s_fault_remote_no_memory", 1721},
	{0x1c00001c, "nca_s_invalid_pres_context_id", 1728},
	{0x1c00001d, "nca_s_unsupported_authn_level", 5},
	{0x1c010001, "nca_s_comm_failure", 1726},
	{0x1c010002, "nca_s_op_rng_error", 1745},
	{0x1c010003, "nca_s_unk_if", 1717},
	{0x1c010006, "nca_s_wrong_boot_time", 1727},
	{0x1c010009, "nca_s_you_crashed", 1726},
	{0x1c01000b, "nca_s_proto_error", 1728},
	{0x1c010013, "nca_s_out_args_too_big", 1726},
	{0x1c010014, "nca_s_server_too_busy", 1723},
	{0x1c010017, "nca_s_unsupported_type", 1732},
	{0x16c9a012, "rpc_s_no_memory", 1721},
	{0x16c9a0cd, "ept_s_cant_perform_op", 1752},
	{0x16c9a0ce, "ept_s_no_memory", 1721},
	{0x16c9a0d3, "ept_s_invalid_entry", 1751},
	{0x16c9a0d4, "ept_s_update_failed", 1752},
	{0x16c9a0d5, "ept_s_invalid_context", 6},
	{0x16c9a0d6, "ept_s_not_registered", 1753},
	{5, "ERROR_ACCESS_DENIED", 5},
	{6, "ERROR_INVALID_HANDLE", 6},
	{87, "ERROR_INVALID_PARAMETER", 87},
	{122, "ERROR_INSUFFICIENT_BUFFER", 122},
	{0x6ba, "RPC_S_SERVER_UNAVAILABLE", 1722},
	{0x6bd, "RPC_S_NO_CALL_ACTIVE", 1725},
	{0x6be, "RPC_S_CALL_FAILED", 1726},
	{0x6bf, "RPC_S_CALL_FAILED_DNE", 1727},
	{0x6c0, "RPC_S_PROTOCOL_ERROR", 1728},
	{0x6d8, "EPT_S_CANT_PERFORM_OP", 1752},
	{0x6d9, "EPT_S_NOT_REGISTERED", 1753},
	{0x6f7, "RPC_X_BAD_STUB_DATA", 1783},
	{0x721, "RPC_S_SEC_PKG_ERROR", 1825},
	{1717, "RPC_S_UNKNOWN_IF", 1717},
	{1721, "RPC_S_OUT_OF_RESOURCES", 1721},
	{1723, "RPC_S_SERVER_TOO_BUSY", 1723},
	{1730, "RPC_S_UNSUPPORTED_TRANS_SYN", 1730},
	{1745, "RPC_S_PROCNUM_OUT_OF_RANGE", 1745},
	{1747, "RPC_S_UNKNOWN_AUTHN_SERVICE", 1747},
	{1732, "RPC_S_UNSUPPORTED_TYPE", 1732},
	{1767, "RPC_S_ZERO_DIVIDE", 1767},
	{1768, "RPC_S_ADDRESS_ERROR", 1768},
	{1818, "RPC_S_CALL_CANCELLED", 1818},
};

#define N_ROWS (sizeof(rows) / sizeof(rows[0]))

static void known_status_has_its_name(void)
{
	for (size_t i = 0; i < N_ROWS; i++)
		CHECK_STR(status_name(rows[i].status), rows[i].name);
}

static void known_status_has_its_win32_code(void)
{
	for (size_t i = 0; i < N_ROWS; i++)
		if (!CHECK_INT(status_to_win32(rows[i].status), rows[i].win32))
			CHECK_STR(rows[i].name, "as in the table");
}

/* The code that a status is shown as has a name of its own and is shown as itself. */
static void win32_codes_stand_for_themselves(void)
{
	for (size_t i = 0; i < N_ROWS; i++) {
		CHECK_INT(status_to_win32(rows[i].win32), rows[i].win32);
		if (!CHECK(strcmp(status_name(rows[i].win32), "unknown") != 0))
			CHECK_INT(rows[i].win32, 0);
	}
}

static void unknown_status_is_unknown_and_never_null(void)
{
	CHECK_STR(status_name(0x1c01ffff), "unknown");
	CHECK_STR(status_name(0xffffffff), "unknown");
	CHECK_STR(status_name(1), "unknown");
}

/* Win32 codes we have no name for are passed on; of the rest, all that can be said is
 * that the call failed. */
static void unknown_win32_code_is_passed_on(void)
{
	CHECK_INT(status_to_win32(1), 1);
	CHECK_INT(status_to_win32(0xffff), 0xffff);
	CHECK_INT(status_to_win32(0x10000), 1726);
	CHECK_INT(status_to_win32(0x1c01ffff), 1726);
	CHECK_INT(status_to_win32(0xc0000005), 1726);
	CHECK_INT(status_to_win32(0xffffffff), 1726);
}

const struct unit_test suite_status[] = {
	{"known_status_has_its_name", known_status_has_its_name},
	{"known_status_has_its_win32_code", known_status_has_its_win32_code},
	{"win32_codes_stand_for_themselves", win32_codes_stand_for_themselves},
	{"unknown_status_is_unknown_and_never_null", unknown_status_is_unknown_and_never_null},
	{"unknown_win32_code_is_passed_on", unknown_win32_code_is_passed_on},
	{NULL, NULL},
};
