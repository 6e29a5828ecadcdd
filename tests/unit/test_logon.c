/* The service logon, which refuses everybody. */
#include "tests/unit/service.h"
#include "tests/unit/unit.h"

/* Neither the opnum nor a byte of the stub is looked at; the association ends (row 4.18). */
static void anonymous_callers_are_denied(void)
{
	static const char *const requests[] = {
		"request call=2 op=0",
		"request call=2 op=1",
		"request call=2 op=2",
		"request call=2 op=1 stub=*2000",
		"request call=2 op=0 object stub=00",
		"request call=2 flags=1 op=1 stub=00; request call=2 flags=2 stub=01",
	};
	struct service_rig r;

	for (size_t i = 0; i < 4 * sizeof(requests) / sizeof(requests[0]); i++) {
		struct assoc *a;

		service_rig_init(&r, &service_logon);
		a = i / 2 % 2 == 0 ? rig_assoc(&r.g) : rig_assoc_local(&r.g);
		rig_say(&r.g, a, i % 2 == 0 ? "bind context=0:logon:ndr" : "bind context=0:logon:ndr64");
		rig_hears(&r.g, a, "bind",
			  i % 2 == 0 ? "bind_ack result=0,0,ndr" : "bind_ack result=0,0,ndr64");
		rig_say(&r.g, a, requests[i / 4]);
		rig_hears(&r.g, a, requests[i / 4], "fault call=2 status=5");
		CHECK(assoc_closing(a));
		assoc_free(a);
		service_rig_fini(&r);
	}
}

const struct unit_test suite_logon[] = {
	{"anonymous_callers_are_denied", anonymous_callers_are_denied},
	{NULL, NULL},
};
