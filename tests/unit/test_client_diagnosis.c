#include <stdio.h>
#include <string.h>

#include "client/diagnosis.h"
#include "rpc/pdu.h"
#include "rpc/status.h"
#include "tests/unit/unit.h"

static const struct diagnosis_names names = {
	.host = "server.example",
	.peer = "10.2.2.2:5003",
	.port = "5003",
	.interface = "echo 1.0",
	.offender = "10.1.1.1",
	.other_host = "",
};

/* One row of the table that the manual and the labs teach. */
struct row {
	enum step step;
	enum cause cause;
	uint32_t status;
	uint32_t win32;
};

static void check_rows(const struct row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct outcome o = {
			.step = rows[i].step, .cause = rows[i].cause, .status = rows[i].status};
		char what[96], want[96];

		snprintf(want, sizeof(want), "%s %s %x: %u", diagnosis_step_name(o.step), cause_name(o.cause),
		         o.status, rows[i].win32);
		snprintf(what, sizeof(what), "%s %s %x: %u", diagnosis_step_name(o.step), cause_name(o.cause),
		         o.status, diagnosis_win32(&o));
		CHECK_STR(what, want);
	}
}

#define CHECK_ROWS(rows) check_rows(rows, sizeof(rows) / sizeof((rows)[0]))

static void steps_have_names_and_exit_codes(void)
{
	static const struct {
		enum step step;
		const char *name;
		int code;
	} want[] = {
		{STEP_DONE, "done", 0},
		{STEP_RESOLVE, "resolve", 10},
		{STEP_CONNECT_MAPPER, "connect-mapper", 11},
		{STEP_BIND_MAPPER, "bind-mapper", 12},
		{STEP_MAP, "map", 13},
		{STEP_CONNECT_SERVICE, "connect-service", 14},
		{STEP_BIND_SERVICE, "bind-service", 15},
		{STEP_CALL, "call", 16},
	};

	CHECK_INT(sizeof(want) / sizeof(want[0]), STEP_COUNT);
	for (size_t i = 0; i < STEP_COUNT; i++) {
		CHECK_STR(diagnosis_step_name(want[i].step), want[i].name);
		CHECK_INT(diagnosis_exit_code(want[i].step), want[i].code);
	}
}

static void done_is_no_error(void)
{
	const struct outcome o = {.step = STEP_DONE, .cause = CAUSE_OK};
	char text[DIAGNOSIS_HINT_LEN];

	CHECK_INT(diagnosis_win32(&o), 0);
	CHECK_STR(diagnosis_hint(&o, &names, text), "");
}

static void nothing_resolved_is_unavailable(void)
{
	static const struct row rows[] = {
		{STEP_RESOLVE, CAUSE_NAME_NOT_FOUND, 0, 1722},
		{STEP_RESOLVE, CAUSE_TIMEOUT, 0, 1722},
	};

	CHECK_ROWS(rows);
}

/* Silence, RST, every ICMP, no route: in both steps the same number. */
static void not_connected_is_unavailable(void)
{
	static const enum step steps[] = {STEP_CONNECT_MAPPER, STEP_CONNECT_SERVICE};

	for (size_t i = 0; i < 2; i++) {
		for (enum cause cause = CAUSE_TIMEOUT; cause <= CAUSE_CLOSED_BY_PEER; cause++) {
			const struct row row = {steps[i], cause, 0, 1722};

			check_rows(&row, 1);
		}
		check_rows(&(const struct row){steps[i], CAUSE_UNREACHABLE, 0, 1722}, 1);
	}
}

static void unanswered_bind_is_a_failed_call(void)
{
	static const struct row rows[] = {
		{STEP_BIND_MAPPER, CAUSE_TIMEOUT, 0, 1726},
		{STEP_BIND_MAPPER, CAUSE_RESET, 0, 1727},
		{STEP_BIND_MAPPER, CAUSE_CLOSED_BY_PEER, 0, 1727},
		{STEP_BIND_MAPPER, CAUSE_ICMP_ADMIN_PROHIBITED, 0, 1727},
		{STEP_BIND_SERVICE, CAUSE_TIMEOUT, 0, 1726},
		{STEP_BIND_SERVICE, CAUSE_RESET, 0, 1727},
		{STEP_BIND_SERVICE, CAUSE_CLOSED_BY_PEER, 0, 1727},
	};

	CHECK_ROWS(rows);
}

