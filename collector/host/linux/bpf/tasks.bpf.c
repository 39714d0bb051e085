//go:build ignore

// SPDX-License-Identifier: GPL-2.0
// One record per process, written by an iterator over the tasks of the reader's PID
// namespace.
#include "process.h"

char LICENSE[] SEC("license") = "GPL";

const struct record *emitted __attribute__((unused)); // keeps the type for bpf2go

// A record per thread, for the reader to add up, where programs cannot walk a process'
// threads (before Linux 6.7).
const volatile __u32 per_thread = 0;
struct bpf_iter_task {
	__u64 opaque[3];
};
enum { BPF_TASK_ITER_PROC_THREADS = 2 };
extern int bpf_iter_task_new(struct bpf_iter_task *it, struct task_struct *task, unsigned int flags) __ksym __weak;
extern struct task_struct *bpf_iter_task_next(struct bpf_iter_task *it) __ksym __weak;
extern void bpf_iter_task_destroy(struct bpf_iter_task *it) __ksym __weak;

// sum adds up what all threads have used, and returns whether none ended meanwhile. It
// stands in no loop: older verifiers, that of Linux 6.1 among them, refuse some of the ways
// in which the compiler lays out a loop around another.
static __noinline int sum(struct record *r, struct task_struct *task)
{
	struct signal_struct *sig = task->signal;
	__u32 before = sequence(sig);
	struct task_struct *t;

	set_gone(r, task);
	add(r, task);
	if (!per_thread && sig->nr_threads > 1) {
		struct bpf_iter_task it;

		bpf_iter_task_new(&it, task, BPF_TASK_ITER_PROC_THREADS);
		while ((t = bpf_iter_task_next(&it)))
			if (t->pid != t->tgid)
				add(r, t);
		bpf_iter_task_destroy(&it);
	}
	return !(before & 1) && sequence(sig) == before;
}

static __always_inline void usage(struct record *r, struct task_struct *task)
{
	if (!sum(r, task) && !sum(r, task) && !sum(r, task))
		sum(r, task);
}

SEC("iter/task")
int read_tasks(struct bpf_iter__task *ctx)
{
	struct task_struct *task = ctx->task;
	struct record r = { .layout = LAYOUT };

	if (!task)
		return 0;
	if (ctx->meta->seq_num == 0 && bpf_core_field_exists(((struct mm_struct *)0)->rss_stat[0].counters))
		find_cpu_offsets();
	if (task->pid != task->tgid) {
		if (!per_thread)
			return 0;
		r.kind = THREAD;
		numbers(&r, task);
		add(&r, task);
	} else {
		numbers(&r, task);
		identity(&r, task, task->signal);
		usage(&r, task);
		if (task->mm && !(r.flags & PF_KTHREAD))
			memory(&r, task->mm);
		if (task->files)
			r.open_fds = open_fds(task->files);
	}
	bpf_seq_write(ctx->meta->seq, &r, sizeof(r));
	return 0;
}
