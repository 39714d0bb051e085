package collector

import (
	"proctree/collector/host/system"

	dto "github.com/prometheus/client_model/go"
)

func newSystemCPU(o Options) Collector {
	times := o.systemCounter("cpu_seconds_total",
		"Seconds a CPU spent in each mode.", "cpu", "mode")
	guest := o.systemCounter("cpu_guest_seconds_total",
		"Seconds a CPU spent running guests; part of the modes user and nice.", "cpu", "mode")
	cores := o.systemCounter("cpu_core_throttles_total",
		"How often a core was slowed down because of heat.", "core", "package")
	packages := o.systemCounter("cpu_package_throttles_total",
		"How often a package was slowed down because of heat.", "package")
	isolated := o.systemGauge("cpu_isolated",
		"1 for each CPU on which the scheduler puts no task by itself.", "cpu")

	collect := func(r system.Reader, send emit) error {
		stat, err := r.CPUs()
		if stat == nil {
			return err
		}
		modes := make(map[string]*dto.LabelPair)
		show := func(m systemMetric, cpu *dto.LabelPair, times []system.ModeTime) {
			for _, t := range times {
				mode := modes[t.Mode]
				if mode == nil {
					mode = pair("mode", t.Mode)
					modes[t.Mode] = mode
				}
				send(m.sample(t.Seconds, cpu, mode))
			}
		}
		for _, c := range stat.CPUs {
			cpu := pair("cpu", c.Name)
			show(times, cpu, c.Modes)
			show(guest, cpu, c.Guest)
		}
		for _, t := range stat.CoreThrottles {
			send(cores.sample(float64(t.Count), pair("core", t.Core), pair("package", t.Package)))
		}
		for _, t := range stat.PackageThrottles {
			send(packages.sample(float64(t.Count), pair("package", t.Package)))
		}
		for _, name := range stat.Isolated {
			send(isolated.sample(1, pair("cpu", name)))
		}
		return err
	}
	return newSystem(o, collect, times, guest, cores, packages, isolated)
}
