//go:build !linux

package system

import (
	"cmp"
	"runtime"
	"slices"

	"github.com/shirou/gopsutil/v3/disk"
)

// Disks implements Reader.
func (r *reader) Disks() ([]Disk, error) {
	stats, err := disk.IOCounters()
	if err != nil {
		return nil, failed("disks", err)
	}
	// gopsutil's times are milliseconds, but on Windows they are seconds, for it divides
	// units of 100 ns by ten million.
	unit := 1e-3
	if runtime.GOOS == "windows" {
		unit = 1
	}
	disks := make([]Disk, 0, len(stats))
	for name, s := range stats {
		if !r.cfg.Disks.Allows(name) {
			continue
		}
		d := Disk{Device: name}
		d.Set(ReadsCompleted, float64(s.ReadCount))
		d.Set(BytesRead, float64(s.ReadBytes))
		d.Set(ReadSeconds, float64(s.ReadTime)*unit)
		d.Set(WritesCompleted, float64(s.WriteCount))
		d.Set(BytesWritten, float64(s.WriteBytes))
		d.Set(WriteSeconds, float64(s.WriteTime)*unit)
		disks = append(disks, d)
	}
	slices.SortFunc(disks, func(a, b Disk) int { return cmp.Compare(a.Device, b.Device) })
	return disks, nil
}

// Filesystems implements Reader.
func (r *reader) Filesystems() ([]Filesystem, error) {
	all, err := r.listing.Ask("")[0].Answer()
	if err != nil {
		return nil, failed("mounts", err)
	}
	var filesystems []Filesystem
	var paths []string
	for _, f := range all {
		if r.cfg.MountPoints.Allows(f.MountPoint) && r.cfg.FSTypes.Allows(f.Type) {
			filesystems, paths = append(filesystems, f), append(paths, f.MountPoint)
		}
	}
	askUsage(&r.mounts, filesystems, paths)
	return filesystems, nil
}

// partitions lists the mounts. The key is not used: there is one list.
func partitions(string) ([]Filesystem, error) {
	// gopsutil returns what it has found, and an error on top if a drive did not answer.
	parts, err := disk.Partitions(false)
	if len(parts) == 0 {
		return nil, err
	}
	filesystems := make([]Filesystem, len(parts))
	for i, p := range parts {
		filesystems[i] = Filesystem{
			Device:     p.Device,
			MountPoint: p.Mountpoint,
			Type:       p.Fstype,
			ReadOnly:   slices.Contains(p.Opts, "ro"),
		}
	}
	return filesystems, nil
}

// usage asks for one mount. What gopsutil calls free is what others than root may use.
func usage(path string) (Usage, error) {
	s, err := disk.Usage(path)
	if err != nil {
		return Usage{}, err
	}
	u := Usage{SizeBytes: s.Total, FreeBytes: s.Total - s.Used, AvailableBytes: s.Free}
	if s.InodesTotal > 0 {
		u.Inodes = &Inodes{Total: s.InodesTotal, Free: s.InodesFree}
	}
	return u, nil
}
