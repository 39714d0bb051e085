package gpu

import (
	"bytes"
	"math"
	"strconv"

	"proctree/collector/host/procfile"
)

// Client is what one open file of a DRM device has used. Descriptors that were duplicated,
// inherited or passed on are of the same client.
type Client struct {
	// Driver is the name of the kernel driver, such as "amdgpu".
	Driver string
	// Device is the PCI address, such as "0000:03:00.0"; empty for devices that are not on PCI.
	Device string
	// ID tells the clients of a device apart, or all clients where there is no Device; HasID is
	// unset for drivers that do not give one.
	ID    uint64
	HasID bool
	// Engines and Regions are in the order of the file; no name is in it twice.
	Engines []Engine
	Regions []Region
	// Odd is how many lines could not be parsed. Each of them costs only its own value.
	Odd int
}

// Engine is a part of a GPU that works by itself, such as "render" or "video".
type Engine struct {
	Name string
	// Busy is for how long the engine worked for the client, in nanoseconds; HasBusy vouches for it.
	Busy    uint64
	HasBusy bool
	// Cycles is how many cycles it worked for the client; HasCycles vouches for it. TotalCycles is
	// how many went by meanwhile (xe), and MaxHz the most in a second (panfrost, msm); 0 is not known.
	Cycles, TotalCycles, MaxHz uint64
	HasCycles                  bool
	// Capacity is how many such engines the GPU has; 0 is not known, and means 1.
	Capacity uint64
}

// Region is a kind of memory, such as "vram" or "system".
type Region struct {
	Name string
	// Bytes is what the client has in it: the resident bytes where the driver gives them, otherwise
	// what it calls memory, otherwise the total.
	Bytes uint64
	rank  uint8
}

// Name returns the value of the label gpu: the PCI address, otherwise the driver.
func (c *Client) Name() string {
	if c.Device != "" {
		return c.Device
	}
	return c.Driver
}

// The most of each that is taken of one client. Drivers have up to a dozen.
const (
	maxEngines = 32
	maxRegions = 16
	// maxName bounds names, in bytes.
	maxName = 64
)

// keyPrefix begins every line that the specification describes.
const keyPrefix = "drm-"

// Parse parses the text of /proc/PID/fdinfo/N. ok is false if it is not that of a DRM device. A line
// that cannot be parsed, or has no end, costs only its own value; lines that are not known are passed over.
func Parse(text []byte) (c Client, ok bool) {
	text, all := procfile.WholeLines(text)
	if !all {
		c.Odd++
	}
	for line := range bytes.Lines(text) {
		rest, found := bytes.CutPrefix(line, []byte(keyPrefix))
		if !found {
			continue
		}
		key, value, found := bytes.Cut(rest, []byte(":"))
		if !found || !c.take(key, bytes.TrimSpace(value)) {
			c.Odd++
		}
	}
	c.dropUnknown()
	return c, c.Driver != ""
}

// take takes one line, and reports whether it could be parsed.
func (c *Client) take(key, value []byte) bool {
	switch string(key) {
	case "driver":
		return setName(&c.Driver, value)
	case "pdev":
		return setName(&c.Device, value)
	case "client-id":
		c.ID, c.HasID = number(value)
		return c.HasID
	}
	for i := range keys {
		if name, found := bytes.CutPrefix(key, []byte(keys[i].prefix)); found {
			return keys[i].take(c, name, value)
		}
	}
	return true // A later version of the kernel, or another driver, has more.
}

