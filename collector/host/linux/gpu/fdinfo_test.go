package gpu_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"proctree/collector/host/linux/gpu"
)

// The texts have the form of the examples in the kernel's documentation of each driver.
const (
	amdgpu = "pos:\t0\nflags:\t02400002\nmnt_id:\t27\nino:\t531\n" +
		"drm-driver:\tamdgpu\ndrm-client-id:\t17\ndrm-pdev:\t0000:03:00.0\n" +
		"drm-memory-vram:\t900 KiB\ndrm-total-vram:\t2048 KiB\ndrm-shared-vram:\t0\ndrm-resident-vram:\t1024 KiB\n" +
		"drm-total-gtt:\t8 MiB\namd-evicted-vram:\t0 KiB\n" +
		"drm-engine-gfx:\t5000000000 ns\ndrm-engine-dec:\t7 ns\ndrm-engine-capacity-dec:\t2\n"
	xe = "drm-driver:\txe\ndrm-client-id:\t3\ndrm-pdev:\t0000:00:02.0\n" +
		"drm-total-system:\t4096\ndrm-resident-system:\t0\n" +
		"drm-cycles-rcs:\t100\ndrm-total-cycles-rcs:\t1000\ndrm-engine-capacity-ccs:\t4\n"
	panfrost = "drm-driver:\tpanfrost\ndrm-client-id:\t14\ndrm-engine-fragment:\t1846584880 ns\ndrm-cycles-fragment:\t1424359409\n" +
		"drm-maxfreq-fragment:\t799999987 Hz\ndrm-curfreq-fragment:\t799999987 Hz\ndrm-total-memory:\t290 MiB\ndrm-resident-memory:\t36496 KiB\n"
)

func TestParse(t *testing.T) {
	for _, test := range []struct {
		name, text string
		want       gpu.Client
	}{
		{"amdgpu: resident before memory before total", amdgpu, gpu.Client{
			Driver: "amdgpu", Device: "0000:03:00.0", ID: 17, HasID: true,
			Engines: []gpu.Engine{{Name: "gfx", Busy: 5e9, HasBusy: true}, {Name: "dec", Busy: 7, HasBusy: true, Capacity: 2}},
			Regions: []gpu.Region{{Name: "vram", Bytes: 1 << 20}, {Name: "gtt", Bytes: 8 << 20}},
		}},
		{"xe: cycles, and a capacity of an engine that is not there", xe, gpu.Client{
			Driver: "xe", Device: "0000:00:02.0", ID: 3, HasID: true,
			Engines: []gpu.Engine{{Name: "rcs", Cycles: 100, HasCycles: true, TotalCycles: 1000}},
			Regions: []gpu.Region{{Name: "system"}},
		}},
		{"panfrost: no PCI address", panfrost, gpu.Client{
			Driver: "panfrost", ID: 14, HasID: true,
			Engines: []gpu.Engine{{Name: "fragment", Busy: 1846584880, HasBusy: true, Cycles: 1424359409, HasCycles: true, MaxHz: 799999987}},
			Regions: []gpu.Region{{Name: "memory", Bytes: 36496 << 10}},
		}},
		{
			"each odd line costs one value",
			"drm-driver: i915\ndrm-pdev: 0000:00:02.0\ndrm-client-id: -1\ndrm-engine-render: 18446744073709551615 ns\ndrm-engine-copy: 3 ns\n" +
				"drm-engine-video: 1 hours\ndrm-engine-: 1 ns\ndrm-memory-system: many KiB\ndrm-memory-stolen: 1 KiB\ndrm-nothing\ndrm-engine-capacity-copy: 0\ndrm-later-key: x\n",
			gpu.Client{
				Driver: "i915", Device: "0000:00:02.0", Odd: 7,
				Engines: []gpu.Engine{{Name: "copy", Busy: 3, HasBusy: true}},
				Regions: []gpu.Region{{Name: "stolen", Bytes: 1024}},
			},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, ok := gpu.Parse([]byte(test.text))
			if diff := cmp.Diff(test.want, got, cmpopts.IgnoreUnexported(gpu.Region{}), cmpopts.EquateEmpty()); !ok || diff != "" {
				t.Errorf("parsed %v; (-want +got):\n%s", ok, diff)
			}
		})
	}
	for _, text := range []string{"", "pos:\t0\nflags:\t02\n", "drm-client-id: 1\n", "drm-driver: a b\n", "drm-driver:\n", "drm-driver: \xff\n"} {
		if c, ok := gpu.Parse([]byte(text)); ok {
			t.Errorf("%q is taken for a GPU: %+v", text, c)
		}
	}
}

func TestParseIsBounded(t *testing.T) {
	var b strings.Builder
	b.WriteString("drm-driver: d\n")
	for i := range 1000 {
		name := strings.Repeat("x", i%70+1) + string(rune('a'+i%26))
		b.WriteString("drm-engine-" + name + ": 1 ns\ndrm-memory-" + name + ": 1\n")
	}
	c, _ := gpu.Parse([]byte(b.String()))
	if len(c.Engines) > 32 || len(c.Regions) > 16 || c.Odd == 0 {
		t.Errorf("%d engines, %d regions, %d odd lines", len(c.Engines), len(c.Regions), c.Odd)
	}
}

func FuzzParse(f *testing.F) {
	for _, text := range []string{amdgpu, xe, panfrost, "drm-driver: a\ndrm-total-cycles-: 1\n"} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		c, ok := gpu.Parse(text)
		if ok != (c.Driver != "") {
			t.Errorf("taken %v with driver %q", ok, c.Driver)
		}
		seen := map[string]bool{}
		for _, e := range c.Engines {
			if e.Name == "" || seen["engine "+e.Name] || e.Busy > 1<<63 || e.Cycles > 1<<63 || !e.HasBusy && !e.HasCycles {
				t.Errorf("engine %+v", e)
			}
			seen["engine "+e.Name] = true
		}
		for _, r := range c.Regions {
			if r.Name == "" || seen["region "+r.Name] || r.Bytes > 1<<63 {
				t.Errorf("region %+v", r)
			}
			seen["region "+r.Name] = true
		}
		// An odd line more costs nothing else.
		again, _ := gpu.Parse(append([]byte("drm-engine-odd: -1 ns\n"), text...))
		again.Odd--
		if diff := cmp.Diff(c, again, cmpopts.IgnoreUnexported(gpu.Region{})); diff != "" {
			t.Errorf("an odd line changes the rest:\n%s", diff)
		}
	})
}