static void mapper_refuses_in_its_own_words(void)
{
	static const struct row rows[] = {
		{STEP_MAP, CAUSE_ACCESS_DENIED, ERROR_ACCESS_DENIED, 5},
		{STEP_MAP, CAUSE_NOT_REGISTERED, ept_s_not_registered, 1753},
		{STEP_MAP, CAUSE_FAULT, ept_s_cant_perform_op, 1752},
		{STEP_MAP, CAUSE_FAULT, nca_s_op_rng_error, 1745},
		{STEP_MAP, CAUSE_TIMEOUT, 0, 1726},
		{STEP_MAP, CAUSE_RESET, 0, 1726},
		{STEP_MAP, CAUSE_CLOSED_BY_PEER, 0, 1726},
	};

	CHECK_ROWS(rows);
}

static void rejected_bind_depends_on_the_reason(void)
{
	static const struct {
		bool nak;
		uint16_t reason;
		uint32_t win32;
	} rows[] = {
		{false, PDU_REASON_NOT_SPECIFIED, 1717},
		{false, PDU_ABSTRACT_SYNTAX_NOT_SUPPORTED, 1717},
		{false, PDU_PROPOSED_TRANSFER_SYNTAXES_NOT_SUPPORTED, 1730},
		{false, PDU_LOCAL_LIMIT_EXCEEDED, 1723},
		{true, PDU_NAK_REASON_NOT_SPECIFIED, 1717},
		{true, PDU_NAK_PROTOCOL_VERSION_NOT_SUPPORTED, 1728},
		{true, PDU_NAK_AUTHENTICATION_TYPE_NOT_RECOGNIZED, 1747},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct outcome o = {.step = STEP_BIND_SERVICE, .cause = CAUSE_BIND_REJECTED};

		o.nak = rows[i].nak;
		o.reject_reason = rows[i].reason;
		CHECK_INT(diagnosis_win32(&o), rows[i].win32);
		o.step = STEP_BIND_MAPPER;
		CHECK_INT(diagnosis_win32(&o), rows[i].win32);
	}
}

static void call_fails_with_its_fault(void)
{
	static const struct row rows[] = {
		{STEP_CALL, CAUSE_TIMEOUT, 0, 1726},
		{STEP_CALL, CAUSE_RESET, 0, 1726},
		{STEP_CALL, CAUSE_CLOSED_BY_PEER, 0, 1726},
		{STEP_CALL, CAUSE_ICMP_HOST_UNREACHABLE, 0, 1726},
		{STEP_CALL, CAUSE_ACCESS_DENIED, ERROR_ACCESS_DENIED, 5},
		{STEP_CALL, CAUSE_FAULT, nca_s_fault_int_div_by_zero, 1767},
		{STEP_CALL, CAUSE_FAULT, nca_s_op_rng_error, 1745},
		{STEP_CALL, CAUSE_FAULT, nca_s_unk_if, 1717},
		{STEP_CALL, CAUSE_FAULT, nca_s_fault_context_mismatch, 6},
		{STEP_CALL, CAUSE_FAULT, RPC_X_BAD_STUB_DATA, 1783},
		{STEP_CALL, CAUSE_FAULT, 0x1c00ffff, 1726},
		{STEP_CALL, CAUSE_FAULT, 0, 1726},
	};

	CHECK_ROWS(rows);
}

static void load_and_garbage_are_told_at_any_step(void)
{
	for (enum step step = STEP_BIND_MAPPER; step < STEP_COUNT; step++) {
		const struct row rows[] = {
			{step, CAUSE_TOO_BUSY, nca_s_server_too_busy, 1723},
			{step, CAUSE_TOO_BUSY, 0, 1723},
			{step, CAUSE_PROTOCOL_ERROR, 0, 1728},
			{step, CAUSE_PROTOCOL_ERROR, nca_s_proto_error, 1728},
			{step, CAUSE_PROTOCOL_ERROR, RPC_X_BAD_STUB_DATA, 1783},
			{step, CAUSE_ACCESS_DENIED, ERROR_ACCESS_DENIED, 5},
		};

		if (step != STEP_CONNECT_SERVICE) /* where no PDU is exchanged */
			CHECK_ROWS(rows);
	}
}

