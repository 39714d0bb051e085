package host

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"golang.org/x/sys/unix"

	"proctree/collector/host/bpf"
)

// openBPFTable opens the iterator, or says why it cannot be used.
func openBPFTable(cfg Config, proc *procDir) (*bpfTable, error) {
	if err := bpfObstacle(proc); err != nil {
		return nil, err
	}
	open := bpf.LoadTasks
	if cfg.BPFPin != "" {
		// Opening a FIFO would wait for ever, and no other file is an iterator.
		if err := inBPFFS(cfg.BPFPin); err != nil {
			return nil, err
		}
		open = func() (*bpf.Tasks, error) { return bpf.OpenTasks(cfg.BPFPin) }
	}
	tasks, err := open()
	if err != nil {
		return nil, err
	}
	table := newBPFTable(tasks)
	if _, err := table.read(context.Background(), nil); err != nil {
		return nil, errors.Join(err, tasks.Close())
	}
	return table, nil
}

// The initial namespaces have fixed inodes (include/linux/proc_ns.h).
const (
	initialUserNS = "user:[4026531837]"
	initialPIDNS  = "pid:[4026531836]"
	initialTimeNS = "time:[4026531834]"
)

// bpfObstacle tells why the records of BPF would not fit what this proc file system
// shows. They have the numbers of our own PID namespace, the users of the initial user
// namespace, and times since the boot.
func bpfObstacle(proc *procDir) error {
	if !proc.genuine {
		return fmt.Errorf("%s is no proc file system", proc.path)
	}
	status, err := readAt(proc.fd, []byte("self/status\x00"), make([]byte, statBuffer))
	if err != nil {
		return fmt.Errorf("%s shows another PID namespace than ours (share the host's): %w", proc.path, err)
	}
	// One number per PID namespace from that of the mount down to ours.
	_, numbers, _ := bytes.Cut(status, []byte("\nNSpid:"))
	numbers, _, _ = bytes.Cut(numbers, []byte("\n"))
	if n := len(bytes.Fields(numbers)); n != 1 {
		return fmt.Errorf("%s shows another PID namespace than ours (share the host's)", proc.path)
	}
	for _, ns := range []struct{ file, initial string }{{"user", initialUserNS}, {"time", initialTimeNS}} {
		if in, known := namespaceOf(proc, ns.file); known && in != ns.initial {
			return fmt.Errorf("this process is in a %s namespace of its own, %s", ns.file, in)
		}
	}
	return nil
}

// namespaceOf reads which namespace of a kind this process is in; known is unset where the
// kernel has no such kind.
func namespaceOf(proc *procDir, kind string) (name string, known bool) {
	var buf [64]byte
	n, err := unix.Readlinkat(proc.fd, "self/ns/"+kind, buf[:])
	if err != nil {
		return "", false
	}
	return string(buf[:n]), true
}
