//go:build linux

package main

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"
)

func TestInterleaveGoesOnWithoutWhoFails(t *testing.T) {
	var order []string
	calls := map[string]int{}
	program := func(name string, failsAt int) probe {
		return probe{name: name, measure: func(context.Context) (sample, error) {
			order = append(order, name)
			if calls[name]++; calls[name] == failsAt {
				return sample{}, errors.New("gone")
			}
			return sample{cpu: time.Duration(calls[name])}, nil
		}}
	}
	probes := []probe{program("a", 0), program("b", 3), {name: "c", missing: "not installed"}, program("d", 0)}
	var failed []string
	taken, err := interleave(t.Context(), 3, probes, func(int) {}, func(name string, _ error) { failed = append(failed, name) })
	if err != nil {
		t.Fatal(err)
	}
	// Every other round goes backwards.
	if want := []string{"a", "b", "d", "d", "b", "a", "a", "b", "d", "d", "a"}; !slices.Equal(order, want) {
		t.Errorf("measured in the order %v, want %v", order, want)
	}
	if got := taken.cpu("a"); !slices.Equal(got, []time.Duration{2, 3, 4}) {
		t.Errorf("samples of a: %v; the round that warms up does not count", got)
	}
	if !slices.Equal(failed, []string{"b"}) || len(taken["b"]) != 0 {
		t.Errorf("failed %v, samples of b %v", failed, taken["b"])
	}
}
