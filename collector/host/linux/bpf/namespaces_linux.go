package bpf

import (
	"bytes"
	"fmt"

	"golang.org/x/sys/unix"

	"proctree/collector/host/linux/procfs"
)

// The initial namespaces have fixed inodes (include/linux/proc_ns.h).
const (
	initialUserNS = "user:[4026531837]"
	InitialPIDNS  = "pid:[4026531836]"
	initialTimeNS = "time:[4026531834]"
)

// Obstacle tells why the records of BPF would not fit what this proc file system
// shows. They have the numbers of our own PID namespace, the users of the initial user
// namespace, and times since the boot.
func Obstacle(proc *procfs.Dir) error {
	if !proc.Genuine {
		return fmt.Errorf("%s is not a proc file system", proc.Path)
	}
	status, err := procfs.ReadNow(proc.FD, []byte("self/status\x00"), make([]byte, procfs.StatBuffer))
	if err != nil {
		return fmt.Errorf("%s shows another PID namespace than ours (share the host's): %w", proc.Path, err)
	}
	// One number per PID namespace from that of the mount down to ours.
	_, numbers, _ := bytes.Cut(status, []byte("\nNSpid:"))
	numbers, _, _ = bytes.Cut(numbers, []byte("\n"))
	if n := len(bytes.Fields(numbers)); n != 1 {
		return fmt.Errorf("%s shows another PID namespace than ours (share the host's)", proc.Path)
	}
	for _, ns := range []struct{ file, initial string }{{"user", initialUserNS}, {"time", initialTimeNS}} {
		if in, known := NamespaceOf(proc, ns.file); known && in != ns.initial {
			return fmt.Errorf("this process is in a %s namespace of its own, %s", ns.file, in)
		}
	}
	return nil
}

// ObstacleForAll is Obstacle for the records of every process of the machine, which have their initial
// numbers.
func ObstacleForAll(proc *procfs.Dir) error {
	if err := Obstacle(proc); err != nil {
		return err
	}
	if in, _ := NamespaceOf(proc, "pid"); in != InitialPIDNS {
		return fmt.Errorf("this process is in a PID namespace of its own, %s", in)
	}
	return nil
}

// NamespaceOf reads which namespace of a kind this process is in; known is unset where the
// kernel has no such kind.
func NamespaceOf(proc *procfs.Dir, kind string) (name string, known bool) {
	var buf [64]byte
	n, err := unix.Readlinkat(proc.FD, "self/ns/"+kind, buf[:])
	if err != nil {
		return "", false
	}
	return string(buf[:n]), true
}
