//go:build ignore

// SPDX-License-Identifier: GPL-2.0
// Accounts of processes that have ended. Those that the last pass over the process table
// can have seen are kept one by one, so that the reader can deduct what it has counted;
// those that began later are summed. What is known at the beginning of an end is kept until
// the account is closed, so that no process goes unnoticed for which that never happens.
#include "delays.h"
#include "network.h"
#include "waits.h"

char LICENSE[] SEC("license") = "GPL";

// How a process ended: 0, a signal, ENDED_WITH_CODE plus an exit code other than 0, or the last one.
enum { ENDED_WITH_CODE = 256, ENDED_FOR_MEMORY = 512 };
enum { SIGKILL = 9 };

// Flags of an account: the kernel counts I/O, waits for a CPU, and delays, programs count the network, and
// PF_FORKNOEXEC: the process ran the program of its parent. The reader sets TAKEN in what was noted when it has given up
// waiting.
enum { HAS_IO = 1, TAKEN = 2, HAS_WAIT = 4, HAS_DELAYS = 8, HAS_NETWORK = 16 };

struct usage {
	__u64 runtime, utime, stime; // ns
	__u64 minflt, majflt, read_bytes, write_bytes;
	__u64 wait; // ns
	struct delays delays;
};

struct ended_key {
	__u64 start; // ns since boot
	__u32 pid, reserved;
};

struct ended {
	__u8 comm[16];
	__u64 cgroup; // inode of its directory
	__u32 uid, ppid, how, flags;
	struct usage used;
	// What of the wait is that of the threads other than the first.
	__u64 threads_wait;
	struct network network;
};

struct sum_key {
	__u8 comm[16];
	__u64 cgroup;
	__u32 uid, how;
	// The parent, if the last pass can have seen it, else 0.
	__u32 ppid;
	__u32 flags;
};

struct sum {
	__u64 processes;
	struct usage used;
	struct network network;
};

static const struct sum no_sum;

#define MAX_ENDED 65536
#define MAX_SUMS 16384
#define MAX_ENDING 8192

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, MAX_ENDED);
	__type(key, struct ended_key);
	__type(value, struct ended);
} ended_processes SEC(".maps");

// Its room is set aside, 2 MB, for every process passes through it.
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, MAX_ENDING);
	__type(key, struct ended_key);
	__type(value, struct ended);
} ending_processes SEC(".maps");

struct sums {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, MAX_SUMS);
	__type(key, struct sum_key);
	__type(value, struct sum);
} sums_even SEC(".maps"), sums_odd SEC(".maps");

// Written by the reader. Processes that began by then, in ns since boot, can have been
// seen by its last pass; the largest number while a pass is under way.
volatile __u64 seen_until = ~0ULL;
// Written by the reader: the lowest bit chooses the map of sums, so that the other can be
// emptied while nobody adds to it.
volatile __u64 generation = 0;

// Read by the reader: how many programs are adding to each map of sums, and how many
// processes ever were summed, were listed, and found no room in a map; how many were noted
// when they began to end, and how many of these have got their account.
__u64 adding_even = 0, adding_odd = 0;
__u64 summed = 0, listed = 0, lost = 0;
__u64 noted = 0, closed = 0;

// Written by the reader once the network is counted.
volatile __u64 counts_network = 0;

static __always_inline __u32 how(struct task_struct *p, struct signal_struct *sig)
{
	int status = sig->flags & SIGNAL_GROUP_EXIT ? sig->group_exit_code : p->exit_code;
	int signal = status & 0x7f;

	if (signal == SIGKILL && sig->oom_mm)
		return ENDED_FOR_MEMORY;
	if (signal)
		return signal;
	return status ? ENDED_WITH_CODE | (status >> 8 & 0xff) : 0;
}

// use sets what the process has used. Every thread that was reaped, the first and last
// included, has moved its figures to signal_struct. One that was reaped while it was on
// its way off the CPU ran on after that: for the first thread that is known, and for a
// process of one thread that is all.
static __always_inline void use(struct usage *u, struct task_struct *p, struct signal_struct *sig, __u64 threads_wait)
{
	__u64 runtime = sig->sum_sched_runtime, last = p->se.sum_exec_runtime;

	u->runtime = runtime > last ? runtime : last;
	u->utime = sig->utime;
	u->stime = sig->stime;
	u->minflt = sig->min_flt;
	u->majflt = sig->maj_flt;
	u->wait = wait_of(p) + threads_wait;
	set_ended_delays(&u->delays, sig);
	add_delays(&u->delays, p, sig);
	if (bpf_core_field_exists(sig->ioac.read_bytes)) {
		u->read_bytes = sig->ioac.read_bytes;
		u->write_bytes = sig->ioac.write_bytes;
	}
}

