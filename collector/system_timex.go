package collector

import "proctree/collector/host/system"

func newSystemTimex(o Options) Collector {
	return newValues(o, system.Timex,
		o.valueGauge("timex_sync_status", "1 if the clock is synchronized to a reliable source, 0 if not."),
		o.valueGauge("timex_offset_seconds", "Offset between the local clock and its reference clock."),
		o.valueGauge("timex_frequency_adjustment_ratio", "Adjustment of the local clock's frequency; 1 is none."),
		o.valueGauge("timex_maxerror_seconds", "Largest error that the local clock can have."),
		o.valueGauge("timex_estimated_error_seconds", "Estimated error of the local clock."),
		o.valueGauge("timex_status", "Status bits of adjtimex(2)."),
		o.valueGauge("timex_loop_time_constant", "Time constant of the phase-locked loop."),
		o.valueGauge("timex_tick_seconds", "Time between clock ticks."),
		o.valueGauge("timex_pps_frequency_hertz", "Frequency of the pulse-per-second signal."),
		o.valueGauge("timex_pps_jitter_seconds", "Jitter of the pulse-per-second signal."),
		o.valueGauge("timex_pps_shift_seconds", "Duration of the interval of the pulse-per-second signal."),
		o.valueGauge("timex_pps_stability_hertz", "Average of recent frequency changes of the pulse-per-second signal."),
		o.valueCounter("timex_pps_jitter_total", "Pulses whose jitter exceeded the limit."),
		o.valueCounter("timex_pps_calibration_total", "Calibration intervals of the pulse-per-second signal."),
		o.valueCounter("timex_pps_error_total", "Calibration errors of the pulse-per-second signal."),
		o.valueCounter("timex_pps_stability_exceeded_total", "Pulses whose stability exceeded the limit."),
		o.valueGauge("timex_tai_offset_seconds", "Offset between UTC and International Atomic Time (TAI)."),
	)
}
