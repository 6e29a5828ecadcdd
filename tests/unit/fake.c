#include "tests/unit/fake.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "epmapd/services/services.h"
#include "idl/rpcecho.h"
#include "rpc/assoc.h"
#include "rpc/status.h"
#include "rpc/stub.h"
#include "tests/idl/kitchen.h"
#include "tests/unit/unit.h"

/* ---- the other process: the mapper --------------------------------------------------- */

/* A tower of echo, which goes with the call. */
static struct twr *make_tower(struct rpc_call *call, enum protseq protseq)
{
	const struct script *s = call->user;
	struct twr *twr = rpc_alloc(call, sizeof(*twr));
	uint8_t *bytes = rpc_alloc(call, 128);
	struct tower t = {
		.interface_id = echo_id,
		.transfer_syntax = call->ndr64 ? syntax_ndr64 : syntax_ndr,
		.protseq = protseq,
		.port = s->port,
		.endpoint = "",
		.hostname = "",
	};
	struct writer w;

	if (twr == NULL || bytes == NULL)
		abort();
	memcpy(t.host, s->host, sizeof(t.host));
	cursor_write(&w, bytes, 128);
	tower_put(&w, &t);
	*twr = (struct twr){(uint32_t)w.len, bytes};
	return twr;
}

static uint32_t on_map(struct rpc_call *call, struct ept_map *p)
{
	struct script *s = call->user;
	struct tower t;

	s->asked++;
	s->by_object = p->object != NULL;
	if (p->object != NULL)
		s->object = *p->object;
	if (p->map_tower != NULL &&
	    tower_decode(p->map_tower->tower_octet_string, p->map_tower->tower_length, &t)) {
		s->wanted = t.interface_id;
		s->wanted_as = t.transfer_syntax;
	}
	if (s->fault != 0)
		return s->fault;
	p->num_towers = s->n_towers;
	p->towers = rpc_alloc(call, s->n_towers * sizeof(*p->towers));
	p->status = s->status;
	p->entry_handle.object = s->keeps_handle ? s : NULL;
	for (uint32_t i = 0; i < s->n_towers; i++)
		p->towers[i] = make_tower(call, i == 0 && s->udp_first ? PROTSEQ_NCADG_IP_UDP : PROTSEQ_NCACN_IP_TCP);
	return STATUS_OK;
}

static uint32_t on_lookup(struct rpc_call *call, struct ept_lookup *p)
{
	struct script *s = call->user;
	const uint32_t chunk = ++s->asked;
	const bool last = chunk > s->chunks || (chunk == s->chunks && !s->ends_late);

	s->by_object = p->object != NULL;
	if (p->object != NULL)
		s->object = *p->object;
	s->by_interface = p->interface_id != NULL;
	if (p->interface_id != NULL)
		s->interface_id = *p->interface_id;
	s->inquiry_type = p->inquiry_type;
	s->vers_option = p->vers_option;
	s->max_ents = p->max_ents;
	if (s->fault != 0)
		return s->fault;
	p->num_ents = chunk <= s->chunks ? s->per_chunk : 0;
	p->entries = rpc_alloc(call, p->num_ents * sizeof(*p->entries));
	p->entry_handle.object = !last || s->keeps_handle ? s : NULL;
	p->status = last ? s->status : STATUS_OK;
	for (uint32_t i = 0; i < p->num_ents; i++) {
		p->entries[i].tower = make_tower(call, PROTSEQ_NCACN_IP_TCP);
		snprintf(p->entries[i].annotation, EPT_MAX_ANNOTATION, "an entry");
	}
	return STATUS_OK;
}

static uint32_t on_free(struct rpc_call *call, struct ept_lookup_handle_free *p)
{
	struct script *s = call->user;

	if (p->entry_handle.object == s)
		s->freed++;
	p->entry_handle.object = NULL;
	return STATUS_OK;
}

static const struct ept_epv epv = {
	.ept_lookup = on_lookup,
	.ept_map = on_map,
	.ept_lookup_handle_free = on_free,
};

/* What the stub would answer, or half of nothing. */
static uint32_t answer(struct rpc_call *call, struct reader *in, struct writer *out)
{
	struct script *s = call->user;

	if (!s->garbled)
		return rpc_stub_invoke(call, in, out);
	s->asked++;
	cursor_put_u32(out, 0);
	return STATUS_OK;
}

static struct rpc_served mapper(struct script *s)
{
	static struct rpc_op ops[EPT_LOOKUP_HANDLE_FREE + 1];
	static struct rpc_interface i;

