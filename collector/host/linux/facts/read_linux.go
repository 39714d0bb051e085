package facts

import (
	"fmt"
	"strings"
	"sync"

	"golang.org/x/sys/unix"

	"proctree/collector/host/linux/procfs"
	"proctree/collector/host/procfile"
	"proctree/collector/process"
)

// maxFactsFile bounds what is kept of one file: command lines can be megabytes.
const maxFactsFile = 64 << 10

var factsBuffers = sync.Pool{New: func() any { return new([maxFactsFile]byte) }}

// readFacts reads the facts of a process but for its user. Every file is taken relative
// to one descriptor of the process' directory, so that all are of one process even if the
// PID is reused meanwhile. It reads the command line last, for which it may have to wait, and
// shows what it has until then.
func readFacts(proc *procfs.Dir, pid int, show func(process.Facts)) (process.Facts, procfs.Failures) {
	var facts process.Facts
	var failed procfs.Failures
	dir, err := procfs.OpenAt(proc.FD, procfs.PIDPath(make([]byte, 0, 16), pid, ""), unix.O_PATH|unix.O_DIRECTORY)
	if err != nil {
		failed.Add(err)
		return facts, failed
	}
	defer procfs.CloseFD(dir)
	buf := factsBuffers.Get().(*[maxFactsFile]byte)
	defer factsBuffers.Put(buf)

	read := func(file string, read func(dir int, path, buf []byte) ([]byte, error)) []byte {
		content, err := read(dir, append([]byte(file), 0), buf[:])
		if err != nil {
			failed.Add(fmt.Errorf("%s: %w", file, err))
		}
		return content
	}
	// All of a file counts, however long its lines are.
	readAll := func(file string) []byte {
		content := read(file, procfs.ReadNow)
		if len(content) == len(buf) {
			content, _ = procfs.ReadNow(dir, append([]byte(file), 0), make([]byte, procfs.MaxPIDFile))
		}
		return content
	}
	facts.Exe, err = readExe(dir, buf[:])
	failed.Add(err)
	limits := readAll("limits")
	var ok bool
	// That of a zombie is empty.
	if facts.FDLimit, ok = procfs.OpenFilesLimit(limits); !ok && len(limits) > 0 {
		failed.Oddities(1, "limits: Max open files")
	}
	cgroup := readAll("cgroup")
	group := parseCgroup(cgroup)
	if _, all := procfile.WholeLines(cgroup); len(cgroup) > 0 && (group.Path == "" || !all) {
		failed.Oddities(1, "cgroup")
	}
	facts.Cgroup, facts.Unit = group.Path, group.Unit
	facts.Container, facts.PodUID = group.Container, group.PodUID
	show(facts)
	facts.Cmdline = procfs.ParseCmdline(read("cmdline", procfs.ReadAt))
	return facts, failed
}

// readExe reads the link to the executable (proc_pid_exe(5)), without the mark that it was
// deleted: a process does not become another one by an upgrade of its package.
func readExe(dir int, buf []byte) (string, error) {
	n, err := unix.Readlinkat(dir, "exe", buf)
	if err != nil {
		return "", err
	}
	return strings.TrimSuffix(string(buf[:n]), " (deleted)"), nil
}
