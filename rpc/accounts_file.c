/*
 * The users file on the disk.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "rpc/accounts.h"
#include "rpc/hex.h"

/* Who may read it, or change it, besides its owner. */
#define MODE_OF_OTHERS 077

__attribute__((format(printf, 2, 3))) static bool wrong(char error[ACCOUNTS_ERROR_LEN], const char *format,
                                                        ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(error, ACCOUNTS_ERROR_LEN, format, args);
	va_end(args);
	return false;
}

/* ---- the whole file, which is wiped when it is done with ----------------------------- */

struct text {
	char *bytes; /* with a NUL behind them */
	size_t len;
};

static void drop(struct text *t)
{
	if (t->bytes != NULL)
		explicit_bzero(t->bytes, t->len);
	free(t->bytes);
	*t = (struct text){0};
}

/* What is wrong with the file as such; NULL: nothing. */
static bool check_file(int fd, const char *path, struct stat *st, char error[ACCOUNTS_ERROR_LEN])
{
	if (fd < 0 || fstat(fd, st) != 0)
		return wrong(error, "cannot open users file '%.150s': %s; 'epmap passwd' makes one", path,
		             strerror(errno));
	if (!S_ISREG(st->st_mode))
		return wrong(error, "users file '%.150s' is not a file", path);
	if ((st->st_mode & MODE_OF_OTHERS) != 0)
		return wrong(error,
		             "users file '%.150s' can be read or changed by others than its owner: chmod 600 "
		             "%.150s",
		             path, path);
	if (st->st_size > (off_t)RPC_MAX_USERS_FILE)
		return wrong(error, "users file '%.150s' is larger than %u bytes", path, RPC_MAX_USERS_FILE);
	return true;
}

static bool read_all(int fd, struct text *t, size_t size)
{
	ssize_t n = 0;

	t->bytes = malloc(size + 1);
	while (t->bytes != NULL && t->len < size && (n = read(fd, t->bytes + t->len, size - t->len)) > 0)
		t->len += (size_t)n;
	if (t->bytes != NULL)
		t->bytes[t->len] = '\0';
	return t->bytes != NULL && n >= 0 && memchr(t->bytes, '\0', t->len) == NULL;
}

