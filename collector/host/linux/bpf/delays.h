/* SPDX-License-Identifier: GPL-2.0 */
/*
 * For how long threads waited for block devices, for pages from swap, for memory that they had to
 * free themselves, and for pages dropped not long before. Only with kernel.task_delayacct does a
 * thread get an account when it begins (delayacct_tsk_init in kernel/delayacct.c).
 */
#ifndef DELAYS_H
#define DELAYS_H

#include "kernel.h"

struct delays {
	__u64 block_io, swap_in, reclaim, thrashing; // ns
};

// counts_delays reports whether the kernel counts the delays of a thread.
static __always_inline int counts_delays(struct task_struct *t)
{
	return bpf_core_field_exists(t->delays) && t->delays;
}

// add_delays adds those of a thread. Those of one that ends go to its process (fill_tgid_exit in
// kernel/taskstats.c), if that has other threads.
static __always_inline void add_delays(struct delays *d, struct task_struct *t, struct signal_struct *sig)
{
	struct task_delay_info *i;

	if (!bpf_core_field_exists(t->delays))
		return;
	i = t->delays;
	if (!i || ((t->flags & PF_EXITING) && sig->stats))
		return;
	d->block_io += i->blkio_delay;
	d->swap_in += i->swapin_delay;
	d->reclaim += i->freepages_delay;
	d->thrashing += i->thrashing_delay;
}

// set_ended_delays sets those of the ended threads.
static __always_inline void set_ended_delays(struct delays *d, struct signal_struct *sig)
{
	struct taskstats *s;

	d->block_io = d->swap_in = d->reclaim = d->thrashing = 0;
	if (!bpf_core_field_exists(sig->stats))
		return;
	s = sig->stats;
	if (!s)
		return;
	d->block_io = s->blkio_delay_total;
	d->swap_in = s->swapin_delay_total;
	d->reclaim = s->freepages_delay_total;
	d->thrashing = s->thrashing_delay_total;
}

#endif
