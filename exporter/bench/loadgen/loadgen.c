// loadgen makes processes to measure against. See usage below; loadgen.h states what
// holds for every mode.
#include "loadgen.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const char usage[] =
	"usage: loadgen MODE [NAME=VALUE...]\n"
	"  tree     processes=1000 fanout=10 names=200 threads=10 busy=5 wake=0 users=1 odd_bytes=0 dir=.\n"
	"           a tree of sleeping processes; threads and wake in percent, busy in per mille\n"
	"  churn    rate=100 burn_ms=5 seconds=60 orphans=0 names=100 dir=.\n"
	"           short-lived processes, each an exec of its own name\n"
	"  storm    rate=2000 seconds=30\n"
	"           forks that end at once, without exec\n"
	"  threads  threads=5000\n"
	"           one process with that many threads\n"
	"Every mode prints JSON lines, first that it is ready, and ends with all it started when\n"
	"stdin ends. churn and storm begin when they read a line.\n";

static volatile sig_atomic_t stopped;

static void on_stop(int signal_number)
{
	(void)signal_number;
	stopped = 1;
}

void stop_on_signals(void)
{
	struct sigaction action = {.sa_handler = on_stop};
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGINT, &action, NULL);
}

bool stdin_ended(int timeout_ms)
{
	struct pollfd in = {.fd = STDIN_FILENO, .events = POLLIN};
	char ignored[512];
	if (stopped)
		return true;
	if (poll(&in, 1, timeout_ms) <= 0)
		return stopped;
	return read(STDIN_FILENO, ignored, sizeof ignored) <= 0;
}

// hash is SplitMix64's finalizer: it spreads small numbers over all 64 bits.
uint64_t hash(uint64_t x)
{
	x += 0x9e3779b97f4a7c15u;
	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
	x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
	return x ^ (x >> 31);
}

double seconds_of(int clock_id)
{
	struct timespec t;
	clock_gettime(clock_id, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

int fail(const char *what)
{
	fprintf(stderr, "loadgen: %s: %s\n", what, strerror(errno));
	return 1;
}

bool link_self(const char *dir, const char *name)
{
	char self[PATH_SIZE], path[PATH_SIZE + COMM_SIZE + 1];
	ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
	if (n < 0)
		return false;
	self[n] = 0;
	snprintf(path, sizeof path, "%s/%s", dir, name);
	if (unlink(path) && errno != ENOENT)
		return false;
	return link(self, path) == 0;
}

static bool set_option(struct options *o, const char *assignment)
{
	const struct {
		const char *name;
		int *number;
		double *real;
		bool *flag;
	} known[] = {
		{"processes", &o->processes, NULL, NULL}, {"fanout", &o->fanout, NULL, NULL},
		{"names", &o->names, NULL, NULL}, {"threads", &o->threads, NULL, NULL},
		{"busy", &o->busy, NULL, NULL}, {"wake", &o->wake, NULL, NULL}, {"users", NULL, NULL, &o->users},
		{"odd_bytes", NULL, NULL, &o->odd_bytes}, {"rate", NULL, &o->rate, NULL},
		{"burn_ms", NULL, &o->burn_ms, NULL}, {"seconds", NULL, &o->seconds, NULL},
		{"orphans", NULL, NULL, &o->orphans},
	};
	const char *equals = strchr(assignment, '=');
	if (!equals || !equals[1])
		return false;
	size_t length = (size_t)(equals - assignment);
	if (length == 3 && !strncmp(assignment, "dir", 3)) {
		int n = snprintf(o->dir, sizeof o->dir, "%s", equals + 1);
		return n < (int)sizeof o->dir;
	}
	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		if (strlen(known[i].name) != length || strncmp(known[i].name, assignment, length))
			continue;
		char *end;
		double value = strtod(equals + 1, &end);
		if (*end || value < 0 || value > 1e9)
			return false;
		if (known[i].number)
			*known[i].number = (int)value;
		else if (known[i].real)
			*known[i].real = value;
		else
			*known[i].flag = value != 0;
		return true;
	}
	return false;
}

int main(int argc, char **argv)
{
	const struct {
		const char *name;
		int (*run)(const struct options *);
		struct options defaults;
	} modes[] = {
		{"tree", run_tree, {.processes = 1000, .fanout = 10, .names = 200, .threads = 10, .busy = 5, .users = true}},
		{"churn", run_churn, {.rate = 100, .burn_ms = 5, .seconds = 60, .names = 100}},
		{"storm", run_storm, {.rate = 2000, .seconds = 30}},
		{"threads", run_threads, {.threads = 5000}},
	};
	// What the generator itself executes under another name.
	if (argc > 1 && !strncmp(argv[1], "--burn=", 7))
		return burn(strtoull(argv[1] + 7, NULL, 10));
	if (argc > 1 && !strncmp(argv[1], "--node=", 7))
		return run_node(atoi(argv[1] + 7), argv);

	for (size_t i = 0; argc > 1 && i < sizeof modes / sizeof *modes; i++) {
		if (strcmp(argv[1], modes[i].name))
			continue;
		struct options o = modes[i].defaults;
		strcpy(o.dir, ".");
		for (int k = 2; k < argc; k++)
			if (!set_option(&o, argv[k])) {
				fprintf(stderr, "loadgen: bad option %s\n%s", argv[k], usage);
				return 2;
			}
		stop_on_signals();
		return modes[i].run(&o);
	}
	fputs(usage, stderr);
	return 2;
}
