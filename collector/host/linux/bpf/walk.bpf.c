//go:build ignore

// SPDX-License-Identifier: GPL-2.0
// The walk: a pass over all processes that writes a record only of those that have changed
// since the last pass. The reader starts it run by run, for a run is one RCU critical
// section and has to be short; between runs the kernel may free any task.
//
// Linux keeps all processes in one list, in the order in which they began: new ones are
// added at its end, and a thread that executes another program takes the place of its
// process. So the entries of the last pass, which lie in that order too, are compared with
// the list side by side, and moved together as processes end.
#include "process.h"

char LICENSE[] SEC("license") = "GPL";

// How a run ended: the pass is complete; it goes on with the next run; there is no slot left;
// the place where the last run ended cannot be found again.
enum { PASS_COMPLETE = 1, PASS_GOES_ON, PASS_NO_SLOT, PASS_LOST };

#define MAX_RECORDS 2048
#define MAX_STEPS (1 << 20)

// So many threads are summed at once. The threads of larger processes are summed over several
// steps, and are not compared, for that is half the work.
#define THREADS_AT_ONCE 256
// How often the threads of a large process are summed again when some ended meanwhile.
#define MAX_TRIES 3

// What cannot stay the same if the process has run, and all of a record that others can
// change without its running: its parent, its control group, its nice value, its memory,
// its state. What the process alone can change, such as its name and its user, needs no
// place here: to change it the process has to run. It all comes at the price of a miss in
// the cache per line of the task and its memory, so nothing else is looked at.
struct check {
	__u64 runtime, switches;      // of all threads
	__s64 resident, swap;         // pages
	__u64 cgroup, mm;
	__u32 ppid, state, threads;
	__s32 prio;
	// The process counts as changed: it shares its memory or its descriptors with another, or
	// one of its threads is on a CPU or waits for one.
	__u32 restless, reserved;
};

// One entry per process, in the order of the kernel's list.
struct seen {
	__u64 task, start;
	__u32 pid, slot;
	struct check last;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1); // set by the reader
	__type(key, __u32);
	__type(value, struct seen);
} entries SEC(".maps");

// A process keeps its slot for life. generation is the last pass that saw it; released are
// the slots that the reader gives back, as a stack.
struct slot {
	__u32 generation, released;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1); // set by the reader
	__type(key, __u32);
	__type(value, struct slot);
} slots SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, MAX_RECORDS);
	__type(key, __u32);
	__type(value, struct record);
} records SEC(".maps");

const volatile __u32 max_slots = 1;
// Set where the kernel keeps the first process from BPF iterators: then it is passed over here
// too, for what such a kernel keeps back is not to be had by another way.
const volatile __u32 skip_first = 0;

struct pass_state {
	// Written by the reader: the number of the pass, never 0; whether its first run is yet to
	// come; whether it writes every process; whether all entries are to be forgotten; how many
	// slots are released; how long a run may take, in ns.
	__u32 generation, begins, full, forget;
	__u32 released, reserved;
	__u64 budget;
	// Written by the programs: how many records this run has written; how many slots were ever
	// used; how many entries the last pass left, which of them is next, and how many this pass
	// has made.
	__u32 written, used;
	__u32 known, cursor, alive;
	// How many PID namespaces the reader is in besides the initial one, and its own.
	__u32 level;
	__u64 ns;
	// The head of the list, and the task to look at next.
	__u64 head, at;
	__u64 visited;
};
struct pass_state pass;

// The tasks looked at last, of which one that still lives tells where to go on.
#define ANCHORS 16
struct anchor {
	__u64 task, start;
};
struct anchor anchors[ANCHORS];

// The threads of a large process that are being summed: the next one, and the last.
struct progress {
	__u64 next;
	struct anchor last;
	__u32 active, sequence, tries, reserved;
};
struct progress progress;

// What is found out about the process under way.
struct check now;
struct record current;

struct bpf_iter_num {
	__u64 opaque[1];
};
extern int bpf_iter_num_new(struct bpf_iter_num *it, int start, int end) __ksym __weak;
extern int *bpf_iter_num_next(struct bpf_iter_num *it) __ksym __weak;
extern void bpf_iter_num_destroy(struct bpf_iter_num *it) __ksym __weak;

