// A tree of processes that do next to nothing. Process i has the children i*fanout+1 and
// the following, so each can start its own without being told more than its number.
#define _GNU_SOURCE
#include "loadgen.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tree.h"

static struct plan *share_plan(const struct options *options)
{
	int fd = memfd_create("loadgen-plan", 0);
	if (fd < 0 || ftruncate(fd, sizeof(struct plan)) || dup2(fd, PLAN_FD) < 0)
		return NULL;
	if (fd != PLAN_FD)
		close(fd);
	struct plan *plan = mmap(NULL, sizeof *plan, PROT_READ | PROT_WRITE, MAP_SHARED, PLAN_FD, 0);
	if (plan == MAP_FAILED)
		return NULL;
	plan->options = *options;
	plan->options.users = options->users && geteuid() == 0;
	return plan;
}

// reap_all waits until nothing is left: as subreaper this process inherits every orphan
// of the tree, so "no child" means no descendant either.
static void reap_all(pid_t root)
{
	kill(root, SIGKILL);
	while (wait(NULL) > 0 || errno == EINTR)
		;
}

int run_tree(const struct options *options)
{
	if (options->processes < 1 || options->fanout < 1 || options->names < 1) {
		fputs("loadgen: tree needs processes, fanout and names of at least 1\n", stderr);
		return 2;
	}
	for (int i = 0; i < options->names; i++) {
		char name[COMM_SIZE];
		program_name(name, i);
		if (!link_self(options->dir, name))
			return fail(options->dir);
	}
	// Descriptor 3 must be free for the plan; a parent may have left one open.
	close(PLAN_FD);
	struct plan *plan = share_plan(options);
	if (!plan)
		return fail("plan");
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	prctl(PR_SET_NAME, "loadgen-tree");

	pid_t root = start_node(plan, 0);
	if (root < 0)
		return fail("fork");
	int ready;
	while ((ready = atomic_load(&plan->ready)) < options->processes && !atomic_load(&plan->error))
		if (stdin_ended(5))
			break;
	int error = atomic_load(&plan->error);
	if (error) {
		reap_all(root);
		errno = error;
		fprintf(stderr, "loadgen: %d of %d processes were up: ", ready, options->processes);
		return fail("start");
	}
	printf("{\"event\":\"ready\",\"processes\":%d,\"threads\":%d,\"names\":%d}\n", ready,
		atomic_load(&plan->threads), options->names);
	fflush(stdout);
	while (!stdin_ended(-1))
		;
	reap_all(root);
	return 0;
}
