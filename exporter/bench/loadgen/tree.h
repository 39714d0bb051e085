// The plan of a tree, shared by all its processes while they start.
#ifndef TREE_H
#define TREE_H

#include "loadgen.h"

#include <stdatomic.h>
#include <sys/types.h>

// PLAN_FD is where a started process finds the plan.
#define PLAN_FD 3

struct plan {
	struct options options;
	atomic_int ready;   // processes that are up
	atomic_int threads; // their threads
	atomic_int error;   // errno of the first that could not start
};

// start_node starts process number index as a child; -1 with errno set on failure.
pid_t start_node(struct plan *plan, int index);

#endif
