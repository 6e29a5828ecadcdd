/*
 * The procedures of the control protocol (idl/epmctl.x): what each asks of the supervisor.
 *
 * What the registry holds only the mapper knows. It is asked over its status line, for one
 * client after the other, and the client hears the answer when it is there; or, after
 * ASK_SECONDS, that there is none.
 */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "epmapd/listen.h"
#include "epmapd/supervisor_private.h"
#include "idl/epmctl.h"
#include "rpc/authn.h"
#include "rpc/hex.h"
#include "rpc/log.h"

#define ASK_SECONDS 2 /* less than epmap waits */

struct waiting {
	struct control_client *client; /* NULL: gone meanwhile */
	uint64_t after;
};

struct event_text {
	char peer[RECORD_PEER_LEN];
	char interface[UUID_TEXT_LEN];
	char object[UUID_TEXT_LEN];
	char reason[RECORD_REASON_LEN];
};

struct control {
	struct supervisor *supervisor;
	struct control_program program;
	struct control_server *server;
	/* Who waits for a page of the registry; the first one is being answered. */
	struct waiting waiting[CONTROL_MAX_CLIENTS + 1];
	unsigned n_waiting;
	unsigned asked; /* number of the question that the mapper was asked last */
	ctl_entry_bytes page[CTL_MAX_PAGE];
	unsigned n_page;
	struct event *deadline;
	/* What an answer points to, until it is encoded. */
	ctl_process processes[1 + CONFIG_MAX_SERVICES];
	char faults[1 + CONFIG_MAX_SERVICES][FAULTS_TEXT_LEN];
	ctl_event events[CTL_MAX_EVENTS];
	struct event_text texts[CTL_MAX_EVENTS];
	char answer[CONFIG_ERROR_LEN];
};

/* The rpcgen'd dispatcher wants to free results; ours lie in struct control. */
// NOLINTNEXTLINE(readability-non-const-parameter): rpcgen says so
int epmctl_program_1_freeresult(SVCXPRT *transport, xdrproc_t free_result, caddr_t result)
{
	(void)transport;
	(void)free_result;
	(void)result;
	return TRUE;
}

static struct control *control_of(const struct svc_req *request)
{
	return control_arg(control_client_of(request));
}

