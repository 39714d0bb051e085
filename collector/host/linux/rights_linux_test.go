package linux

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"proctree/collector/host/linux/bpf"
	"proctree/collector/host/linux/exits"
	"proctree/collector/process"

	"github.com/go-kit/log"
	"golang.org/x/sys/unix"
)

// rightsRole is the role of a child that runs reportRights.
const rightsRole = "rights"

// rightsReport is what a child of other rights tells of its reader.
type rightsReport struct {
	Reader    string
	Exits     process.ExitSource
	Processes int
	// OthersIO and OthersExe count the processes of other users of which the I/O and the
	// executable are known.
	OthersIO, OthersExe int
	// Records counts the records of exits.
	Records int
	Err     string
}

// reportRights reads the host as the environment says, with a process that ends in
// between, and prints a rightsReport. What was logged goes to standard error.
func reportRights() {
	var report rightsReport
	cfg := Config{
		Reader: os.Getenv("TEST_READER"), Exits: os.Getenv("TEST_EXITS"), BPFPin: os.Getenv("TEST_PIN"),
		ProcPath: os.Getenv("TEST_PROC"), Logger: log.NewLogfmtLogger(os.Stderr),
	}
	var err error
	if cfg.ProcPath != "" {
		err = errors.Join(unix.Mount("", "/", "", unix.MS_PRIVATE|unix.MS_REC, ""), unix.Mount("proc", cfg.ProcPath, "proc", 0, ""))
	}
	if err = errors.Join(err, report.read(cfg)); err != nil {
		report.Err = err.Error()
	}
	if err := json.NewEncoder(os.Stdout).Encode(report); err != nil {
		panic(err)
	}
}

func (r *rightsReport) read(cfg Config) error {
	reader, err := Open(cfg)
	if err != nil {
		return err
	}
	defer func() { _ = reader.Close() }()
	for deadline := time.Now().Add(5 * time.Second); ; time.Sleep(100 * time.Millisecond) {
		s, err := reader.Read(context.Background())
		if err != nil {
			return err
		}
		r.Reader, r.Exits = s.Reader, s.ExitSource
		r.Processes, r.OthersIO, r.OthersExe = len(s.Processes), 0, 0
		for i := range s.Processes {
			p := s.Processes[i]
			if p.UID == uint32(os.Geteuid()) {
				continue
			}
			if p.Known.Has(process.HasIO) {
				r.OthersIO++
			}
			if p.Facts.Exe != "" {
				r.OthersExe++
			}
		}
		r.Records += len(s.Exits)
		if r.Records > 0 || s.ExitSource == process.ExitsChildren || time.Now().After(deadline) {
			return nil
		}
		if err := exec.Command("true").Run(); err != nil {
			return err
		}
	}
}

// report runs reportRights in a child with these attributes.
func report(t *testing.T, attr *syscall.SysProcAttr, env ...string) (report rightsReport, logged string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "/proc/self/exe", "-test.run=^TestChild$")
	cmd.Env = append(append(os.Environ(), childRole+"="+rightsRole), env...)
	cmd.Dir = "/"
	cmd.SysProcAttr = attr
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %s", err, stderr.String())
	}
	line, _, _ := bytes.Cut(out, []byte("\n"))
	if err := json.Unmarshal(line, &report); err != nil {
		t.Fatalf("%s: %v", line, err)
	}
	return report, stderr.String()
}

// ordinary is a user with some capabilities.
func ordinary(capabilities []uintptr) *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}, AmbientCaps: capabilities}
}

// skipWithoutBPF skips a test that has to give rights to others.
func skipWithoutBPF(t *testing.T) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("SKIPPED: to give rights to others takes root")
	}
	probe, err := Open(Config{Reader: process.ReaderBPF, Exits: string(process.ExitsBPF)})
	if err != nil {
		t.Skipf("SKIPPED: root itself has no BPF here: %v", err)
	}
	if err := probe.Close(); err != nil {
		t.Fatal(err)
	}
}

