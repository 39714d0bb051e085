/* SPDX-License-Identifier: GPL-2.0 */
/*
 * One record per process, and how each of its members is read from a task. What the
 * iterator (tasks.bpf.c) and the walk (walk.bpf.c) have in common.
 */
#ifndef PROCESS_H
#define PROCESS_H

#include "delays.h"
#include "waits.h"

// LAYOUT opens every record. A pinned iterator can be of another version than its reader:
// it is counted up whenever struct record changes its layout or its meaning.
#define LAYOUT 0x70740003

// PROCESS is a whole process; THREAD is a part to add to the one with the same pid.
enum { PROCESS, THREAD };

// What the kernel was built to tell.
enum { HAS_IO = 1, HAS_CGROUP = 2, HAS_WAIT = 4, HAS_DELAYS = 8 };

#define UNKNOWN_FDS (~0U)

struct record {
	__u32 layout;
	__u16 kind, has;
	__u32 pid, ppid, uid;
	__u32 state, exit_state, flags;
	__u32 threads, open_fds;
	__s32 nice;
	__u32 slot; // of the walk, else 0
	__u8 comm[16];
	__u64 start;                         // ns since boot
	__u64 runtime, utime, stime;         // ns
	__u64 prev_utime, prev_stime;        // ns
	__u64 cutime, cstime;                // ns
	__u64 minflt, majflt, nvcsw, nivcsw;
	__u64 read_bytes, write_bytes;
	__u64 vm, rss, swap;                 // pages
	__u64 cgroup;                        // inode of its directory
	__u64 wait;                          // ns that threads were ready to run and had no CPU
	struct delays delays;
};

// The highest CPU number plus one, and the resident pages from which on it is worth to
// add the part that each CPU holds back.
const volatile __u32 cpus = 1;
const volatile __s64 exact_rss_from = 0;

// Where the memory of each CPU begins. No program may name __per_cpu_offset on a kernel
// without KALLSYMS_ALL, so it is taken from a per-CPU map: the address of the element on a
// CPU less the per-CPU pointer that the map holds.
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} per_cpu SEC(".maps");
#define MAX_CPUS 1024
__u64 cpu_offset[MAX_CPUS];
__u64 map_address;

// Pointers go by way of memory, for the verifier lets nothing be calculated with them.
static __always_inline void find_cpu_offsets(void)
{
	volatile __u64 *map = &map_address;
	__u64 base = 0;
	__u32 zero = 0;

	*map = (__u64)&per_cpu;
	bpf_probe_read_kernel(&base, sizeof(base), (const char *)*map + bpf_core_field_offset(struct bpf_array, pptrs));
	for (__u32 cpu = 0; cpu < cpus && cpu < MAX_CPUS; cpu++) {
		volatile __u64 *offset = &cpu_offset[cpu];
		void *element = bpf_map_lookup_percpu_elem(&per_cpu, &zero, cpu);

		if (!element)
			return;
		*offset = (__u64)element;
		*offset -= base;
	}
}

struct rss {
	__s64 resident, swap;
};

// held_back adds what the CPUs have counted and not yet added to the counters' sums.
static __always_inline void held_back(struct rss *rss, struct mm_struct *mm)
{
	const char *file = (const char *)mm->rss_stat[MM_FILEPAGES].counters;
	const char *anon = (const char *)mm->rss_stat[MM_ANONPAGES].counters;
	const char *swap = (const char *)mm->rss_stat[MM_SWAPENTS].counters;
	const char *shmem = (const char *)mm->rss_stat[MM_SHMEMPAGES].counters;
	int together = shmem - file == MM_SHMEMPAGES * sizeof(__s32); // since Linux 6.6

	for (__u32 cpu = 0; cpu < cpus && cpu < MAX_CPUS; cpu++) {
		__u64 offset = cpu_offset[cpu];
		__s32 n[NR_MM_COUNTERS] = {};

		if (together) {
			bpf_probe_read_kernel(n, sizeof(n), file + offset);
		} else {
			bpf_probe_read_kernel(&n[MM_FILEPAGES], sizeof(n[0]), file + offset);
			bpf_probe_read_kernel(&n[MM_ANONPAGES], sizeof(n[0]), anon + offset);
			bpf_probe_read_kernel(&n[MM_SWAPENTS], sizeof(n[0]), swap + offset);
			bpf_probe_read_kernel(&n[MM_SHMEMPAGES], sizeof(n[0]), shmem + offset);
		}
		rss->resident += n[MM_FILEPAGES] + n[MM_ANONPAGES] + n[MM_SHMEMPAGES];
		rss->swap += n[MM_SWAPENTS];
	}
}

static __always_inline void memory(struct record *r, struct mm_struct *mm)
{
	struct mm_struct___atomic *old = (void *)mm;
	struct rss rss;

	if (bpf_core_field_exists(old->rss_stat.count)) {
		__s64 n[NR_MM_COUNTERS] = {};

		// Not by its type, of which the verifier makes nothing.
		bpf_probe_read_kernel(n, sizeof(n), (const char *)mm + bpf_core_field_offset(old->rss_stat.count));
		rss.resident = n[MM_FILEPAGES] + n[MM_ANONPAGES] + n[MM_SHMEMPAGES];
		rss.swap = n[MM_SWAPENTS];
	} else {
		rss.resident = mm->rss_stat[MM_FILEPAGES].count + mm->rss_stat[MM_ANONPAGES].count +
			       mm->rss_stat[MM_SHMEMPAGES].count;
		rss.swap = mm->rss_stat[MM_SWAPENTS].count;
		if (rss.resident >= exact_rss_from)
			held_back(&rss, mm);
	}
	r->vm = mm->total_vm;
	r->rss = rss.resident > 0 ? rss.resident : 0;
	r->swap = rss.swap > 0 ? rss.swap : 0;
}

