package gpu

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"

	"proctree/collector/process"
)

// The most that is taken of one line of a helper.
const (
	maxLine      = 4 << 20
	maxGPUs      = 64
	maxProcesses = 4096
)

// reported is what one line of a helper says of a process on a GPU.
type reported struct {
	pid    int
	client Client
}

// parseLine parses a line of a helper: {"gpus":[{"gpu":"0000:01:00.0","processes":[{"pid":7,
// "memory_bytes":1048576,"engines":{"sm":1500000000}}]}]}, in bytes and nanoseconds. A value that cannot
// be true costs itself only, and is counted.
func parseLine(text []byte) (list []reported, devices map[string]bool, odd int, err error) {
	var line struct {
		GPUs []struct {
			GPU       string
			Processes []struct {
				PID     int64
				Memory  *json.Number `json:"memory_bytes"`
				Engines map[string]json.Number
			}
		}
	}
	if err := json.Unmarshal(text, &line); err != nil {
		return nil, nil, 0, fmt.Errorf("a line of the helper: %w", err)
	}
	devices = make(map[string]bool)
	for i, g := range line.GPUs {
		if i >= maxGPUs || !isName([]byte(g.GPU)) || devices[g.GPU] {
			odd++
			continue
		}
		devices[g.GPU] = true
		for j, p := range g.Processes {
			if j >= maxProcesses || p.PID <= 0 || p.PID > math.MaxInt32 {
				odd++
				continue
			}
			c := Client{Driver: "nvidia", Device: g.GPU}
			take := func(key string, value json.Number) {
				if strings.ContainsAny(key, ": ") || !c.take([]byte(key), []byte(value)) {
					odd++
				}
			}
			if p.Memory != nil {
				take("resident-vram", *p.Memory)
			}
			for name, value := range p.Engines {
				take("engine-"+name, value)
			}
			list = append(list, reported{int(p.PID), c})
		}
	}
	return list, devices, odd, nil
}

// holders returns the processes of a line as clients. The numbers of another start of the helper are
// those of other clients, for it begins at 0.
func holders(list []reported, start uint64, s *process.Snapshot) []Holder {
	var found []Holder
	for i := range list {
		p := s.ByPID(list[i].pid)
		if p == nil {
			continue
		}
		h := Holder{Process: p.ID, New: true, Descriptors: 1, Client: list[i].client}
		h.Client.ID = start
		found = append(found, h)
	}
	return found
}
