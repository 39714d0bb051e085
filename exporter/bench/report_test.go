//go:build linux

package main

import (
	"errors"
	"flag"
	"reflect"
	"strings"
	"testing"
	"time"
)

func TestMedian(t *testing.T) {
	for _, tt := range []struct {
		values []float64
		want   float64
	}{{nil, 0}, {[]float64{3}, 3}, {[]float64{9, 1, 4}, 4}, {[]float64{4, 1, 2, 9}, 3}} {
		if got := median(tt.values); got != tt.want {
			t.Errorf("median(%v) = %v, want %v", tt.values, got, tt.want)
		}
	}
}

func TestSlope(t *testing.T) {
	if got := slope([]float64{0, 1, 2, 3}, []float64{5, 7, 9, 11}); got != 2 {
		t.Errorf("slope of a line: %v, want 2", got)
	}
	if got := slope([]float64{0, 1, 2}, []float64{4, 1, 4}); got != 0 {
		t.Errorf("slope of what only wavers: %v, want 0", got)
	}
	if got := slope([]float64{1}, []float64{1}); got != 0 {
		t.Errorf("slope of one point: %v, want 0", got)
	}
}

func TestRatiosRoundByRound(t *testing.T) {
	got := ratios([]time.Duration{10, 30, 8}, []time.Duration{5, 10, 0})
	if want := []float64{2, 3}; !reflect.DeepEqual(got, want) {
		t.Errorf("ratios = %v, want %v", got, want)
	}
}

func TestVerdicts(t *testing.T) {
	var out strings.Builder
	r := report{out: &out}
	r.targets([]target{
		atMost("a", 1.3, 1.3, "%.1f"), atMost("b", 1.31, 1.3, "%.2f"),
		atLeast("c", 8, 8, "%.0f"), atLeast("d", 7.9, 8, "%.1f"), notMeasured("e", "not installed"),
	})
	want := `
| metric | measured | target | verdict |
|---|---:|---:|---:|
| a | 1.3 | ≤ 1.3 | met |
| b | 1.31 | ≤ 1.30 | **missed** |
| c | 8 | ≥ 8 | met |
| d | 7.9 | ≥ 8.0 | **missed** |
| e | not installed | – | not measured |

`
	if out.String() != want {
		t.Errorf("got %s", out.String())
	}
	if r.met != 2 || len(r.missed) != 2 || len(r.absent) != 1 {
		t.Errorf("counted %d met, missed %v, absent %v", r.met, r.missed, r.absent)
	}
}

func TestParse(t *testing.T) {
	o, err := parse([]string{"-n", "5,70", "-rounds", "7", "-only", "scan,stress"}, t.Output())
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(o.sizes, []int{5, 70}) || o.rounds != 7 || !o.does("scan") || o.does("truth") {
		t.Errorf("options: %+v", o)
	}
	var help strings.Builder
	if _, err := parse([]string{"-h"}, &help); !errors.Is(err, flag.ErrHelp) || !strings.Contains(help.String(), "-rounds") {
		t.Errorf("-h: %v, %s", err, &help)
	}
	for _, args := range [][]string{{"-n", "0"}, {"-n", "many"}, {"-only", "speed"}, {"-rounds", "0"}, {"now"}} {
		if _, err := parse(args, t.Output()); err == nil {
			t.Errorf("%v: no error", args)
		}
	}
}

func TestTestify(t *testing.T) {
	w := &witness{
		before: map[string]float64{"churn000": 1, "sshd": 4},
		after:  map[string]float64{"churn000": 3, "churn001": 5, "sshd": 4.5, "loadgen-spawner": 1, "churn002": 0},
	}
	got := w.testify(&loadTruth{ByName: map[string]float64{"churn000": 2.5, "churn001": 4, "churn002": 1}})
	// What is beyond the truth of a name is not right.
	want := testimony{right: 6, burners: 7, parents: 1, all: 8.5, names: 2}
	if got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestCountSeries(t *testing.T) {
	if n := countSeries([]byte("# HELP a b\n# TYPE a counter\na 1\na{b=\"#\"} 2\n\n# EOF\n")); n != 2 {
		t.Errorf("%d series, want 2", n)
	}
}
