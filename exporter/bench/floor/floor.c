// floor does the least that reading the process table takes: it lists /proc and opens,
// reads and closes the given files of every process, and looks at nothing it has read.
// For each line on standard input it scans once and answers one JSON line.
//
//	floor FILE...      stat, status, io, …
//
// "fd:size" asks for the size of the directory fd, "keep:stat" keeps the descriptors open
// from one scan to the next, "none" only lists /proc.
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define KEEP "keep:"
#define MAX_PIDS (1 << 22) // PID_MAX_LIMIT of 64 bit kernels
#define MAX_FILES 8
#define MAX_PROCESSES (1 << 16)
#define FILE_SIZE 32
#define PID_SIZE 8 // 7 digits: the kernel's PID_MAX_LIMIT is 4194304

struct entry {
	unsigned long inode;
	long offset;
	unsigned short length;
	unsigned char type;
	char name[];
};

static char pids[MAX_PROCESSES][PID_SIZE];
static char buffer[1 << 16];

// kept are open descriptors by file and PID; 0 is none, for standard input is open.
static int *kept[MAX_FILES];

static int list(int proc)
{
	int count = 0;
	long n;
	lseek(proc, 0, SEEK_SET);
	while ((n = syscall(SYS_getdents64, proc, buffer, sizeof buffer)) > 0)
		for (long at = 0; at < n;) {
			struct entry *e = (struct entry *)(buffer + at);
			if (e->name[0] >= '1' && e->name[0] <= '9' && count < MAX_PROCESSES)
				memcpy(pids[count++], e->name, strnlen(e->name, PID_SIZE - 1) + 1);
			at += e->length;
		}
	return count;
}

static void read_file(int proc, const char *path)
{
	int fd = openat(proc, path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return;
	// One read: such files give all they have, and the answer fits.
	if (read(fd, buffer, sizeof buffer) < 0)
		buffer[0] = 0;
	close(fd);
}

// read_kept reads through the descriptor of the last scan. That of a PID which was given to
// another process meanwhile fails; a floor may leave that one out.
static void read_kept(int proc, const char *path, int file)
{
	int *fd = &kept[file][atoi(path)];
	if (!*fd) {
		*fd = openat(proc, path, O_RDONLY | O_CLOEXEC);
		if (*fd < 0) {
			*fd = 0;
			return;
		}
	}
	if (pread(*fd, buffer, sizeof buffer, 0) < 0)
		buffer[0] = 0;
}

static void visit(int proc, char *path, char *end, const char *file, int number)
{
	struct stat status;
	if (kept[number]) {
		strcpy(end, file + strlen(KEEP));
		read_kept(proc, path, number);
		return;
	}
	strcpy(end, file);
	if (end[0] == 'f' && end[1] == 'd' && end[2] == ':') {
		end[2] = 0;
		if (fstatat(proc, path, &status, 0))
			buffer[0] = 0;
		return;
	}
	read_file(proc, path);
}

// prepare checks the arguments and makes room for descriptors.
static bool prepare(int argc, char **argv)
{
	struct rlimit descriptors;
	getrlimit(RLIMIT_NOFILE, &descriptors);
	descriptors.rlim_cur = descriptors.rlim_max;
	setrlimit(RLIMIT_NOFILE, &descriptors);
	for (int i = 1; i < argc; i++) {
		if (i >= MAX_FILES || strlen(argv[i]) >= FILE_SIZE)
			return false;
		if (!strncmp(argv[i], KEEP, strlen(KEEP)) && !(kept[i] = calloc(MAX_PIDS, sizeof(int))))
			return false;
	}
	return argc > 1;
}

int main(int argc, char **argv)
{
	int proc = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	char line[64];
	if (proc < 0 || !prepare(argc, argv)) {
		fputs("usage: floor FILE...\n", stderr);
		return 2;
	}
	bool none = !strcmp(argv[1], "none");
	while (fgets(line, sizeof line, stdin)) {
		int count = list(proc);
		for (int p = 0; p < count && !none; p++) {
			char path[PID_SIZE + 1 + FILE_SIZE], *end = stpcpy(path, pids[p]);
			*end++ = '/';
			for (int i = 1; i < argc; i++)
				visit(proc, path, end, argv[i], i);
		}
		printf("{\"processes\":%d}\n", count);
		fflush(stdout);
	}
	return 0;
}
