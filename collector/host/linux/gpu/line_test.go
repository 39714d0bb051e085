package gpu

import (
	"strings"
	"testing"
)

const goodLine = `{"gpus":[{"gpu":"0000:01:00.0","processes":[{"pid":7,"memory_bytes":1048576,"engines":{"sm":1500000000}},{"pid":8,"memory_bytes":5}]}]}`

func TestParseLine(t *testing.T) {
	list, devices, odd, err := parseLine([]byte(goodLine))
	if err != nil || odd != 0 || len(list) != 2 || !devices["0000:01:00.0"] {
		t.Fatalf("%+v, %v, %d odd, %v", list, devices, odd, err)
	}
	first := list[0]
	if first.pid != 7 || first.client.Name() != "0000:01:00.0" || first.client.Engines[0].Busy != 1_500_000_000 || first.client.Regions[0].Bytes != 1<<20 {
		t.Errorf("%+v", first)
	}
	if second := list[1]; second.pid != 8 || second.client.Engines != nil || second.client.Regions[0].Bytes != 5 {
		t.Errorf("%+v", second)
	}
	// Each value that cannot be true costs itself.
	list, _, odd, err = parseLine([]byte(`{"gpus":[{"gpu":""},{"gpu":"a b"},{"gpu":"g","processes":[{"pid":-1},{"pid":4294967296},` +
		`{"pid":3,"memory_bytes":-1,"engines":{"sm":1.5,"a b":1,"":2,"enc":4}}]},{"gpu":"g"}]}`))
	if err != nil || odd != 9 || len(list) != 1 || len(list[0].client.Engines) != 1 || list[0].client.Engines[0].Busy != 4 || len(list[0].client.Regions) != 0 {
		t.Errorf("%+v, %d odd, %v", list, odd, err)
	}
	for _, bad := range []string{"", "{", "[]", `{"gpus":7}`, "drm-driver: x"} {
		if _, _, _, err := parseLine([]byte(bad)); err == nil {
			t.Errorf("%q is taken for a line", bad)
		}
	}
}

func FuzzParseLine(f *testing.F) {
	f.Add(goodLine)
	f.Add(`{"gpus":[{"gpu":"g","processes":[{"pid":3,"memory_bytes":-1,"engines":{"capacity-sm":0}}]}]}`)
	f.Fuzz(func(t *testing.T, text string) {
		list, devices, _, err := parseLine([]byte(text))
		if err != nil && (len(list) > 0 || len(devices) > 0) {
			t.Errorf("an error and values: %+v", list)
		}
		if len(devices) > maxGPUs || len(list) > maxGPUs*maxProcesses {
			t.Errorf("%d GPUs, %d processes", len(devices), len(list))
		}
		for _, r := range list {
			if r.pid <= 0 || len(r.client.Engines) > maxEngines || strings.ContainsAny(r.client.Name(), " \n") {
				t.Errorf("%+v", r)
			}
		}
	})
}
