/* The service clock. */
#include <time.h>

#include "idl/clock.h"
#include "rpc/limits.h"
#include "rpc/status.h"
#include "tests/unit/service.h"
#include "tests/unit/unit.h"

static struct service_rig r;
static struct assoc *a;

static void begin(void)
{
	service_rig_init(&r, &service_clock);
	a = rig_assoc(&r.g);
	rig_say(&r.g, a, "bind flags=0x13 context=0:clock:ndr");
	rig_hears(&r.g, a, "ack", RIG_ACK_MPX);
}

static void end(void)
{
	assoc_free(a);
	service_rig_fini(&r);
}

static int64_t now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static void now_is_in_milliseconds_since_1970(void)
{
	struct rig_client c = {.ndr64 = true};
	struct clock_Now p = {0};
	const int64_t before = now_ms();

	service_rig_init(&r, &service_clock);
	service_client(&c, &r, &clock_id, 0);
	CHECK_HEX(clock_Now(&c.h, &p), 0);
	CHECK(p.time >= before && p.time <= now_ms());
	rig_client_fini(&c);
	service_rig_fini(&r);
}

static void sleeper_is_answered_when_the_time_is_over(void)
{
	begin();
	rig_say(&r.g, a, "request call=2 op=1 stub=00000000; request call=3 op=1 stub=07000000;"
			 "request call=4 op=1 stub=100e0000");
	rig_hears(&r.g, a, "not yet", "");
	CHECK_STR(service_rig_timers(&r), "0 7 3600 ");
	service_rig_run(&r);
	rig_hears(&r.g, a, "the one that is due", "response call=2 stub=00000000");
	CHECK_STR(service_rig_timers(&r), "7 3600 ");
	end();
}

/* Row 3.43: who cancels hears so at once, who orphans the call hears nothing more of it. */
static void sleeper_may_be_woken(void)
{
	begin();
	rig_say(&r.g, a, "request call=2 op=1 stub=07000000; request call=3 op=1 stub=08000000;"
			 "request call=4 op=1 stub=09000000; cancel call=3");
	rig_hears(&r.g, a, "cancelled", "fault call=3 status=0x1c00000d");
	CHECK_STR(service_rig_timers(&r), "7 9 ");
	rig_say(&r.g, a, "cancel call=3; orphaned call=2; orphaned call=2; cancel call=2; cancel call=9");
	rig_hears(&r.g, a, "orphaned", "");
	CHECK_STR(service_rig_timers(&r), "9 ");
	rig_say(&r.g, a, "request call=5 op=1 stub=00000000");
	service_rig_run(&r);
	rig_hears(&r.g, a, "it goes on", "response call=5 stub=00000000");
	end();
}

static void nobody_sleeps_longer_than_an_hour(void)
{
	begin();
	rig_say(&r.g, a, "request call=2 op=1 stub=110e0000; request call=3 op=1 stub=ffffffff;"
			 "request call=4 op=1 stub=010000");
	rig_hears(&r.g, a, "too long", "fault call=2 status=0x6f7; fault call=3 status=0x6f7;"
				       "fault call=4 status=0x6f7");
	CHECK_STR(service_rig_timers(&r), "");
	end();
}

static void sleepers_of_one_connection_are_limited(void)
{
	begin();
	for (unsigned int i = 0; i < RPC_MAX_EXECUTING; i++)
		rig_say(&r.g, a, "request call=2 op=1 stub=07000000");
	rig_hears(&r.g, a, "all sleep", "");
	rig_say(&r.g, a, "request call=3 op=1 stub=07000000");
	rig_hears(&r.g, a, "one too many", "fault call=3 status=0x1c010014 dne");
	end();
}

const struct unit_test suite_clock[] = {
	{"now_is_in_milliseconds_since_1970", now_is_in_milliseconds_since_1970},
	{"sleeper_is_answered_when_the_time_is_over", sleeper_is_answered_when_the_time_is_over},
	{"sleeper_may_be_woken", sleeper_may_be_woken},
	{"nobody_sleeps_longer_than_an_hour", nobody_sleeps_longer_than_an_hour},
	{"sleepers_of_one_connection_are_limited", sleepers_of_one_connection_are_limited},
	{NULL, NULL},
};
