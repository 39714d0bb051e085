package collector

import "proctree/collector/host/system"

func newSystemCPUFreq(o Options) Collector {
	return newValues(o, system.CPUFreq,
		o.valueGauge("cpu_frequency_hertz", "Frequency of a CPU as its hardware reports it.", "cpu"),
		o.valueGauge("cpu_frequency_avg_hertz", "Average frequency of a CPU.", "cpu"),
		o.valueGauge("cpu_frequency_min_hertz", "Lowest frequency of a CPU.", "cpu"),
		o.valueGauge("cpu_frequency_max_hertz", "Highest frequency of a CPU.", "cpu"),
		o.valueGauge("cpu_scaling_frequency_hertz", "Frequency of a CPU as the scaling driver reports it.", "cpu"),
		o.valueGauge("cpu_scaling_frequency_min_hertz", "Lowest frequency that scaling may choose.", "cpu"),
		o.valueGauge("cpu_scaling_frequency_max_hertz", "Highest frequency that scaling may choose.", "cpu"),
		o.valueGauge("cpu_scaling_governor", "1 for the scaling governor in use, 0 for the other available ones.", "cpu", "governor"),
	)
}
