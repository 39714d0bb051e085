package system

import (
	"os"
	"strings"

	"golang.org/x/sys/unix"

	"proctree/collector/host/procfile"
)

// A sector has 512 bytes whatever the device's own block size
// (Documentation/block/stat.rst), and times are in milliseconds.
const (
	sectorBytes  = 512
	milliseconds = 1e-3
)

const diskstatsFile = "/proc/diskstats"

// diskColumns are the columns of /proc/diskstats behind the device's name
// (Documentation/admin-guide/iostats.rst) and what brings them to base units.
var diskColumns = [...]struct {
	metric DiskMetric
	unit   float64
}{
	{ReadsCompleted, 1},
	{ReadsMerged, 1},
	{BytesRead, sectorBytes},
	{ReadSeconds, milliseconds},
	{WritesCompleted, 1},
	{WritesMerged, 1},
	{BytesWritten, sectorBytes},
	{WriteSeconds, milliseconds},
	{InFlight, 1},
	{BusySeconds, milliseconds},
	{WeightedSeconds, milliseconds},
	{DiscardsCompleted, 1}, // Linux 4.18
	{DiscardsMerged, 1},
	{SectorsDiscarded, 1},
	{DiscardSeconds, milliseconds},
	{FlushesCompleted, 1}, // Linux 5.5
	{FlushSeconds, milliseconds},
}

// What a line has at least: numbers and name of the device, and the columns of all kernels
// since 2.6.25. Before that a partition had four columns, which nothing is made of.
const (
	headFields = 3
	minColumns = 11
	oldColumns = 4
)

// Disks implements Reader from /proc/diskstats.
func (r *reader) Disks() (disks []Disk, err error) {
	var d Damage
	readPart(&d, r.procPath("diskstats"), func(text string) {
		disks = r.parseDiskstats(text, &d)
		if strings.TrimSpace(text) == "" && r.hasBlockDevice() && !r.isMadeUp(r.procPath("diskstats")) {
			d.NeedLine(diskstatsFile, text)
		}
	})
	return disks, d.Err()
}

// hasBlockDevice reports whether sysfs lists one. Without any, diskstats has no line.
func (r *reader) hasBlockDevice() bool {
	entries, err := os.ReadDir(r.sysPath("block"))
	return err == nil && len(entries) > 0
}

// isMadeUp reports whether a file is not the kernel's but that of a program, as LXC mounts those of
// lxcfs over some of /proc: its diskstats has only devices that the container used, mostly none.
func (r *reader) isMadeUp(path string) bool { return r.fileSystem(path) == unix.FUSE_SUPER_MAGIC }

// fileSystem returns which file system a file is on (statfs(2)); 0 if that is not known.
func fileSystem(path string) int64 {
	var found unix.Statfs_t
	if unix.Statfs(path, &found) != nil {
		return 0
	}
	return int64(found.Type) //nolint:unconvert // Of another type on other architectures.
}

func (r *reader) parseDiskstats(text string, d *Damage) []Disk {
	var disks []Disk
	seen := make(map[string]bool)
	var fields []string
	for line := range procfile.Lines(d.WholeLines(diskstatsFile, text)) {
		fields = appendFields(fields[:0], line)
		if len(fields) < headFields || !isDevice(fields[2]) {
			d.Lost(diskstatsFile, "a line without device")
			continue
		}
		name, columns := fields[2], fields[headFields:]
		if !r.cfg.Disks.Allows(name) || len(columns) == oldColumns {
			continue
		}
		if len(columns) == 0 {
			d.Lost(diskstatsFile, "a line without columns")
			continue
		}
		if seen[name] {
			d.Lost(diskstatsFile+": "+name, "in the file twice")
			continue
		}
		seen[name] = true
		disk := parseDisk(name, columns, d)
		disk.Info = r.diskInfo(name, fields[0], fields[1], d)
		disks = append(disks, disk)
	}
	return disks
}

func appendFields(fields []string, line string) []string {
	for field := range strings.FieldsSeq(line) {
		fields = append(fields, field)
	}
	return fields
}

func parseDisk(name string, columns []string, d *Damage) Disk {
	disk := Disk{Device: name}
	where := diskstatsFile + ": " + name
	if len(columns) < minColumns {
		d.Lost(where, "fewer than 14 fields")
	}
	for i, c := range diskColumns[:min(len(columns), len(diskColumns))] {
		parse := d.Counter
		if c.metric == InFlight {
			parse = d.Tasks
		}
		if n, ok := parse(where, columns[i]); ok {
			disk.Set(c.metric, float64(n)*c.unit)
		}
	}
	return disk
}