// skipWithoutTaskstats skips a test where exit records do not come or are too old.
func skipWithoutTaskstats(t *testing.T) {
	t.Helper()
	probe, err := exits.OpenTaskstats(nil, true)
	if err != nil {
		t.Skipf("SKIPPED: root itself has no exit records here: %v", err)
	}
	if err := probe.Close(); err != nil {
		t.Fatal(err)
	}
}

// Each right gives what the documentation says, and each degraded mode says so in one line.
func TestRights(t *testing.T) {
	skipWithoutBPF(t)
	bpfCaps := []uintptr{unix.CAP_BPF, unix.CAP_PERFMON}
	seeAll := []uintptr{unix.CAP_SYS_PTRACE, unix.CAP_DAC_READ_SEARCH}
	pin := pinForTest(t, 65534)
	secret := pinForTest(t, 0)
	best := bestBPF(t)
	const viaBPF, viaProc, poorExits = "the process table is read by BPF", "processes are read from the proc file system", "CPU time of short-lived processes is approximate"
	for _, tc := range []struct {
		name   string
		caps   []uintptr
		env    []string
		reader string
		exits  process.ExitSource
		// io and exe tell whether those of other users' processes are seen.
		io, exe bool
		lines   []string
		err     string
	}{
		{name: "BPF and PERFMON", caps: bpfCaps, reader: best, exits: process.ExitsBPF, io: true, lines: []string{viaBPF}},
		{name: "BPF alone", caps: bpfCaps[:1], reader: process.ReaderProcfs, exits: process.ExitsChildren, lines: []string{viaProc, poorExits}},
		{name: "SYS_PTRACE", caps: seeAll[:1], reader: process.ReaderProcfs, exits: process.ExitsChildren, exe: true, lines: []string{viaProc, poorExits}},
		{name: "SYS_PTRACE and DAC_READ_SEARCH", caps: seeAll, reader: process.ReaderProcfs, exits: process.ExitsChildren, io: true, exe: true, lines: []string{viaProc, poorExits}},
		{name: "all of them", caps: slices.Concat(bpfCaps, seeAll), reader: best, exits: process.ExitsBPF, io: true, exe: true, lines: []string{viaBPF}},
		{name: "NET_ADMIN", caps: []uintptr{unix.CAP_NET_ADMIN}, reader: process.ReaderProcfs, exits: process.ExitsTaskstats, lines: []string{viaProc, poorExits}},
		{name: "none", reader: process.ReaderProcfs, exits: process.ExitsChildren, lines: []string{viaProc, poorExits}},
		{name: "none, a pinned iterator", env: []string{"TEST_PIN=" + pin}, reader: process.ReaderIterator, exits: process.ExitsChildren, io: true, lines: []string{viaBPF, poorExits}},
		{name: "none, another's pinned iterator", env: []string{"TEST_PIN=" + secret}, reader: process.ReaderProcfs, exits: process.ExitsChildren, lines: []string{viaProc, poorExits}},
		{name: "none, BPF asked for", env: []string{"TEST_READER=bpf"}, err: "CAP_BPF and CAP_PERFMON"},
		{name: "none, BPF's exits asked for", env: []string{"TEST_EXITS=bpf"}, err: "CAP_BPF and CAP_PERFMON"},
		{name: "none, taskstats asked for", env: []string{"TEST_EXITS=taskstats"}, err: "CAP_NET_ADMIN"},
		{name: "NET_ADMIN, children asked for", caps: []uintptr{unix.CAP_NET_ADMIN}, env: []string{"TEST_EXITS=children"}, reader: process.ReaderProcfs, exits: process.ExitsChildren, lines: []string{viaProc}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if tc.exits == process.ExitsTaskstats {
				skipWithoutTaskstats(t)
			}
			got, logged := report(t, ordinary(tc.caps), tc.env...)
			if tc.err != "" {
				if !strings.Contains(got.Err, tc.err) {
					t.Errorf("error %q, want one with %q", got.Err, tc.err)
				}
				return
			}
			if got.Err != "" || got.Reader != tc.reader || got.Exits != tc.exits || got.Processes < 2 {
				t.Errorf("got %+v, want reader %s, exits %s", got, tc.reader, tc.exits)
			}
			if tc.exits != process.ExitsChildren && got.Records == 0 {
				t.Error("no record of an exit")
			}
			if io, exe := got.OthersIO > 0, got.OthersExe > 0; io != tc.io || exe != tc.exe {
				t.Errorf("others' I/O is seen: %t, their executables: %t; want %t, %t", io, exe, tc.io, tc.exe)
			}
			lines := strings.Split(strings.TrimSpace(logged), "\n")
			if !strings.Contains(lines[0], "reader="+tc.reader) {
				t.Errorf("logged %q, want reader %s named", lines[0], tc.reader)
			}
			if len(lines) != len(tc.lines) {
				t.Fatalf("logged %q, want %d lines", lines, len(tc.lines))
			}
			for i, want := range tc.lines {
				if !strings.Contains(lines[i], want) || want != viaBPF && !strings.Contains(lines[i], "reason=") {
					t.Errorf("logged %q, want %q with a reason", lines[i], want)
				}
			}
		})
	}
}

