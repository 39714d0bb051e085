package host

import (
	"time"

	"github.com/go-kit/log"

	"proctree/collector/host/stall"
	"proctree/collector/process"
)

// Config sets up a Reader. The zero value reads this host and leaves out what is
// optional.
type Config struct {
	// ProcPath is where the proc file system of the host is mounted; "/proc". Linux only.
	ProcPath string
	// RootPath is where the root file system of the host is mounted; "/". Names of users
	// and of the operating system are looked up below it. Linux only.
	RootPath string
	// Logger gets a line on which way of reading was chosen, and at level debug what is worth
	// one; nothing by default.
	Logger log.Logger
	// Deadline bounds the reading of one process' files, so that one that is stuck in the
	// kernel does not hold up the scan; DefaultDeadline.
	Deadline time.Duration
	// Reader is the way to read the process table, one of ReaderModes; ReaderAuto. Linux only.
	Reader string
	// Whole has the walk write every process in each scan, as if all had changed. It is for
	// measurements.
	Whole bool
	// BPFPin is an iterator that PinTasks has left in a bpf file system. Reading it needs no
	// capability. Linux only.
	BPFPin string
	// Exits is where the CPU of processes that end between two scans comes from: ExitsAuto
	// (the default) or the text of an ExitSource. Linux only.
	Exits string
	// ProportionalBudget is the time per scan for reading proportional memory (PSS), which
	// costs several times what all other values together do; 0 does not read it.
	ProportionalBudget time.Duration
	// SysPath is where the sys file system of the host is mounted; "/sys". Linux only.
	SysPath string
	// GPUBudget is the time per scan for listing descriptors in search of those of GPUs; 0 does not
	// search. Linux only.
	GPUBudget time.Duration
	// GPUHelper is the path of a program that reports the use of GPUs whose driver tells the kernel
	// nothing; "" runs none. It runs while the Reader is open, if GPUBudget is not 0. Linux only.
	GPUHelper string
	// Network counts what each process sends and receives. It costs time in each of its calls. Linux
	// only, with the accounts of exits by BPF.
	Network bool
}

// DefaultGPUBudget is the default of the exporter for Config.GPUBudget: some hundreds of processes,
// most of which are listed once.
const DefaultGPUBudget = 20 * time.Millisecond

// DefaultDeadline is the default of Config.Deadline.
const DefaultDeadline = stall.DefaultDeadline

// The ways to read the process table on Linux. What Snapshot.Reader names is one of the last
// three.
const (
	// ReaderAuto is BPF where it is possible, else the proc file system.
	ReaderAuto = "auto"
	// ReaderBPF is the walk where that is possible, else the iterator.
	ReaderBPF = process.ReaderBPF
	// ReaderWalk is a program in the kernel that writes only what has changed since it ran
	// last.
	ReaderWalk = process.ReaderWalk
	// ReaderIterator is an iterator in the kernel: exact, and a tenth of the cost of files.
	ReaderIterator = process.ReaderIterator
	// ReaderProcfs reads the files of every process.
	ReaderProcfs = process.ReaderProcfs
)

// ReaderModes lists the values of Config.Reader.
func ReaderModes() []string {
	return []string{ReaderAuto, ReaderBPF, ReaderWalk, ReaderIterator, ReaderProcfs}
}

// ReadByBPF reports whether a Snapshot.Reader is one of those inside the kernel.
func ReadByBPF(reader string) bool { return reader == ReaderWalk || reader == ReaderIterator }

// ExitsAuto is the best source of exits that is possible.
const ExitsAuto = "auto"

// ExitModes lists the values of Config.Exits.
func ExitModes() []string {
	return []string{ExitsAuto, string(process.ExitsBPF), string(process.ExitsTaskstats), string(process.ExitsChildren)}
}
