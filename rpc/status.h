/*
 * Status codes that travel in faults and replies, or that Windows shows, and
 * their names. Three families share one 32-bit space without overlap:
 *
 *     0x1c0xxxxx  nca_s_*  protocol faults (C706 appendix E)
 *     0x16c9xxxx  ept_s_*  the endpoint mapper's results (C706 appendix E)
 *     below 0x10000        Win32 codes, used by MS-RPCE in faults too
 */
#ifndef RPC_STATUS_H
#define RPC_STATUS_H

#include <stdint.h>

enum {
	STATUS_OK = 0,

	nca_s_fault_int_div_by_zero = 0x1c000001,
	nca_s_fault_addr_error = 0x1c000002,
	nca_s_fault_cancel = 0x1c00000d,
	nca_s_fault_ill_inst = 0x1c00000e,
	nca_s_fault_unspec = 0x1c000012,
	nca_s_fault_context_mismatch = 0x1c00001a,
	nca_s_fault_remote_no_memory = 0x1c00001b,
	nca_s_invalid_pres_context_id = 0x1c00001c,
	nca_s_unsupported_authn_level = 0x1c00001d,
	nca_s_comm_failure = 0x1c010001,
	nca_s_op_rng_error = 0x1c010002,
	nca_s_unk_if = 0x1c010003,
	nca_s_wrong_boot_time = 0x1c010006,
	nca_s_you_crashed = 0x1c010009,
	nca_s_proto_error = 0x1c01000b,
	nca_s_out_args_too_big = 0x1c010013,
	nca_s_server_too_busy = 0x1c010014,
	nca_s_unsupported_type = 0x1c010017,

	rpc_s_no_memory = 0x16c9a012,
	ept_s_cant_perform_op = 0x16c9a0cd,
	ept_s_no_memory = 0x16c9a0ce,
	ept_s_invalid_entry = 0x16c9a0d3,
	ept_s_update_failed = 0x16c9a0d4,
	ept_s_invalid_context = 0x16c9a0d5,
	ept_s_not_registered = 0x16c9a0d6,

	ERROR_FILE_NOT_FOUND = 2,
	ERROR_ACCESS_DENIED = 5,
	ERROR_INVALID_HANDLE = 6, /* also RPC_X_SS_CONTEXT_MISMATCH */
	ERROR_INVALID_PARAMETER = 87,
	ERROR_INSUFFICIENT_BUFFER = 122,
	RPC_S_INVALID_STRING_BINDING = 1700,
	RPC_S_UNKNOWN_IF = 1717,
	RPC_S_CANT_CREATE_ENDPOINT = 1720,
	RPC_S_OUT_OF_RESOURCES = 1721,
	RPC_S_SERVER_UNAVAILABLE = 1722,
	RPC_S_SERVER_TOO_BUSY = 1723,
	RPC_S_NO_CALL_ACTIVE = 1725,
	RPC_S_CALL_FAILED = 1726,
	RPC_S_CALL_FAILED_DNE = 1727,
	RPC_S_PROTOCOL_ERROR = 1728,
	RPC_S_UNSUPPORTED_TRANS_SYN = 1730,
	RPC_S_PROCNUM_OUT_OF_RANGE = 1745,
	RPC_S_UNKNOWN_AUTHN_SERVICE = 1747,
	EPT_S_INVALID_ENTRY = 1751,
	EPT_S_CANT_PERFORM_OP = 1752,
	EPT_S_NOT_REGISTERED = 1753,
	RPC_X_BAD_STUB_DATA = 1783,
	RPC_S_SEC_PKG_ERROR = 1825,
};

/* "nca_s_op_rng_error", "RPC_S_SERVER_UNAVAILABLE", ...; "unknown" if there is
 * none. Never NULL. */
const char *status_name(uint32_t status);

/* The Win32 code a Windows client would report for this fault or result. */
uint32_t status_to_win32(uint32_t status);

#endif
