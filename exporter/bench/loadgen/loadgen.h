// What the parts of the load generator share. Every mode prints one JSON object per line
// on stdout, stops when its standard input ends, and leaves no process behind.
#ifndef LOADGEN_H
#define LOADGEN_H

#include <stdbool.h>
#include <stdint.h>

#define PATH_SIZE 256
// The kernel keeps 15 bytes of a name and a zero (prctl(2), PR_SET_NAME).
#define COMM_SIZE 16

struct options {
	int processes;     // tree: how many
	int fanout;        // tree: children of one process
	int names;         // tree, churn: how many different names
	int threads;       // tree: percent that have 4 to 10 threads; threads: how many
	int busy;          // tree: per mille that burn 1 ms of CPU a second
	int wake;          // tree: percent that wake each second and do next to nothing
	bool users;        // tree: half of the leaves change to another user (root only)
	bool odd_bytes;    // tree: some names are not valid UTF-8
	double rate;       // churn, storm: processes started per second
	double burn_ms;    // churn: CPU of one process
	double seconds;    // churn, storm: how long
	bool orphans;      // churn: forked twice, so that the parent is gone
	char dir[PATH_SIZE]; // where the links to this program are made
};

int run_tree(const struct options *options);
int run_node(int index, char **argv);
int run_churn(const struct options *options);
int run_storm(const struct options *options);
int run_threads(const struct options *options);
// burn is what a churned process does: that many rounds of arithmetic.
int burn(uint64_t rounds);

uint64_t hash(uint64_t x);
double seconds_of(int clock_id);
// stdin_ended waits up to timeout_ms and tells whether standard input has ended or a
// signal asked to stop.
bool stdin_ended(int timeout_ms);
void stop_on_signals(void);
// link_self makes dir/name another name of this program; false with errno set on failure.
bool link_self(const char *dir, const char *name);
// program_name gives the file name of name number i: unique, plain, at most 15 bytes.
void program_name(char out[COMM_SIZE], int i);
// shown_name gives the name that the process shows; some are odd on purpose.
void shown_name(char out[COMM_SIZE], int i, bool odd_bytes);
int fail(const char *what);

#endif
