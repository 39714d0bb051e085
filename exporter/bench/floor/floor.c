// floor does the least that reading the process table takes: it lists /proc and opens,
// reads and closes the given files of every process, and looks at nothing it has read.
// For each line on standard input it scans once and answers one JSON line.
//
//	floor FILE...      stat, status, io, …; fd:size asks for the size of the directory fd
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

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

static void visit(int proc, char *path, char *end, const char *file)
{
	struct stat status;
	strcpy(end, file);
	if (end[0] == 'f' && end[1] == 'd' && end[2] == ':') {
		end[2] = 0;
		if (fstatat(proc, path, &status, 0))
			buffer[0] = 0;
		return;
	}
	read_file(proc, path);
}

int main(int argc, char **argv)
{
	int proc = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	char line[64];
	bool usable = proc >= 0 && argc > 1;
	for (int i = 1; i < argc; i++)
		usable = usable && strlen(argv[i]) < FILE_SIZE;
	if (!usable) {
		fputs("usage: floor FILE...\n", stderr);
		return 2;
	}
	while (fgets(line, sizeof line, stdin)) {
		int count = list(proc);
		for (int p = 0; p < count; p++) {
			char path[PID_SIZE + 1 + FILE_SIZE], *end = stpcpy(path, pids[p]);
			*end++ = '/';
			for (int i = 1; i < argc; i++)
				visit(proc, path, end, argv[i]);
		}
		printf("{\"processes\":%d}\n", count);
		fflush(stdout);
	}
	return 0;
}