/* Fills in what the dispatcher sends. */
static bool_t answer(struct control *c, ctl_answer *result, ctl_outcome outcome, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

static bool_t answer(struct control *c, ctl_answer *result, ctl_outcome outcome, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(c->answer, sizeof(c->answer), format, args);
	va_end(args);
	result->outcome = outcome;
	result->text = c->answer;
	return TRUE;
}

/* Root, and who the daemon was started by. */
static bool may_change(const struct svc_req *request)
{
	const uid_t uid = control_uid(control_client_of(request));

	return uid == 0 || uid == geteuid();
}

static bool_t deny(struct control *c, ctl_answer *result)
{
	return answer(c, result, CTL_DENIED, "only root and user %u, who runs this epmapd, may change it",
	              (unsigned)geteuid());
}

/* ---- status ---------------------------------------------------------------- */

static ctl_state state_of(enum child_state state)
{
	static const ctl_state states[] = {
		[CHILD_STOPPED] = CTL_STOPPED,   [CHILD_WAITING] = CTL_WAITING, [CHILD_STARTING] = CTL_STARTING,
		[CHILD_WORKING] = CTL_WORKING,   [CHILD_FAILED] = CTL_FAILED,
	};

	return states[state];
}

static void describe(struct child *child, ctl_process *p, const struct faults *faults, char text[FAULTS_TEXT_LEN])
{
	const struct assoc_counters *n = &child->ring->counters;

	*p = (ctl_process){
		.name = child->name,
		.decoy = child->is_decoy,
		.state = state_of(child->state),
		.pid = child->pid,
		.port = child->port,
		.deaths = child->deaths,
		.since = (quad_t)child->since * 1000000000,
		.counters = {n->calls_in, n->calls_out, n->pkts_in, n->pkts_out, n->opened, n->refused, n->naks,
	                     n->faults, (u_int)n->open},
		.faults = faults_format(faults, text),
	};
}

bool_t ctl_status_1_svc(void *unused, ctl_status *result, struct svc_req *request)
{
	struct control *c = control_of(request);
	struct supervisor *s = c->supervisor;

	(void)unused;
	supervisor_gather(s);
	for (unsigned i = 0; i < s->n_children; i++)
		describe(&s->children[i], &c->processes[i], faults_find(&s->config->faults, s->children[i].name),
		         c->faults[i]);
	*result = (ctl_status){
		.release = (char *)(uintptr_t)EPMAPD_VERSION,
		.pid = getpid(),
		.uid = geteuid(),
		.since = (quad_t)s->since * 1000000000,
		.ready = s->ready,
		.config_file = (char *)(uintptr_t)(s->setup->config_file != NULL ? s->setup->config_file : ""),
		.rundir = s->config->rundir,
		.port = s->config->port,
		.range_first = s->config->range.first,
		.range_last = s->config->range.last,
		.range_order = (char *)(uintptr_t)range_order_name(s->config->range_order),
		.last_event = s->journal.last,
		.processes = {s->n_children, c->processes},
	};
	return TRUE;
}

/* ---- events ---------------------------------------------------------------- */

static void describe_event(const struct journal_event *from, ctl_event *e, struct event_text *text)
{
	const struct record *r = &from->record;

	*text = (struct event_text){0};
	if (r->has_interface)
		uuid_format(&r->interface, text->interface);
	if (!uuid_is_nil(&r->object))
		uuid_format(&r->object, text->object);
	*e = (ctl_event){
		.number = from->number,
		.time = r->time,
		.process = (char *)(uintptr_t)from->process,
		.kind = r->kind,
		.name = (char *)(uintptr_t)record_kind_name(r->kind),
		.peer = record_peer(r, text->peer),
		.interface = text->interface,
		.version_major = r->major,
		.version_minor = r->minor,
		.object = text->object,
		.opnum = r->opnum,
		.port = r->port,
		.count = r->count,
		.pid = r->pid,
		.status = r->status,
		.reason = record_reason(r, text->reason),
		.user = (char *)(uintptr_t)r->user,
		.level = (char *)(uintptr_t)(r->level != 0 ? authn_level_name(r->level) : ""),
		.rule = (char *)(uintptr_t)r->rule,
	};
}

/* rpcgen says which parameters point to const: none. */
// cppcheck-suppress constParameter
// NOLINTNEXTLINE(readability-non-const-parameter)
bool_t ctl_events_1_svc(u_quad_t *after, ctl_events *result, struct svc_req *request)
{
	struct control *c = control_of(request);
	struct journal *j = &c->supervisor->journal;
	const struct journal_event *e;
	unsigned n = 0;

	supervisor_gather(c->supervisor);
	*result = (ctl_events){.last = *after};
	while (n < CTL_MAX_EVENTS && (e = journal_next(j, result->last)) != NULL) {
		result->missed += e->number - result->last - 1;
		result->last = e->number;
		describe_event(e, &c->events[n], &c->texts[n]);
		n++;
	}
	if (n < CTL_MAX_EVENTS && result->last < j->last) { /* lost, and nothing came after it */
		result->missed += j->last - result->last;
		result->last = j->last;
	}
	result->events.events_len = n;
	result->events.events_val = c->events;
	return TRUE;
}

/* ---- changes ---------------------------------------------------------------- */

static bool_t start_service(struct control *c, ctl_answer *result, const char *name)
{
	char error[CONFIG_ERROR_LEN];
	struct child *child = supervisor_find(c->supervisor, name);

	if (child == NULL) {
		if (!supervisor_add(c->supervisor, name, error))
			return answer(c, result, CTL_WRONG, "%s", error);
	} else if (child->pid > 0 && child->wanted) {
		return answer(c, result, CTL_CANNOT, "%s runs already, pid %d", child->label, (int)child->pid);
	} else {
		child_start(child);
	}
	return answer(c, result, CTL_OK, "starting %s", name);
}

static bool_t change_service(struct control *c, ctl_answer *result, ctl_verb verb, const char *name)
{
	struct child *child = supervisor_find(c->supervisor, name);

	if (verb == CTL_START)
		return start_service(c, result, name);
	if (child == NULL)
		return answer(c, result, CTL_WRONG, "there is no process '%s' here; epmap ctl status lists them", name);
	if (verb != CTL_RESTART && child->pid == 0 && child->state != CHILD_WAITING)
		return answer(c, result, CTL_CANNOT, "%s does not run", child->label);
	if (verb == CTL_STOP) {
		child_stop(child);
		return answer(c, result, CTL_OK, "stopping %s", child->label);
	}
	if (verb == CTL_RESTART) {
		child_restart(child);
		return answer(c, result, CTL_OK, "restarting %s", child->label);
	}
	if (child->pid == 0)
		return answer(c, result, CTL_CANNOT, "%s does not run just now", child->label);
	kill(child->pid, SIGKILL);
	return answer(c, result, CTL_OK, "killed %s, pid %d", child->label, (int)child->pid);
}

bool_t ctl_service_1_svc(ctl_service_args *args, ctl_answer *result, struct svc_req *request)
{
	struct control *c = control_of(request);

	if (!may_change(request))
		return deny(c, result);
	if (c->supervisor->stopping)
		return answer(c, result, CTL_CANNOT, "epmapd is stopping");
	return change_service(c, result, args->verb, args->name);
}

bool_t ctl_range_1_svc(ctl_name *range, ctl_answer *result, struct svc_req *request)
{
	struct control *c = control_of(request);
	char error[CONFIG_ERROR_LEN];

	if (!may_change(request))
		return deny(c, result);
	if (!config_set_range(c->supervisor->config, *range, error))
		return answer(c, result, CTL_WRONG, "%s", error);
	log_info("the dynamic range is %s now", *range);
	return answer(c, result, CTL_OK, "services take their ports from %s when they are started next", *range);
}

bool_t ctl_reload_1_svc(void *unused, ctl_answer *result, struct svc_req *request)
{
	struct control *c = control_of(request);
	char text[CONFIG_ERROR_LEN];

	(void)unused;
	if (!may_change(request))
		return deny(c, result);
	if (!supervisor_reload(c->supervisor, text))
		return answer(c, result, CTL_WRONG, "%s", text);
	return answer(c, result, CTL_OK, "%s", text);
}

bool_t ctl_fault_1_svc(ctl_fault_args *args, ctl_answer *result, struct svc_req *request)
{
	struct control *c = control_of(request);
	struct supervisor *s = c->supervisor;
	struct faults_table *faults = &s->config->faults;
	char error[FAULTS_ERROR_LEN], text[FAULTS_TEXT_LEN];
	const struct child *child = supervisor_find(s, args->name);

	if (!may_change(request))
		return deny(c, result);
	if (child == NULL)
		return answer(c, result, CTL_WRONG, "there is no process '%s' here; epmap ctl status lists them",
		              args->name);
	if (args->clear ? !faults_clear(faults, args->name, args->faults, error)
	                : !faults_set(faults, args->name, args->faults, error))
		return answer(c, result, CTL_WRONG, "%s", error);
	supervisor_tell_faults(s, child);
	faults_format(faults_find(faults, args->name), text);
	log_info("%s: on purpose: %s", child->label, text[0] != '\0' ? text : "nothing");
	return answer(c, result, CTL_OK, "%s, on purpose: %s", child->label, text[0] != '\0' ? text : "nothing");
}

/* ---- the registry ------------------------------------------------------------ */

static void forget_page(struct control *c)
{
	for (unsigned i = 0; i < c->n_page; i++)
		free(c->page[i].ctl_entry_bytes_val);
	c->n_page = 0;
}

/* The first of those who wait is answered; it may have gone. */
static void answer_first(struct control *c, const char *error)
{
	struct control_client *client = c->waiting[0].client;
	ctl_page page = {
		.error = (char *)(uintptr_t)error,
		.entries = {c->n_page, c->page},
	};

	evtimer_del(c->deadline);
	c->n_waiting--;
	memmove(c->waiting, c->waiting + 1, c->n_waiting * sizeof(c->waiting[0]));
	if (client != NULL)
		control_answer(client, (xdrproc_t)xdr_ctl_page, &page);
	forget_page(c);
}

static void ask_next(struct control *c)
{
	static const struct timeval limit = {.tv_sec = ASK_SECONDS};

	while (c->n_waiting > 0) {
		if (child_tell(&c->supervisor->children[0], "registry %u %llu", ++c->asked,
		               (unsigned long long)c->waiting[0].after)) {
			evtimer_add(c->deadline, &limit);
			return;
		}
		answer_first(c, "the mapper does not run just now");
	}
}

static void on_deadline(evutil_socket_t fd, short what, void *arg)
{
	struct control *c = arg;

	(void)fd;
	(void)what;
	if (c->n_waiting > 0)
		answer_first(c, "the mapper does not answer");
	ask_next(c);
}

// NOLINTNEXTLINE(readability-non-const-parameter): likewise
bool_t ctl_registry_1_svc(u_quad_t *after, ctl_page *result, struct svc_req *request)
{
	struct control_client *client = control_client_of(request);
	struct control *c = control_of(request);

	(void)result;
	c->waiting[c->n_waiting++] = (struct waiting){client, *after}; /* a client has one call at a time */
	control_defer(client);
	if (c->n_waiting == 1)
		ask_next(c);
	return FALSE;
}

/* Bytes from hexadecimal: false if it is none, or there is no memory. */
static bool take_entry(const char *hex, ctl_entry_bytes *bytes)
{
	size_t len = strlen(hex) / 2;
	uint8_t *copy = malloc(len + 1);

	if (copy == NULL || !hex_parse(hex, copy, &len)) {
		free(copy);
		return false;
	}
	bytes->ctl_entry_bytes_val = (char *)copy;
	bytes->ctl_entry_bytes_len = (u_int)len;
	return true;
}

void control_on_line(struct control *c, const char *line)
{
	if (c == NULL || c->n_waiting == 0)
		return;
	if (strncmp(line, "entry ", 6) == 0) {
		c->n_page += c->n_page < CTL_MAX_PAGE && take_entry(line + 6, &c->page[c->n_page]);
	} else if (strncmp(line, "end ", 4) == 0 && strtoul(line + 4, NULL, 10) == c->asked) {
		answer_first(c, "");
		ask_next(c);
	} else {
		forget_page(c); /* too late: the one who asked was told that there is no answer */
	}
}

void control_mapper_gone(struct control *c)
{
	if (c != NULL && c->n_waiting > 0) {
		answer_first(c, "the mapper ended meanwhile");
		ask_next(c);
	}
}

// cppcheck-suppress constParameter ; struct control_program says so
static void on_client_gone(void *arg, struct control_client *client)
{
	struct control *c = arg;

	for (unsigned i = 0; i < c->n_waiting; i++) {
		if (c->waiting[i].client != client)
			continue;
		if (i == 0) { /* the mapper's answer is still to come */
			c->waiting[0].client = NULL;
			continue;
		}
		c->n_waiting--;
		memmove(&c->waiting[i], &c->waiting[i + 1], (c->n_waiting - i) * sizeof(c->waiting[0]));
		return;
	}
}

/* ---- life --------------------------------------------------------------------- */

void epmctl_program_1(struct svc_req *request, SVCXPRT *transport);

struct control *control_new(struct supervisor *s)
{
	struct control *c = calloc(1, sizeof(*c));
	char path[LISTEN_PATH_LEN];
	int fd = listen_local(listen_control_path(s->config, path));

	if (fd < 0)
		log_warnx("cannot listen on %s: %s", path, strerror(-fd));
	if (c == NULL || fd < 0)
		goto fail;
	c->supervisor = s;
	c->program = (struct control_program){
		.program = EPMCTL_PROGRAM,
		.version = EPMCTL_V1,
		.seconds = CONTROL_SECONDS,
		.dispatch = epmctl_program_1,
		.gone = on_client_gone,
		.arg = c,
	};
	c->deadline = evtimer_new(s->base, on_deadline, c);
	if (c->deadline != NULL)
		c->server = control_server_new(s->base, fd, &c->program);
	if (c->server != NULL)
		return c;
	if (c->deadline != NULL)
		event_free(c->deadline);
fail:
	if (fd >= 0)
		close(fd);
	free(c);
	return NULL;
}

void control_free(struct control *c, const struct config *config)
{
	char path[LISTEN_PATH_LEN];

	if (c == NULL)
		return;
	control_server_free(c->server);
	event_free(c->deadline);
	forget_page(c);
	unlink(listen_control_path(config, path));
	free(c);
}