	i = ept_interface;
	i.n_ops = EPT_LOOKUP_HANDLE_FREE + 1;
	i.ops = ops;
	memcpy(ops, ept_interface.ops, sizeof(ops));
	for (size_t k = 0; k < i.n_ops; k++)
		ops[k].invoke = answer;
	return (struct rpc_served){.interface = &i, .epv = &epv, .user = s};
}

/* ---- the other process: handles of two types ----------------------------------------- */

static char a_pot, a_pan;

static uint32_t open_both(struct rpc_call *call, struct kitchen_Open *p)
{
	(void)call;
	p->pot.object = &a_pot;
	p->pan.object = &a_pan;
	return STATUS_OK;
}

/* Takes the pan away. */
static uint32_t use_both(struct rpc_call *call, struct kitchen_Use *p)
{
	(void)call;
	if (p->pot.object != &a_pot || p->pan.object != &a_pan)
		return nca_s_fault_context_mismatch;
	p->pan.object = NULL;
	return STATUS_OK;
}

static const struct kitchen_epv kitchen = {.Open = open_both, .Use = use_both};

/* ---- the other process: its port ----------------------------------------------------- */

static void converse(struct assoc_server *server, int fd)
{
	const struct assoc_peer peer = {.transport = ASSOC_TCP, .sec_addr = "135"};
	struct assoc *a = assoc_new(server, &peer, 0);
	static uint8_t bytes[65536];
	ssize_t n;

	while (a != NULL && !assoc_closing(a) && (n = read(fd, bytes, sizeof(bytes))) > 0) {
		const uint8_t *out;
		size_t len;

		assoc_input(a, bytes, (size_t)n, 0);
		while ((out = assoc_output(a, &len)), len > 0 && (n = write(fd, out, len)) > 0)
			assoc_sent(a, (size_t)n, 0);
	}
	assoc_free(a);
}

/* The mapper and what is not looked for, then whatever the services serve. */
static size_t list_served(const struct fake *f, struct rpc_served served[8])
{
	static const struct service *const services[] = {&service_echo, &service_calc, &service_print};
	size_t n = 0;

	served[n++] = mapper(f->script);
	served[n++] = (struct rpc_served){.interface = &kitchen_interface, .epv = &kitchen};
	for (size_t i = 0; !f->script->no_service && i < 3; i++) {
		void *user = services[i]->start(NULL);

		for (size_t k = 0; k < service_n_served(services[i]); k++) {
			served[n] = services[i]->served[k];
			served[n++].user = user;
		}
	}
	return n;
}

static void serve(const struct fake *f)
{
	struct assoc_server server;
	struct rpc_served served[8];
	uint8_t byte;

	assoc_server_init(&server, served, list_served(f, served), NULL);
	for (;;) {
		int fd = accept(f->listening, NULL, NULL);

		if (f->script->silent)
			pause();
		if (!f->script->closes)
			converse(&server, fd);
		else if (read(fd, &byte, 1) == 1)
			shutdown(fd, SHUT_WR);
		/* Read away what is left, or closing would be a reset. */
		while (read(fd, &byte, 1) == 1)
			;
		close(fd);
	}
}

/* ---- this process -------------------------------------------------------------------- */

static void start_process(struct fake *f, const struct script *script)
{
	struct sockaddr_in sin = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof(sin);

	f->script = mmap(NULL, sizeof(*script), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	REQUIRE(f->script != MAP_FAILED);
	*f->script = *script;
	f->listening = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	REQUIRE(f->listening >= 0);
	REQUIRE(bind(f->listening, (struct sockaddr *)&sin, sizeof(sin)) == 0);
	REQUIRE(getsockname(f->listening, (struct sockaddr *)&sin, &len) == 0);
	REQUIRE(listen(f->listening, 8) == 0);
	f->script->port = ntohs(sin.sin_port);
	fflush(NULL);
	f->pid = fork();
	REQUIRE(f->pid >= 0);
	if (f->pid == 0) {
		alarm(60);
		serve(f);
	}
}

void fake_start(struct fake *f, const struct script *script)
{
	start_process(f, script);
	f->args = (struct args){.timeout_ms = script->silent ? 200 : 5000, .page = EPT_MAX_ENTS};
	f->target = (struct target){.host = "127.0.0.1", .port = f->script->port};
	story_init(&f->story, false);
	twostep_init(&f->t, &f->args, &f->target, &f->story, &echo_id);
}

void fake_kill(struct fake *f)
{
	kill(f->pid, SIGKILL);
	waitpid(f->pid, NULL, 0);
	close(f->listening);
	f->pid = 0;
}

void fake_stop(struct fake *f)
{
	twostep_fini(&f->t);
	if (f->pid != 0)
		fake_kill(f);
	munmap(f->script, sizeof(*f->script));
}
