/*
 * echo: the public test interface rpcecho (idl/rpcecho.idl). Strings, unions, pointers
 * to pointers; big arrays in either direction show fragments.
 */
#include <string.h>

#include "epmapd/services/services.h"
#include "epmapd/services/timer.h"
#include "idl/rpcecho.h"
#include "rpc/limits.h"
#include "rpc/status.h"

#define MAX_SLEEP 60u /* seconds */

static uint32_t add_one(struct rpc_call *call, struct echo_AddOne *p)
{
	(void)call;
	p->out_data = p->in_data + 1u;
	return STATUS_OK;
}

static uint32_t echo_data(struct rpc_call *call, struct echo_EchoData *p)
{
	(void)call;
	p->out_data = p->in_data;
	return STATUS_OK;
}

static uint32_t sink_data(struct rpc_call *call, struct echo_SinkData *p)
{
	(void)call;
	(void)p;
	return STATUS_OK;
}

/* Byte i is i modulo 256. */
static uint32_t source_data(struct rpc_call *call, struct echo_SourceData *p)
{
	/* More than a reply takes is not even made up: it costs the caller 28 bytes to ask. */
	uint8_t *data = p->len <= RPC_MAX_STUB ? rpc_alloc(call, p->len) : NULL;

	if (data == NULL)
		return RPC_S_OUT_OF_RESOURCES;
	for (uint32_t i = 0; i < p->len; i++)
		data[i] = (uint8_t)i;
	p->data = data;
	return STATUS_OK;
}

static uint32_t test_call(struct rpc_call *call, struct echo_TestCall *p)
{
	(void)call;
	p->s2 = p->s1;
	return STATUS_OK;
}

/* Level n: n times ten, and what follows in steps of ten. */
static uint32_t test_call2(struct rpc_call *call, struct echo_TestCall2 *p)
{
	(void)call;
	switch (p->level) {
	case 1:
		p->info.info1.v = 10;
		break;
	case 2:
		p->info.info2.v = 20;
		break;
	case 3:
		p->info.info3.v = 30;
		break;
	case 4:
		p->info.info4.v = 40;
		break;
	case 5:
		p->info.info5 = (struct echo_info5){50, 60};
		break;
	case 6:
		p->info.info6 = (struct echo_info6){70, {80}};
		break;
	case 7:
		p->info.info7 = (struct echo_info7){80, {90}};
		break;
	default:
		return RPC_X_BAD_STUB_DATA; /* there is no such arm */
	}
	return STATUS_OK;
}

static uint32_t test_sleep(struct rpc_call *call, struct echo_TestSleep *p)
{
	p->result = p->seconds;
	return timer_answer_later(call, call->user, p->seconds < MAX_SLEEP ? p->seconds : MAX_SLEEP, false);
}

static uint32_t test_enum(struct rpc_call *call, struct echo_TestEnum *p)
{
	(void)call;
	p->foo2.e1 = ECHO_ENUM2;
	return STATUS_OK;
}

static uint32_t test_surrounding(struct rpc_call *call, struct echo_TestSurrounding *p)
{
	uint32_t twice = p->data.x * 2;

	p->data.x = twice;
	p->data.surrounding = rpc_alloc(call, twice * sizeof(*p->data.surrounding));
	return p->data.surrounding != NULL ? STATUS_OK : RPC_S_OUT_OF_RESOURCES;
}

static uint32_t test_double_pointer(struct rpc_call *call, struct echo_TestDoublePointer *p)
{
	(void)call;
	p->result = p->data != NULL && *p->data != NULL ? **p->data : 0;
	return STATUS_OK;
}

static const struct echo_epv epv = {
	.AddOne = add_one,
	.EchoData = echo_data,
	.SinkData = sink_data,
	.SourceData = source_data,
	.TestCall = test_call,
	.TestCall2 = test_call2,
	.TestSleep = test_sleep,
	.TestEnum = test_enum,
	.TestSurrounding = test_surrounding,
	.TestDoublePointer = test_double_pointer,
};

static void *start(struct event_base *base)
{
	return base; /* for the slow call's timer */
}

const struct service service_echo = {
	.name = "echo",
	.annotation = "echo: gives back what it gets",
	.served = {{.interface = &echo_interface, .epv = &epv}},
	.start = start,
};
