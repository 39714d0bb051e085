/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The part of the kernel's types that the programs here read. Only names and kinds of
 * the members matter: where they lie is looked up in the type information of the running
 * kernel when a program is loaded (CO-RE). What was renamed or moved since Linux 5.8 has
 * a type with a suffix (___…), which the loader drops.
 */
#ifndef KERNEL_H
#define KERNEL_H

typedef unsigned char __u8;
typedef signed char __s8;
typedef unsigned short __u16;
typedef short __s16;
typedef unsigned int __u32;
typedef int __s32;
typedef unsigned long long __u64;
typedef long long __s64;
typedef __u16 __be16;
typedef __u32 __be32;
typedef __u32 __wsum;

/* uapi/linux/bpf.h */
enum { BPF_MAP_TYPE_HASH = 1, BPF_MAP_TYPE_ARRAY = 2, BPF_MAP_TYPE_PERCPU_ARRAY = 6 };
enum { BPF_F_NO_PREALLOC = 1, BPF_F_MMAPABLE = 1024 };
enum { BPF_ANY, BPF_NOEXIST };

/* linux/sched.h, linux/sched/signal.h */
enum {
	PF_EXITING = 0x00000004,
	PF_FORKNOEXEC = 0x00000040,
	PF_KTHREAD = 0x00200000,
	SIGNAL_GROUP_EXIT = 0x00000004,
};
/* linux/mm_types_task.h */
enum { MM_FILEPAGES, MM_ANONPAGES, MM_SWAPENTS, MM_SHMEMPAGES, NR_MM_COUNTERS };

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct pid_namespace;
struct seq_file;

struct list_head {
	struct list_head *next, *prev;
};

// Two numbers of 64 bits, as which a program may read any memory of the kernel.
struct timespec64 {
	__s64 tv_sec;
	__s64 tv_nsec;
};

struct upid {
	int nr;
	struct pid_namespace *ns;
};

struct pid {
	unsigned int level;
	struct upid numbers[1];
};

typedef struct {
	__u32 val;
} kuid_t;

struct cred {
	kuid_t euid;
};

struct task_io_accounting {
	__u64 read_bytes, write_bytes;
};

struct prev_cputime {
	__u64 utime, stime;
};

typedef struct {
	int counter;
} atomic_t;

typedef struct {
	atomic_t lock;
} seqlock_t;

enum pid_type { PIDTYPE_PID, PIDTYPE_TGID, PIDTYPE_MAX = 4 };

/* linux/taskstats.h */
struct taskstats {
	__u64 blkio_delay_total, swapin_delay_total, freepages_delay_total, thrashing_delay_total;
};

/* linux/delayacct.h */
struct task_delay_info {
	__u64 blkio_delay, swapin_delay, freepages_delay, thrashing_delay;
};

struct signal_struct {
	atomic_t live;
	int nr_threads;
	struct list_head thread_head;
	int group_exit_code;
	unsigned int flags;
	struct pid *pids[PIDTYPE_MAX];
	seqlock_t stats_lock;
	__u64 utime, stime, cutime, cstime;
	struct prev_cputime prev_cputime;
	unsigned long nvcsw, nivcsw, min_flt, maj_flt;
	struct task_io_accounting ioac;
	unsigned long long sum_sched_runtime;
	struct taskstats *stats;
	struct mm_struct *oom_mm;
};

struct percpu_counter {
	__s64 count;
	__s32 *counters;
};

struct mm_struct {
	atomic_t mm_users;
	unsigned long total_vm;
	struct percpu_counter rss_stat[NR_MM_COUNTERS];
};

/* Before Linux 6.2. */
typedef struct {
	long counter;
} atomic_long_t;

struct mm_rss_stat {
	atomic_long_t count[NR_MM_COUNTERS];
};

struct mm_struct___atomic {
	struct mm_rss_stat rss_stat;
};

struct fdtable {
	unsigned int max_fds;
	unsigned long *open_fds;
};

struct files_struct {
	atomic_t count;
	struct fdtable *fdt;
};

struct kernfs_node {
	__u64 id;
};

struct cgroup {
	struct kernfs_node *kn;
};

struct css_set {
	struct cgroup *dfl_cgrp;
};

struct sched_entity {
	__u64 sum_exec_runtime;
};

struct sched_info {
	unsigned long pcount;
	unsigned long long run_delay;
};

struct task_struct {
	unsigned int __state;
	int exit_state, exit_code;
	unsigned int flags;
	int static_prio;
	int pid, tgid;
	struct task_struct *real_parent, *group_leader;
	struct list_head tasks, thread_node;
	struct pid *thread_pid;
	const struct cred *real_cred;
	char comm[16];
	__u64 utime, stime;
	unsigned long nvcsw, nivcsw, min_flt, maj_flt;
	__u64 start_boottime;
	struct sched_entity se;
	struct sched_info sched_info;
	struct mm_struct *mm;
	struct files_struct *files;
	struct signal_struct *signal;
	struct css_set *cgroups;
	struct task_io_accounting ioac;
	struct task_delay_info *delays;
};

struct sock_common {
	__u16 skc_family;
};

struct sock {
	struct sock_common __sk_common;
	__u16 sk_type, sk_protocol;
};

struct socket {
	struct sock *sk;
};

/* Before Linux 5.14. */
struct task_struct___volatile_state {
	volatile long state;
};

struct bpf_iter_meta {
	struct seq_file *seq;
	__u64 seq_num;
};

struct bpf_iter__task {
	struct bpf_iter_meta *meta;
	struct task_struct *task;
};

struct bpf_array {
	void *pptrs[1];
};

#pragma clang attribute pop

#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>

#endif
