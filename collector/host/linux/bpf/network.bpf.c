//go:build ignore

// SPDX-License-Identifier: GPL-2.0
// Counts what processes send and receive, where the socket layer has finished a call: there a byte
// passes once, whichever system call or io_uring moves it. Linux 6.3 has tracepoints there. Before, the
// same is counted at the end of the functions of IPv4 and IPv6 that the socket layer calls.
#include "network.h"

char LICENSE[] SEC("license") = "GPL";

struct msghdr;

/* linux/socket.h, uapi/linux/in.h, linux/net.h */
enum { AF_INET = 2, AF_INET6 = 10 };
enum { IPPROTO_TCP = 6, IPPROTO_UDP = 17, IPPROTO_UDPLITE = 136, IPPROTO_MPTCP = 262 };
enum { SOCK_RAW = 3 };
enum { MSG_PEEK = 2, MSG_ERRQUEUE = 0x2000 };

// Read by the reader: how many calls were not counted because the map is full.
__u64 uncounted = 0;

// begin makes the account of a process.
static __always_inline struct networked *begin(__u64 key, struct task_struct *task, struct signal_struct *sig)
{
	struct networked none = {};

	// The account of a process that is about to end is closed.
	if (!BPF_CORE_READ(sig, live.counter))
		return 0;
	none.start = BPF_CORE_READ(task, group_leader, start_boottime);
	none.pid = BPF_CORE_READ(task, tgid);
	bpf_map_update_elem(&networks, &key, &none, BPF_NOEXIST);
	return bpf_map_lookup_elem(&networks, &key);
}

static __always_inline struct traffic *traffic_of(struct networked *of, struct sock *sk)
{
	switch (sk->sk_protocol) {
	case IPPROTO_TCP:
	case IPPROTO_MPTCP:
		return sk->sk_type == SOCK_RAW ? &of->network.other : &of->network.tcp;
	case IPPROTO_UDP:
	case IPPROTO_UDPLITE:
		return sk->sk_type == SOCK_RAW ? &of->network.other : &of->network.udp;
	}
	return &of->network.other;
}

static __always_inline struct traffic *account(struct sock *sk, struct task_struct *task, struct signal_struct *sig)
{
	__u16 family = sk->__sk_common.skc_family;
	__u64 key = (__u64)sig;
	struct networked *of;

	if (family != AF_INET && family != AF_INET6)
		return 0;
	of = bpf_map_lookup_elem(&networks, &key);
	if (!of) {
		of = begin(key, task, sig);
		if (!of) {
			__sync_fetch_and_add(&uncounted, 1);
			return 0;
		}
	}
	return traffic_of(of, sk);
}

static __always_inline int sent(struct sock *sk, int bytes)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct traffic *t;

	if (bytes <= 0)
		return 0;
	t = account(sk, task, task->signal);
	if (!t)
		return 0;
	__sync_fetch_and_add(&t->transmitted_bytes, bytes);
	__sync_fetch_and_add(&t->transmitted_calls, 1);
	return 0;
}

// received leaves out what only looked, and reports of what was sent.
static __always_inline int received(struct sock *sk, int bytes, int flags)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct traffic *t;

	if (bytes <= 0 || (flags & (MSG_PEEK | MSG_ERRQUEUE)))
		return 0;
	t = account(sk, task, task->signal);
	if (!t)
		return 0;
	__sync_fetch_and_add(&t->received_bytes, bytes);
	__sync_fetch_and_add(&t->received_calls, 1);
	return 0;
}

SEC("tp_btf/sock_send_length")
int BPF_PROG(send_length, struct sock *sk, int ret, int flags)
{
	return sent(sk, ret);
}

SEC("tp_btf/sock_recv_length")
int BPF_PROG(recv_length, struct sock *sk, int ret, int flags)
{
	return received(sk, ret, flags);
}

SEC("fexit/inet_sendmsg")
int BPF_PROG(inet_sent, struct socket *sock, struct msghdr *msg, unsigned long size, int ret)
{
	return sent(sock->sk, ret);
}

SEC("fexit/inet6_sendmsg")
int BPF_PROG(inet6_sent, struct socket *sock, struct msghdr *msg, unsigned long size, int ret)
{
	return sent(sock->sk, ret);
}

SEC("fexit/inet_recvmsg")
int BPF_PROG(inet_received, struct socket *sock, struct msghdr *msg, unsigned long size, int flags, int ret)
{
	return received(sock->sk, ret, flags);
}

SEC("fexit/inet6_recvmsg")
int BPF_PROG(inet6_received, struct socket *sock, struct msghdr *msg, unsigned long size, int flags, int ret)
{
	return received(sock->sk, ret, flags);
}
