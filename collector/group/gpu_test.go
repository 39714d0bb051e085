package group_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"proctree/collector/group"
	"proctree/collector/host/hosttest"
	"proctree/collector/process"
)

var gfx = process.GPUEngineName{GPU: "0000:03:00.0", Engine: "gfx"}

// gpuUse is what a process uses of one GPU.
func gpuUse(p *process.Process, busy, before time.Duration, vram uint64) process.GPUUse {
	u := process.GPUUse{ID: p.ID, Engines: []process.GPUEngine{{GPUEngineName: gfx, Time: busy, Before: before}}}
	if vram > 0 {
		u.Memory = []process.GPUMemory{{GPURegionName: process.GPURegionName{GPU: gfx.GPU, Region: "vram"}, Bytes: vram}}
	}
	return u
}

// TestGPUsOfAGroup: what dead members used stays, what was used before the exporter looked does not
// count, nothing counts twice, and a group that uses no GPU has nothing.
func TestGPUsOfAGroup(t *testing.T) {
	tracker := group.NewTracker(group.Config{})
	a, b, other := proc(10, 1, "app", before), proc(11, 1, "app", before), proc(12, 1, "other", before)
	for i, step := range []struct {
		table []process.Process
		uses  []process.GPUUse
		busy  time.Duration
		vram  uint64
	}{
		{[]process.Process{a, b, other}, nil, -1, 0},
		{[]process.Process{a, b, other}, []process.GPUUse{gpuUse(&a, 100, 90, 5), gpuUse(&b, 7, 0, 6)}, 17, 11},
		{[]process.Process{a, b, other}, []process.GPUUse{gpuUse(&a, 100, 90, 5), gpuUse(&b, 9, 0, 6)}, 19, 11},
		{[]process.Process{b, other}, []process.GPUUse{gpuUse(&b, 10, 0, 0)}, 20, 0},
		// Left out by one scan.
		{[]process.Process{a, b, other}, []process.GPUUse{gpuUse(&a, 101, 90, 1), gpuUse(&b, 10, 0, 0)}, 21, 1},
		{[]process.Process{other}, nil, 21, 0},
	} {
		s := hosttest.Snapshot(at(time.Duration(i)*15*time.Second), step.table...)
		s.GPUs = process.GPUs{Looked: true, Uses: step.uses}
		r := tracker.Observe(s)
		check := func(r *group.Report, when string) {
			t.Helper()
			g := groupNamed(t, r, "app")
			got, ok := g.GPUTime[gfx]
			if ok != (step.busy >= 0) || ok && got.Time != step.busy {
				t.Errorf("step %d%s: %v of the GPU (known: %t), want %v", i, when, got.Time, ok, step.busy)
			}
			vram, known := g.GPUMemory[process.GPURegionName{GPU: gfx.GPU, Region: "vram"}]
			if vram != step.vram || known != (step.vram > 0) {
				t.Errorf("step %d%s: %d bytes on the GPU (known: %t), want %d", i, when, vram, known, step.vram)
			}
			if g := groupNamed(t, r, "other"); g.GPUTime != nil || g.GPUMemory != nil {
				t.Errorf("step %d%s: a group without a GPU has %v, %v", i, when, g.GPUTime, g.GPUMemory)
			}
		}
		check(r, "")
		if i < 5 { // A reload forgets groups without members.
			tracker.Reload(group.Config{})
			check(tracker.Report(), " after a reload")
		}
	}
}

// TestTopByGPU: a process that works on a GPU alone is among those shown one by one.
func TestTopByGPU(t *testing.T) {
	tracker := group.NewTracker(group.Config{Top: 1})
	worker := proc(11, 1, "worker", before, hosttest.Memory(1, 1))
	large := proc(12, 1, "large", before, hosttest.Memory(1<<30, 1<<30))
	var names []string
	for i := range 2 {
		s := hosttest.Snapshot(at(time.Duration(i)*15*time.Second), worker, large)
		s.GPUs.Uses = []process.GPUUse{gpuUse(&worker, time.Duration(i)*time.Second, 0, 0)}
		for _, top := range tracker.Observe(s).Top {
			names = append(names, top.Process.Name)
		}
	}
	if diff := cmp.Diff([]string{"large", "worker", "large"}, names); diff != "" {
		t.Errorf("the top processes of both scans (-want +got):\n%s", diff)
	}
}
