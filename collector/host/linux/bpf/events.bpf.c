//go:build ignore

// SPDX-License-Identifier: GPL-2.0
// One record for each process that starts (fork), runs a program (exec) or ends (exit), in a ring
// buffer. Each is counted, also where the buffer has no space for it: counted = written + lost.
#include "kernel.h"

char LICENSE[] SEC("license") = "GPL";

enum { FORK, EXEC, EXIT, KINDS };
// TRUNCATED: the arguments are longer. NO_DETAILS: they were left out because the buffer is filling up.
enum { TRUNCATED = 1, NO_DETAILS = 2, KERNEL = 4, OOM = 8 };
enum { SIGKILL = 9 };

/* uapi/linux/bpf.h */
enum { RINGBUF = 27, RB_NO_WAKEUP = 1, RB_FORCE_WAKEUP = 2, RB_AVAIL_DATA = 0, RB_RING_SIZE = 1 };

#define MAX_ARGS 512
#define MAX_EXE 256
#define RING (2 << 20)

struct event {
	__u64 time, start; // ns since boot
	__u64 cgroup;      // inode of its directory
	__u32 pid, ppid, uid;
	__u8 kind, flags;
	__u16 args; // bytes of arguments that follow
	__u8 comm[16];
};

struct exec_event {
	struct event e;
	char text[MAX_ARGS + MAX_EXE]; // the arguments, then the path of the program
};

struct exit_event {
	struct event e;
	__u32 status, reserved; // as for wait(2)
	__u64 runtime;          // CPU time in ns, up to the last tick
	__u64 peak;             // pages
};

// Keeps the type for the reader.
const struct exit_event *unused __attribute__((unused));

/* Members that kernel.h does not have. */
#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)
struct mm_struct___args {
	unsigned long arg_start, arg_end, hiwater_rss;
};

struct signal_struct___peak {
	unsigned long maxrss;
};

struct linux_binprm {
	const char *interp; // of a script the program that runs it
};
#pragma clang attribute pop

struct {
	__uint(type, RINGBUF);
	__uint(max_entries, RING);
} events SEC(".maps");

// The stack is too small for it. The kernel never runs one program twice at once on a CPU.
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct exec_event);
} scratch SEC(".maps");

// By kind: how many there were, and how many found no space.
__u64 counted[KINDS] = {}, lost[KINDS] = {};

static __always_inline void set(struct event *e, struct task_struct *p, int kind)
{
	struct task_struct *first = p->group_leader;

	e->time = bpf_ktime_get_boot_ns();
	e->start = first->start_boottime;
	e->cgroup = bpf_core_field_exists(p->cgroups) ? p->cgroups->dfl_cgrp->kn->id : 0;
	e->pid = p->tgid;
	e->ppid = first->real_parent->tgid;
	e->uid = p->real_cred->euid.val;
	e->kind = kind;
	e->flags = p->flags & PF_KTHREAD ? KERNEL : 0;
	e->args = 0;
	__builtin_memcpy(e->comm, first->comm, sizeof(e->comm));
}

// send wakes the reader only if the buffer is filling up: it looks from time to time by itself.
static __always_inline void send(void *e, __u64 size, int kind)
{
	__u64 used = bpf_ringbuf_query(&events, RB_AVAIL_DATA);

	__sync_fetch_and_add(&counted[kind], 1);
	if (bpf_ringbuf_output(&events, e, size, used > bpf_ringbuf_query(&events, RB_RING_SIZE) / 4 ? RB_FORCE_WAKEUP : RB_NO_WAKEUP))
		__sync_fetch_and_add(&lost[kind], 1);
}

SEC("tp_btf/sched_process_fork")
int BPF_PROG(process_forked, struct task_struct *parent, struct task_struct *p)
{
	struct event e = {};

	if (p->pid != p->tgid)
		return 0;
	set(&e, p, FORK);
	send(&e, sizeof(e), FORK);
	return 0;
}

SEC("tp_btf/sched_process_exec")
int BPF_PROG(program_executed, struct task_struct *p, int old, struct linux_binprm *bprm)
{
	__u32 zero = 0, n;
	long exe = 0;
	unsigned long from, to;
	struct exec_event *e = bpf_map_lookup_elem(&scratch, &zero);
	struct mm_struct___args *mm = (void *)p->mm;
	__u64 size;

	if (!e)
		return 0;
	set(&e->e, p, EXEC);
	from = mm->arg_start;
	to = mm->arg_end;
	n = to - from;
	if (to - from > MAX_ARGS) {
		n = MAX_ARGS;
		e->e.flags |= TRUNCATED;
	}
	if (bpf_ringbuf_query(&events, RB_AVAIL_DATA) > bpf_ringbuf_query(&events, RB_RING_SIZE) / 2) {
		n = 0;
		e->e.flags |= NO_DETAILS;
	}
	// The verifier has to see the bound on the register that is used.
	asm volatile("" : "+r"(n));
	if (n > MAX_ARGS)
		n = MAX_ARGS;
	if (n && bpf_probe_read_user(e->text, n, (void *)from)) {
		n = 0;
		e->e.flags |= NO_DETAILS;
	}
	e->e.args = n;
	if (!(e->e.flags & NO_DETAILS))
		exe = bpf_probe_read_kernel_str(e->text + n, MAX_EXE, bprm->interp);
	if (exe < 0 || exe >= MAX_EXE)
		exe = 0; // A path that was cut is none.
	size = sizeof(struct event) + n + exe;
	if (size > sizeof(*e))
		size = sizeof(*e);
	send(e, size, EXEC);
	return 0;
}

// peak is that of the program that ran last where its memory is still there (since Linux 6.16). The
// kernel's own number, which wait4 returns, also has what the process held before its exec.
static __always_inline __u64 peak(struct task_struct *p)
{
	struct mm_struct___atomic *old = (void *)p->mm;
	struct mm_struct___args *mm = (void *)p->mm;
	__s64 now = 0;

	if (!mm)
		return ((struct signal_struct___peak *)p->signal)->maxrss;
	if (!bpf_core_field_exists(old->rss_stat.count))
		now = p->mm->rss_stat[MM_FILEPAGES].count + p->mm->rss_stat[MM_ANONPAGES].count +
		      p->mm->rss_stat[MM_SHMEMPAGES].count;
	return now > (__s64)mm->hiwater_rss ? now : mm->hiwater_rss;
}

SEC("tp_btf/sched_process_exit")
int BPF_PROG(process_exited, struct task_struct *p)
{
	struct signal_struct *sig = p->signal;
	struct task_struct *first = p->group_leader;
	struct exit_event e = {};

	if (sig->live.counter)
		return 0;
	set(&e.e, p, EXIT);
	e.status = sig->flags & SIGNAL_GROUP_EXIT ? sig->group_exit_code : first->exit_code;
	if ((e.status & 0x7f) == SIGKILL && sig->oom_mm)
		e.e.flags |= OOM;
	e.runtime = sig->sum_sched_runtime + first->se.sum_exec_runtime;
	if (p != first)
		e.runtime += p->se.sum_exec_runtime;
	e.peak = peak(p);
	send(&e, sizeof(e), EXIT);
	return 0;
}
