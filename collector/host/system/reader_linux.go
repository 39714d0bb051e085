package system

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"proctree/collector/host/stuck"

	"github.com/prometheus/procfs"
	"github.com/prometheus/procfs/blockdevice"
	"github.com/prometheus/procfs/sysfs"
	"golang.org/x/sys/unix"
)

// reader reads procfs and sysfs.
type reader struct {
	cfg    Config
	proc   procfs.FS
	sys    sysfs.FS
	block  blockdevice.FS
	mounts stuck.Calls[Usage]

	mu   sync.Mutex
	cpus map[string]cpuTicks
}

// NewReader returns the Reader of this platform. It fails if procfs or sysfs is not where
// the Config says.
func NewReader(cfg Config) (Reader, error) {
	cfg.ProcFS = cmp.Or(cfg.ProcFS, "/proc")
	cfg.SysFS = cmp.Or(cfg.SysFS, "/sys")
	cfg.RootFS = cmp.Or(cfg.RootFS, "/")
	cfg.MountTimeout = cmp.Or(cfg.MountTimeout, DefaultMountTimeout)
	proc, err := procfs.NewFS(cfg.ProcFS)
	if err != nil {
		return nil, fmt.Errorf("open procfs: %w", err)
	}
	sys, err := sysfs.NewFS(cfg.SysFS)
	if err != nil {
		return nil, fmt.Errorf("open sysfs: %w", err)
	}
	block, err := blockdevice.NewFS(cfg.ProcFS, cfg.SysFS)
	if err != nil {
		return nil, fmt.Errorf("open procfs and sysfs: %w", err)
	}
	return &reader{
		cfg:    cfg,
		proc:   proc,
		sys:    sys,
		block:  block,
		mounts: stuck.Calls[Usage]{Timeout: cfg.MountTimeout, Call: statfs},
		cpus:   make(map[string]cpuTicks),
	}, nil
}

func (r *reader) procPath(elem ...string) string {
	return filepath.Join(append([]string{r.cfg.ProcFS}, elem...)...)
}

func (r *reader) sysPath(elem ...string) string {
	return filepath.Join(append([]string{r.cfg.SysFS}, elem...)...)
}

// Load implements Reader from /proc/loadavg.
func (r *reader) Load() ([3]float64, error) {
	l, err := r.proc.LoadAvg()
	if err != nil {
		return [3]float64{}, fmt.Errorf("read load average: %w", err)
	}
	return [3]float64{l.Load1, l.Load5, l.Load15}, nil
}

// FileHandles implements Reader from /proc/sys/fs/file-nr.
func (r *reader) FileHandles() (FileHandles, error) {
	text, err := readFile(r.procPath("sys/fs/file-nr"))
	if err != nil {
		return FileHandles{}, err
	}
	return parseFileNr(text)
}

// parseFileNr parses "allocated unused maximum".
func parseFileNr(text []byte) (FileHandles, error) {
	fields := strings.Fields(string(text))
	if len(fields) != 3 {
		return FileHandles{}, fmt.Errorf("file-nr: want 3 fields, have %q", text)
	}
	allocated, err := strconv.ParseUint(fields[0], 10, 64)
	if err != nil {
		return FileHandles{}, fmt.Errorf("file-nr: allocated: %w", err)
	}
	maximum, err := strconv.ParseUint(fields[2], 10, 64)
	if err != nil {
		return FileHandles{}, fmt.Errorf("file-nr: maximum: %w", err)
	}
	return FileHandles{Allocated: allocated, Maximum: maximum}, nil
}

// Uname implements Reader.
func (r *reader) Uname() (Uname, error) {
	var u unix.Utsname
	if err := unix.Uname(&u); err != nil {
		return Uname{}, fmt.Errorf("uname: %w", err)
	}
	return Uname{
		Sysname:    unix.ByteSliceToString(u.Sysname[:]),
		Release:    unix.ByteSliceToString(u.Release[:]),
		Version:    unix.ByteSliceToString(u.Version[:]),
		Machine:    unix.ByteSliceToString(u.Machine[:]),
		Nodename:   unix.ByteSliceToString(u.Nodename[:]),
		Domainname: unix.ByteSliceToString(u.Domainname[:]),
	}, nil
}

// OS implements Reader from the first of the files that os-release(5) names.
func (r *reader) OS() (*OS, error) {
	text, err := os.ReadFile(filepath.Join(r.cfg.RootFS, "etc/os-release"))
	if os.IsNotExist(err) {
		text, err = os.ReadFile(filepath.Join(r.cfg.RootFS, "usr/lib/os-release"))
	}
	if err != nil {
		return nil, fmt.Errorf("read os-release: %w", err)
	}
	return parseOSRelease(string(text)), nil
}

// Clock implements Reader.
func (r *reader) Clock() (*Clock, error) {
	c := &Clock{Now: time.Now()}
	devices, err := r.sys.ClockSources()
	if err != nil {
		return c, fmt.Errorf("read clock sources: %w", err)
	}
	for i, d := range devices {
		c.Sources = append(c.Sources, ClockSource{
			Device:    strconv.Itoa(i),
			Available: d.Available,
			Current:   d.Current,
		})
	}
	return c, nil
}
