// One process of the tree: starts its children, takes a little memory, descriptors and
// threads, becomes another user or not, and sleeps.
#define _GNU_SOURCE
#include "tree.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

#define MAX_ARGUMENTS 72
#define LONG_ARGUMENT 4000

// part draws a number from 0 to below, a different one for each trait of a process.
static unsigned part(int index, int trait, unsigned below)
{
	return (unsigned)(hash((uint64_t)index * 16 + (uint64_t)trait) % below);
}

enum trait { NAME, ARGUMENTS, LONG, MEMORY, MAPPINGS, DESCRIPTORS, THREADS, USER, BUSY, WAIT, WAKE };

// name_of uses every name once, and then the first ones more often than the last.
static int name_of(const struct options *o, int index)
{
	if (index < o->names)
		return index;
	double u = part(index, NAME, 1u << 20) / (double)(1u << 20);
	return (int)(o->names * u * u);
}

// arguments fills argv for process index: 3 to 10 arguments, 63 in one of fifty, one of
// two hundred with 4,000 bytes. Some hold what should be masked, or no text at all.
static void arguments(char *argv[MAX_ARGUMENTS], char *path, int index)
{
	static char text[MAX_ARGUMENTS][64], huge[LONG_ARGUMENT + 1];
	unsigned count = part(index, ARGUMENTS, 50) == 0 ? 60 : part(index, ARGUMENTS + 100, 8);
	int n = 0;
	argv[n++] = path;
	snprintf(text[n], sizeof text[n], "--node=%d", index);
	argv[n] = text[n];
	n++;
	argv[n++] = index % 7 == 3 ? "--password=not-a-real-one" : "--config=/etc/service/main.conf";
	for (unsigned i = 0; i < count; i++, n++) {
		snprintf(text[n], sizeof text[n], i % 9 == 8 ? "bytes \xff\n%u %lx" : "--option-%u=/srv/data/%08lx",
			i, (unsigned long)hash((uint64_t)index + i) & 0xffffffff);
		argv[n] = text[n];
	}
	if (part(index, LONG, 200) == 0) {
		memset(huge, 'x', LONG_ARGUMENT);
		argv[n++] = huge;
	}
	argv[n] = NULL;
}

pid_t start_node(struct plan *plan, int index)
{
	pid_t pid = fork();
	if (pid != 0)
		return pid;
	char name[COMM_SIZE], path[PATH_SIZE + COMM_SIZE + 1], *argv[MAX_ARGUMENTS];
	program_name(name, name_of(&plan->options, index));
	snprintf(path, sizeof path, "%s/%s", plan->options.dir, name);
	arguments(argv, path, index);
	execve(path, argv, environ);
	atomic_store(&plan->error, errno);
	_exit(127);
}

static void *sleep_thread(void *number)
{
	char name[COMM_SIZE];
	snprintf(name, sizeof name, "worker-%d", (int)(intptr_t)number);
	prctl(PR_SET_NAME, name);
	for (;;)
		pause();
	return NULL;
}

static void take_memory(int index)
{
	unsigned draw = part(index, MEMORY, 100);
	size_t size = (draw < 60 ? 32u : draw < 90 ? 128u : draw < 99 ? 512u : 2048u) << 10;
	void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (memory != MAP_FAILED)
		memset(memory, 1, size);
	// Pages of alternating rights cannot be merged, so each is a mapping of its own.
	for (unsigned i = 0; i < 4 + part(index, MAPPINGS, 32); i++) {
		char *page = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if (page == MAP_FAILED)
			return;
		page[0] = 1;
		mprotect(page + 4096, 4096, PROT_NONE);
	}
}

static void take_descriptors(int index)
{
	unsigned count = part(index, DESCRIPTORS, 50) == 0 ? 300 : part(index, DESCRIPTORS + 100, 40);
	int fd = open("/dev/null", O_RDWR);
	while (fd >= 0 && count-- > 0 && dup(fd) >= 0)
		;
}

static int take_threads(const struct options *o, int index)
{
	int count = (int)part(index, THREADS, 100) < o->threads ? 4 + (int)part(index, THREADS + 100, 7) : 1;
	pthread_attr_t attributes;
	pthread_attr_init(&attributes);
	pthread_attr_setstacksize(&attributes, 64 << 10);
	for (int i = 1; i < count; i++) {
		pthread_t thread;
		int error = pthread_create(&thread, &attributes, sleep_thread, (void *)(intptr_t)i);
		if (error) {
			errno = error;
			return -1;
		}
	}
	return count;
}

// become_user changes half of the leaves to a user that every Debian knows. Only leaves:
// a parent must be allowed to signal its children when it dies (see watch_parent).
static int become_user(const struct options *o, int index)
{
	static const uid_t known[] = {1, 2, 3, 5, 6, 7, 8, 9, 10, 13, 33, 34};
	unsigned draw = part(index, USER, 2 * sizeof known / sizeof *known);
	if (!o->users || draw % 2 || (long)index * o->fanout + 1 < o->processes)
		return 0;
	uid_t user = known[draw / 2];
	return setresgid(user, user, user) || setresuid(user, user, user) ? -1 : 0;
}

// watch_parent has this process killed when its parent dies, so that the tree falls from
// its root. A change of user resets it (prctl(2), PR_SET_PDEATHSIG).
static void watch_parent(void)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
}

static void sleep_forever(const struct options *o, int index)
{
	if ((int)part(index, BUSY, 1000) < o->busy)
		for (;;) {
			double until = seconds_of(CLOCK_PROCESS_CPUTIME_ID) + 0.001;
			while (seconds_of(CLOCK_PROCESS_CPUTIME_ID) < until)
				;
			usleep(900000 + part(index, BUSY + 100, 200000));
		}
	if ((int)part(index, WAKE, 100) < o->wake)
		for (;;)
			usleep(950000 + part(index, WAKE + 100, 100000));
	for (;;)
		switch (part(index, WAIT, 3)) {
		case 0:
			pause();
			break;
		case 1:
			poll(NULL, 0, -1);
			break;
		default:
			sleep(1000000);
		}
}

int run_node(int index, char **argv)
{
	(void)argv;
	watch_parent();
	struct plan *plan = mmap(NULL, sizeof *plan, PROT_READ | PROT_WRITE, MAP_SHARED, PLAN_FD, 0);
	if (plan == MAP_FAILED)
		return fail("--node is for loadgen tree alone");
	const struct options o = plan->options;
	char name[COMM_SIZE];
	shown_name(name, name_of(&o, index), o.odd_bytes);
	prctl(PR_SET_NAME, name);

	for (long child = (long)index * o.fanout + 1; child <= (long)(index + 1) * o.fanout && child < o.processes; child++)
		if (start_node(plan, (int)child) < 0)
			atomic_store(&plan->error, errno);
	take_memory(index);
	take_descriptors(index);
	int threads = take_threads(&o, index);
	if (threads < 0 || become_user(&o, index)) {
		atomic_store(&plan->error, errno);
		return 1;
	}
	watch_parent();
	atomic_fetch_add(&plan->threads, threads);
	atomic_fetch_add(&plan->ready, 1);
	munmap(plan, sizeof *plan);
	close(PLAN_FD);
	sleep_forever(&o, index);
	return 0;
}
