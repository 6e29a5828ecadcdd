#include "epmapd/registry_report.h"

#include <string.h>

#include "epmapd/status_line.h"
#include "idl/epmctl.h"
#include "rpc/hex.h"

#define MAX_ENTRY 2000u

/* The entry in XDR; returns how many bytes, 0 if it does not fit. */
static size_t encode(const struct registry_entry *e, char bytes[MAX_ENTRY])
{
	char object[UUID_TEXT_LEN];
	ctl_entry entry = {
		.sequence = e->sequence,
		.pid = e->owner->pid,
		.uid = e->owner->uid,
		.stale = e->owner->stale,
		.object = uuid_format(&e->object, object),
		.tower = {.tower_len = (u_int)e->tower_len, .tower_val = (char *)(uintptr_t)e->tower},
		.annotation = {.annotation_len = (u_int)strnlen(e->annotation, sizeof(e->annotation)),
	                       .annotation_val = (char *)(uintptr_t)e->annotation},
	};
	size_t len = 0;
	XDR x;

	xdrmem_create(&x, bytes, MAX_ENTRY, XDR_ENCODE);
	if (xdr_ctl_entry(&x, &entry))
		len = xdr_getpos(&x);
	xdr_destroy(&x);
	return len;
}

void registry_report(const struct registry *r, unsigned number, uint64_t after, int status_fd)
{
	const struct registry_entry *e = registry_after(r, after);
	char bytes[MAX_ENTRY], hex[2 * MAX_ENTRY + 1];
	size_t len;

	for (unsigned n = 0; e != NULL && n < CTL_MAX_PAGE; n++, e = registry_behind(e)) {
		len = encode(e, bytes);
		if (len > 0)
			status_line_send(status_fd, "entry %s", hex_format((const uint8_t *)bytes, len, hex));
	}
	status_line_send(status_fd, "end %u", number);
}
