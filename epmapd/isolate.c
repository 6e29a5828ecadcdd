#include "epmapd/isolate.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "epmapd/allowed.h"
#include "rpc/asan.h"
#include "rpc/log.h"

/* Only whoever owns the root directory may write to it, and that is the supervisor. */
#define MODE_IN_USE 0555
#define MODE_IN_WORK 0755

/* --- the root directory ---------------------------------------------------------------- */

/* RUNDIR/root, if it is a directory of ours that nobody else may change; else -1. */
static int open_root(const char *rundir)
{
	char path[RUNDIR_LEN + sizeof("/root")];
	struct stat st;
	int fd;

	snprintf(path, sizeof(path), "%s/root", rundir);
	fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 || (fstat(fd, &st) == 0 && st.st_uid == geteuid() && (st.st_mode & 022) == 0))
		return fd;
	close(fd);
	errno = EPERM;
	return -1;
}

void isolate_remove_root(const char *rundir)
{
	char path[RUNDIR_LEN + sizeof("/root")];
	int fd = open_root(rundir);

	if (fd < 0)
		return;
	snprintf(path, sizeof(path), "%s/root", rundir);
	if (fchmod(fd, MODE_IN_WORK) != 0 || (unlinkat(fd, &ISOLATE_MAPPER[1], 0) != 0 && errno != ENOENT) ||
	    rmdir(path) != 0)
		log_warn("cannot remove %s", path);
	close(fd);
}

void isolate_make_root(const char *rundir)
{
	char path[RUNDIR_LEN + sizeof("/root")], endpoint[RUNDIR_LEN + sizeof(ISOLATE_MAPPER)];
	int fd;

	if (geteuid() != 0)
		return; /* nobody could change to it */
	isolate_remove_root(rundir); /* one that was left behind has the socket of a former mapper */
	snprintf(path, sizeof(path), "%s/root", rundir);
	snprintf(endpoint, sizeof(endpoint), "%s%s", rundir, ISOLATE_MAPPER);
	fd = mkdir(path, MODE_IN_WORK) == 0 ? open_root(rundir) : -1;
	if (fd < 0 || linkat(AT_FDCWD, endpoint, fd, &ISOLATE_MAPPER[1], 0) != 0 || fchmod(fd, MODE_IN_USE) != 0) {
		log_warn("cannot make %s, so the root directory will stay as it is", path);
		isolate_remove_root(rundir);
	}
	if (fd >= 0)
		close(fd);
}

static bool change_root(const struct config *c)
{
	int fd = open_root(c->rundir);
	bool ok = fd >= 0 && fchdir(fd) == 0 && chroot(".") == 0;
	int error = geteuid() != 0 ? EPERM : errno; /* for ordinary users there is none to change to */

	if (fd >= 0)
		close(fd);
	errno = error;
	return ok;
}

/* --- the user, and what he may ----------------------------------------------------------- */

/* Where there is no user for it: a number that no user has, beyond those that systems give away.
 * Nobody but the mapper and its services runs as this one, so that nobody else may register. */
#define SPARE_ID 61135u

bool isolate_find_user(const struct config *c, uid_t *uid, gid_t *gid)
{
	const struct passwd *user = getpwnam(c->user[0] != '\0' ? c->user : "epmapd"); // cppcheck-suppress getpwnamCalled; there is one thread

	if (user != NULL) {
		*uid = user->pw_uid;
		*gid = user->pw_gid;
		return true;
	}
	if (c->user[0] != '\0' || geteuid() != 0)
		return false;
	*uid = *gid = SPARE_ID;
	while (getpwuid(*uid) != NULL) // cppcheck-suppress getpwuidCalled; likewise
		*uid = ++*gid;
	return true;
}

static bool change_user(const struct config *c)
{
	if (!c->has_ids) {
		errno = geteuid() != 0 ? EPERM : ENOENT;
		return false;
	}
	if (geteuid() != 0 && geteuid() == c->uid)
		return true; /* was started as this user */
	return setgroups(0, NULL) == 0 && setresgid(c->gid, c->gid, c->gid) == 0 &&
	       setresuid(c->uid, c->uid, c->uid) == 0;
}

/* Those that a program which is executed could get. Not everybody may drop them, and then they are
 * of no use: programs cannot be executed, and would get no privileges. */
static void drop_bounding_set(void)
{
	unsigned long cap = 0;

	while (prctl(PR_CAPBSET_DROP, cap, 0, 0, 0) == 0)
		cap++;
}

static bool drop_capabilities(void)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	const struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = {0};

	return syscall(SYS_capset, &header, none) == 0;
}

/* --- ceilings ---------------------------------------------------------------------------- */

static bool set_limit(__rlimit_resource_t resource, rlim_t most)
{
	const struct rlimit limit = {most, most};

	return setrlimit(resource, &limit) == 0;
}

/* No RLIMIT_FSIZE: the log may be a file, and there is no other that could be written to. */
static bool set_limits(const struct config *c)
{
	return set_limit(RLIMIT_NPROC, 0) && set_limit(RLIMIT_CORE, 0) &&
	       (c->memory == 0 || set_limit(RLIMIT_DATA, (rlim_t)c->memory << 20));
}

/* --- all of it --------------------------------------------------------------------------- */

/* Those things that stay as they are, and why. */
struct kept {
	char text[512];
	size_t len;
};

static bool check(struct kept *k, bool ok, const char *what)
{
	int n;

	if (ok)
		return true;
	n = snprintf(k->text + k->len, sizeof(k->text) - k->len, "%s%s (%s)", k->len > 0 ? ", " : "", what,
	             strerror(errno));
	if (n > 0 && (size_t)n < sizeof(k->text) - k->len)
		k->len += (size_t)n;
	return false;
}

bool isolate(const struct config *c, bool tell)
{
	struct kept kept = {.text = ""};
	bool root_changed;

	if (WITH_ASAN) {
		log_debug("not isolated: a sanitizer needs files and threads");
		return false;
	}
	root_changed = check(&kept, change_root(c), "the root directory");
	drop_bounding_set();
	check(&kept, change_user(c), "the user");
	check(&kept, drop_capabilities(), "capabilities");
	check(&kept, prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0, "new privileges");
	/* Nobody of the same user looks into this process, or leaves its memory in a file. */
	check(&kept, prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0, "who may read its memory");
	check(&kept, set_limits(c), "limits of resources");
	check(&kept, allowed_only(), "system calls");
	if (kept.len > 0)
		(tell ? log_info : log_debug)("not isolated: no rights to change %s", kept.text);
	return root_changed;
}

void isolate_try_forbidden(void)
{
	int fd = open("/", O_RDONLY | O_CLOEXEC);

	if (fd >= 0)
		close(fd);
}