// keys are the beginnings of keys that name an engine or a region. The first that fits counts:
// drm-total-cycles-ENGINE looks like a region, and drm-engine-capacity-ENGINE like an engine.
var keys = []struct {
	prefix string
	take   func(c *Client, name, value []byte) bool
}{
	{"engine-capacity-", func(c *Client, name, value []byte) bool {
		return c.setEngine(name, value, "", func(e *Engine, n uint64) bool { e.Capacity = n; return n > 0 })
	}},
	{"engine-", func(c *Client, name, value []byte) bool {
		return c.setEngine(name, value, "ns", func(e *Engine, n uint64) bool { e.Busy, e.HasBusy = n, true; return true })
	}},
	{"cycles-", func(c *Client, name, value []byte) bool {
		return c.setEngine(name, value, "", func(e *Engine, n uint64) bool { e.Cycles, e.HasCycles = n, true; return true })
	}},
	{"total-cycles-", func(c *Client, name, value []byte) bool {
		return c.setEngine(name, value, "", func(e *Engine, n uint64) bool { e.TotalCycles = n; return true })
	}},
	{"maxfreq-", func(c *Client, name, value []byte) bool {
		return c.setEngine(name, value, "Hz", func(e *Engine, n uint64) bool { e.MaxHz = n; return true })
	}},
	{"resident-", func(c *Client, name, value []byte) bool { return c.setRegion(name, value, 3) }},
	{"memory-", func(c *Client, name, value []byte) bool { return c.setRegion(name, value, 2) }},
	{"total-", func(c *Client, name, value []byte) bool { return c.setRegion(name, value, 1) }},
}

// setEngine sets a value of an engine. unit is the one that the value has to have; "" for none.
func (c *Client) setEngine(name, value []byte, unit string, set func(*Engine, uint64) bool) bool {
	n, ok := amount(value, unit)
	if !ok || !isName(name) {
		return false
	}
	for i := range c.Engines {
		if c.Engines[i].Name == string(name) {
			return set(&c.Engines[i], n)
		}
	}
	if len(c.Engines) >= maxEngines {
		return false
	}
	e := Engine{Name: string(name)}
	ok = set(&e, n)
	c.Engines = append(c.Engines, e)
	return ok
}

// setRegion sets the bytes of a region, unless a key of higher rank has.
func (c *Client) setRegion(name, value []byte, rank uint8) bool {
	n, ok := amount(value, "B")
	if !ok || !isName(name) {
		return false
	}
	for i := range c.Regions {
		if r := &c.Regions[i]; r.Name == string(name) {
			if rank >= r.rank {
				r.Bytes, r.rank = n, rank
			}
			return true
		}
	}
	if len(c.Regions) >= maxRegions {
		return false
	}
	c.Regions = append(c.Regions, Region{string(name), n, rank})
	return true
}

// dropUnknown drops the engines of which only a capacity or a frequency is known.
func (c *Client) dropUnknown() {
	kept := c.Engines[:0]
	for _, e := range c.Engines {
		if e.HasBusy || e.HasCycles {
			kept = append(kept, e)
		}
	}
	c.Engines = kept
}

// units are the units of amounts, by the one that the specification has as default.
var units = map[string]map[string]uint64{
	"":   {"": 1},
	"ns": {"": 1, "ns": 1, "us": 1e3, "ms": 1e6, "s": 1e9},
	"Hz": {"": 1, "Hz": 1, "KHz": 1e3, "kHz": 1e3, "MHz": 1e6},
	"B":  {"": 1, "B": 1, "KiB": 1 << 10, "kB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30},
}

// amount parses a number and its unit. What is beyond 2^63 is a counter that wrapped below zero.
func amount(value []byte, unit string) (uint64, bool) {
	digits, suffix, _ := bytes.Cut(value, []byte(" "))
	n, ok := number(digits)
	factor := units[unit][string(bytes.TrimSpace(suffix))]
	if !ok || factor == 0 || n > math.MaxInt64/factor {
		return 0, false
	}
	return n * factor, true
}

func number(digits []byte) (uint64, bool) {
	if len(digits) == 0 || digits[0] == '+' {
		return 0, false
	}
	n, err := strconv.ParseUint(string(digits), 10, 64)
	return n, err == nil
}

func setName(to *string, value []byte) bool {
	if !isName(value) {
		return false
	}
	*to = string(value)
	return true
}

// isName reports whether a text can be a name: some printable ASCII without blanks.
func isName(text []byte) bool {
	for _, b := range text {
		if b <= ' ' || b > '~' {
			return false
		}
	}
	return len(text) > 0 && len(text) <= maxName
}
