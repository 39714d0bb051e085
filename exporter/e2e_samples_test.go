//go:build linux

package main

import (
	dto "github.com/prometheus/client_model/go"
)

// samples are the metrics of one scrape.
type samples map[string]*dto.MetricFamily

// value returns one sample; the labels are names and values in turn. ok is false if
// there is no such series.
func (all samples) value(name string, labels ...string) (value float64, ok bool) {
	for _, m := range all[name].GetMetric() {
		if matches(m, labels) {
			return m.GetGauge().GetValue() + m.GetCounter().GetValue(), true
		}
	}
	return 0, false
}

func matches(m *dto.Metric, labels []string) bool {
	for i := 0; i+1 < len(labels); i += 2 {
		if label(m, labels[i]) != labels[i+1] {
			return false
		}
	}
	return true
}

func label(m *dto.Metric, name string) string {
	for _, l := range m.GetLabel() {
		if l.GetName() == name {
			return l.GetValue()
		}
	}
	return ""
}