struct bpf_iter_task {
	__u64 opaque[3];
};
enum { BPF_TASK_ITER_ALL_PROCS };
extern int bpf_iter_task_new(struct bpf_iter_task *it, struct task_struct *task, unsigned int flags) __ksym __weak;
extern struct task_struct *bpf_iter_task_next(struct bpf_iter_task *it) __ksym __weak;
extern void bpf_iter_task_destroy(struct bpf_iter_task *it) __ksym __weak;

extern void *bpf_rdonly_cast(const void *obj, __u32 type) __ksym __weak;

// An address as a task, as memory of a process, or as two numbers. A bad address reads as 0.
#define as_task(address) \
	((struct task_struct *)bpf_rdonly_cast((void *)(address), bpf_core_type_id_kernel(struct task_struct)))
#define as_memory(address) \
	((struct mm_struct *)bpf_rdonly_cast((void *)(address), bpf_core_type_id_kernel(struct mm_struct)))
#define as_numbers(address) \
	((struct timespec64 *)bpf_rdonly_cast((void *)(address), bpf_core_type_id_kernel(struct timespec64)))

// The node of a list as a number, by way of memory: see find_cpu_offsets.
static __always_inline __u64 number_of(const void *pointer)
{
	volatile __u64 n = (__u64)pointer;

	return n;
}

static __always_inline __u64 next_process(struct task_struct *t)
{
	return number_of(t->tasks.next) - bpf_core_field_offset(struct task_struct, tasks);
}

static __always_inline __u64 next_thread(struct task_struct *t)
{
	return number_of(t->thread_node.next) - bpf_core_field_offset(struct task_struct, thread_node);
}

// The task that would be found where the list of a process' threads begins and ends.
static __always_inline __u64 end_of_threads(struct signal_struct *sig)
{
	return number_of(sig) + bpf_core_field_offset(struct signal_struct, thread_head) -
	       bpf_core_field_offset(struct task_struct, thread_node);
}

static __always_inline __u64 first_thread(struct signal_struct *sig)
{
	return number_of(sig->thread_head.next) - bpf_core_field_offset(struct task_struct, thread_node);
}

static __always_inline void remember(struct anchor *a, __u64 address, struct task_struct *t)
{
	a->task = address;
	a->start = t->start_boottime;
}

// is_there reports whether the task that was remembered is still in the list in which it was
// found: a task is taken out after it has lost its PID. The memory may be another task's by
// now, or no task's.
static __always_inline int is_there(const struct anchor *a)
{
	struct task_struct *t = as_task(a->task);

	return t->thread_pid && t->start_boottime == a->start;
}

// Its place in the list is then that of the thread that executed another program.
static __always_inline int leads(__u64 address)
{
	return number_of(as_task(address)->group_leader) == address;
}

// look_at_memory adds up the pages, those included that the CPUs hold back: two readings per
// CPU, for since Linux 6.6 the four counters of a process lie together.
static __always_inline struct rss look_at_memory(struct mm_struct *mm)
{
	struct rss rss = {
		.resident = mm->rss_stat[MM_FILEPAGES].count + mm->rss_stat[MM_ANONPAGES].count +
			    mm->rss_stat[MM_SHMEMPAGES].count,
		.swap = mm->rss_stat[MM_SWAPENTS].count,
	};
	__u64 counters;

	if (rss.resident < exact_rss_from)
		return rss;
	counters = number_of(mm->rss_stat[MM_FILEPAGES].counters);
	for (__u32 cpu = 0; cpu < cpus && cpu < MAX_CPUS; cpu++) {
		struct timespec64 *held = as_numbers(counters + cpu_offset[cpu]);
		__u64 file_anon = held->tv_sec, swap_shmem = held->tv_nsec;

		rss.resident += (__s32)file_anon + (__s32)(file_anon >> 32) + (__s32)(swap_shmem >> 32);
		rss.swap += (__s32)swap_shmem;
	}
	return rss;
}

