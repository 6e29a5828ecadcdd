/*
 * Where a process runs, and what it costs.
 */
#ifndef BENCH_PROC_H
#define BENCH_PROC_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* Two of the processors that we may use, on different cores if there are such. False: there is one. */
bool proc_pick_cpus(int *client, int *server);
/* The calling process, and the children that it will have. */
void proc_pin(int cpu);
/* Nobody but root looks into a process that has given up its rights, as the mapper has. An ordinary user
 * becomes the root of a user namespace of its own, and so will be the daemons that it starts. */
void proc_become_root(void);
/* In a child: it ends when its parent does. */
void proc_die_with_parent(void);

/* Seconds from a clock that only goes forward. */
double proc_now(void);
/* Seconds of processor time, in the kernel and outside. */
double proc_cpu(pid_t pid);
/* Bytes of resident memory, counted page by page: VmRSS may be off by some hundred KiB. */
size_t proc_resident(pid_t pid);
unsigned proc_descriptors(pid_t pid);
/* Raises our own limit of descriptors as far as we may; returns it. */
unsigned proc_most_descriptors(void);

#endif
