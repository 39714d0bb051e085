//go:build linux

package main

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// median returns the middle of the values, the mean of the two middle ones where their
// number is even, and 0 of none.
func median[T ~int64 | ~float64](values []T) T {
	if len(values) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(values))
	middle := len(sorted) / 2
	if len(sorted)%2 == 1 {
		return sorted[middle]
	}
	return (sorted[middle-1] + sorted[middle]) / 2
}

// ratios divides round by round, so that what disturbs one round disturbs one ratio.
func ratios(over, under []time.Duration) []float64 {
	var out []float64
	for i := range min(len(over), len(under)) {
		if under[i] > 0 {
			out = append(out, float64(over[i])/float64(under[i]))
		}
	}
	return out
}

// milliseconds shows a duration with three significant digits or whole milliseconds.
func milliseconds(d time.Duration) string {
	ms := d.Seconds() * 1e3
	switch {
	case ms < 10:
		return fmt.Sprintf("%.2f", ms)
	case ms < 100:
		return fmt.Sprintf("%.1f", ms)
	}
	return fmt.Sprintf("%.0f", ms)
}

// spread shows the least and the most.
func spread[T cmp.Ordered](values []T, show func(T) string) string {
	if len(values) == 0 {
		return "–"
	}
	return show(slices.Min(values)) + "–" + show(slices.Max(values))
}

// megabytes shows bytes in units of 10^6.
func megabytes(bytes uint64) string { return fmt.Sprintf("%.1f MB", float64(bytes)/1e6) }

// slope is that of the line through the points with the least squares, 0 of less than two.
func slope(x, y []float64) float64 {
	var sumX, sumY, sumXX, sumXY float64
	for i := range x {
		sumX, sumY = sumX+x[i], sumY+y[i]
		sumXX, sumXY = sumXX+x[i]*x[i], sumXY+x[i]*y[i]
	}
	n := float64(len(x))
	if d := n*sumXX - sumX*sumX; d > 0 {
		return (n*sumXY - sumX*sumY) / d
	}
	return 0
}
