/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What living processes have sent and received through sockets of IPv4 and IPv6. The programs in
 * network.bpf.c add to it, and the accounting of exits takes out what belongs to a process that ends.
 */
#ifndef NETWORK_H
#define NETWORK_H

#include "kernel.h"

// Calls are those that moved at least one byte.
struct traffic {
	__u64 received_bytes, received_calls, transmitted_bytes, transmitted_calls;
};

struct network {
	struct traffic tcp, udp, other;
};

struct networked {
	struct network network;
	__u64 start; // ns since boot
	__u32 pid, reserved;
};

#define MAX_NETWORKED 65536

// By the address of signal_struct, which the threads of a process share, and which stays when a
// thread other than the first executes a program. The reader gives the programs one map in common.
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, MAX_NETWORKED);
	__type(key, __u64);
	__type(value, struct networked);
} networks SEC(".maps");

static __always_inline void add_traffic(struct traffic *to, const struct traffic *t)
{
	if (t->received_calls) {
		__sync_fetch_and_add(&to->received_bytes, t->received_bytes);
		__sync_fetch_and_add(&to->received_calls, t->received_calls);
	}
	if (t->transmitted_calls) {
		__sync_fetch_and_add(&to->transmitted_bytes, t->transmitted_bytes);
		__sync_fetch_and_add(&to->transmitted_calls, t->transmitted_calls);
	}
}

static __always_inline void add_network(struct network *to, const struct network *n)
{
	add_traffic(&to->tcp, &n->tcp);
	add_traffic(&to->udp, &n->udp);
	add_traffic(&to->other, &n->other);
}

#endif
