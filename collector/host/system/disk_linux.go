package system

import (
	"fmt"

	"github.com/prometheus/procfs/blockdevice"
)

// A sector has 512 bytes whatever the device's own block size
// (Documentation/block/stat.rst), and times are in milliseconds.
const (
	sectorBytes  = 512
	milliseconds = 1e-3
)

// The columns of a line in /proc/diskstats by the kernel's age.
const (
	columnsWithDiscard = 18
	columnsWithFlush   = 20
)

// Disks implements Reader from /proc/diskstats.
func (r *reader) Disks() ([]Disk, error) {
	stats, err := r.block.ProcDiskstats()
	if err != nil {
		return nil, fmt.Errorf("read disk statistics: %w", err)
	}
	disks := make([]Disk, 0, len(stats))
	for i := range stats {
		if r.cfg.Disks.Allows(stats[i].DeviceName) {
			d := diskOf(&stats[i])
			d.Info = r.diskInfo(&stats[i])
			disks = append(disks, d)
		}
	}
	return disks, nil
}

func diskOf(s *blockdevice.Diskstats) Disk {
	d := Disk{
		Device: s.DeviceName,
		Read: DiskTraffic{
			Completed: s.ReadIOs,
			Bytes:     s.ReadSectors * sectorBytes,
			Seconds:   float64(s.ReadTicks) * milliseconds,
		},
		Write: DiskTraffic{
			Completed: s.WriteIOs,
			Bytes:     s.WriteSectors * sectorBytes,
			Seconds:   float64(s.WriteTicks) * milliseconds,
		},
		Queue: &DiskQueue{
			ReadsMerged:     s.ReadMerges,
			WritesMerged:    s.WriteMerges,
			InFlight:        s.IOsInProgress,
			BusySeconds:     float64(s.IOsTotalTicks) * milliseconds,
			WeightedSeconds: float64(s.WeightedIOTicks) * milliseconds,
		},
	}
	if s.IoStatsCount >= columnsWithDiscard {
		d.Discard = &DiskDiscard{
			Completed: s.DiscardIOs,
			Merged:    s.DiscardMerges,
			Sectors:   s.DiscardSectors,
			Seconds:   float64(s.DiscardTicks) * milliseconds,
		}
	}
	if s.IoStatsCount >= columnsWithFlush {
		d.Flush = &DiskFlush{
			Completed: s.FlushRequestsCompleted,
			Seconds:   float64(s.TimeSpentFlushing) * milliseconds,
		}
	}
	return d
}
