// Short-lived processes and fork storms, with the truth about what they used.
#define _GNU_SOURCE
#include "loadgen.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

#define MAX_NAMES 1000

struct truth {
	long ended;
	double cpu;
	double by_name[MAX_NAMES];
};

static volatile uint64_t sink;

static void rounds(uint64_t n)
{
	uint64_t x = 1;
	for (uint64_t i = 0; i < n; i++) {
		x = x * 6364136223846793005u + 1;
		__asm__ volatile("" : "+r"(x));
	}
	sink = x;
}

// burn must not look at its own CPU clock: that makes the kernel bring the account up to
// date, which other processes do not do before they end.
int burn(uint64_t n)
{
	rounds(n);
	return 0;
}

// calibrate gives the rounds of one millisecond, the best of some tries.
static double calibrate(void)
{
	double best = 0;
	for (int i = 0; i < 40; i++) {
		double start = seconds_of(CLOCK_PROCESS_CPUTIME_ID);
		rounds(1000000);
		double per_ms = 1000 / (seconds_of(CLOCK_PROCESS_CPUTIME_ID) - start);
		if (per_ms > best)
			best = per_ms;
	}
	return best;
}

// number_of reads the name of a process that has ended and not been waited for.
static int number_of(pid_t pid, int names)
{
	char path[32], comm[COMM_SIZE] = "";
	snprintf(path, sizeof path, "/proc/%d/comm", pid);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	ssize_t n = read(fd, comm, sizeof comm - 1);
	close(fd);
	int number;
	if (n <= 0 || sscanf(comm, "churn%d", &number) != 1 || number < 0 || number >= names)
		return -1;
	return number;
}

// reap takes what has ended, or with wait set everything there will be. What it books is
// the exact run time, for wait4 is told it after the account was closed. names 0 asks for
// no names.
static void reap(struct truth *truth, int names, bool wait)
{
	siginfo_t info;
	for (;;) {
		info.si_pid = 0;
		if (waitid(P_ALL, 0, &info, WEXITED | WNOWAIT | (wait ? 0 : WNOHANG)) || !info.si_pid) {
			if (wait && errno == EINTR)
				continue;
			return;
		}
		int number = names ? number_of(info.si_pid, names) : -1;
		struct rusage used;
		if (wait4(info.si_pid, NULL, 0, &used) != info.si_pid || (names && number < 0))
			continue;
		double cpu = (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
			(double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
		truth->ended++;
		truth->cpu += cpu;
		if (number >= 0)
			truth->by_name[number] += cpu;
	}
}

// pace calls start at the rate and reap in between, until the time is over.
static long pace(const struct options *o, struct truth *truth, int names, bool (*start)(const void *, long), const void *data)
{
	double begin = seconds_of(CLOCK_MONOTONIC), next = begin;
	long started = 0;
	for (;;) {
		double now = seconds_of(CLOCK_MONOTONIC);
		if (now - begin >= o->seconds || stdin_ended(0))
			return started;
		reap(truth, names, false);
		if (now < next) {
			struct timespec pause = {0, (long)((next - now) * 1e9)};
			if (pause.tv_nsec > 20000000)
				pause.tv_nsec = 20000000;
			nanosleep(&pause, NULL);
			continue;
		}
		next += 1 / o->rate;
		if (start(data, started))
			started++;
	}
}

// told_to_go says that all is prepared and waits for a line, so that who measures can
// take its first reading at rest.
static bool told_to_go(void)
{
	puts("{\"event\":\"ready\"}");
	fflush(stdout);
	return !stdin_ended(-1);
}

struct burner {
	char paths[MAX_NAMES][PATH_SIZE + COMM_SIZE];
	char argument[40];
	int names;
	bool orphan;
};

static bool start_burner(const void *data, long count)
{
	const struct burner *b = data;
	const char *path = b->paths[count % b->names];
	pid_t pid = fork();
	if (pid)
		return pid > 0;
	if (b->orphan && fork())
		_exit(0);
	char *argv[] = {(char *)path, (char *)b->argument, NULL};
	execve(path, argv, environ);
	_exit(127);
}

static void report(long started, const struct truth *truth, int names)
{
	printf("{\"event\":\"done\",\"started\":%ld,\"ended\":%ld,\"cpu_seconds\":%.6f,\"by_name\":{",
		started, truth->ended, truth->cpu);
	for (int i = 0; i < names; i++)
		printf("%s\"churn%03d\":%.6f", i ? "," : "", i, truth->by_name[i]);
	printf("}}\n");
	fflush(stdout);
}

// spawn_apart starts the burners from a child of its own; the caller, a subreaper, gets
// the orphans as an init would. The result is how many were started.
static long spawn_apart(const struct options *o, struct truth *truth, const struct burner *b)
{
	int result[2];
	long started = 0;
	if (pipe2(result, O_CLOEXEC))
		return -1;
	pid_t spawner = fork();
	if (spawner == 0) {
		static struct truth unused;
		prctl(PR_SET_NAME, "loadgen-spawner");
		started = pace(o, &unused, o->names, start_burner, b);
		_exit(write(result[1], &started, sizeof started) != sizeof started);
	}
	close(result[1]);
	if (spawner < 0)
		return -1;
	prctl(PR_SET_NAME, "loadgen-reaper");
	// The spawner's own end is no burner's: it has no name that counts.
	reap(truth, o->names, true);
	if (read(result[0], &started, sizeof started) != sizeof started)
		started = -1;
	return started;
}

int run_churn(const struct options *o)
{
	static struct burner b;
	static struct truth truth;
	if (o->names < 1 || o->names > MAX_NAMES || o->rate <= 0) {
		fprintf(stderr, "loadgen: churn needs names from 1 to %d and a rate\n", MAX_NAMES);
		return 2;
	}
	b.names = o->names;
	b.orphan = o->orphans;
	for (int i = 0; i < o->names; i++) {
		char name[COMM_SIZE];
		snprintf(name, sizeof name, "churn%03d", i);
		if (!link_self(o->dir, name))
			return fail(o->dir);
		snprintf(b.paths[i], sizeof b.paths[i], "%s/%s", o->dir, name);
	}
	prctl(PR_SET_NAME, "loadgen-spawner");
	prctl(PR_SET_CHILD_SUBREAPER, o->orphans);
	snprintf(b.argument, sizeof b.argument, "--burn=%.0f", calibrate() * o->burn_ms);
	if (!told_to_go())
		return 0;
	long started = o->orphans ? spawn_apart(o, &truth, &b) : pace(o, &truth, o->names, start_burner, &b);
	if (started < 0)
		return fail("churn");
	reap(&truth, o->names, true);
	report(started, &truth, o->names);
	return 0;
}

static bool start_nothing(const void *data, long count)
{
	(void)data;
	(void)count;
	pid_t pid = fork();
	if (pid == 0)
		_exit(0);
	return pid > 0;
}

int run_storm(const struct options *o)
{
	static struct truth truth;
	if (o->rate <= 0) {
		fputs("loadgen: storm needs a rate\n", stderr);
		return 2;
	}
	prctl(PR_SET_NAME, "loadgen-storm");
	if (!told_to_go())
		return 0;
	long started = pace(o, &truth, 0, start_nothing, NULL);
	reap(&truth, 0, true);
	report(started, &truth, 0);
	return 0;
}