// add adds what a living thread has used.
static __always_inline void add(struct record *r, struct task_struct *t)
{
	r->runtime += t->se.sum_exec_runtime;
	r->utime += t->utime;
	r->stime += t->stime;
	r->minflt += t->min_flt;
	r->majflt += t->maj_flt;
	r->nvcsw += t->nvcsw;
	r->nivcsw += t->nivcsw;
	// The wait of a thread that is about to end is among those of the ended already, or soon.
	if (t->pid == t->tgid || !(t->flags & PF_EXITING))
		r->wait += wait_of(t);
	add_delays(&r->delays, t, t->signal);
	if (bpf_core_field_exists(t->ioac.read_bytes)) {
		r->read_bytes += t->ioac.read_bytes;
		r->write_bytes += t->ioac.write_bytes;
	}
}

// set_gone starts the sums with what the threads that have ended left behind.
static __always_inline void set_gone(struct record *r, struct task_struct *first)
{
	struct signal_struct *sig = first->signal;

	r->runtime = sig->sum_sched_runtime;
	r->utime = sig->utime;
	r->stime = sig->stime;
	r->minflt = sig->min_flt;
	r->majflt = sig->maj_flt;
	r->nvcsw = sig->nvcsw;
	r->nivcsw = sig->nivcsw;
	// Ended threads have run.
	r->wait = sig->sum_sched_runtime ? wait_of_ended(first) : 0;
	set_ended_delays(&r->delays, sig);
	if (bpf_core_field_exists(sig->ioac.read_bytes)) {
		r->read_bytes = sig->ioac.read_bytes;
		r->write_bytes = sig->ioac.write_bytes;
	}
}

// A thread that ends moves its figures to the process under stats_lock. Its sequence
// number, the first word of every seqlock_t, tells when that happened while we added up.
static __always_inline __u32 sequence(struct signal_struct *sig)
{
	return *(volatile __u32 *)&sig->stats_lock;
}

static __always_inline __u32 bits(__u64 x)
{
	x = x - ((x >> 1) & 0x5555555555555555ULL);
	x = (x & 0x3333333333333333ULL) + ((x >> 2) & 0x3333333333333333ULL);
	return (((x + (x >> 4)) & 0x0f0f0f0f0f0f0f0fULL) * 0x0101010101010101ULL) >> 56;
}

#define MAX_FD_WORDS 2048

static __always_inline __u32 open_fds(struct files_struct *files)
{
	struct fdtable *table = files->fdt;
	const __u64 *open = (const __u64 *)table->open_fds;
	__u32 words = table->max_fds / 64, n = 0;

	if (words > MAX_FD_WORDS)
		return UNKNOWN_FDS;
	for (__u32 i = 0; i < MAX_FD_WORDS && i < words; i++) {
		__u64 word = 0;

		bpf_probe_read_kernel(&word, sizeof(word), open + i);
		n += bits(word);
	}
	return n;
}

// number is the process' number in the PID namespace at that level, 0 outside of it.
static __always_inline int number(struct pid *pid, __u32 level, struct pid_namespace *ns)
{
	const char *at = (const char *)pid + bpf_core_field_offset(struct pid, numbers) +
			 level * bpf_core_type_size(struct upid);
	struct pid_namespace *its = 0;
	int nr = 0;

	if (BPF_CORE_READ(pid, level) < level)
		return 0;
	bpf_probe_read_kernel(&its, sizeof(its), at + bpf_core_field_offset(struct upid, ns));
	if (ns && its != ns)
		return 0;
	bpf_probe_read_kernel(&nr, sizeof(nr), at + bpf_core_field_offset(struct upid, nr));
	return nr;
}

static __always_inline void numbers(struct record *r, struct task_struct *task)
{
	struct task_struct *reader = (void *)bpf_get_current_task();
	struct pid *self = BPF_CORE_READ(reader, thread_pid);
	__u32 level = BPF_CORE_READ(self, level);
	struct pid_namespace *ns = 0;

	r->pid = task->tgid;
	r->ppid = task->real_parent->tgid;
	if (level == 0)
		return;
	bpf_probe_read_kernel(&ns, sizeof(ns),
			      (const char *)self + bpf_core_field_offset(struct pid, numbers) +
				      level * bpf_core_type_size(struct upid) +
				      bpf_core_field_offset(struct upid, ns));
	r->pid = number(task->signal->pids[PIDTYPE_TGID], level, ns);
	r->ppid = number(task->real_parent->signal->pids[PIDTYPE_TGID], level, ns);
}

static __always_inline void identity(struct record *r, struct task_struct *task, struct signal_struct *sig)
{
	struct task_struct___volatile_state *old = (void *)task;

	r->uid = task->real_cred->euid.val;
	r->state = bpf_core_field_exists(old->state) ? old->state : task->__state;
	r->exit_state = task->exit_state;
	r->flags = task->flags;
	r->threads = sig->nr_threads;
	r->nice = task->static_prio - 120;
	r->start = task->start_boottime;
	__builtin_memcpy(r->comm, task->comm, sizeof(r->comm));
	r->prev_utime = sig->prev_cputime.utime;
	r->prev_stime = sig->prev_cputime.stime;
	r->cutime = sig->cutime;
	r->cstime = sig->cstime;
	if (bpf_core_field_exists(task->ioac.read_bytes))
		r->has |= HAS_IO;
	if (counts_waits(task))
		r->has |= HAS_WAIT;
	if (counts_delays(task))
		r->has |= HAS_DELAYS;
	if (bpf_core_field_exists(task->cgroups)) {
		r->has |= HAS_CGROUP;
		r->cgroup = task->cgroups->dfl_cgrp->kn->id;
	}
}

#endif
