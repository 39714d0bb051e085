package system

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"proctree/collector/host/procfile"
	"proctree/collector/host/stall"

	"golang.org/x/sys/unix"
)

// reader reads procfs and sysfs.
type reader struct {
	cfg    Config
	mounts stall.Calls[string, Usage]
	// fileSystem returns which file system a file is on.
	fileSystem func(path string) int64

	mu   sync.Mutex
	cpus map[string]procfile.CPUTicks
}

// NewReader returns the Reader of this platform. It fails if procfs or sysfs is not where
// the Config says.
func NewReader(cfg Config) (Reader, error) {
	cfg.ProcFS = cmp.Or(cfg.ProcFS, "/proc")
	cfg.SysFS = cmp.Or(cfg.SysFS, "/sys")
	cfg.RootFS = cmp.Or(cfg.RootFS, "/")
	cfg.MountTimeout = cmp.Or(cfg.MountTimeout, DefaultMountTimeout)
	for _, mounted := range []struct{ name, path string }{{"procfs", cfg.ProcFS}, {"sysfs", cfg.SysFS}} {
		if info, err := os.Stat(mounted.path); err != nil {
			return nil, fmt.Errorf("open %s: %w", mounted.name, err)
		} else if !info.IsDir() {
			return nil, fmt.Errorf("open %s: %s is not a directory", mounted.name, mounted.path)
		}
	}
	return &reader{
		cfg:    cfg,
		mounts: stall.Calls[string, Usage]{Timeout: cfg.MountTimeout, Call: stall.Whole(statfs)},

		fileSystem: fileSystem,
		cpus:       make(map[string]procfile.CPUTicks),
	}, nil
}

// longest is the longest time that anything on this host can have taken; 0 is not known.
func (r *reader) longest() time.Duration {
	uptime := procfile.Uptime(r.cfg.ProcFS)
	if uptime == 0 {
		return 0
	}
	return procfile.Longest(uptime)
}

func (r *reader) procPath(elem ...string) string {
	return filepath.Join(append([]string{r.cfg.ProcFS}, elem...)...)
}

func (r *reader) sysPath(elem ...string) string {
	return filepath.Join(append([]string{r.cfg.SysFS}, elem...)...)
}

// Load implements Reader from /proc/loadavg.
func (r *reader) Load() (load Load, err error) {
	var d Damage
	readPart(&d, r.procPath("loadavg"), func(text string) {
		load = procfile.ParseLoadavg(text, &d)
	})
	return load, d.Err()
}

// FileHandles implements Reader from /proc/sys/fs/file-nr.
func (r *reader) FileHandles() (handles FileHandles, err error) {
	var d Damage
	readPart(&d, r.procPath("sys/fs/file-nr"), func(text string) {
		handles = parseFileNr(text, &d)
	})
	return handles, d.Err()
}

const fileNr = "/proc/sys/fs/file-nr"

// parseFileNr parses "allocated unused maximum".
func parseFileNr(text string, d *Damage) (handles FileHandles) {
	whole := d.WholeFields(fileNr, text)
	fields := strings.Fields(whole)
	if len(fields) != 3 && whole == text {
		d.Lost(fileNr, "not three fields")
	}
	if len(fields) > 0 {
		if n, ok := d.Counter(fileNr+": allocated", fields[0]); ok {
			handles.Allocated = &n
		}
	}
	if len(fields) == 3 {
		// The largest number of 64 bits stands for no limit.
		if n, err := strconv.ParseUint(fields[2], 10, 64); err == nil {
			handles.Maximum = &n
		} else {
			d.Lost(fileNr+": maximum", "not a number")
		}
	}
	return handles
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
func (r *reader) OS() (release *OS, err error) {
	var d Damage
	d.Part(func() error {
		text, err := readFile(filepath.Join(r.cfg.RootFS, "etc/os-release"))
		if procfile.IsAbsent(err) {
			text, err = readFile(filepath.Join(r.cfg.RootFS, "usr/lib/os-release"))
		}
		if err == nil {
			release = parseOSRelease(string(text))
		}
		return err
	})
	return release, d.Err()
}

// Clock implements Reader.
func (r *reader) Clock() (*Clock, error) {
	var d Damage
	c := &Clock{Now: time.Now()}
	d.Part(func() error {
		devices, err := filepath.Glob(r.sysPath("devices/system/clocksource/clocksource[0-9]*"))
		for i, dir := range devices {
			c.Sources = append(c.Sources, clockSource(strconv.Itoa(i), dir, &d))
		}
		return err
	})
	return c, d.Err()
}

// clockSource reads what can drive a clock device, and what does.
func clockSource(device, dir string, d *Damage) ClockSource {
	s := ClockSource{Device: device}
	d.Part(func() error {
		file := filepath.Join(dir, "available_clocksource")
		text, err := readText(file)
		if err == nil {
			d.NeedLine(file, text)
		}
		for source := range strings.FieldsSeq(text) {
			if source = label(source); source != "" && !slices.Contains(s.Available, source) {
				s.Available = append(s.Available, source)
			}
		}
		return err
	})
	d.Part(func() error {
		file := filepath.Join(dir, "current_clocksource")
		text, err := readText(file)
		if err == nil {
			d.NeedLine(file, text)
		}
		s.Current = label(text)
		return err
	})
	return s
}
