#include "rpc/known.h"
#include "rpc/trace.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "rpc/pdu.h"
#include "rpc/status.h"

__attribute__((format(printf, 2, 3))) static void add(char *text, const char *format, ...)
{
	size_t n = strlen(text);
	va_list args;

	va_start(args, format);
	vsnprintf(text + n, TRACE_TEXT_LEN - n, format, args);
	va_end(args);
}

static void add_syntax(char *text, const struct syntax_id *s)
{
	const char *name = known_name(&s->uuid);
	char uuid[UUID_TEXT_LEN];

	add(text, "%s v%u.%u", name != NULL ? name : uuid_format(&s->uuid, uuid), s->major, s->minor);
}

static void add_bind(char *text, struct reader *r)
{
	struct syntax_id transfer;
	struct pdu_context c;
	struct pdu_bind b;

	if (!pdu_bind_get(r, &b)) {
		add(text, ": malformed");
		return;
	}
	add(text, ": fragments %u", b.max_recv_frag);
	for (unsigned i = 0; i < b.n_context_elem && pdu_context_get(&b.contexts, &c); i++) {
		add(text, ", context %u ", c.p_cont_id);
		add_syntax(text, &c.abstract_syntax);
		for (unsigned j = 0; j < c.n_transfer_syn && syntax_get(&c.transfer_syntaxes, &transfer); j++) {
			const char *name = known_name(&transfer.uuid);

			add(text, "%s%s", j == 0 ? " as " : "|", name != NULL ? name : "?");
		}
	}
}

static const char *result_text(const struct pdu_context_result *res)
{
	if (res->result == PDU_NEGOTIATE_ACK)
		return "features acknowledged";
	if (res->reason == PDU_ABSTRACT_SYNTAX_NOT_SUPPORTED)
		return "rejected, interface not supported";
	if (res->reason == PDU_PROPOSED_TRANSFER_SYNTAXES_NOT_SUPPORTED)
		return "rejected, transfer syntaxes not supported";
	return "rejected";
}

static void add_bind_ack(char *text, struct reader *r)
{
	struct pdu_context_result res;
	struct pdu_bind_ack b;

	if (!pdu_bind_ack_get(r, &b)) {
		add(text, ": malformed");
		return;
	}
	add(text, ": fragments %u", b.max_xmit_frag);
	for (unsigned i = 0; i < b.n_results && pdu_result_get(&b.results, &res); i++) {
		const char *name = known_name(&res.transfer_syntax.uuid);

		if (res.result == PDU_ACCEPTANCE)
			add(text, ", accepted as %s", name != NULL ? name : "?");
		else
			add(text, ", %s", result_text(&res));
	}
}

static void add_body(char *text, struct reader *r, const struct pdu_header *h)
{
	struct pdu_response response;
	struct pdu_request request;
	struct pdu_fault fault;
	uint16_t reason;

	switch (h->ptype) {
	case PDU_BIND:
	case PDU_ALTER_CONTEXT:
		add_bind(text, r);
		break;
	case PDU_BIND_ACK:
	case PDU_ALTER_CONTEXT_RESP:
		add_bind_ack(text, r);
		break;
	case PDU_BIND_NAK:
		pdu_bind_nak_get(r, &reason);
		add(text, ": %s", pdu_nak_reason_name(reason));
		break;
	case PDU_REQUEST:
		pdu_request_get(r, h, &request);
		add(text, ": context %u, opnum %u, %zu bytes", request.p_cont_id, request.opnum, request.stub_len);
		break;
	case PDU_RESPONSE:
		pdu_response_get(r, &response);
		add(text, ": %zu bytes", response.stub_len);
		break;
	case PDU_FAULT:
		pdu_fault_get(r, &fault);
		add(text, ": 0x%08x %s", fault.status, status_name(fault.status));
		break;
	default:
		break;
	}
}

char *trace_format(const uint8_t *pdu, size_t len, char text[TRACE_TEXT_LEN])
{
	struct pdu_header h;
	const char *name;
	struct reader r;

	text[0] = '\0';
	if (len < PDU_HEADER_LEN) {
		add(text, "%zu bytes, too few for a PDU", len);
		return text;
	}
	pdu_header_decode(pdu, &h);
	if (!pdu_header_valid(&h) || h.frag_length < PDU_HEADER_LEN || h.frag_length > len) {
		add(text, "%zu bytes that are no PDU", len);
		return text;
	}
	name = pdu_ptype_name(h.ptype);
	if (name != NULL)
		add(text, "%s call %u", name, h.call_id);
	else
		add(text, "ptype %u call %u", h.ptype, h.call_id);
	pdu_open(&r, pdu, &h);
	add_body(text, &r, &h);
	if ((h.pfc_flags & PFC_WHOLE) != PFC_WHOLE && (h.ptype == PDU_REQUEST || h.ptype == PDU_RESPONSE))
		add(text, ", %s fragment", (h.pfc_flags & PFC_FIRST_FRAG) != 0  ? "first"
		                           : (h.pfc_flags & PFC_LAST_FRAG) != 0 ? "last"
		                                                                : "middle");
	return text;
}
