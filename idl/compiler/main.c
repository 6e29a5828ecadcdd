/*
 * idlc: reads an IDL file and writes the C for its interfaces. This file reads the
 * command line, and sees to the files that are written.
 *
 * All or nothing: if there are errors in the IDL, nothing is written, and if something
 * cannot be written, what was written before is removed.
 */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "idl/compiler/emit.h"
#include "idl/compiler/source.h"

static const char help[] =
	"Usage: idlc [OPTION]... FILE.idl\n"
	"\n"
	"Reads an interface definition, as for DCE or MIDL, and writes FILE.h, FILE_c.c\n"
	"(the client's stub) and FILE_s.c (the server's).\n"
	"\n"
	"  -n, --check        only check the file\n"
	"  -o, --output DIR   write to DIR (the current folder)\n"
	"  -I, --include DIR  look for imported files in DIR, after the folder of the file\n"
	"                     that imports them; may be repeated\n"
	"  -h, --help         this text\n"
	"      --version      the version\n";

enum { OPT_VERSION = 256 };

static const struct option long_options[] = {
	{"check", no_argument, NULL, 'n'},           {"output", required_argument, NULL, 'o'},
	{"include", required_argument, NULL, 'I'},   {"help", no_argument, NULL, 'h'},
	{"version", no_argument, NULL, OPT_VERSION}, {NULL, 0, NULL, 0},
};

struct options {
	const char *file;
	const char *output; /* a folder */
	const char **dirs;  /* ends with NULL */
	bool check_only;
};

/* A file to be written. */
struct output {
	const char *path;
	void (*emit)(const struct idl *idl, FILE *f);
};

/* False after a mistake. Exits by itself where there is nothing to do. */
static bool read_options(int argc, char **argv, struct options *o)
{
	size_t n_dirs = 0;
	int option;

	o->output = ".";
	o->dirs = idl_alloc((size_t)argc * sizeof(*o->dirs)); /* more than there can be */
	while ((option = getopt_long(argc, argv, "no:I:h", long_options, NULL)) != -1) {
		switch (option) {
		case 'n':
			o->check_only = true;
			break;
		case 'o':
			o->output = optarg;
			break;
		case 'I':
			o->dirs[n_dirs++] = optarg;
			break;
		case 'h':
			fputs(help, stdout);
			exit(EXIT_SUCCESS);
		case OPT_VERSION:
			puts("idlc " EPMAPD_VERSION);
			exit(EXIT_SUCCESS);
		default:
			return false; /* getopt has named it */
		}
	}
	if (optind + 1 != argc) {
		fputs(optind == argc ? "idlc: which file? See idlc --help\n" : "idlc: give one file only\n",
		      stderr);
		return false;
	}
	o->file = argv[optind];
	return true;
}

/* With another ending, idlc could overwrite what it reads. */
static bool has_idl_name(const char *path)
{
	const char *slash = strrchr(path, '/'), *name = slash != NULL ? slash + 1 : path;
	size_t len = strlen(name);

	if (len > strlen(".idl") && strcmp(name + len - strlen(".idl"), ".idl") == 0)
		return true;
	fprintf(stderr, "idlc: the name of '%s' must end in .idl\n", path);
	return false;
}

static bool write_file(const struct idl *idl, const struct output *out)
{
	FILE *f = fopen(out->path, "we");
	bool ok;

	if (f == NULL) {
		fprintf(stderr, "idlc: cannot write '%s': %s\n", out->path, strerror(errno));
		return false;
	}
	errno = 0;
	out->emit(idl, f);
	ok = fflush(f) == 0 && !ferror(f);
	ok = fclose(f) == 0 && ok;
	if (!ok)
		fprintf(stderr, "idlc: cannot write '%s': %s\n", out->path,
		        strerror(errno != 0 ? errno : EIO));
	/* Some of what is not supported is found out only here. */
	ok = ok && idl->n_errors == 0;
	if (!ok)
		unlink(out->path);
	return ok;
}

static bool write_all(const struct idl *idl, const struct options *o)
{
	const char *base = idl->source->base;
	const struct output outputs[] = {
		{source_format("%s/%s.h", o->output, base), emit_header},
		{source_format("%s/%s_c.c", o->output, base), emit_client},
		{source_format("%s/%s_s.c", o->output, base), emit_server},
	};

	for (size_t i = 0; i < sizeof(outputs) / sizeof(outputs[0]); i++) {
		if (write_file(idl, &outputs[i]))
			continue;
		while (i > 0)
			unlink(outputs[--i].path);
		return false;
	}
	return true;
}

int main(int argc, char **argv)
{
	struct options o = {0};
	struct idl *idl;

	if (!read_options(argc, argv, &o) || !has_idl_name(o.file))
		return EXIT_FAILURE;
	idl = idl_read(o.file, o.dirs);
	if (idl->n_errors > 0)
		return EXIT_FAILURE;
	if (o.check_only)
		return EXIT_SUCCESS;
	return write_all(idl, &o) ? EXIT_SUCCESS : EXIT_FAILURE;
}
