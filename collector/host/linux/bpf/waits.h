/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How long threads waited for a CPU after they were ready to run. The kernel adds what an ended
 * thread used to its process (__exit_signal in kernel/exit.c), but not this, so the accounting of
 * exits keeps it for the programs that read the process table.
 */
#ifndef WAITS_H
#define WAITS_H

#include "kernel.h"

struct wait_key {
	__u64 start; // ns since boot
	__u32 pid, reserved;
};

// The wait, in ns, of the ended threads of each living process that has any. Without room, it is
// lost. The reader gives the programs one map in common.
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 65536);
	__type(key, struct wait_key);
	__type(value, __u64);
} thread_waits SEC(".maps");

static __always_inline struct wait_key wait_key_of(struct task_struct *first)
{
	struct wait_key key = { .start = first->start_boottime, .pid = first->tgid };

	return key;
}

// wait_of_ended returns what the ended threads of a process waited.
static __always_inline __u64 wait_of_ended(struct task_struct *first)
{
	struct wait_key key = wait_key_of(first);
	__u64 *kept = bpf_map_lookup_elem(&thread_waits, &key);

	return kept ? *kept : 0;
}

// counts_waits reports whether the kernel counts: without CONFIG_SCHED_INFO there is no such
// member, and before Linux 5.14 a kernel can leave it at 0. A thread that ran was given a CPU.
static __always_inline int counts_waits(struct task_struct *task)
{
	return bpf_core_field_exists(task->sched_info.run_delay) && task->sched_info.pcount;
}

static __always_inline __u64 wait_of(struct task_struct *task)
{
	return bpf_core_field_exists(task->sched_info.run_delay) ? task->sched_info.run_delay : 0;
}

#endif
