package exits

import (
	"errors"
	"strconv"
	"time"

	"golang.org/x/sys/unix"

	"proctree/collector/host/linux/bpf"
	"proctree/collector/host/linux/procfs"
	"proctree/collector/process"
)

// bpfExits has the kernel add up what ended processes used.
type bpfExits struct {
	accounts *bpf.Exits
	missed   missedExits
}

// OpenBPF starts the accounting, or says why it cannot. network is for CountNetwork.
func OpenBPF(proc *procfs.Dir, network bool) (Source, error) {
	if err := bpf.ObstacleForAll(proc); err != nil {
		return nil, err
	}
	load := bpf.LoadExits
	if network {
		load = bpf.LoadExitsWithNetwork
	}
	accounts, err := load()
	if err != nil {
		return nil, err
	}
	hidden := procfs.Hidden(proc.Path, process.ReaderProcfs, procfs.EffectiveCapabilities()) != ""
	return &bpfExits{accounts: accounts, missed: missedExits{procHides: hidden}}, nil
}

func (x *bpfExits) Name() process.ExitSource { return process.ExitsBPF }

// WaitsOf returns what the accounting keeps of ended threads; nil if it keeps nothing.
func WaitsOf(s Source) *bpf.ThreadWaits {
	if x, ok := s.(*bpfExits); ok {
		return x.accounts.ThreadWaits()
	}
	return nil
}

// CountNetwork starts to count what processes send and receive, which needs the accounts of exits by BPF.
func CountNetwork(s Source) (*bpf.Network, error) {
	if x, ok := s.(*bpfExits); ok {
		return x.accounts.CountNetwork()
	}
	return nil, errNoAccounts
}

// errNoAccounts is returned without accounts of exits by BPF.
var errNoAccounts = errors.New("the accounts of exits do not come from BPF")

func (x *bpfExits) PassBegins() error { return x.accounts.PassBegins() }

func (x *bpfExits) PassEnded() error {
	now, err := procfs.SinceBoot()
	if err != nil {
		return err
	}
	return x.accounts.PassEnded(uint64(now))
}

func (x *bpfExits) Lost() uint64 { return x.accounts.Lost() }

func (x *bpfExits) Close() error { return x.accounts.Close() }

func (x *bpfExits) Drain(l *Ledger) error {
	err := x.accounts.Drain(
		func(k *bpf.EndedKey, e *bpf.Ended) { l.addEnded(k, e) },
		func(k *bpf.SumKey, s *bpf.Sum) { l.addSum(k, s) },
	)
	return errors.Join(err, x.missed.recover(x.accounts, l))
}

func idOf(k *bpf.EndedKey) process.ID {
	return process.ID{PID: int(k.Pid), StartTicks: k.Start / uint64(procfs.Tick)}
}

// addEnded takes the account of one process that a scan may have seen.
func (l *Ledger) addEnded(k *bpf.EndedKey, e *bpf.Ended) {
	record := process.Exit{
		ID:        idOf(k),
		Parent:    int(e.Ppid),
		Name:      l.facts.Intern(bpf.CommOf(&e.Comm)),
		UID:       e.Uid,
		Processes: 1,
		Reason:    exitReason(e.How),
		Code:      exitCode(e.How),
	}
	var shown process.CPU
	seen := l.seen(record.ID)
	if seen != nil {
		shown = seen.CPU()
	}
	useAccount(&record, &e.Used, &e.Network, e.Flags, shown)
	if seen != nil && seen.Name == record.Name && seen.UID == record.UID {
		record.Facts = seen.Facts
	} else {
		record.Facts = l.factsOf(e.Uid, e.Cgroup, l.inherited(record.Parent, record.Name, e.Flags))
	}
	l.add(record)
}

// addSum takes the account of processes that no scan can have seen.
func (l *Ledger) addSum(k *bpf.SumKey, s *bpf.Sum) {
	record := process.Exit{
		Parent:    int(k.Ppid),
		Name:      l.facts.Intern(bpf.CommOf(&k.Comm)),
		UID:       k.Uid,
		Processes: s.Processes,
		Reason:    exitReason(k.How),
		Code:      exitCode(k.How),
	}
	useAccount(&record, &s.Used, &s.Network, k.Flags, process.CPU{})
	record.Facts = l.factsOf(k.Uid, k.Cgroup, l.inherited(record.Parent, record.Name, k.Flags))
	l.add(record)
}

func (l *Ledger) inherited(ppid int, name string, flags uint32) *process.Facts {
	if flags&bpf.FlagForkNoExec == 0 {
		return nil
	}
	return l.program(ppid, name)
}

// useAccount sets the values. The CPU time of a process is split so that neither part is below
// what a scan has shown.
func useAccount(e *process.Exit, u *bpf.Usage, n *bpf.Traffic, flags uint32, shown process.CPU) {
	account := process.CPUAccount{
		Run: time.Duration(u.Runtime),
		CPU: process.CPU{User: time.Duration(u.Utime), System: time.Duration(u.Stime)},
	}
	e.SetCPU(account.Split(shown))
	e.MinorFaults, e.MajorFaults = u.Minflt, u.Majflt
	e.Known = process.HasCPU | process.HasFaults
	if flags&bpf.FlagWait != 0 {
		e.CPUWait = time.Duration(u.Wait)
		e.Known |= process.HasCPUWait
	}
	if flags&bpf.FlagDelays != 0 {
		e.Delays = u.DelaysOf()
		e.Known |= process.HasDelays
	}
	if flags&bpf.FlagNetwork != 0 {
		e.Network = n.Network()
		e.Known |= process.HasNetwork
	}
	if flags&bpf.FlagIO != 0 {
		e.ReadBytes, e.WrittenBytes = u.ReadBytes, u.WriteBytes
		e.Known |= process.HasIO
	}
}

// The reasons of an abnormal end other than signals.
const (
	reasonExitCode = "exit_code"
	reasonOOMKill  = process.OOMKilled
)

// exitReason names how a process ended, for Exit.Reason.
func exitReason(how uint32) string {
	switch {
	case how == 0:
		return ""
	case how == bpf.EndedForMemory:
		return reasonOOMKill
	case how >= bpf.EndedWithCode:
		return reasonExitCode
	}
	return signalName(how)
}

// exitCode is the exit code, for Exit.Code; 0 for other ways to end.
func exitCode(how uint32) int {
	if exitReason(how) == reasonExitCode {
		return int(how - bpf.EndedWithCode)
	}
	return 0
}

// ReasonOf returns Exit.Reason and Exit.Code of a status as of wait(2).
func ReasonOf(status uint32, noMemory bool) (reason string, code int) {
	how := status & 0x7f
	switch {
	case noMemory:
		how = bpf.EndedForMemory
	case how == 0 && status>>8&0xff > 0:
		how = bpf.EndedWithCode + status>>8&0xff
	}
	return exitReason(how), exitCode(how)
}

// signalName returns a name such as "SIGSEGV", for real-time signals their number.
func signalName(signal uint32) string {
	if name := unix.SignalName(unix.Signal(signal)); name != "" {
		return name
	}
	return "SIG" + strconv.FormatUint(uint64(signal), 10)
}