/* Whatever comes together, there is a number with a name, and one sentence. */
static void every_failure_has_a_hint(void)
{
	for (enum step step = STEP_RESOLVE; step < STEP_COUNT; step++) {
		for (enum cause cause = CAUSE_TIMEOUT; cause <= CAUSE_UNREACHABLE; cause++) {
			for (int direct = 0; direct < 2; direct++) {
				const struct outcome o = {.direct = direct, .step = step, .cause = cause};
				char text[DIAGNOSIS_HINT_LEN];
				size_t n = strlen(diagnosis_hint(&o, &names, text));

				CHECK(strcmp(status_name(diagnosis_win32(&o)), "unknown") != 0);
				CHECK(n > 20 && text[n - 1] == '.');
				CHECK(strchr(text, '{') == NULL);
				CHECK(strstr(text, ". ") == NULL);
			}
		}
	}
}

/* What fails is the same; but no mapper can have named a wrong port. */
static void endpoint_without_a_mapper_has_hints_of_its_own(void)
{
	char text[DIAGNOSIS_HINT_LEN];

	for (enum step step = STEP_RESOLVE; step < STEP_COUNT; step++) {
		for (enum cause cause = CAUSE_TIMEOUT; cause <= CAUSE_UNREACHABLE; cause++) {
			struct outcome o = {.step = step, .cause = cause};
			const uint32_t win32 = diagnosis_win32(&o);

			o.direct = true;
			CHECK_INT(diagnosis_win32(&o), win32);
			if (step != STEP_CONNECT_SERVICE)
				continue;
			diagnosis_hint(&o, &names, text);
			CHECK(strstr(text, "mapper named") == NULL && strstr(text, "mapper answered") == NULL);
		}
	}
	diagnosis_hint(&(const struct outcome){.direct = true, .step = STEP_BIND_SERVICE,
					       .cause = CAUSE_BIND_REJECTED}, &names, text);
	CHECK(strstr(text, "10.2.2.2:5003 speaks RPC but rejects echo 1.0") != NULL);
}

static void hint_names_who_is_concerned(void)
{
	const struct outcome rejected = {.step = STEP_CONNECT_SERVICE, .cause = CAUSE_ICMP_ADMIN_PROHIBITED};
	const struct outcome dropped = {.step = STEP_CONNECT_SERVICE, .cause = CAUSE_TIMEOUT};
	const struct outcome missing = {.step = STEP_MAP, .cause = CAUSE_NOT_REGISTERED};
	const struct outcome nameless = {.step = STEP_RESOLVE, .cause = CAUSE_NAME_NOT_FOUND};
	char text[DIAGNOSIS_HINT_LEN];

	diagnosis_hint(&rejected, &names, text);
	CHECK(strstr(text, "10.1.1.1 refused with icmp-admin-prohibited") != NULL);
	diagnosis_hint(&dropped, &names, text);
	CHECK(strstr(text, "10.2.2.2:5003") != NULL && strstr(text, "port 5003") != NULL);
	diagnosis_hint(&missing, &names, text);
	CHECK(strstr(text, "echo 1.0") != NULL);
	diagnosis_hint(&nameless, &names, text);
	CHECK(strstr(text, "server.example") != NULL);
}

static void another_host_is_noted_in_step_two_only(void)
{
	struct diagnosis_names other = names;
	struct outcome o = {.step = STEP_CONNECT_SERVICE, .cause = CAUSE_TIMEOUT};
	char text[DIAGNOSIS_HINT_LEN];

	other.other_host = "10.9.9.9";
	diagnosis_hint(&o, &other, text);
	CHECK(strstr(text, "; note that the mapper named another host, 10.9.9.9,") != NULL);
	o.step = STEP_MAP;
	diagnosis_hint(&o, &other, text);
	CHECK(strstr(text, "10.9.9.9") == NULL);
}

