package collector

import (
	"strings"

	"proctree/collector/host/system"

	"github.com/prometheus/client_golang/prometheus"
)

func newSystemHwmon(o Options) Collector {
	chips := o.systemGauge("hwmon_chip_names", "The model of a hardware monitor.", "chip", "chip_name")
	labels := o.systemGauge("hwmon_sensor_label", "What a sensor is called.", "chip", "label", "sensor")
	values := newNamed(func(name string) systemMetric {
		kind := prometheus.GaugeValue
		if strings.HasSuffix(name, "_total") {
			kind = prometheus.CounterValue
		}
		return o.systemMetric(kind, "hwmon_"+name, "Sensor value "+name+" of a hardware monitor.", "chip", "sensor")
	})

	collect := func(r system.Reader, send emit) error {
		all, err := r.Chips()
		for _, c := range all {
			chip := pair("chip", c.Name)
			if c.Model != "" {
				send(chips.sample(1, chip, pair("chip_name", c.Model)))
			}
			frequencies := make(map[string]bool)
			for i := range c.Sensors {
				s := &c.Sensors[i]
				sensor := pair("sensor", s.Name)
				if s.Label != "" {
					send(labels.sample(1, chip, pair("label", s.Label), sensor))
				}
				for _, v := range s.Values {
					if s.Kind == "freq" && v.Element == "input" {
						// Such a sensor goes by its label, which two can share.
						if label := strings.Trim(metricPart(s.Label), "_"); label != "" && !frequencies[label] {
							frequencies[label] = true
							send(values.get("freq_freq_mhz").sample(scaled(v.Value, micro), chip, pair("sensor", label)))
						}
						continue
					}
					if name, scale, ok := sensorMetric(s, v.Element); ok {
						send(values.get(name).sample(scaled(v.Value, scale), chip, sensor))
					}
				}
			}
		}
		return err
	}
	return newSystem(o, collect, chips, labels)
}

// The kernel's units, as parts of the metrics' base units.
const (
	milli = 1e-3
	micro = 1e-6
)

// scaled is in node_exporter's arithmetic: the last digit depends on whether a number is
// divided by a million or multiplied with a millionth.
func scaled(value, scale float64) float64 {
	if scale == micro {
		return value / 1e6
	}
	return value * scale
}

// sensorMetric returns the name of an element's metric and what brings its value to the
// metric's unit; ok is false for what is not shown. The names are node_exporter's.
func sensorMetric(s *system.Sensor, element string) (name string, scale float64, ok bool) {
	switch s.Kind {
	case "beep_enable":
		return "beep_enabled", 1, element == ""
	case "vrm":
		return "voltage_regulator_version", 1, element == ""
	case "update_interval":
		return "update_interval_seconds", milli, element == ""
	}
	name = s.Kind
	switch {
	case element == "input" && hasElement(s, ""):
		name += "_input"
	case element != "input" && element != "":
		name += "_" + metricPart(element)
	}
	switch element {
	case "fault", "alarm":
		return name, 1, true
	case "beep":
		return name + "_enabled", 1, true
	}
	unit, scale, ok := sensorUnit(s.Kind, element)
	return name + unit, scale, ok
}

// sensorUnit returns the unit's part of the name and the scale.
func sensorUnit(kind, element string) (unit string, scale float64, ok bool) {
	switch kind {
	case "in", "cpu":
		return "_volts", milli, true
	case "temp":
		if element != "type" {
			return "_celsius", milli, true
		}
	case "curr":
		return "_amps", milli, true
	case "energy":
		return "_joule_total", micro, true
	case "humidity":
		return "", micro, true
	case "power":
		return powerUnit(element)
	case "fan":
		switch element {
		case "input", "min", "max", "target":
			return "_rpm", 1, true
		}
	}
	return "", 1, true
}

func powerUnit(element string) (unit string, scale float64, ok bool) {
	switch element {
	case "accuracy":
		return "", micro, true
	case "average_interval", "average_interval_min", "average_interval_max":
		return "_seconds", milli, true
	}
	return "_watt", micro, true
}

func hasElement(s *system.Sensor, element string) bool {
	for _, v := range s.Values {
		if v.Element == element {
			return true
		}
	}
	return false
}

// metricPart makes an element fit for a metric's name.
func metricPart(element string) string {
	return strings.Map(func(c rune) rune {
		if (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' {
			return c
		}
		return '_'
	}, strings.ToLower(element))
}
