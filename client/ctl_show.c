/* What epmap ctl tells: the state of the daemon, its registry, what happens in it. */
#include <string.h>
#include <time.h>

#include "client/ctl.h"
#include "client/endpoint.h"
#include "client/text.h"
#include "rpc/known.h"

#define SAFE_LEN (4u * CTL_MAX_TEXT + 1u)
#define TIME_LEN 40u

static const char *const states[] = {
	[CTL_STOPPED] = "stopped", [CTL_WAITING] = "waiting", [CTL_STARTING] = "starting",
	[CTL_WORKING] = "working", [CTL_FAILED] = "failed",
};

static const char *state_name(ctl_state state)
{
	return (unsigned)state <= CTL_FAILED ? states[state] : "?";
}

/* 2026-11-30T15:13:03.123456Z; "-" for never. */
static const char *time_text(int64_t ns, char text[TIME_LEN])
{
	const time_t seconds = (time_t)(ns / 1000000000);
	struct tm tm;
	size_t n;

	if (ns == 0)
		return "-";
	gmtime_r(&seconds, &tm);
	n = strftime(text, TIME_LEN, "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(text + n, TIME_LEN - n, ".%06ldZ", (long)(ns % 1000000000 / 1000));
	return text;
}

/* Text that came over the socket, safe for a terminal. */
static const char *safe(const char *text, char buf[SAFE_LEN])
{
	return text_escape(text, strlen(text), buf, SAFE_LEN);
}

/* ---- status ---- */

void ctl_show_status(FILE *out, const ctl_status *s)
{
	char text[SAFE_LEN], when[TIME_LEN];

	fprintf(out, "epmapd %s, pid %d, user %u, since %s, %s\n", safe(s->release, text), s->pid, s->uid,
	        time_text(s->since, when), s->ready ? "ready" : "not ready yet");
	fprintf(out, "mapper on port %u, services on %u-%u, %s; in %s\n", s->port, s->range_first, s->range_last,
	        s->range_order, safe(s->rundir, text));
	if (s->config_file[0] != '\0')
		fprintf(out, "configured by %s\n", safe(s->config_file, text));
	fprintf(out, "\n%-12s %-9s %7s %6s %7s %6s %12s %12s %s\n", "PROCESS", "STATE", "PID", "PORT", "DEATHS", "OPEN",
	        "CALLS", "FAULTS", "ON PURPOSE");
	for (u_int i = 0; i < s->processes.processes_len; i++) {
		const ctl_process *p = &s->processes.processes_val[i];

		fprintf(out, "%-12s %-9s %7d %6u %7u %6u %12llu %12llu %s%s%s\n", safe(p->name, text),
		        state_name(p->state), p->pid, p->port, p->deaths, p->counters.open,
		        (unsigned long long)p->counters.calls_in, (unsigned long long)p->counters.faults,
		        p->decoy ? "decoy" : "", p->decoy && p->faults[0] != '\0' ? ", " : "", p->faults);
	}
}

static json_t *process_json(const ctl_process *p)
{
	const ctl_counters *n = &p->counters;
	char when[TIME_LEN];

	return json_pack("{s:s, s:b, s:s, s:i, s:i, s:i, s:s, s:s,"
	                 " s:{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I}}",
	                 "name", p->name, "decoy", p->decoy, "state", state_name(p->state), "pid", p->pid, "port",
	                 (int)p->port, "deaths", (int)p->deaths, "since", time_text(p->since, when), "faults",
	                 p->faults, "counters", "calls_in", (json_int_t)n->calls_in, "calls_out",
	                 (json_int_t)n->calls_out, "pkts_in", (json_int_t)n->pkts_in, "pkts_out",
	                 (json_int_t)n->pkts_out, "opened", (json_int_t)n->opened, "open", (json_int_t)n->open,
	                 "refused", (json_int_t)n->refused, "naks", (json_int_t)n->naks, "faults",
	                 (json_int_t)n->faults);
}

json_t *ctl_status_json(const ctl_status *s)
{
	json_t *processes = json_array();
	char when[TIME_LEN], range[16];

	for (u_int i = 0; i < s->processes.processes_len; i++)
		json_array_append_new(processes, process_json(&s->processes.processes_val[i]));
	snprintf(range, sizeof(range), "%u-%u", s->range_first & 0xffff, s->range_last & 0xffff);
	return json_pack("{s:s, s:i, s:i, s:s, s:b, s:s, s:s, s:i, s:s, s:s, s:I, s:o}", "version", s->release, "pid",
	                 s->pid, "uid", (int)s->uid, "since", time_text(s->since, when), "ready", s->ready, "config_file",
	                 s->config_file, "rundir", s->rundir, "port", (int)s->port, "range", range, "range_order",
	                 s->range_order, "last_event", (json_int_t)s->last_event, "processes", processes);
}

/* ---- events ---- */

/* "echo 1.0", or with the UUID where it has no name. */
static void interface_text(const ctl_event *e, char text[96])
{
	const char *name = NULL;
	struct uuid uuid;
	const char *end;

	if (uuid_parse(e->interface, &uuid, &end))
		name = known_name(&uuid);
	snprintf(text, 96, "%s %u.%u", name != NULL ? name : e->interface, e->version_major, e->version_minor);
}

void ctl_show_event(FILE *out, const ctl_event *e)
{
	char buf[SAFE_LEN], label[96], when[TIME_LEN];

	fprintf(out, "%llu %s %s %s", (unsigned long long)e->number, time_text(e->time, when), safe(e->process, buf),
	        e->name);
	if (e->peer[0] != '\0')
		fprintf(out, " %s", e->peer);
	else if (e->pid != 0)
		fprintf(out, " pid %d", e->pid);
	if (e->interface[0] != '\0') {
		interface_text(e, label);
		fprintf(out, " %s", safe(label, buf));
	}
	if (e->object[0] != '\0')
		fprintf(out, " object %s", e->object);
	if (e->opnum >= 0)
		fprintf(out, " opnum %d", e->opnum);
	if (e->count > 0)
		fprintf(out, " entries %u", e->count);
	if (e->port != 0)
		fprintf(out, " port %u", e->port);
	if (e->user[0] != '\0')
		fprintf(out, " user %s", safe(e->user, buf));
	if (e->level[0] != '\0')
		fprintf(out, " level %s", safe(e->level, buf));
	if (e->rule[0] != '\0')
		fprintf(out, " by %s", safe(e->rule, buf));
	fprintf(out, "%s%s\n", e->reason[0] != '\0' ? ": " : "", safe(e->reason, buf));
}

/* Only what there is to say. */
json_t *ctl_event_json(const ctl_event *e)
{
	char when[TIME_LEN], version[16];
	struct uuid uuid;
	const char *end;
	json_t *o = json_pack("{s:I, s:s, s:s, s:s}", "number", (json_int_t)e->number, "time", time_text(e->time, when),
	                      "process", e->process, "event", e->name);

	if (e->peer[0] != '\0')
		json_object_set_new(o, "peer", json_string(e->peer));
	if (e->pid != 0)
		json_object_set_new(o, "pid", json_integer(e->pid));
	if (e->interface[0] != '\0') {
		const char *name = uuid_parse(e->interface, &uuid, &end) ? known_name(&uuid) : NULL;

		snprintf(version, sizeof(version), "%u.%u", e->version_major & 0xffff, e->version_minor & 0xffff);
		json_object_set_new(o, "interface", name != NULL ? json_string(name) : json_null());
		json_object_set_new(o, "uuid", json_string(e->interface));
		json_object_set_new(o, "version", json_string(version));
	}
	if (e->object[0] != '\0')
		json_object_set_new(o, "object", json_string(e->object));
	if (e->opnum >= 0)
		json_object_set_new(o, "opnum", json_integer(e->opnum));
	if (e->count > 0)
		json_object_set_new(o, "entries", json_integer(e->count));
	if (e->port != 0)
		json_object_set_new(o, "port", json_integer(e->port));
	if (e->user[0] != '\0')
		json_object_set_new(o, "user", json_string(e->user));
	if (e->level[0] != '\0')
		json_object_set_new(o, "level", json_string(e->level));
	if (e->rule[0] != '\0')
		json_object_set_new(o, "rule", json_string(e->rule));
	if (e->reason[0] != '\0') {
		json_object_set_new(o, "status", json_integer(e->status));
		json_object_set_new(o, "reason", json_string(e->reason));
	}
	return o;
}

/* ---- the registry ---- */

const ctl_process *ctl_owner(const ctl_status *s, const ctl_entry *e)
{
	for (u_int i = 0; e->pid != 0 && i < s->processes.processes_len; i++)
		if (s->processes.processes_val[i].pid == e->pid)
			return &s->processes.processes_val[i];
	return NULL;
}

bool ctl_entry_tower(const ctl_entry *e, struct tower *t, char endpoint[BINDING_TEXT_LEN])
{
	union addr anywhere = {.in = {.sin_family = AF_INET}};

	if (!tower_decode((const uint8_t *)e->tower.tower_val, e->tower.tower_len, t) || t->protseq == PROTSEQ_UNKNOWN)
		return false;
	endpoint_format_tower(t, &anywhere, endpoint);
	return true;
}

/* "echo", "pid 12 of user 3", "the network". */
static const char *owner_text(const ctl_status *s, const ctl_entry *e, char text[SAFE_LEN])
{
	const ctl_process *owner = ctl_owner(s, e);

	if (e->stale)
		snprintf(text, SAFE_LEN, "nobody (stale)");
	else if (owner != NULL)
		snprintf(text, SAFE_LEN, "%s%s", owner->name, owner->decoy ? " (decoy)" : "");
	else if (e->pid != 0)
		snprintf(text, SAFE_LEN, "pid %d of user %u", e->pid, e->uid);
	else
		snprintf(text, SAFE_LEN, "the network");
	return text;
}

void ctl_show_entry(FILE *out, const ctl_status *s, const ctl_entry *e)
{
	char text[SAFE_LEN], endpoint[BINDING_TEXT_LEN], uuid[UUID_TEXT_LEN], owner[SAFE_LEN];
	struct tower t;

	if (!ctl_entry_tower(e, &t, endpoint)) {
		fprintf(out, "%-8llu (a tower of an unknown kind)\n", (unsigned long long)e->sequence);
		return;
	}
	fprintf(out, "%-8llu %s %u.%u %-6s", (unsigned long long)e->sequence, uuid_format(&t.interface_id.uuid, uuid),
	        t.interface_id.major, t.interface_id.minor,
	        known_name(&t.transfer_syntax.uuid) != NULL ? known_name(&t.transfer_syntax.uuid) : "?");
	fprintf(out, " %-24s", text_escape(endpoint, strlen(endpoint), text, sizeof(text)));
	fprintf(out, " by %-16s", owner_text(s, e, owner));
	if (strspn(e->object, "0-") != strlen(e->object))
		fprintf(out, " object %s", safe(e->object, text));
	fprintf(out, " %s\n", text_escape(e->annotation.annotation_val, e->annotation.annotation_len, text, sizeof(text)));
}

json_t *ctl_entry_json(const ctl_status *s, const ctl_entry *e)
{
	char text[SAFE_LEN], endpoint[BINDING_TEXT_LEN], uuid[UUID_TEXT_LEN], version[16];
	const ctl_process *owner = ctl_owner(s, e);
	struct tower t;
	json_t *o = json_pack("{s:I, s:i, s:i, s:b, s:b, s:s?, s:s, s:s}", "sequence", (json_int_t)e->sequence, "pid",
	                      e->pid, "uid", (int)e->uid, "stale", e->stale, "decoy", owner != NULL && owner->decoy,
	                      "process", owner != NULL ? owner->name : NULL, "object", e->object, "annotation",
	                      text_escape(e->annotation.annotation_val, e->annotation.annotation_len, text, sizeof(text)));

	if (!ctl_entry_tower(e, &t, endpoint))
		return o;
	snprintf(version, sizeof(version), "%u.%u", t.interface_id.major, t.interface_id.minor);
	json_object_set_new(o, "interface", json_pack("s?", known_name(&t.interface_id.uuid)));
	json_object_set_new(o, "uuid", json_string(uuid_format(&t.interface_id.uuid, uuid)));
	json_object_set_new(o, "version", json_string(version));
	json_object_set_new(o, "transfer_syntax", json_pack("s?", known_name(&t.transfer_syntax.uuid)));
	json_object_set_new(o, "endpoint", json_string(text_escape(endpoint, strlen(endpoint), text, sizeof(text))));
	return o;
}