static bool load(const char *path, struct text *t, struct stat *st, char error[ACCOUNTS_ERROR_LEN])
{
	/* Whatever it is that has this name, nobody waits for it. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	bool ok;

	*st = (struct stat){0};
	ok = check_file(fd, path, st, error);

	if (ok && !read_all(fd, t, (size_t)st->st_size))
		ok = wrong(error, "users file '%.150s' cannot be read, or has a NUL", path);
	if (fd >= 0)
		close(fd);
	return ok;
}

bool accounts_read(struct accounts *a, const char *path, char error[ACCOUNTS_ERROR_LEN])
{
	struct text t = {0};
	struct stat st;
	bool ok = load(path, &t, &st, error) && accounts_parse(a, t.bytes, path, error);

	drop(&t);
	return ok;
}

/* ---- changes --------------------------------------------------------------------- */

/* What is to become of the file. */
struct change {
	const char *path; /* without symbolic links: the file itself is replaced */
	const char *name;
	const uint8_t *nt_hash; /* NULL: the account is to go */
	struct text old;        /* empty if there is no file yet */
	struct stat st;
	bool exists;
	bool found; /* the account is in the old text */
	char *error;
};

static bool is_of(const char *line, size_t len, const char *name)
{
	const char *colon = memchr(line, ':', len);
	char theirs[RPC_MAX_ACCOUNT_NAME], capitals[2][RPC_MAX_ACCOUNT_NAME];

	if (line[0] == '#' || colon == NULL)
		return false;
	snprintf(theirs, sizeof(theirs), "%.*s", (int)(colon - line), line);
	return accounts_capitals(theirs, capitals[0]) && accounts_capitals(name, capitals[1]) &&
	       strcmp(capitals[0], capitals[1]) == 0;
}

static bool put(int fd, const char *text, size_t len)
{
	while (len > 0) {
		ssize_t n = write(fd, text, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		text += n;
		len -= (size_t)n;
	}
	return true;
}

static bool put_account(const struct change *c, int fd)
{
	char digits[2 * NTLM_KEY_LEN + 1];
	bool ok;

	hex_format(c->nt_hash, NTLM_KEY_LEN, digits);
	ok = put(fd, c->name, strlen(c->name)) && put(fd, ":", 1) && put(fd, digits, strlen(digits)) &&
	     put(fd, "\n", 1);
	explicit_bzero(digits, sizeof(digits));
	return ok;
}

/* The old text line by line, but for that of the account. */
static bool put_text(struct change *c, int fd)
{
	const char *line = c->old.bytes != NULL ? c->old.bytes : "";
	bool ok = true;
	size_t len;

	for (; ok && *line != '\0'; line += len + (line[len] == '\n')) {
		len = strcspn(line, "\n");
		if (!is_of(line, len, c->name)) {
			ok = put(fd, line, len) && put(fd, "\n", 1);
			continue;
		}
		c->found = true;
		ok = c->nt_hash == NULL || put_account(c, fd);
	}
	return ok && (c->found || c->nt_hash == NULL || put_account(c, fd));
}

/* The new file, whole and on the disk, takes the place of the old one. */
static bool replace(struct change *c, int dir)
{
	char path[PATH_MAX];
	int fd;
	bool ok;

	if ((size_t)snprintf(path, sizeof(path), "%s.XXXXXX", c->path) >= sizeof(path))
		return wrong(c->error, "the name of users file '%.150s' is too long", c->path);
	fd = mkostemp(path, O_CLOEXEC); /* with mode 0600 */
	if (fd < 0)
		return wrong(c->error, "cannot write '%.150s': %s", path, strerror(errno));
	ok = (!c->exists || fchown(fd, c->st.st_uid, c->st.st_gid) == 0) && put_text(c, fd) && fsync(fd) == 0;
	if (!ok)
		wrong(c->error, "cannot write '%.150s': %s", path, strerror(errno));
	else if (!c->found && c->nt_hash == NULL)
		ok = wrong(c->error, "there is no account '%s' in '%.150s'", c->name, c->path);
	else if (rename(path, c->path) != 0 || fsync(dir) != 0)
		ok = wrong(c->error, "cannot replace '%.150s': %s", c->path, strerror(errno));
	if (!ok)
		unlink(path);
	close(fd);
	return ok;
}

/* Is the file as it is right, and is there room for one more? */
static bool check_old(const struct change *c)
{
	struct accounts *a = malloc(sizeof(*a));
	uint8_t unused[NTLM_KEY_LEN];
	bool ok;

	if (a == NULL)
		return wrong(c->error, "out of memory");
	ok = accounts_parse(a, c->old.bytes != NULL ? c->old.bytes : "", c->path, c->error);
	if (ok && c->nt_hash != NULL && a->n == RPC_MAX_ACCOUNTS && !accounts_find(a, c->name, unused))
		ok = wrong(c->error, "account '%s' is one too many for '%.150s': at most %u", c->name,
		           c->path, RPC_MAX_ACCOUNTS);
	explicit_bzero(a, sizeof(*a));
	explicit_bzero(unused, sizeof(unused));
	free(a);
	return ok;
}

/* The folder in which the file lies; nobody else changes a users file there meanwhile. */
static int lock_folder(const char *path)
{
	char folder[PATH_MAX];
	const char *slash = strrchr(path, '/');
	int fd;

	snprintf(folder, sizeof(folder), "%.*s", slash != NULL ? (int)(slash - path) + 1 : 1,
	         slash != NULL ? path : ".");
	fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd >= 0 && flock(fd, LOCK_EX) == 0)
		return fd;
	if (fd >= 0)
		close(fd);
	return -1;
}

bool accounts_change(const char *path, const char *name, const uint8_t *nt_hash,
                     char error[ACCOUNTS_ERROR_LEN])
{
	char real[PATH_MAX];
	struct change c = {.path = realpath(path, real) != NULL ? real : path,
	                   .name = name,
	                   .nt_hash = nt_hash,
	                   .error = error};
	int dir = lock_folder(c.path);
	const char *why = accounts_name_wrong(name);
	bool ok = why == NULL || wrong(error, "name '%.100s' %s", name, why);

	if (ok && dir < 0)
		ok = wrong(error, "cannot open the folder of '%.150s': %s", path, strerror(errno));
	c.exists = access(c.path, F_OK) == 0 || nt_hash == NULL;
	ok = ok && (!c.exists || load(c.path, &c.old, &c.st, error)) && check_old(&c) && replace(&c, dir);
	drop(&c.old);
	if (dir >= 0)
		close(dir);
	return ok;
}