/* Names come from the user and from the network. */
/* What meets the first question of ONC RPC has hints of its own; connections have those of all. */
static void onc_rpc_has_no_bind_and_no_win32(void)
{
	static const struct {
		enum step step;
		enum cause cause;
		const char *says;
	} rows[] = {
		{STEP_CONNECT_MAPPER, CAUSE_TIMEOUT, "a firewall drops TCP port 5003"},
		{STEP_MAP, CAUSE_TIMEOUT, "rpcbind hangs"},
		{STEP_MAP, CAUSE_RESET, "when it was asked (reset)"},
		{STEP_MAP, CAUSE_CLOSED_BY_PEER, "when it was asked (closed-by-peer)"},
		{STEP_MAP, CAUSE_NOT_REGISTERED, "does not know echo 1.0 over TCP"},
		{STEP_MAP, CAUSE_ACCESS_DENIED, "(RPC: words)"},
		{STEP_MAP, CAUSE_PROTOCOL_ERROR, "it is not rpcbind"},
		{STEP_MAP, CAUSE_FAULT, "refuses the question with RPC: words"},
		{STEP_CONNECT_SERVICE, CAUSE_RESET, "its entry is stale"},
		{STEP_CALL, CAUSE_TIMEOUT, "did not answer procedure 0"},
		{STEP_CALL, CAUSE_RESET, "at the call (reset)"},
		{STEP_CALL, CAUSE_FAULT, "refuses echo 1.0 (RPC: words)"},
	};
	struct diagnosis_names onc_names = names;

	onc_names.said = "RPC: words";
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct outcome o = {.onc = true, .step = rows[i].step, .cause = rows[i].cause, .status = 5};
		char text[DIAGNOSIS_HINT_LEN];

		CHECK_INT(diagnosis_win32(&o), 0);
		diagnosis_hint(&o, &onc_names, text);
		if (!CHECK(strstr(text, rows[i].says) != NULL))
			CHECK_STR(text, rows[i].says);
		CHECK(strstr(text, " bind") == NULL);
	}
}

static void long_names_are_cut(void)
{
	const struct outcome o = {.step = STEP_RESOLVE, .cause = CAUSE_NAME_NOT_FOUND};
	struct diagnosis_names long_names = names;
	char host[2 * DIAGNOSIS_HINT_LEN], text[DIAGNOSIS_HINT_LEN];

	memset(host, 'x', sizeof(host) - 1);
	host[sizeof(host) - 1] = '\0';
	long_names.host = host;
	diagnosis_hint(&o, &long_names, text);
	CHECK_INT(strlen(text), DIAGNOSIS_HINT_LEN - 1);
}

const struct unit_test suite_client_diagnosis[] = {
	{"steps_have_names_and_exit_codes", steps_have_names_and_exit_codes},
	{"done_is_no_error", done_is_no_error},
	{"nothing_resolved_is_unavailable", nothing_resolved_is_unavailable},
	{"not_connected_is_unavailable", not_connected_is_unavailable},
	{"unanswered_bind_is_a_failed_call", unanswered_bind_is_a_failed_call},
	{"mapper_refuses_in_its_own_words", mapper_refuses_in_its_own_words},
	{"rejected_bind_depends_on_the_reason", rejected_bind_depends_on_the_reason},
	{"call_fails_with_its_fault", call_fails_with_its_fault},
	{"load_and_garbage_are_told_at_any_step", load_and_garbage_are_told_at_any_step},
	{"every_failure_has_a_hint", every_failure_has_a_hint},
	{"endpoint_without_a_mapper_has_hints_of_its_own", endpoint_without_a_mapper_has_hints_of_its_own},
	{"hint_names_who_is_concerned", hint_names_who_is_concerned},
	{"another_host_is_noted_in_step_two_only", another_host_is_noted_in_step_two_only},
	{"onc_rpc_has_no_bind_and_no_win32", onc_rpc_has_no_bind_and_no_win32},
	{"long_names_are_cut", long_names_are_cut},
	{NULL, NULL},
};
