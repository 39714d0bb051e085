package group

import (
	"maps"
	"time"

	"proctree/collector/group/rules"
	"proctree/collector/process"
)

// trackedGPU is what is remembered of a process that uses or used a GPU.
type trackedGPU struct {
	// counted is up to where the time of each engine has been counted.
	counted map[process.GPUEngineName]time.Duration
	// grown is the growth of all engines in the scan of that number.
	grown time.Duration
	scan  uint64
}

// sumGPUs adds what processes use of GPUs to their groups. A host without GPUs has nothing to add.
func (t *Tracker) sumGPUs(s *process.Snapshot) {
	for i := range s.GPUs.Uses {
		use := &s.GPUs.Uses[i]
		p := t.user(use)
		if p == nil {
			continue
		}
		if p.gpu == nil {
			p.gpu = &trackedGPU{counted: make(map[process.GPUEngineName]time.Duration, len(use.Engines))}
		}
		p.gpu.grown, p.gpu.scan = 0, t.scan
		for j := range use.Engines {
			e := &use.Engines[j]
			now := e.Time - e.Before
			grown := now - p.gpu.counted[e.GPUEngineName]
			if grown <= 0 {
				continue
			}
			p.gpu.counted[e.GPUEngineName] = now
			p.gpu.grown += grown
			if p.group != nil {
				p.group.growGPU(e.GPUEngineName, grown, t.scan, t.groups.since)
			}
		}
	}
	t.sumGPUMemory(s)
}

// sumGPUMemory adds the memory on GPUs to the gauges of the groups.
func (t *Tracker) sumGPUMemory(s *process.Snapshot) {
	for i := range s.GPUs.Uses {
		use := &s.GPUs.Uses[i]
		if p := t.user(use); p != nil && p.group != nil {
			p.group.addGPUMemory(use.Memory)
		}
	}
}

// user returns the process of the newest snapshot that uses a GPU.
func (t *Tracker) user(use *process.GPUUse) *tracked {
	if p := t.byPID(use.ID.PID); p != nil && p.id == use.ID {
		return p
	}
	return nil
}

// offerGPUs ranks the processes by what they used of GPUs in the newest scan.
func (t *Tracker) offerGPUs(s *process.Snapshot, to *ranking) {
	for i := range s.GPUs.Uses {
		p := t.user(&s.GPUs.Uses[i])
		if p != nil && p.gpu != nil && p.gpu.scan == t.scan && p.verdict != rules.Excluded {
			to.offer(uint64(p.gpu.grown), p)
		}
	}
}

// growGPU adds to the time of an engine. Reports share the map, so the first write of a scan is to a
// new one.
func (g *tally) growGPU(name process.GPUEngineName, grown time.Duration, scan uint64, since time.Time) {
	if g.gpuScan != scan {
		g.GPUTime, g.gpuScan = maps.Clone(g.GPUTime), scan
	}
	if g.GPUTime == nil {
		g.GPUTime = make(map[process.GPUEngineName]GPUTime)
	}
	engine, ok := g.GPUTime[name]
	if !ok {
		engine.Since = since
	}
	engine.Time += grown
	g.GPUTime[name] = engine
	g.grew = true
}

func (g *tally) addGPUMemory(memory []process.GPUMemory) {
	if len(memory) > 0 && g.GPUMemory == nil {
		g.GPUMemory = make(map[process.GPURegionName]uint64)
	}
	for i := range memory {
		g.GPUMemory[memory[i].GPURegionName] += memory[i].Bytes
	}
}