// bestBPF is what a reader by BPF is called on this kernel.
func bestBPF(t *testing.T) string {
	t.Helper()
	return readOnce(t, bpfOrSkip(t, process.ReaderBPF)).Reader
}

// What would be wrong in another namespace is not believed.
func TestRightsInNamespaces(t *testing.T) {
	skipWithoutBPF(t)
	for _, tc := range []struct {
		name  string
		flags uintptr
		env   string
		err   string
	}{
		{"BPF where /proc shows another PID namespace", syscall.CLONE_NEWPID, "TEST_READER=bpf", "another PID namespace"},
		{"BPF's exits in a PID namespace", syscall.CLONE_NEWPID, "TEST_EXITS=bpf", "PID namespace"},
		{"taskstats in a PID namespace", syscall.CLONE_NEWPID, "TEST_EXITS=taskstats", "PID or user namespace"},
		{"taskstats in a network namespace", syscall.CLONE_NEWNET, "TEST_EXITS=taskstats", "network namespace"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, _ := report(t, &syscall.SysProcAttr{Cloneflags: tc.flags}, tc.env)
			if !strings.Contains(got.Err, tc.err) {
				t.Errorf("error %q, want one with %q", got.Err, tc.err)
			}
		})
	}
}

// In a PID namespace with its own proc file system processes have the numbers that hold
// there, and nobody accounts for what ends elsewhere.
func TestReadByBPFInAPIDNamespace(t *testing.T) {
	skipWithoutBPF(t)
	attr := &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWPID | syscall.CLONE_NEWNS}
	got, logged := report(t, attr, "TEST_READER=bpf", "TEST_PROC="+t.TempDir())
	if got.Err != "" || got.Reader != bestBPF(t) || got.Exits != process.ExitsChildren || got.Processes != 1 {
		t.Errorf("got %+v, want the child alone; logged %s", got, logged)
	}
}

// pinForTest leaves an iterator in a file system of its own.
func pinForTest(t *testing.T, gid int) string {
	t.Helper()
	dir := filepath.Join("/run", "proctree-test-"+strings.ReplaceAll(t.Name(), "/", "-")+"-"+time.Now().Format("150405.000000"))
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.Remove(dir); err != nil {
			t.Error(err)
		}
	})
	if err := unix.Mount("bpf", dir, "bpf", 0, "mode=0755"); err != nil {
		t.Skipf("SKIPPED: no bpf file system can be mounted: %v", err)
	}
	t.Cleanup(func() {
		if err := unix.Unmount(dir, 0); err != nil {
			t.Error(err)
		}
	})
	path := filepath.Join(dir, "tasks")
	for range 2 { // The second takes the place of the first.
		if err := bpf.Pin(path, gid); err != nil {
			t.Fatal(err)
		}
	}
	return path
}
