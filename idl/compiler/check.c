/*
 * Files and imports.
 *
 * A file is first parsed as a whole. If there are syntax errors, it is not looked at any
 * further: half of what could be said then would be wrong. Otherwise its declarations
 * are gone through in their order, since in IDL as in C names are defined before they
 * are used. An import is read in the moment it is met, and once; after one that fails
 * nothing else is checked, because all that comes from it would be missing.
 */
#include "idl/compiler/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define N(array) (sizeof(array) / sizeof((array)[0]))

struct loaded_file {
	const struct idl_source *source;
	const char *real_path; /* without links, so that each file has only one */
	bool is_open;          /* its end is not reached: who imports it goes round in a circle */
};

static bool check_file(struct check *c, struct loaded_file *file);

/* The file's path, and in *real the same without links; NULL if it is not there. Paths
 * begin in the folder of the file that imports, or in one of the folders from the command line. */
static const char *find_import(const struct check *c, const struct loaded_file *importer, const char *name,
                               const char **real)
{
	const char *path = importer->source->path, *slash = strrchr(path, '/');
	const char *folder = slash != NULL ? source_copy(path, (size_t)(slash + 1 - path)) : "";
	char *found;

	path = name[0] == '/' ? name : source_format("%s%s", folder, name);
	for (const char *const *dir = c->dirs;; dir++) {
		found = realpath(path, NULL);
		if (found != NULL || dir == NULL || *dir == NULL || name[0] == '/')
			break;
		path = source_format("%s/%s", *dir, name);
	}
	if (found == NULL)
		return NULL;
	*real = source_copy(found, strlen(found));
	free(found);
	return path;
}

static struct loaded_file *find_loaded(const struct check *c, const char *real)
{
	for (unsigned i = 0; i < c->n_files; i++)
		if (strcmp(c->files[i].real_path, real) == 0)
			return &c->files[i];
	return NULL;
}

static bool check_import(struct check *c, const struct loaded_file *importer, const struct argument *string)
{
	const char *quote = strchr(string->text, '"'), *real, *why, *path;
	struct loaded_file *file;

	path = find_import(c, importer, source_copy(quote + 1, strlen(quote) - 2), &real);
	if (path == NULL) {
		source_error(c->idl, string->pos, "there is no file %s here, nor in a folder given with -I",
		             quote);
		return false;
	}
	file = find_loaded(c, real);
	if (file != NULL && file->is_open)
		source_error(c->idl, string->pos, "%s imports itself, directly or through others", quote);
	if (file != NULL)
		return !file->is_open;
	if (c->idl->n_imports == N(c->idl->imports)) {
		source_error(c->idl, string->pos, "more than %zu imported files are not supported",
		             N(c->idl->imports));
		return false;
	}
	file = &c->files[c->n_files];
	file->source = source_read(path, &why);
	file->real_path = real;
	if (file->source == NULL) {
		source_error(c->idl, string->pos, "cannot read '%s': %s", path, why);
		return false;
	}
	c->n_files++;
	c->idl->imports[c->idl->n_imports++] = file->source;
	return check_file(c, file);
}

bool check_imports(struct check *c, const struct loaded_file *importer, const struct decl *d)
{
	struct interface *interface = c->interface;
	struct definition **next_definition = c->next_definition;
	bool ok = true;

	for (const struct argument *string = d->files; string != NULL && ok; string = string->next)
		ok = check_import(c, importer, string);
	c->interface = interface;
	c->next_definition = next_definition;
	return ok;
}

static bool check_file(struct check *c, struct loaded_file *file)
{
	struct decl *decls;
	bool ok;

	file->is_open = true;
	ok = parse_source(c->idl, file->source, &decls);
	for (; decls != NULL && ok; decls = decls->next) {
		if (decls->kind == DECL_IMPORT)
			ok = check_imports(c, file, decls);
		else
			ok = check_interface(c, file, file->source, decls);
	}
	file->is_open = false;
	return ok;
}

/* The main file. It may be anything that can be read, so that it need not have a real path. */
static bool check_main_file(struct check *c, const char *path)
{
	struct loaded_file *file = &c->files[c->n_files++];
	char *real = realpath(path, NULL);
	const char *why;

	file->real_path = real != NULL ? source_copy(real, strlen(real)) : path;
	free(real);
	file->source = source_read(path, &why);
	if (file->source == NULL) {
		fprintf(stderr, "idlc: cannot read '%s': %s\n", path, why);
		c->idl->n_errors++;
		return false;
	}
	c->idl->source = file->source;
	return check_file(c, file);
}

struct idl *idl_read(const char *path, const char *const *dirs)
{
	struct check c = {.idl = idl_alloc(sizeof(*c.idl)), .dirs = dirs};

	c.files = idl_alloc((1 + N(c.idl->imports)) * sizeof(*c.files));
	c.next_own = c.next_imported = &c.idl->interfaces;
	if (check_main_file(&c, path) && c.idl->n_errors == 0) {
		check_uses(&c);
		check_recursion(&c);
	}
	return c.idl;
}