static __always_inline __u32 flags(struct task_struct *p)
{
	return (p->flags & PF_FORKNOEXEC) | (bpf_core_field_exists(p->ioac.read_bytes) ? HAS_IO : 0) |
	       (counts_waits(p) ? HAS_WAIT : 0) | (counts_delays(p) ? HAS_DELAYS : 0) |
	       (counts_network ? HAS_NETWORK : 0);
}

static __always_inline __u64 cgroup(struct task_struct *p)
{
	if (!bpf_core_field_exists(p->cgroups))
		return 0;
	return p->cgroups->dfl_cgrp->kn->id;
}

// describe sets all but the figures. p is the first thread.
static __always_inline void describe(struct ended *e, struct task_struct *p, struct signal_struct *sig)
{
	__builtin_memcpy(e->comm, p->comm, sizeof(e->comm));
	e->cgroup = cgroup(p);
	e->uid = p->real_cred->euid.val;
	e->ppid = p->real_parent->tgid;
	e->how = how(p, sig);
	e->flags = flags(p);
}

static __always_inline void list(const struct ended_key *key, const struct ended *e)
{
	if (bpf_map_update_elem(&ended_processes, key, e, BPF_ANY))
		__sync_fetch_and_add(&lost, 1);
	else
		__sync_fetch_and_add(&listed, 1);
}

static __always_inline void add_usage(struct usage *to, const struct usage *u)
{
	__sync_fetch_and_add(&to->runtime, u->runtime);
	__sync_fetch_and_add(&to->utime, u->utime);
	__sync_fetch_and_add(&to->stime, u->stime);
	__sync_fetch_and_add(&to->minflt, u->minflt);
	__sync_fetch_and_add(&to->majflt, u->majflt);
	if (u->wait)
		__sync_fetch_and_add(&to->wait, u->wait);
	if (u->delays.block_io)
		__sync_fetch_and_add(&to->delays.block_io, u->delays.block_io);
	if (u->delays.swap_in)
		__sync_fetch_and_add(&to->delays.swap_in, u->delays.swap_in);
	if (u->delays.reclaim)
		__sync_fetch_and_add(&to->delays.reclaim, u->delays.reclaim);
	if (u->delays.thrashing)
		__sync_fetch_and_add(&to->delays.thrashing, u->delays.thrashing);
	if (u->read_bytes)
		__sync_fetch_and_add(&to->read_bytes, u->read_bytes);
	if (u->write_bytes)
		__sync_fetch_and_add(&to->write_bytes, u->write_bytes);
}

static __always_inline void add(void *sums, const struct sum_key *key, const struct ended *e)
{
	struct sum *s = bpf_map_lookup_elem(sums, key);

	if (!s) {
		bpf_map_update_elem(sums, key, &no_sum, BPF_NOEXIST);
		s = bpf_map_lookup_elem(sums, key);
		if (!s) {
			__sync_fetch_and_add(&lost, 1);
			return;
		}
	}
	__sync_fetch_and_add(&s->processes, 1);
	add_usage(&s->used, &e->used);
	add_network(&s->network, &e->network);
	__sync_fetch_and_add(&summed, 1);
}

// sum adds an account to those of the processes that are alike. It returns false if it could not.
static __always_inline int sum(const struct ended *e, struct task_struct *parent, __u64 until)
{
	struct sum_key key = {};

	__builtin_memcpy(key.comm, e->comm, sizeof(key.comm));
	key.cgroup = e->cgroup;
	key.uid = e->uid;
	key.how = e->how;
	key.flags = e->flags;
	// A parent that nobody has seen tells nothing, and scripts would fill the map.
	if (parent->group_leader->start_boottime <= until)
		key.ppid = parent->tgid;
	// The reader turns generation and then waits until nobody is adding. Who came between
	// the two sees that it has turned, and goes the new way.
	__sync_fetch_and_add(&adding_even, 1);
	if (!(generation & 1)) {
		add(&sums_even, &key, e);
		__sync_fetch_and_add(&adding_even, -1);
		return 1;
	}
	__sync_fetch_and_add(&adding_even, -1);
	__sync_fetch_and_add(&adding_odd, 1);
	if (generation & 1) {
		add(&sums_odd, &key, e);
		__sync_fetch_and_add(&adding_odd, -1);
		return 1;
	}
	__sync_fetch_and_add(&adding_odd, -1);
	// It has turned twice meanwhile.
	return 0;
}

// add_task adds what a thread has used that was not reaped yet.
static __always_inline void add_task(struct usage *u, struct task_struct *p)
{
	u->runtime += p->se.sum_exec_runtime;
	u->utime += p->utime;
	u->stime += p->stime;
	u->minflt += p->min_flt;
	u->majflt += p->maj_flt;
	if (bpf_core_field_exists(p->ioac.read_bytes)) {
		u->read_bytes += p->ioac.read_bytes;
		u->write_bytes += p->ioac.write_bytes;
	}
}

