/* The service logon, which refuses everybody. */
#include "tests/unit/service.h"
#include "tests/unit/unit.h"

/* Before a byte of the stub is looked at; the association goes on. */
static void anonymous_callers_are_denied(void)
{
	static const char *const syntaxes[] = {"ndr", "ndr64"};
	struct service_rig r;

	for (size_t i = 0; i < 4; i++) {
		struct assoc *a;

		service_rig_init(&r, &service_logon);
		a = i / 2 == 0 ? rig_assoc(&r.g) : rig_assoc_local(&r.g);
		rig_say(&r.g, a, i % 2 == 0 ? "bind context=0:logon:ndr" : "bind context=0:logon:ndr64");
		rig_hears(&r.g, a, syntaxes[i % 2],
			  i % 2 == 0 ? "bind_ack result=0,0,ndr" : "bind_ack result=0,0,ndr64");
		rig_say(&r.g, a, "request call=2 op=0; request call=3 op=1; request call=4 op=1 stub=*2000;"
				 "request call=5 op=0 object stub=00");
		rig_hears(&r.g, a, syntaxes[i % 2],
			  "fault call=2 status=5; fault call=3 status=5; fault call=4 status=5;"
			  "fault call=5 status=5");
		CHECK(!assoc_closing(a));
		assoc_free(a);
		service_rig_fini(&r);
	}
}

/* What nobody has is denied to nobody. */
static void operations_behind_the_last_do_not_exist(void)
{
	struct service_rig r;
	struct assoc *a;

	service_rig_init(&r, &service_logon);
	a = rig_assoc(&r.g);
	rig_say(&r.g, a, "bind context=0:logon:ndr");
	rig_hears(&r.g, a, "ack", RIG_ACK);
	rig_say(&r.g, a, "request call=2 op=2");
	rig_hears(&r.g, a, "op 2", "fault call=2 status=0x1c010002 dne");
	assoc_free(a);
	service_rig_fini(&r);
}

const struct unit_test suite_logon[] = {
	{"anonymous_callers_are_denied", anonymous_callers_are_denied},
	{"operations_behind_the_last_do_not_exist", operations_behind_the_last_do_not_exist},
	{NULL, NULL},
};