// look_at_threads sums what cannot stay the same if a thread has run.
static __noinline int look_at_threads(__u64 address)
{
	struct signal_struct *sig = as_task(address)->signal;
	__u64 end = end_of_threads(sig), at = first_thread(sig);
	struct bpf_iter_num it;

	now.threads = sig->nr_threads;
	if (now.threads > THREADS_AT_ONCE)
		now.restless = 1;
	now.runtime = sig->sum_sched_runtime;
	now.switches = sig->nvcsw + sig->nivcsw;
	bpf_iter_num_new(&it, 0, THREADS_AT_ONCE);
	while (bpf_iter_num_next(&it) && at != end) {
		struct task_struct *t = as_task(at);

		now.runtime += t->se.sum_exec_runtime;
		now.switches += t->nvcsw + t->nivcsw;
		if (!t->__state)
			now.restless = 1;
		at = next_thread(t);
	}
	bpf_iter_num_destroy(&it);
	return 0;
}

static __always_inline __u64 cgroup_of(struct task_struct *t)
{
	return bpf_core_field_exists(t->cgroups) ? t->cgroups->dfl_cgrp->kn->id : 0;
}

// look finds out what tells whether a process has changed. It comes before its record is
// made: what changes in between is different the next time.
static __always_inline void look(__u64 address, struct task_struct *t)
{
	struct rss rss = {};

	now.state = t->__state;
	now.restless = !now.state;
	now.prio = t->static_prio;
	now.ppid = t->real_parent->tgid;
	now.cgroup = cgroup_of(t);
	now.threads = 1;
	now.runtime = t->se.sum_exec_runtime;
	now.switches = t->nvcsw + t->nivcsw;
	if (number_of(t->thread_node.next) != number_of(t->thread_node.prev))
		look_at_threads(address);
	now.mm = t->flags & PF_KTHREAD ? 0 : number_of(t->mm);
	if (now.mm)
		rss = look_at_memory(t->mm);
	now.resident = rss.resident;
	now.swap = rss.swap;
}

// ran reports whether any thread has run since the entry was made. A process of one thread
// has to run to get a second one.
static __always_inline int ran(__u64 address, struct task_struct *t, const struct check *last)
{
	if (last->threads == 1)
		return t->se.sum_exec_runtime != last->runtime || t->nvcsw + t->nivcsw != last->switches;
	now.restless = 0;
	look_at_threads(address);
	return now.restless || now.threads != last->threads || now.runtime != last->runtime ||
	       now.switches != last->switches;
}

// changed reports whether a record of the process would be another one than the last. Its
// memory is where it was, or it has run.
__noinline int changed(__u64 address, __u32 cursor)
{
	struct task_struct *t = as_task(address);
	struct seen *e = bpf_map_lookup_elem(&entries, &cursor);
	struct rss rss = {};

	if (!e || e->last.restless || t->__state != e->last.state || t->static_prio != e->last.prio ||
	    ran(address, t, &e->last) || t->real_parent->tgid != e->last.ppid || cgroup_of(t) != e->last.cgroup)
		return 1;
	if (e->last.mm)
		rss = look_at_memory(as_memory(e->last.mm));
	return rss.resident != e->last.resident || rss.swap != e->last.swap;
}

// describe makes the record but for what the threads have used.
__noinline int describe(__u64 address, __u32 pid)
{
	struct task_struct *t = as_task(address), *parent = t->real_parent;
	struct files_struct *files = t->files;

	current.layout = LAYOUT;
	current.kind = PROCESS;
	current.has = 0;
	current.cgroup = 0;
	identity(&current, t, t->signal);
	current.pid = pid;
	current.ppid = now.ppid;
	if (pass.level)
		current.ppid = number(parent->signal->pids[PIDTYPE_TGID], pass.level, (void *)pass.ns);
	current.rss = now.resident > 0 ? now.resident : 0;
	current.swap = now.swap > 0 ? now.swap : 0;
	current.vm = current.open_fds = 0;
	if (files)
		current.open_fds = open_fds(files);
	if (now.mm) {
		struct mm_struct *mm = as_memory(now.mm);

		current.vm = mm->total_vm;
		if (mm->mm_users.counter > current.threads || (files && files->count.counter > current.threads))
			now.restless = 1;
	}
	return 0;
}

static __always_inline void begin_threads(struct task_struct *first)
{
	struct signal_struct *sig = first->signal;

	progress.active = 1;
	progress.sequence = sequence(sig);
	progress.next = first_thread(sig);
	set_gone(&current, first);
	if (!bpf_core_field_exists(sig->ioac.read_bytes))
		current.read_bytes = current.write_bytes = 0;
}