// keep_wait keeps what a thread waited that ends before its process.
static __always_inline void keep_wait(struct task_struct *p)
{
	struct wait_key key = wait_key_of(p->group_leader);
	__u64 *kept = bpf_map_lookup_elem(&thread_waits, &key), none = 0;

	if (!kept) {
		bpf_map_update_elem(&thread_waits, &key, &none, BPF_NOEXIST);
		kept = bpf_map_lookup_elem(&thread_waits, &key);
	}
	if (kept)
		__sync_fetch_and_add(kept, wait_of(p));
}

// take_waits takes what the threads of a process waited that ended before p, its last one.
static __always_inline __u64 take_waits(struct task_struct *p)
{
	struct wait_key key = wait_key_of(p->group_leader);
	__u64 *kept = bpf_map_lookup_elem(&thread_waits, &key), wait = 0;

	if (kept) {
		wait = *kept;
		bpf_map_delete_elem(&thread_waits, &key);
	}
	return p == p->group_leader ? wait : wait + wait_of(p);
}

// take_network takes what a process has sent and received. Of threads that end together, one gets it.
static __always_inline void take_network(struct network *to, struct signal_struct *sig)
{
	__u64 key = (__u64)sig;
	struct networked *of = bpf_map_lookup_elem(&networks, &key);

	if (!of)
		return;
	*to = of->network;
	if (bpf_map_delete_elem(&networks, &key))
		__builtin_memset(to, 0, sizeof(*to));
}

// The last thread is about to end. What it ran since the last tick is not booked yet, and
// others that end just now are left out; both come with the account, if it comes. A program
// can be passed over when a task is freed, which happens in whatever is on the CPU then:
// where another program is interrupted, or where a hardened kernel runs none.
SEC("tp_btf/sched_process_exit")
int BPF_PROG(process_ends, struct task_struct *p)
{
	struct signal_struct *sig = p->signal;
	struct task_struct *first = p->group_leader;
	struct ended_key key = {};
	struct ended e = {}, *noted_before;

	if (sig->live.counter) {
		if (p != first)
			keep_wait(p);
		return 0;
	}
	key.start = first->start_boottime;
	key.pid = p->tgid;
	describe(&e, first, sig);
	e.used.runtime = sig->sum_sched_runtime;
	e.used.utime = sig->utime;
	e.used.stime = sig->stime;
	e.used.minflt = sig->min_flt;
	e.used.majflt = sig->maj_flt;
	if (bpf_core_field_exists(sig->ioac.read_bytes)) {
		e.used.read_bytes = sig->ioac.read_bytes;
		e.used.write_bytes = sig->ioac.write_bytes;
	}
	add_task(&e.used, first);
	if (p != first)
		add_task(&e.used, p);
	e.threads_wait = take_waits(p);
	e.used.wait = wait_of(first) + e.threads_wait;
	set_ended_delays(&e.used.delays, sig);
	add_delays(&e.used.delays, first, sig);
	take_network(&e.network, sig);
	if (!bpf_map_update_elem(&ending_processes, &key, &e, BPF_NOEXIST)) {
		__sync_fetch_and_add(&noted, 1);
		return 0;
	}
	// Of threads that end together, several can be the last.
	noted_before = bpf_map_lookup_elem(&ending_processes, &key);
	if (noted_before) {
		__sync_fetch_and_add(&noted_before->threads_wait, e.threads_wait);
		add_network(&noted_before->network, &e.network);
	}
	return 0;
}

// The account of a task is closed here and not at sched_process_exit: there it is still on
// its CPU, and what it ran since the last tick is not booked yet.
SEC("tp_btf/sched_process_free")
int BPF_PROG(process_freed, struct task_struct *p)
{
	struct signal_struct *sig = p->signal;
	struct ended_key key = { .start = p->start_boottime, .pid = p->tgid };
	__u64 until = seen_until;
	struct ended e = {}, *end;
	__u64 threads_wait = 0;
	__u32 dropped = 0;

	// A thread is no process; it has moved its figures to signal_struct.
	if (p->pid != p->tgid)
		return 0;
	end = bpf_map_lookup_elem(&ending_processes, &key);
	if (end) {
		dropped = end->flags & TAKEN;
		threads_wait = end->threads_wait;
		e.network = end->network;
		if (!bpf_map_delete_elem(&ending_processes, &key))
			__sync_fetch_and_add(&closed, 1);
	}
	if (dropped)
		return 0;
	describe(&e, p, sig);
	use(&e.used, p, sig, threads_wait);
	if (p->start_boottime <= until || !sum(&e, p->real_parent, until))
		list(&key, &e);
	return 0;
}
