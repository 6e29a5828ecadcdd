#include "epmapd/decoy.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "rpc/status.h"

/* Whatever the request's stub: it is not even looked at. */
static uint32_t answer(struct rpc_call *call, struct reader *in, struct writer *out)
{
	const struct decoy_interface *i = call->epv;
	const struct decoy_reply *reply = &i->replies[call->opnum];

	(void)in;
	if (reply->fault == STATUS_OK)
		cursor_put_bytes(out, reply->stub, reply->len);
	return reply->fault;
}

bool decoy_is_name(const char *text)
{
	size_t n = 0;

	while (isalnum((unsigned char)text[n]) || (text[n] != '\0' && strchr("-_.", text[n]) != NULL))
		n++;
	return n > 0 && n < DECOY_MAX_NAME && text[n] == '\0';
}

/* ---- an interface ----------------------------------------------------------------- */

struct decoy_interface *decoy_interface_new(const char *name)
{
	struct decoy_interface *i = calloc(1, sizeof(*i));

	if (i == NULL)
		return NULL;
	snprintf(i->name, sizeof(i->name), "%s", name);
	i->served.name = i->name;
	i->served.id.major = 1;
	i->served.n_ops = DECOY_MAX_OPS;
	i->tcp = true;
	for (size_t op = 0; op < DECOY_MAX_OPS; op++)
		i->replies[op].fault = ERROR_ACCESS_DENIED; /* what such a host tells a stranger */
	return i;
}

void decoy_interface_free(struct decoy_interface *i)
{
	if (i == NULL)
		return;
	for (size_t op = 0; op < DECOY_MAX_OPS; op++)
		free(i->replies[op].stub);
	free(i);
}

bool decoy_interface_check(const struct decoy_interface *i, char error[CONFIG_ERROR_LEN])
{
	if (!i->has_uuid) {
		snprintf(error, CONFIG_ERROR_LEN, "interface '%s' has no uuid", i->name);
		return false;
	}
	if (!i->tcp && i->n_pipes == 0) {
		snprintf(error, CONFIG_ERROR_LEN, "interface '%s' is nowhere: give it tcp = true or pipes",
		         i->name);
		return false;
	}
	for (unsigned op = i->served.n_ops; op < DECOY_MAX_OPS; op++) {
		if (!i->replies[op].is_given)
			continue;
		snprintf(error, CONFIG_ERROR_LEN,
		         "interface '%s' has an answer or a fault for opnum %u, but opnums = %u", i->name, op,
		         i->served.n_ops);
		return false;
	}
	return true;
}

/* ---- a decoy ----------------------------------------------------------------------- */

struct decoy *decoy_new(const char *name)
{
	struct decoy *d = calloc(1, sizeof(*d));

	if (d == NULL)
		return NULL;
	snprintf(d->name, sizeof(d->name), "%s", name);
	d->service = (struct service){
		.name = d->name,
		.annotation = "",
		.is_decoy = true,
		.adverts = d->adverts,
	};
	for (size_t op = 0; op < DECOY_MAX_OPS; op++)
		d->ops[op] = (struct rpc_op){.name = "decoy", .invoke = answer};
	return d;
}

void decoy_free(struct decoy *d)
{
	if (d == NULL)
		return;
	for (size_t n = 0; n < d->n_interfaces; n++)
		decoy_interface_free(d->interfaces[n]);
	free(d);
}

const struct decoy *decoy_of(const struct service *s)
{
	return (const struct decoy *)(const void *)s;
}

bool decoy_add(struct decoy *d, struct decoy_interface *i, char error[CONFIG_ERROR_LEN])
{
	struct service_advert *advert = &d->adverts[d->n_interfaces];
	char id[SYNTAX_TEXT_LEN];

	for (size_t n = 0; n < d->n_interfaces; n++) {
		if (!syntax_equal(&d->interfaces[n]->served.id, &i->served.id))
			continue;
		snprintf(error, CONFIG_ERROR_LEN, "interface '%s' is %s, as is '%s'", i->name,
		         syntax_format(&i->served.id, id), d->interfaces[n]->name);
		return false;
	}
	if (d->n_interfaces == SERVICE_MAX_SERVED) {
		snprintf(error, CONFIG_ERROR_LEN, "interface '%s' is one too many: at most %u of one decoy",
		         i->name, SERVICE_MAX_SERVED);
		return false;
	}
	i->served.ops = d->ops;
	*advert = (struct service_advert){
		.annotation = i->annotation,
		.objects = i->objects,
		.n_objects = i->n_objects,
		.tcp = i->tcp,
		.n_pipes = i->n_pipes,
	};
	for (size_t n = 0; n < i->n_pipes; n++)
		advert->pipes[n] = i->pipes[n];
	d->service.served[d->n_interfaces] = (struct rpc_served){.interface = &i->served, .epv = i};
	d->interfaces[d->n_interfaces++] = i;
	return true;
}

static bool has_pipe(const struct decoy_interface *i, const char *pipe)
{
	for (size_t n = 0; n < i->n_pipes; n++)
		if (strcmp(i->pipes[n], pipe) == 0)
			return true;
	return false;
}

static bool interfaces_clash(const struct decoy_interface *a, const struct decoy_interface *b)
{
	if (!syntax_equal(&a->served.id, &b->served.id))
		return false;
	for (size_t n = 0; n < a->n_pipes; n++)
		if (has_pipe(b, a->pipes[n]))
			return true;
	return false;
}

const struct decoy_interface *decoy_clash(const struct decoy *a, const struct decoy *b)
{
	for (size_t m = 0; m < a->n_interfaces; m++)
		for (size_t n = 0; n < b->n_interfaces; n++)
			if (interfaces_clash(a->interfaces[m], b->interfaces[n]))
				return a->interfaces[m];
	return NULL;
}
