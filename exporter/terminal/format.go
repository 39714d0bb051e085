package terminal

import (
	"fmt"
	"math"
	"strconv"

	"proctree/collector/metric"
)

// formatted writes a number as the page does. now is the time of the scan, in seconds since 1970.
func formatted(m *metric.Metric, v, now float64) string {
	switch {
	case m.Kind == metric.Moment:
		return formatDuration(now - v)
	case m.Kind == metric.Identifier:
		return strconv.FormatFloat(v, 'f', 0, 64)
	case m.Unit == metric.Bytes:
		return formatBytes(v)
	case m.Unit == metric.BytesPerSecond:
		if v == 0 {
			return "0"
		}
		return formatBytes(v) + "/s"
	case m.Unit == metric.Cores:
		return formatCores(v)
	case m.Unit == metric.Ratio:
		return formatPercent(v)
	case m.Unit == metric.Seconds:
		return formatSeconds(v)
	}
	return strconv.FormatFloat(v, 'f', m.Decimals, 64)
}

var byteUnits = [...]string{"B", "KiB", "MiB", "GiB", "TiB", "PiB"}

func formatBytes(v float64) string {
	if v == 0 {
		return "0"
	}
	unit := 0
	for v >= 1023.5 && unit < len(byteUnits)-1 {
		v /= 1024
		unit++
	}
	if unit == 0 {
		return fmt.Sprintf("%.0f B", v)
	}
	return short(v) + " " + byteUnits[unit]
}

// short writes about three digits: 9.87, 98.7, 987.
func short(v float64) string {
	decimals := 2
	switch {
	case v >= 99.95:
		decimals = 0
	case v >= 9.995:
		decimals = 1
	}
	return strconv.FormatFloat(v, 'f', decimals, 64)
}

func formatCores(v float64) string {
	switch {
	case v == 0:
		return "0"
	case v < 0.005:
		return "<0.01"
	}
	return short(v)
}

func formatPercent(ratio float64) string {
	decimals := 0
	if ratio != 0 && ratio*100 < 9.95 {
		decimals = 1
	}
	return strconv.FormatFloat(ratio*100, 'f', decimals, 64) + " %"
}

// formatDuration writes the two largest parts: "3d 4h", "12m 5s".
func formatDuration(seconds float64) string {
	s := int64(math.Max(0, math.Floor(seconds)))
	const minute, hour, day = 60, 3600, 86400
	switch {
	case s < minute:
		return fmt.Sprintf("%ds", s)
	case s < hour:
		return fmt.Sprintf("%dm %ds", s/minute, s%minute)
	case s < day:
		return fmt.Sprintf("%dh %dm", s/hour, s%hour/minute)
	}
	return fmt.Sprintf("%dd %dh", s/day, s%day/hour)
}

// formatSeconds writes CPU time as "1:02.35", from an hour on as "1:02:03".
func formatSeconds(v float64) string {
	hundredths := int64(math.Round(v * 100))
	s := hundredths / 100
	if s >= 3600 {
		return fmt.Sprintf("%d:%02d:%02d", s/3600, s%3600/60, s%60)
	}
	return fmt.Sprintf("%d:%02d.%02d", s/60, s%60, hundredths%100)
}
