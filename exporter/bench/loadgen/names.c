// Names of processes: what a host runs, and what breaks careless parsers.
#include "loadgen.h"

#include <stdio.h>

static const char *const programs[] = {
	"nginx", "postgres", "java", "python3", "node", "redis-server", "php-fpm", "sshd",
	"bash", "containerd", "dockerd", "mariadbd", "haproxy", "envoy", "rsyslogd", "cron",
	"master", "dovecot", "ruby", "perl", "beam.smp", "etcd", "kubelet", "coredns",
	"prometheus", "grafana", "memcached", "varnishd", "uwsgi", "clamd",
};

// Every ODD_EVERY-th name is shown as one of these. The %d makes it unique.
#define ODD_EVERY 12
static const char *const odd[] = {
	"a) S 1 (b%d", "(sd-pam) %d", "Web Content %d", "kworker/u4:%d", "tab\there%d",
	"line\nbreak%d", "\"quote\\%d", "sh -c {x=%d}", ") R %d", "\xe6\xa8\xb9\xe6\x9c\xa8%d",
};
static const char *const odd_bytes_names[] = {"\xff\xfe%d", "caf\xe9%d"};

#define COUNT(array) ((int)(sizeof(array) / sizeof(*(array))))

void program_name(char out[COMM_SIZE], int i)
{
	unsigned copy = (unsigned)i / COUNT(programs) % 1000;
	const char *base = programs[i % COUNT(programs)];
	if (copy == 0)
		snprintf(out, COMM_SIZE, "%s", base);
	else
		snprintf(out, COMM_SIZE, "%.11s-%u", base, copy);
}

void shown_name(char out[COMM_SIZE], int i, bool odd_bytes)
{
	int k = i / ODD_EVERY;
	if (i % ODD_EVERY == 5)
		snprintf(out, COMM_SIZE, odd[k % COUNT(odd)], k % 1000);
	else if (odd_bytes && i % ODD_EVERY == 7)
		snprintf(out, COMM_SIZE, odd_bytes_names[k % COUNT(odd_bytes_names)], k % 1000);
	else
		program_name(out, i);
}
