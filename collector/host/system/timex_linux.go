package system

import (
	"errors"
	"io/fs"

	"golang.org/x/sys/unix"
)

// The scales of adjtimex(2).
const (
	nanoseconds  = 1e9
	microseconds = 1e6
	// scaledPPM is one part per million with a fraction of 16 bits.
	scaledPPM = 1e6 * 65536
)

// timex asks how well the clock is synchronized (adjtimex(2)). A sandbox may forbid it.
func (r *reader) timex(out *values) {
	var t unix.Timex
	state, err := unix.Adjtimex(&t)
	if err != nil {
		if !errors.Is(err, fs.ErrPermission) && !errors.Is(err, unix.ENOSYS) {
			out.Lost("adjtimex", err.Error())
		}
		return
	}
	out.timex(&t, state)
}

func (v *values) timex(t *unix.Timex, state int) {
	synchronized, fraction := 1.0, microseconds
	if state == unix.TIME_ERROR {
		synchronized = 0
	}
	if t.Status&unix.STA_NANO != 0 {
		fraction = nanoseconds
	}
	for _, value := range []struct {
		name   string
		number float64
	}{
		{"sync_status", synchronized},
		{"offset_seconds", float64(t.Offset) / fraction},
		{"frequency_adjustment_ratio", 1 + float64(t.Freq)/scaledPPM},
		{"maxerror_seconds", float64(t.Maxerror) / microseconds},
		{"estimated_error_seconds", float64(t.Esterror) / microseconds},
		{"status", float64(t.Status)},
		{"loop_time_constant", float64(t.Constant)},
		{"tick_seconds", float64(t.Tick) / microseconds},
		{"pps_frequency_hertz", float64(t.Ppsfreq) / scaledPPM},
		{"pps_jitter_seconds", float64(t.Jitter) / fraction},
		{"pps_shift_seconds", float64(t.Shift)},
		{"pps_stability_hertz", float64(t.Stabil) / scaledPPM},
		{"pps_jitter_total", float64(t.Jitcnt)},
		{"pps_calibration_total", float64(t.Calcnt)},
		{"pps_error_total", float64(t.Errcnt)},
		{"pps_stability_exceeded_total", float64(t.Stbcnt)},
		{"tai_offset_seconds", float64(t.Tai)},
	} {
		v.add("timex_"+value.name, value.number)
	}
}
