package collector

import "proctree/collector/host/system"

func newSystemTapeStats(o Options) Collector {
	const dev = "device"
	return newValues(o, system.TapeStats,
		o.valueGauge("tape_io_now", "Requests of a tape drive in flight.", dev),
		o.valueCounter("tape_io_time_seconds_total", "Seconds that all requests of a tape drive took.", dev),
		o.valueCounter("tape_io_others_total", "Requests of a tape drive that neither read nor write.", dev),
		o.valueCounter("tape_read_bytes_total", "Bytes read from a tape drive.", dev),
		o.valueCounter("tape_reads_completed_total", "Reads of a tape drive.", dev),
		o.valueCounter("tape_read_time_seconds_total", "Seconds that the reads of a tape drive took.", dev),
		o.valueCounter("tape_residual_total", "Reads and writes of a tape drive that moved less than was asked for.", dev),
		o.valueCounter("tape_written_bytes_total", "Bytes written to a tape drive.", dev),
		o.valueCounter("tape_writes_completed_total", "Writes of a tape drive.", dev),
		o.valueCounter("tape_write_time_seconds_total", "Seconds that the writes of a tape drive took.", dev),
	)
}
