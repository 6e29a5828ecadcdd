#include "epmapd/allowed.h"

#include <errno.h>
#include <seccomp.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>

/* Which one, and what its argument has to be: (argument & mask) == value. */
struct allowed {
	int call;
	unsigned argument;
	scmp_datum_t mask; /* 0: whatever the arguments are */
	scmp_datum_t value;
};

#define ANY(name) {SCMP_SYS(name), 0, 0, 0}
#define IF(name, argument, mask, value) {SCMP_SYS(name), argument, mask, value}
#define ALL_BITS 0xffffffffu

static const struct allowed table[] = {
	/* Connections, the log (which never waits), the supervisor's line. */
	ANY(accept4), ANY(read), ANY(write), ANY(poll), ANY(ppoll), ANY(recvfrom), ANY(recvmsg),
	ANY(sendto), ANY(shutdown), ANY(close),
	ANY(getsockname), ANY(getpeername), ANY(getsockopt), ANY(setsockopt),
	/* The registrar: the mapper's local endpoint, and no way to the network. */
	IF(socket, 0, ALL_BITS, AF_UNIX), ANY(connect),
	/* The event loop; how architectures differ in it. */
	ANY(epoll_ctl), ANY(epoll_wait), ANY(epoll_pwait),
	ANY(rt_sigaction), ANY(rt_sigprocmask), ANY(rt_sigreturn), ANY(sigreturn), ANY(restart_syscall),
	/* Memory, but none that is executed. */
	ANY(brk), ANY(munmap), ANY(mremap), ANY(madvise),
	IF(mmap, 2, PROT_EXEC, 0), IF(mmap2, 2, PROT_EXEC, 0), IF(mprotect, 2, PROT_EXEC, 0),
	/* The time, where the kernel does not give it away without a call. */
	ANY(clock_gettime), ANY(clock_gettime64), ANY(gettimeofday), ANY(time),
	/* Random numbers; who we are, for the registry, and on which host, for named pipes. */
	ANY(getrandom), ANY(geteuid), ANY(geteuid32), ANY(uname),
	/* The end: exit, and abort(3) with its last words. */
	ANY(exit), ANY(exit_group), ANY(writev), ANY(getpid), ANY(gettid), IF(tgkill, 2, ALL_BITS, SIGABRT),
};

static int add(scmp_filter_ctx filter, const struct allowed *a)
{
	const struct scmp_arg_cmp condition = SCMP_CMP(a->argument, SCMP_CMP_MASKED_EQ, a->mask, a->value);
	int error = seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, a->call, a->mask != 0, &condition);

	return error == -EDOM ? 0 : error; /* another architecture has that one */
}

bool allowed_only(void)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
	int error = filter != NULL ? 0 : -ENOMEM;

	for (size_t i = 0; error == 0 && i < sizeof(table) / sizeof(table[0]); i++)
		error = add(filter, &table[i]);
	if (error == 0)
		error = seccomp_load(filter);
	seccomp_release(filter);
	errno = -error;
	return error == 0;
}
