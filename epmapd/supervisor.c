#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "epmapd/activation.h"
#include "epmapd/guard.h"
#include "epmapd/listen.h"
#include "epmapd/supervisor_private.h"
#include "rpc/log.h"

/* ---- processes ------------------------------------------------------------ */

static void say_ready(struct supervisor *s)
{
	unsigned working = 0;

	if (s->ready || s->n_started < s->n_children || s->children[0].state != CHILD_WORKING)
		return;
	for (unsigned i = 1; i < s->n_children; i++) {
		if (s->children[i].state == CHILD_STARTING)
			return;
		working += s->children[i].state == CHILD_WORKING;
	}
	s->ready = true;
	log_info("ready: mapper on port %u, %u of %u services registered", listen_port(s->listen_fds[0]), working,
	         s->n_children - 1);
	activation_notify(&s->activation, "READY=1");
}

/* Is the child that was started last past the point where the next may come? */
static bool may_start_next(const struct supervisor *s)
{
	const struct child *last;

	if (s->n_started == 0)
		return true;
	last = &s->children[s->n_started - 1];
	return last->port != 0 || last->state != CHILD_STARTING;
}

static void start_next(struct supervisor *s)
{
	while (!s->stopping && s->n_started < s->n_children && may_start_next(s)) {
		struct child *c = &s->children[s->n_started++];

		if (c->state == CHILD_WAITING) /* nobody stopped or started it in the meantime */
			child_start(c);
	}
}

static void on_changed(struct child *c, void *arg)
{
	struct supervisor *s = arg;

	(void)c;
	if (s->stopping)
		return;
	start_next(s);
	say_ready(s);
}

static void on_happened(struct child *c, enum record_kind kind, int wait_status, void *arg)
{
	struct supervisor *s = arg;
	struct record r;

	supervisor_gather(s); /* what it did comes before its end */
	record_init(&r, kind);
	r.pid = c->pid;
	if (kind == RECORD_DIE && WIFSIGNALED(wait_status))
		record_set_status(&r, RECORD_SIGNAL, (uint32_t)WTERMSIG(wait_status));
	else if (kind == RECORD_DIE)
		record_set_status(&r, RECORD_EXIT, (uint32_t)WEXITSTATUS(wait_status));
	journal_add(&s->journal, c->name, &r);
	if (kind == RECORD_DIE && c->is_mapper)
		control_mapper_gone(s->control);
}

static void on_line(struct child *c, const char *line, void *arg)
{
	struct supervisor *s = arg;

	if (c->is_mapper)
		control_on_line(s->control, line);
}

void supervisor_gather(struct supervisor *s)
{
	struct journal_source *sources[1 + CONFIG_MAX_SERVICES];

	for (unsigned i = 0; i < s->n_children; i++)
		sources[i] = &s->children[i].source;
	journal_gather(&s->journal, sources, s->n_children);
}

void supervisor_tell_faults(struct supervisor *s, const struct child *c)
{
	char text[FAULTS_TEXT_LEN];

	faults_format(faults_find(&s->config->faults, c->name), text);
	child_tell(&s->children[0], "faults %s %s", c->name, text);
	if (!c->is_mapper)
		child_tell(c, "faults %s %s", c->name, text);
}

struct child *supervisor_find(struct supervisor *s, const char *name)
{
	for (unsigned i = 0; i < s->n_children; i++)
		if (strcmp(s->children[i].name, name) == 0)
			return &s->children[i];
	return NULL;
}

static bool any_running(const struct supervisor *s)
{
	for (unsigned i = 0; i < s->n_children; i++)
		if (s->children[i].pid > 0)
			return true;
	return false;
}

static void on_child_signal(evutil_socket_t signal, short what, void *arg)
{
	struct supervisor *s = arg;
	int status;
	pid_t pid;

	(void)signal;
	(void)what;
	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		for (unsigned i = 0; i < s->n_children; i++)
			if (s->children[i].pid == pid)
				child_ended(&s->children[i], status);
	if (s->stopping && !any_running(s))
		event_base_loopbreak(s->base);
}

static void on_stop_signal(evutil_socket_t signal, short what, void *arg)
{
	struct supervisor *s = arg;

	(void)what;
	if (s->stopping)
		return;
	s->stopping = true;
	log_info("stopping on signal %d", (int)signal);
	activation_notify(&s->activation, "STOPPING=1");
	for (unsigned i = 0; i < s->n_children; i++)
		child_stop(&s->children[i]);
	if (!any_running(s))
		event_base_loopbreak(s->base);
}

