package system

import (
	"slices"
	"strings"
)

// cpuFrequencies are the files of devices/system/cpu/cpuN/cpufreq
// (Documentation/admin-guide/pm/cpufreq.rst).
var cpuFrequencies = []struct{ file, metric string }{
	{"cpuinfo_cur_freq", "cpu_frequency_hertz"},
	{"cpuinfo_avg_freq", "cpu_frequency_avg_hertz"},
	{"cpuinfo_min_freq", "cpu_frequency_min_hertz"},
	{"cpuinfo_max_freq", "cpu_frequency_max_hertz"},
	{"scaling_cur_freq", "cpu_scaling_frequency_hertz"},
	{"scaling_min_freq", "cpu_scaling_frequency_min_hertz"},
	{"scaling_max_freq", "cpu_scaling_frequency_max_hertz"},
}

// kilo turns the kernel's kHz into Hz.
const kilo = 1000

func (r *reader) cpuFreq(out *values) {
	dir := r.sysPath("devices/system/cpu")
	for _, name := range out.numbered(dir, "cpu") {
		cpu := join(dir, name)
		if state, ok := out.attribute(join(cpu, "online")); ok && state == "0" {
			continue
		}
		label := Label{"cpu", strings.TrimPrefix(name, "cpu")}
		for _, f := range cpuFrequencies {
			if n, ok := out.unsigned(join(cpu, "cpufreq", f.file)); ok {
				out.add(f.metric, float64(n)*kilo, label)
			}
		}
		out.governors(join(cpu, "cpufreq"), label)
	}
}

// governors shows which of the available governors is in use. One that is not available is
// none: nobody knows then which of them is.
func (v *values) governors(dir string, cpu Label) {
	current, ok := v.attribute(join(dir, "scaling_governor"))
	if !ok {
		return
	}
	governors := strings.Fields(v.name(join(dir, "scaling_available_governors")))
	if len(governors) > 0 && !slices.Contains(governors, current) {
		v.Lost(join(dir, "scaling_governor"), "none of the available governors")
		return
	}
	for _, governor := range governors {
		var used float64
		if governor == current {
			used = 1
		}
		v.add("cpu_scaling_governor", used, cpu, Label{"governor", governor})
	}
}
