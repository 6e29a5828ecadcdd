/*
 * share (idl/share.idl): files that exist while they are read. Large chunks take many
 * fragments in either direction.
 */
#include <string.h>

#include "epmapd/services/services.h"
#include "idl/share.h"
#include "rpc/status.h"
#include "rpc/stub.h"

static const struct share_file files[] = {
	{"small.txt", 100},
	{"photo.raw", 2u * 1024 * 1024},
	{"film.raw", 5ull * 1024 * 1024 * 1024},
};
#define N_FILES (sizeof(files) / sizeof(files[0]))

static const struct share_file *find(const char *name)
{
	for (size_t i = 0; i < N_FILES; i++)
		if (strcmp(files[i].name, name) == 0)
			return &files[i];
	return NULL;
}

static uint32_t list_files(struct rpc_call *call, struct share_ListFiles *p)
{
	p->files = rpc_alloc(call, sizeof(files));
	if (p->files == NULL)
		return nca_s_fault_remote_no_memory;
	memcpy(p->files, files, sizeof(files));
	p->count = N_FILES;
	return STATUS_OK;
}

/* Letters a to y, a line of 25 after the other. */
static uint8_t content(uint64_t at)
{
	return at % 26 == 25 ? '\n' : (uint8_t)('a' + at % 26);
}

static uint32_t read_file(struct rpc_call *call, struct share_ReadFile *p)
{
	const struct share_file *file = find(p->name);
	uint64_t left;
	uint8_t *data;

	if (file == NULL) {
		p->result = ERROR_FILE_NOT_FOUND;
		return STATUS_OK;
	}
	left = p->offset < file->size ? file->size - p->offset : 0;
	p->actual = left < p->count ? (uint32_t)left : p->count;
	data = rpc_alloc(call, p->actual);
	if (data == NULL)
		return nca_s_fault_remote_no_memory;
	for (uint32_t i = 0; i < p->actual; i++)
		data[i] = content(p->offset + i);
	p->data = data;
	return STATUS_OK;
}

static uint32_t write_file(struct rpc_call *call, struct share_WriteFile *p)
{
	(void)call;
	if (find(p->name) == NULL)
		p->result = ERROR_FILE_NOT_FOUND;
	for (uint32_t i = 0; i < p->count; i++)
		p->sum += p->data[i];
	return STATUS_OK;
}

static const struct share_epv epv = {
	.ListFiles = list_files,
	.ReadFile = read_file,
	.WriteFile = write_file,
};

const struct service service_share = {
	.name = "share",
	.annotation = "share: files in chunks",
	.served = {{.interface = &share_interface, .epv = &epv}},
};