/* The mapper if `service` is NULL. */
static bool add_child(struct supervisor *s, const struct service *service)
{
	struct child *c = &s->children[s->n_children];

	*c = (struct child){
		.base = s->base,
		.config = s->config,
		.debug = s->setup->debug,
		.is_mapper = service == NULL,
		.is_decoy = service != NULL && service->is_decoy,
		.listen_fds = service == NULL ? s->listen_fds : NULL,
		.n_listen = service == NULL ? s->n_listen : 0,
		.guard_fd = &s->guard_fd,
		.changed = on_changed,
		.happened = on_happened,
		.line = on_line,
		.arg = s,
	};
	snprintf(c->name, sizeof(c->name), "%s", service == NULL ? FAULTS_MAPPER : service->name);
	if (!child_init(c)) {
		child_fini(c);
		return false;
	}
	s->n_children++;
	return true;
}

/* One that is in the configuration. */
bool supervisor_add_service(struct supervisor *s, const struct service *service, char error[CONFIG_ERROR_LEN])
{
	if (s->n_children == sizeof(s->children) / sizeof(s->children[0]) || !add_child(s, service)) {
		snprintf(error, CONFIG_ERROR_LEN, "there is no room for service '%s'", service->name);
		return false;
	}
	start_next(s);
	return true;
}

bool supervisor_add(struct supervisor *s, const char *name, char error[CONFIG_ERROR_LEN])
{
	return config_add_service(s->config, name, error) &&
	       supervisor_add_service(s, config_find_service(s->config, name, error), error);
}

static void on_reload_signal(evutil_socket_t signal, short what, void *arg)
{
	struct supervisor *s = arg;
	char text[CONFIG_ERROR_LEN];

	if (s->setup->config_file == NULL)
		on_stop_signal(signal, what, arg); /* no file: a terminal that was closed */
	else if (!s->stopping)
		supervisor_reload(s, text);
}

/* ---- the life of the supervisor -------------------------------------------- */

static bool prepare(struct supervisor *s)
{
	static const struct {
		int signal;
		event_callback_fn handler;
	} signals[] = {
		{SIGTERM, on_stop_signal},
		{SIGINT, on_stop_signal},
		{SIGCHLD, on_child_signal},
		{SIGHUP, on_reload_signal},
	};
	bool ok = true;

	s->base = event_base_new();
	if (s->base == NULL)
		return false;
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
		s->signals[i] = evsignal_new(s->base, signals[i].signal, signals[i].handler, s);
		ok = ok && s->signals[i] != NULL && event_add(s->signals[i], NULL) == 0;
	}
	ok = ok && add_child(s, NULL);
	for (unsigned i = 0; i < s->config->n_services; i++)
		ok = ok && add_child(s, s->config->services[i]);
	return ok;
}

static void forget(struct supervisor *s)
{
	for (unsigned i = 0; i < s->n_children; i++)
		child_fini(&s->children[i]);
	for (size_t i = 0; i < sizeof(s->signals) / sizeof(s->signals[0]); i++)
		if (s->signals[i] != NULL)
			event_free(s->signals[i]);
	control_free(s->control, s->config);
	if (s->base != NULL)
		event_base_free(s->base);
}

/* Nobody is to forget them. */
static void warn_of_faults(struct supervisor *s)
{
	const struct faults_table *t = &s->config->faults;
	char text[FAULTS_TEXT_LEN];

	for (unsigned i = 0; i < t->n; i++)
		if (supervisor_find(s, t->rows[i].name) != NULL)
			log_warnx("%s, on purpose: %s", t->rows[i].name, faults_format(&t->rows[i].faults, text));
		else
			log_warnx("there are faults for '%s', which is no process here", t->rows[i].name);
}

static void warn_of_insert_from(const struct config *c)
{
	char text[ADDR_TEXT_LEN];

	for (unsigned i = 0; i < c->n_insert_from; i++)
		log_warnx("whoever calls from %s may change the registry (insert_from)",
		          addr_format(&c->insert_from[i], text));
}

int supervisor_run(struct config *c, const struct supervisor_setup *setup)
{
	static struct supervisor s;
	char error[CONFIG_ERROR_LEN];
	bool ok;

	s.config = c;
	s.setup = setup;
	s.since = time(NULL);
	s.guard_fd = guard_make(c, error);
	if (s.guard_fd < 0) {
		log_warnx("%s", error);
		return EXIT_FAILURE;
	}
	activation_init(&s.activation);
	ok = supervisor_acquire(&s);
	if (ok && !prepare(&s)) {
		log_warnx("out of memory");
		ok = false;
	}
	if (ok)
		s.control = control_new(&s);
	ok = ok && s.control != NULL;
	if (ok) {
		warn_of_insert_from(c);
		warn_of_faults(&s);
		start_next(&s);
		event_base_dispatch(s.base);
	}
	forget(&s);
	supervisor_release(&s);
	close(s.guard_fd);
	return ok ? EXIT_SUCCESS : EXIT_FAILURE;
}
