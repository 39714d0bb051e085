//go:build !linux

package system

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"proctree/collector/host/stall"

	"github.com/shirou/gopsutil/v3/cpu"
	"github.com/shirou/gopsutil/v3/host"
	"github.com/shirou/gopsutil/v3/mem"
	"github.com/shirou/gopsutil/v3/net"
)

// reader asks gopsutil. Subjects that it does not have are those of Unsupported.
type reader struct {
	Unsupported
	cfg    Config
	mounts stall.Calls[string, Usage]
	// listing is one call that lists the mounts.
	listing stall.Calls[string, []Filesystem]
	os      func() (*OS, error)
}

// NewReader returns the Reader of this platform.
func NewReader(cfg Config) (Reader, error) {
	cfg.MountTimeout = cmp.Or(cfg.MountTimeout, DefaultMountTimeout)
	return &reader{
		cfg:     cfg,
		mounts:  stall.Calls[string, Usage]{Timeout: cfg.MountTimeout, Call: stall.Whole(usage)},
		listing: stall.Calls[string, []Filesystem]{Timeout: cfg.MountTimeout, Call: stall.Whole(partitions)},
		os:      sync.OnceValues(release),
	}, nil
}

// failed wraps an error of gopsutil. It has one, of an internal package, for what it does
// not have on a platform.
func failed(subject string, err error) error {
	if strings.Contains(err.Error(), "not implemented") {
		return unsupported(subject)
	}
	return fmt.Errorf("read %s: %w", subject, err)
}

// CPUs implements Reader.
func (r *reader) CPUs() (*CPUs, error) {
	times, err := cpu.Times(true)
	if err != nil {
		return nil, failed("CPU times", err)
	}
	c := &CPUs{CPUs: make([]CPU, len(times))}
	for i, t := range times {
		c.CPUs[i] = CPU{Name: strconv.Itoa(i), Modes: modesOf(&t)}
	}
	return c, nil
}

// modesOf returns the modes that there are; gopsutil leaves the others 0.
func modesOf(t *cpu.TimesStat) []ModeTime {
	modes := []ModeTime{{"user", t.User}, {"system", t.System}, {"idle", t.Idle}}
	if runtime.GOOS != "windows" {
		modes = append(modes, ModeTime{"nice", t.Nice})
	}
	if runtime.GOOS != "darwin" {
		modes = append(modes, ModeTime{"irq", t.Irq})
	}
	return modes
}

// Memory implements Reader under Linux' names, and on macOS and FreeBSD under those that
// node_exporter has there, too.
func (r *reader) Memory() ([]MemoryField, error) {
	m, err := mem.VirtualMemory()
	if err != nil {
		return nil, failed("memory", err)
	}
	fields := []MemoryField{
		amount("MemTotal", m.Total),
		amount("MemAvailable", m.Available),
		amount("MemFree", m.Free),
	}
	if runtime.GOOS != "windows" {
		fields = append(fields,
			amount("active", m.Active),
			amount("inactive", m.Inactive),
			amount("wired", m.Wired),
			amount("free", m.Free),
		)
	}
	total, free, err := swap()
	if err != nil {
		return fields, failed("swap", err)
	}
	return append(fields, amount("SwapTotal", total), amount("SwapFree", free)), nil
}

func amount(name string, bytes uint64) MemoryField {
	return MemoryField{Name: name, Value: bytes, Bytes: true}
}

// swap returns the bytes of all swap space. On Windows that is the page files: what gopsutil
// calls swap there is the commit limit, in which the main memory counts, too.
func swap() (total, free uint64, err error) {
	if runtime.GOOS != "windows" {
		s, err := mem.SwapMemory()
		if err != nil {
			return 0, 0, err
		}
		return s.Total, s.Free, nil
	}
	files, err := mem.SwapDevices()
	if err != nil {
		return 0, 0, err
	}
	for _, f := range files {
		total += f.UsedBytes + f.FreeBytes
		free += f.FreeBytes
	}
	return total, free, nil
}

// NetworkDevices implements Reader.
func (r *reader) NetworkDevices() ([]NetworkDevice, error) {
	stats, err := net.IOCounters(true)
	if err != nil {
		return nil, failed("network devices", err)
	}
	devices := make([]NetworkDevice, 0, len(stats))
	for _, s := range stats {
		if !r.cfg.NetworkDevices.Allows(s.Name) {
			continue
		}
		devices = append(devices, NetworkDevice{Name: s.Name, Counters: []Counter{
			{"receive_bytes", s.BytesRecv},
			{"receive_packets", s.PacketsRecv},
			{"receive_errs", s.Errin},
			{"receive_drop", s.Dropin},
			{"transmit_bytes", s.BytesSent},
			{"transmit_packets", s.PacketsSent},
			{"transmit_errs", s.Errout},
			{"transmit_drop", s.Dropout},
		}})
	}
	slices.SortFunc(devices, func(a, b NetworkDevice) int { return cmp.Compare(a.Name, b.Name) })
	return slices.CompactFunc(devices, func(a, b NetworkDevice) bool { return a.Name == b.Name }), nil
}

// Kernel implements Reader; the boot time is all there is.
func (r *reader) Kernel() (*Kernel, error) {
	boot, err := host.BootTime()
	if err != nil {
		return nil, failed("boot time", err)
	}
	return &Kernel{BootTime: time.Unix(int64(boot), 0)}, nil
}

// OS implements Reader. It asks once, for that runs a program on macOS.
func (r *reader) OS() (*OS, error) { return r.os() }

func release() (*OS, error) {
	platform, _, version, err := host.PlatformInformationWithContext(context.Background())
	if err != nil {
		return nil, failed("release", err)
	}
	return &OS{
		ID:         runtime.GOOS,
		Name:       platform,
		PrettyName: strings.TrimSpace(platform + " " + version),
		Version:    version,
		VersionID:  version,
	}, nil
}

// Clock implements Reader.
func (r *reader) Clock() (*Clock, error) { return &Clock{Now: time.Now()}, nil }

// hostname is the node's name as uname(2) would give it.
func hostname() string {
	name, err := os.Hostname()
	if err != nil {
		return ""
	}
	return name
}
