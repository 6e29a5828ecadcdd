#include "tests/bench/proc.h"

#include <dirent.h>
#include <err.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

/* The core that a processor belongs to; -1: nobody knows. */
static int core_of(int cpu)
{
	char path[96], line[16] = "-1";
	FILE *f;

	snprintf(path, sizeof(path), "/sys/devices/system/cpu/cpu%d/topology/core_id", cpu);
	f = fopen(path, "r");
	if (f == NULL)
		return -1;
	if (fgets(line, sizeof(line), f) == NULL)
		strcpy(line, "-1");
	fclose(f);
	return (int)strtol(line, NULL, 10);
}

bool proc_pick_cpus(int *client, int *server)
{
	cpu_set_t may;

	*client = *server = -1;
	if (sched_getaffinity(0, sizeof(may), &may) != 0)
		err(EXIT_FAILURE, "sched_getaffinity");
	for (int cpu = 0; cpu < CPU_SETSIZE; cpu++) {
		if (!CPU_ISSET((size_t)cpu, &may))
			continue;
		if (*client < 0)
			*client = cpu;
		else if (*server < 0 ||
		         (core_of(*server) == core_of(*client) && core_of(cpu) != core_of(*client)))
			*server = cpu;
	}
	return *server >= 0;
}

void proc_pin(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET((size_t)cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set) != 0)
		err(EXIT_FAILURE, "cannot run on processor %d", cpu);
}

static void write_file(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	if (f == NULL || fputs(text, f) < 0 || fclose(f) != 0)
		err(EXIT_FAILURE, "%s", path);
}

void proc_become_root(void)
{
	const unsigned uid = geteuid(), gid = getegid();
	char map[32];

	if (uid == 0)
		return;
	if (unshare(CLONE_NEWUSER) != 0)
		err(EXIT_FAILURE, "no user namespace for an ordinary user; try as root");
	write_file("/proc/self/setgroups", "deny");
	snprintf(map, sizeof(map), "0 %u 1", uid);
	write_file("/proc/self/uid_map", map);
	snprintf(map, sizeof(map), "0 %u 1", gid);
	write_file("/proc/self/gid_map", map);
}

void proc_die_with_parent(void)
{
	prctl(PR_SET_PDEATHSIG, SIGTERM);
}

static double seconds(const struct timespec *ts)
{
	return (double)ts->tv_sec + (double)ts->tv_nsec / 1e9;
}

double proc_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return seconds(&ts);
}

double proc_cpu(pid_t pid)
{
	struct timespec ts;
	clockid_t clock;

	if (clock_getcpuclockid(pid, &clock) != 0 || clock_gettime(clock, &ts) != 0)
		errx(EXIT_FAILURE, "process %d is gone", (int)pid);
	return seconds(&ts);
}

size_t proc_resident(pid_t pid)
{
	char path[64], line[256];
	size_t kib = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/smaps_rollup", (int)pid);
	f = fopen(path, "r");
	if (f == NULL)
		err(EXIT_FAILURE, "%s", path);
	while (kib == 0 && fgets(line, sizeof(line), f) != NULL)
		if (strncmp(line, "Rss:", 4) == 0)
			kib = strtoul(line + 4, NULL, 10);
	fclose(f);
	return kib * 1024;
}

unsigned proc_descriptors(pid_t pid)
{
	const struct dirent *entry;
	unsigned n = 0;
	char path[64];
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%d/fd", (int)pid);
	dir = opendir(path);
	if (dir == NULL)
		err(EXIT_FAILURE, "%s", path);
	while ((entry = readdir(dir)) != NULL) // cppcheck-suppress readdirCalled ; there is one thread
		n += entry->d_name[0] != '.';
	closedir(dir);
	return n;
}

unsigned proc_most_descriptors(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
		err(EXIT_FAILURE, "getrlimit");
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
	getrlimit(RLIMIT_NOFILE, &limit);
	return limit.rlim_cur > 1u << 30 ? 1u << 30 : (unsigned)limit.rlim_cur;
}