// again reports whether the threads are to be summed once more, and begins to.
static __always_inline int again(struct task_struct *first)
{
	if (progress.tries++ >= MAX_TRIES)
		return 0;
	begin_threads(first);
	return 1;
}

// sum_threads sums some threads more and reports whether that were all.
__noinline int sum_threads(__u64 address)
{
	struct signal_struct *sig = as_task(address)->signal;
	__u64 end = end_of_threads(sig), at = progress.next;
	struct bpf_iter_num it;

	bpf_iter_num_new(&it, 0, THREADS_AT_ONCE);
	while (bpf_iter_num_next(&it) && at != end) {
		struct task_struct *t = as_task(at);

		add(&current, t);
		remember(&progress.last, at, t);
		at = next_thread(t);
	}
	bpf_iter_num_destroy(&it);
	progress.next = at;
	if (at != end)
		return 0;
	return (!(progress.sequence & 1) && sequence(sig) == progress.sequence) || !again(as_task(address));
}

// go_on leaves the task under way behind.
static __always_inline void go_on(__u64 address, struct task_struct *t)
{
	remember(&anchors[pass.visited & (ANCHORS - 1)], address, t);
	pass.visited++;
	pass.at = next_process(t);
}

// take_slot returns a slot for a new process, max_slots if there is none.
static __always_inline __u32 take_slot(void)
{
	__u32 top = pass.released - 1;
	struct slot *s;

	if (pass.released) {
		s = bpf_map_lookup_elem(&slots, &top);
		if (s) {
			pass.released = top;
			return s->released;
		}
	}
	return pass.used < max_slots ? pass.used++ : max_slots;
}

// keep makes an entry of the process under way.
static __always_inline void keep(__u64 address, __u32 pid, __u32 slot)
{
	__u32 at = pass.alive;
	struct seen *e = bpf_map_lookup_elem(&entries, &at);
	struct slot *s = bpf_map_lookup_elem(&slots, &slot);

	if (!e || !s)
		return;
	s->generation = pass.generation;
	e->task = address;
	e->start = current.start;
	e->pid = pid;
	e->slot = slot;
	e->last = now;
	pass.alive++;
}

// finish writes the record of the process under way, unless it has ended meanwhile.
__noinline int finish(__u64 address, __u32 pid)
{
	struct task_struct *t = as_task(address);
	__u32 cursor = pass.cursor, written = pass.written, slot;
	struct seen *e = bpf_map_lookup_elem(&entries, &cursor);
	struct record *r = bpf_map_lookup_elem(&records, &written);
	int known = e && cursor < pass.known && e->start == current.start && e->pid == pid;

	progress.active = 0;
	if (!r)
		return PASS_LOST;
	if (!t->thread_pid) {
		pass.cursor += known;
		pass.at = next_process(t);
		return PASS_GOES_ON;
	}
	slot = known ? e->slot : take_slot();
	if (slot >= max_slots)
		return PASS_NO_SLOT;
	current.slot = slot;
	*r = current;
	pass.written++;
	keep(address, pid, slot);
	pass.cursor += known;
	go_on(address, t);
	return PASS_GOES_ON;
}

// stays takes over the entry of a process that has not changed.
static __always_inline void stays(__u64 address, struct task_struct *t, struct seen *e)
{
	__u32 slot = e->slot, to = pass.alive;
	struct slot *s = bpf_map_lookup_elem(&slots, &slot);
	struct seen *moved;

	if (s)
		s->generation = pass.generation;
	if (to != pass.cursor) {
		moved = bpf_map_lookup_elem(&entries, &to);
		if (moved)
			*moved = *e;
	}
	pass.alive++;
	pass.cursor++;
	go_on(address, t);
}

// number_here is the process' number in the PID namespace of the reader, 0 outside of it.
static __always_inline __u32 number_here(struct task_struct *t)
{
	return pass.level ? number(t->thread_pid, pass.level, (void *)pass.ns) : t->tgid;
}

