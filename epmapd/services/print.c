/*
 * print (idl/print.idl): a print queue. A job being written is a context handle; if its
 * client vanishes, the runtime calls print_job_t_rundown, and the job is abandoned.
 */
#include <stdlib.h>
#include <string.h>
#include <utlist.h>

#include "epmapd/services/services.h"
#include "idl/print.h"
#include "rpc/status.h"
#include "rpc/stub.h"

/* The queue remembers so many jobs; then the oldest that is not being written goes. */
#define MAX_JOBS 100u

struct job {
	struct print_info info;
	struct job *prev, *next;
};

struct queue {
	struct job *jobs; /* newest first */
	unsigned count;
	uint32_t last_number;
};

static void forget_oldest(struct queue *q)
{
	struct job *oldest = NULL, *j;

	DL_FOREACH(q->jobs, j) {
		if (j->info.state != PRINT_SPOOLING)
			oldest = j;
	}
	if (q->count < MAX_JOBS || oldest == NULL)
		return;
	DL_DELETE(q->jobs, oldest);
	q->count--;
	free(oldest);
}

static uint32_t open_job(struct rpc_call *call, struct print_OpenJob *p)
{
	struct queue *q = call->user;
	struct job *j;

	if (strlen(p->title) >= PRINT_MAX_TITLE) {
		p->result = ERROR_INVALID_PARAMETER;
		return STATUS_OK;
	}
	j = calloc(1, sizeof(*j));
	if (j == NULL)
		return nca_s_fault_remote_no_memory;
	strcpy(j->info.title, p->title);
	j->info.number = ++q->last_number;
	j->info.state = PRINT_SPOOLING;
	forget_oldest(q);
	DL_PREPEND(q->jobs, j);
	q->count++;
	p->number = j->info.number;
	p->job.object = j; /* the stub makes a handle for it */
	return STATUS_OK;
}

static uint32_t write_job(struct rpc_call *call, struct print_WriteJob *p)
{
	struct job *j = p->job.object; /* the stub found it by its handle */

	(void)call;
	j->info.size += p->len;
	return STATUS_OK;
}

static uint32_t close_job(struct rpc_call *call, struct print_CloseJob *p)
{
	struct job *j = p->job.object;

	(void)call;
	if (j == NULL) {
		p->result = ERROR_INVALID_HANDLE;
		return STATUS_OK;
	}
	j->info.state = PRINT_DONE;
	p->size = j->info.size;
	p->job.object = NULL; /* the stub ends the handle */
	return STATUS_OK;
}

static uint32_t list_jobs(struct rpc_call *call, struct print_ListJobs *p)
{
	struct queue *q = call->user;
	struct job *j;

	p->jobs = rpc_alloc(call, q->count * sizeof(*p->jobs));
	if (p->jobs == NULL)
		return nca_s_fault_remote_no_memory;
	DL_FOREACH(q->jobs, j)
		p->jobs[p->count++] = j->info;
	return STATUS_OK;
}

/* The client vanished without closing its job. */
static void rundown(void *user, void *object)
{
	struct job *j = object;

	(void)user;
	j->info.state = PRINT_ABANDONED;
}

static const struct print_epv epv = {
	.OpenJob = open_job,
	.WriteJob = write_job,
	.CloseJob = close_job,
	.ListJobs = list_jobs,
	.print_job_t_rundown = rundown,
};

static void *start(struct event_base *base)
{
	(void)base;
	return calloc(1, sizeof(struct queue));
}

static void stop(void *user)
{
	struct queue *q = user;
	struct job *j, *next;

	DL_FOREACH_SAFE(q->jobs, j, next)
		free(j);
	free(q);
}

const struct service service_print = {
	.name = "print",
	.annotation = "print: a print queue",
	.served = {{.interface = &print_interface, .epv = &epv}},
	.start = start,
	.stop = stop,
};
