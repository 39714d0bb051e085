package collector

import (
	"proctree/collector/host/system"

	dto "github.com/prometheus/client_model/go"
)

// diskMetric is one metric of a disk.
type diskMetric struct {
	systemMetric
	metric system.DiskMetric
}

func newSystemDiskstats(o Options) Collector {
	metrics, info := diskMetrics(o), diskInfo(o)

	collect := func(r system.Reader, send emit) error {
		disks, err := r.Disks()
		for i := range disks {
			d := &disks[i]
			labels := []*dto.LabelPair{pair("device", d.Device)}
			for _, m := range metrics {
				if value, ok := d.Value(m.metric); ok {
					send(m.sample(value, labels...))
				}
			}
			if d.Info != nil {
				info.show(labels[0], d.Info, send)
			}
		}
		return err
	}
	all := info.all()
	for _, m := range metrics {
		all = append(all, m.systemMetric)
	}
	return newSystem(o, collect, all...)
}

// diskMetrics are all metrics of disks that are numbers.
func diskMetrics(o Options) []diskMetric {
	counter := func(metric system.DiskMetric, name, help string) diskMetric {
		return diskMetric{o.systemCounter("disk_"+name, help, "device"), metric}
	}
	return []diskMetric{
		counter(system.ReadsCompleted, "reads_completed_total", "Reads that succeeded."),
		counter(system.BytesRead, "read_bytes_total", "Bytes read."),
		counter(system.ReadSeconds, "read_time_seconds_total", "Seconds all reads took together."),
		counter(system.WritesCompleted, "writes_completed_total", "Writes that succeeded."),
		counter(system.BytesWritten, "written_bytes_total", "Bytes written."),
		counter(system.WriteSeconds, "write_time_seconds_total", "Seconds all writes took together."),
		counter(system.ReadsMerged, "reads_merged_total", "Reads that were merged into others."),
		counter(system.WritesMerged, "writes_merged_total", "Writes that were merged into others."),
		{o.systemGauge("disk_io_now", "Requests in flight.", "device"), system.InFlight},
		counter(system.BusySeconds, "io_time_seconds_total", "Seconds in which a request was in flight."),
		counter(system.WeightedSeconds, "io_time_weighted_seconds_total", "Seconds in which requests were in flight, times their number."),
		counter(system.DiscardsCompleted, "discards_completed_total", "Discards that succeeded."),
		counter(system.DiscardsMerged, "discards_merged_total", "Discards that were merged into others."),
		counter(system.SectorsDiscarded, "discarded_sectors_total", "Sectors of 512 bytes discarded."),
		counter(system.DiscardSeconds, "discard_time_seconds_total", "Seconds all discards took together."),
		counter(system.FlushesCompleted, "flush_requests_total", "Flushes that succeeded."),
		counter(system.FlushSeconds, "flush_requests_time_seconds_total", "Seconds all flushes took together."),
	}
}
