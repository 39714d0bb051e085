package main

import (
	"github.com/grafana/grafana-foundation-sdk/go/cog"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
)

// unit is how a panel writes its values, by Grafana's names.
type unit string

const (
	count      unit = "short"
	cores      unit = "none" // Grafana has no unit for CPU seconds per second; titles say "cores".
	share      unit = "percentunit"
	size       unit = "bytes"
	byteRate   unit = "Bps"
	seconds    unit = "s"
	since      unit = "dateTimeFromNow" // of milliseconds since 1970
	packetRate unit = "pps"
	words      unit = "string"
	whole      unit = "locale" // with a mark at each thousand
	startRate  unit = "count:starts/s"
	faultRate  unit = "count:faults/s"
	switchRate unit = "count:switches/s"
	errorRate  unit = "count:errors/s"
)

// The few colours: nothing is coloured that is as it should be.
const (
	colorFine     = "text"
	colorGood     = "green"
	colorWarning  = "orange"
	colorCritical = "red"
	colorMuted    = "#8e8e8e"
)

// above colours a value from a warning and a critical limit up.
func above(warning, critical float64) cog.Builder[dashboard.ThresholdsConfig] {
	return steps(
		dashboard.Threshold{Color: colorFine},
		dashboard.Threshold{Value: &warning, Color: colorWarning},
		dashboard.Threshold{Value: &critical, Color: colorCritical},
	)
}

// anyIs colours every value from 1 up.
func anyIs(color string) cog.Builder[dashboard.ThresholdsConfig] {
	return steps(dashboard.Threshold{Color: colorFine}, dashboard.Threshold{Value: new(1.0), Color: color})
}

// plain colours no value.
func plain() cog.Builder[dashboard.ThresholdsConfig] {
	return steps(dashboard.Threshold{Color: colorFine})
}

func steps(thresholds ...dashboard.Threshold) cog.Builder[dashboard.ThresholdsConfig] {
	return dashboard.NewThresholdsConfigBuilder().Mode(dashboard.ThresholdsModeAbsolute).Steps(thresholds)
}
