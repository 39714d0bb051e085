package system

// tapeFiles are the files of /sys/class/scsi_tape/DEVICE/stats
// (Documentation/scsi/st.rst); times are in nanoseconds.
var tapeFiles = []struct {
	file, metric string
	factor       float64
}{
	{"in_flight", "tape_io_now", 1},
	{"io_ns", "tape_io_time_seconds_total", 1e-9},
	{"other_cnt", "tape_io_others_total", 1},
	{"read_byte_cnt", "tape_read_bytes_total", 1},
	{"read_cnt", "tape_reads_completed_total", 1},
	{"read_ns", "tape_read_time_seconds_total", 1e-9},
	{"resid_cnt", "tape_residual_total", 1},
	{"write_byte_cnt", "tape_written_bytes_total", 1},
	{"write_cnt", "tape_writes_completed_total", 1},
	{"write_ns", "tape_write_time_seconds_total", 1e-9},
}

// tapeStats reads the tape drives: those called st and a number are each a drive, the others
// ways to use it.
func (r *reader) tapeStats(out *values) {
	class := r.sysPath("class/scsi_tape")
	for _, name := range out.numbered(class, "st") {
		if !r.cfg.Tapes.Allows(name) {
			continue
		}
		for _, f := range tapeFiles {
			if n, ok := out.unsigned(join(class, name, "stats", f.file)); ok {
				out.add(f.metric, float64(n)*f.factor, device(name))
			}
		}
	}
}
