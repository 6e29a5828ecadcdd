#include "rpc/status.h"

#include <stddef.h>

#define ROW(code, win32) {code, #code, win32}

/* Code, name, and what a Windows client makes of it. */
static const struct row {
	uint32_t status;
	const char *name;
	uint32_t win32;
} table[] = {
	{STATUS_OK, "ok", 0},
	ROW(nca_s_fault_int_div_by_zero, 1767), /* RPC_S_ZERO_DIVIDE */
	ROW(nca_s_fault_addr_error, 1768),      /* RPC_S_ADDRESS_ERROR */
	ROW(nca_s_fault_cancel, 1818),          /* RPC_S_CALL_CANCELLED */
	ROW(nca_s_fault_ill_inst, RPC_S_CALL_FAILED),
	ROW(nca_s_fault_unspec, RPC_S_CALL_FAILED),
	ROW(nca_s_fault_context_mismatch, ERROR_INVALID_HANDLE),
	ROW(nca_s_fault_remote_no_memory, RPC_S_OUT_OF_RESOURCES),
	ROW(nca_s_invalid_pres_context_id, RPC_S_PROTOCOL_ERROR),
	ROW(nca_s_unsupported_authn_level, ERROR_ACCESS_DENIED),
	ROW(nca_s_comm_failure, RPC_S_CALL_FAILED),
	ROW(nca_s_op_rng_error, RPC_S_PROCNUM_OUT_OF_RANGE),
	ROW(nca_s_unk_if, RPC_S_UNKNOWN_IF),
	ROW(nca_s_wrong_boot_time, RPC_S_CALL_FAILED_DNE),
	ROW(nca_s_you_crashed, RPC_S_CALL_FAILED),
	ROW(nca_s_proto_error, RPC_S_PROTOCOL_ERROR),
	ROW(nca_s_out_args_too_big, RPC_S_CALL_FAILED),
	ROW(nca_s_server_too_busy, RPC_S_SERVER_TOO_BUSY),
	ROW(nca_s_unsupported_type, 1732), /* RPC_S_UNSUPPORTED_TYPE */
	ROW(rpc_s_no_memory, RPC_S_OUT_OF_RESOURCES),
	ROW(ept_s_cant_perform_op, EPT_S_CANT_PERFORM_OP),
	ROW(ept_s_no_memory, RPC_S_OUT_OF_RESOURCES),
	ROW(ept_s_invalid_entry, EPT_S_INVALID_ENTRY),
	ROW(ept_s_update_failed, EPT_S_CANT_PERFORM_OP),
	ROW(ept_s_invalid_context, ERROR_INVALID_HANDLE),
	ROW(ept_s_not_registered, EPT_S_NOT_REGISTERED),
	ROW(ERROR_FILE_NOT_FOUND, ERROR_FILE_NOT_FOUND),
	ROW(ERROR_ACCESS_DENIED, ERROR_ACCESS_DENIED),
	ROW(ERROR_INVALID_PARAMETER, ERROR_INVALID_PARAMETER),
	ROW(ERROR_INSUFFICIENT_BUFFER, ERROR_INSUFFICIENT_BUFFER),
	ROW(RPC_S_INVALID_STRING_BINDING, RPC_S_INVALID_STRING_BINDING),
	ROW(RPC_S_UNKNOWN_IF, RPC_S_UNKNOWN_IF),
	ROW(RPC_S_CANT_CREATE_ENDPOINT, RPC_S_CANT_CREATE_ENDPOINT),
	ROW(RPC_S_OUT_OF_RESOURCES, RPC_S_OUT_OF_RESOURCES),
	ROW(RPC_S_SERVER_UNAVAILABLE, RPC_S_SERVER_UNAVAILABLE),
	ROW(RPC_S_SERVER_TOO_BUSY, RPC_S_SERVER_TOO_BUSY),
	ROW(RPC_S_NO_CALL_ACTIVE, RPC_S_NO_CALL_ACTIVE),
	ROW(RPC_S_CALL_FAILED, RPC_S_CALL_FAILED),
	ROW(RPC_S_CALL_FAILED_DNE, RPC_S_CALL_FAILED_DNE),
	ROW(RPC_S_PROTOCOL_ERROR, RPC_S_PROTOCOL_ERROR),
	ROW(RPC_S_UNSUPPORTED_TRANS_SYN, RPC_S_UNSUPPORTED_TRANS_SYN),
	ROW(RPC_S_PROCNUM_OUT_OF_RANGE, RPC_S_PROCNUM_OUT_OF_RANGE),
	ROW(RPC_S_UNKNOWN_AUTHN_SERVICE, RPC_S_UNKNOWN_AUTHN_SERVICE),
	ROW(EPT_S_INVALID_ENTRY, EPT_S_INVALID_ENTRY),
	ROW(EPT_S_CANT_PERFORM_OP, EPT_S_CANT_PERFORM_OP),
	ROW(EPT_S_NOT_REGISTERED, EPT_S_NOT_REGISTERED),
	ROW(ERROR_INVALID_HANDLE, ERROR_INVALID_HANDLE),
	ROW(RPC_X_BAD_STUB_DATA, RPC_X_BAD_STUB_DATA),
	ROW(RPC_S_SEC_PKG_ERROR, RPC_S_SEC_PKG_ERROR),
	/* Only ever shown, never compared: */
	{1732, "RPC_S_UNSUPPORTED_TYPE", 1732},
	{1767, "RPC_S_ZERO_DIVIDE", 1767},
	{1768, "RPC_S_ADDRESS_ERROR", 1768},
	{1818, "RPC_S_CALL_CANCELLED", 1818},
};

static const struct row *find(uint32_t status)
{
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (table[i].status == status)
			return &table[i];
	return NULL;
}

const char *status_name(uint32_t status)
{
	const struct row *row = find(status);

	return row != NULL ? row->name : "unknown";
}

uint32_t status_to_win32(uint32_t status)
{
	const struct row *row = find(status);

	if (row != NULL)
		return row->win32;
	return status < 0x10000 ? status : RPC_S_CALL_FAILED;
}