// step looks at one process, at some threads of a large one, or passes over the entry of one
// that has ended.
__noinline int step(void)
{
	__u64 address = pass.at;
	struct task_struct *t = as_task(address);
	__u64 start = t->start_boottime;
	__u32 pid, cursor = pass.cursor;
	struct seen *e = 0;

	if (cursor < pass.known)
		e = bpf_map_lookup_elem(&entries, &cursor);
	if (e && e->task == address && e->start == start && !progress.active && !pass.full && !changed(address, cursor)) {
		stays(address, t, e);
		return PASS_GOES_ON;
	}
	if (!t->thread_pid) {
		progress.active = 0;
		pass.at = next_process(t);
		return PASS_GOES_ON;
	}
	pid = number_here(t);
	if (!pid || (pid == 1 && skip_first)) {
		go_on(address, t);
		return PASS_GOES_ON;
	}
	if (!progress.active) {
		// What began earlier and is not this one has ended.
		if (e && (e->start != start || e->pid != pid) && e->start <= start) {
			pass.cursor++;
			return PASS_GOES_ON;
		}
		look(address, t);
		describe(address, pid);
		progress.tries = 0;
		begin_threads(t);
	}
	if (!sum_threads(address))
		return PASS_GOES_ON;
	return finish(address, pid);
}

// begin starts a pass at the head of the list, which the iterator tells.
static __always_inline void begin(void)
{
	struct pid *self = BPF_CORE_READ((struct task_struct *)(void *)bpf_get_current_task(), thread_pid);
	struct bpf_iter_task it;
	struct task_struct *head;

	pass.level = BPF_CORE_READ(self, level);
	pass.ns = 0;
	if (pass.level)
		bpf_probe_read_kernel(&pass.ns, sizeof(pass.ns),
				      (const char *)self + bpf_core_field_offset(struct pid, numbers) +
					      pass.level * bpf_core_type_size(struct upid) +
					      bpf_core_field_offset(struct upid, ns));
	find_cpu_offsets();
	bpf_iter_task_new(&it, 0, BPF_TASK_ITER_ALL_PROCS);
	head = bpf_iter_task_next(&it);
	pass.head = head ? number_of(head) : 0;
	bpf_iter_task_destroy(&it);
	if (pass.forget)
		pass.alive = pass.used = pass.released = 0;
	pass.known = pass.alive;
	pass.begins = pass.forget = pass.cursor = pass.alive = 0;
	pass.visited = 0;
	progress.active = 0;
	pass.at = pass.head ? next_process(as_task(pass.head)) : 0;
}

// find_place sets where the pass goes on, and returns whether that was found. All tasks
// between the one that still lives and the last that was looked at have ended.
static __always_inline int find_place(void)
{
	if (progress.active && as_task(pass.at)->thread_pid && leads(pass.at) &&
	    as_task(pass.at)->start_boottime == current.start) {
		if (!is_there(&progress.last) && !again(as_task(pass.at)))
			return 0;
		return 1;
	}
	progress.active = 0;
	for (__u32 back = 1; back <= ANCHORS; back++) {
		struct anchor *a = &anchors[(pass.visited - back) & (ANCHORS - 1)];

		if (back > pass.visited) {
			pass.at = next_process(as_task(pass.head));
			return 1;
		}
		if (is_there(a) && leads(a->task)) {
			pass.at = next_process(as_task(a->task));
			return 1;
		}
	}
	return 0;
}

SEC("raw_tp")
int walk_tasks(void *ctx)
{
	__u64 until = bpf_ktime_get_ns() + pass.budget;
	int how = PASS_GOES_ON, *i;
	struct bpf_iter_num it;

	pass.written = 0;
	if (pass.begins)
		begin();
	else if (!find_place())
		return PASS_LOST;
	if (!pass.head)
		return PASS_LOST;
	bpf_iter_num_new(&it, 0, MAX_STEPS);
	while ((i = bpf_iter_num_next(&it))) {
		if (pass.at == pass.head && !progress.active) {
			how = PASS_COMPLETE;
			break;
		}
		if (pass.written >= MAX_RECORDS || (((__u32)*i & 15) == 15 && bpf_ktime_get_ns() > until))
			break;
		how = step();
		if (how != PASS_GOES_ON)
			break;
	}
	bpf_iter_num_destroy(&it);
	return how;
}
