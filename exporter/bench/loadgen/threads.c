// One process with very many threads.
#define _GNU_SOURCE
#include "loadgen.h"

#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <unistd.h>

static void *wait_forever(void *unused)
{
	for (;;)
		pause();
	return unused;
}

int run_threads(const struct options *o)
{
	pthread_attr_t attributes;
	pthread_attr_init(&attributes);
	pthread_attr_setstacksize(&attributes, PTHREAD_STACK_MIN);
	prctl(PR_SET_NAME, "loadgen-threads");
	for (int i = 1; i < o->threads; i++) {
		pthread_t thread;
		int error = pthread_create(&thread, &attributes, wait_forever, NULL);
		if (error) {
			errno = error;
			return fail("thread");
		}
	}
	printf("{\"event\":\"ready\",\"processes\":1,\"threads\":%d}\n", o->threads);
	fflush(stdout);
	while (!stdin_ended(-1))
		;
	return 0;
}
