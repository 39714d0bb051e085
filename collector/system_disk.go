package collector

import (
	"proctree/collector/host/system"

	dto "github.com/prometheus/client_model/go"
)

// diskMetric is one metric of a disk. Several share a part that is known or not.
type diskMetric struct {
	systemMetric
	value func(*system.Disk) float64
}

func newSystemDiskstats(o Options) Collector {
	traffic, queue := diskTraffic(o), diskQueue(o)
	discard, flush := diskDiscard(o), diskFlush(o)
	info := diskInfo(o)

	collect := func(r system.Reader, send emit) error {
		disks, err := r.Disks()
		if err != nil {
			return err
		}
		for i := range disks {
			d := &disks[i]
			labels := []*dto.LabelPair{pair("device", d.Device)}
			show := func(metrics []diskMetric) {
				for _, m := range metrics {
					send(m.of(m.value(d), labels...))
				}
			}
			show(traffic)
			if d.Queue != nil {
				show(queue)
			}
			if d.Discard != nil {
				show(discard)
			}
			if d.Flush != nil {
				show(flush)
			}
			if d.Info != nil {
				info.show(labels[0], d.Info, send)
			}
		}
		return nil
	}
	all := info.all()
	for _, metrics := range [][]diskMetric{traffic, queue, discard, flush} {
		for _, m := range metrics {
			all = append(all, m.systemMetric)
		}
	}
	return newSystem(o, collect, all...)
}

func (o Options) diskCounter(name, help string, value func(*system.Disk) float64) diskMetric {
	return diskMetric{o.systemCounter("disk_"+name, help, "device"), value}
}

func diskTraffic(o Options) []diskMetric {
	return []diskMetric{
		o.diskCounter("reads_completed_total", "Reads that succeeded.",
			func(d *system.Disk) float64 { return float64(d.Read.Completed) }),
		o.diskCounter("read_bytes_total", "Bytes read.",
			func(d *system.Disk) float64 { return float64(d.Read.Bytes) }),
		o.diskCounter("read_time_seconds_total", "Seconds all reads took together.",
			func(d *system.Disk) float64 { return d.Read.Seconds }),
		o.diskCounter("writes_completed_total", "Writes that succeeded.",
			func(d *system.Disk) float64 { return float64(d.Write.Completed) }),
		o.diskCounter("written_bytes_total", "Bytes written.",
			func(d *system.Disk) float64 { return float64(d.Write.Bytes) }),
		o.diskCounter("write_time_seconds_total", "Seconds all writes took together.",
			func(d *system.Disk) float64 { return d.Write.Seconds }),
	}
}

func diskQueue(o Options) []diskMetric {
	return []diskMetric{
		o.diskCounter("reads_merged_total", "Reads that were merged into others.",
			func(d *system.Disk) float64 { return float64(d.Queue.ReadsMerged) }),
		o.diskCounter("writes_merged_total", "Writes that were merged into others.",
			func(d *system.Disk) float64 { return float64(d.Queue.WritesMerged) }),
		{
			o.systemGauge("disk_io_now", "Requests in flight.", "device"),
			func(d *system.Disk) float64 { return float64(d.Queue.InFlight) },
		},
		o.diskCounter("io_time_seconds_total", "Seconds in which a request was in flight.",
			func(d *system.Disk) float64 { return d.Queue.BusySeconds }),
		o.diskCounter("io_time_weighted_seconds_total", "Seconds in which requests were in flight, times their number.",
			func(d *system.Disk) float64 { return d.Queue.WeightedSeconds }),
	}
}

func diskDiscard(o Options) []diskMetric {
	return []diskMetric{
		o.diskCounter("discards_completed_total", "Discards that succeeded.",
			func(d *system.Disk) float64 { return float64(d.Discard.Completed) }),
		o.diskCounter("discards_merged_total", "Discards that were merged into others.",
			func(d *system.Disk) float64 { return float64(d.Discard.Merged) }),
		o.diskCounter("discarded_sectors_total", "Sectors of 512 bytes discarded.",
			func(d *system.Disk) float64 { return float64(d.Discard.Sectors) }),
		o.diskCounter("discard_time_seconds_total", "Seconds all discards took together.",
			func(d *system.Disk) float64 { return d.Discard.Seconds }),
	}
}

func diskFlush(o Options) []diskMetric {
	return []diskMetric{
		o.diskCounter("flush_requests_total", "Flushes that succeeded.",
			func(d *system.Disk) float64 { return float64(d.Flush.Completed) }),
		o.diskCounter("flush_requests_time_seconds_total", "Seconds all flushes took together.",
			func(d *system.Disk) float64 { return d.Flush.Seconds }),
	}
}
