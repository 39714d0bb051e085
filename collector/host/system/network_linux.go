package system

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"proctree/collector/host/procfile"
)

// networkColumns are the columns of /proc/net/dev (proc_pid_net(5)).
var networkColumns = [...]string{
	"receive_bytes", "receive_packets", "receive_errs", "receive_drop",
	"receive_fifo", "receive_frame", "receive_compressed", "receive_multicast",
	"transmit_bytes", "transmit_packets", "transmit_errs", "transmit_drop",
	"transmit_fifo", "transmit_colls", "transmit_carrier", "transmit_compressed",
}

const netDevFile = "/proc/net/dev"

// NetworkDevices implements Reader from /proc/net/dev, which shows the network namespace
// of the exporter itself.
func (r *reader) NetworkDevices() (devices []NetworkDevice, err error) {
	var d Damage
	readPart(&d, r.procPath("net/dev"), func(text string) {
		devices = parseNetDev(text, r.cfg.NetworkDevices, &d)
	})
	for i := range devices {
		devices[i].Counters = append(devices[i].Counters, r.noHandler(devices[i].Name, &d)...)
	}
	return devices, d.Err()
}

// parseNetDev parses lines such as "  lo: 100 1 0 …", and leaves out the two of the heading,
// whose columns are divided by bars.
func parseNetDev(text string, allowed Filter, d *Damage) []NetworkDevice {
	var devices []NetworkDevice
	seen := make(map[string]bool)
	for line := range procfile.Lines(d.WholeLines(netDevFile, text)) {
		// A name can hold a colon, as that of an alias ("eth0:1").
		colon := strings.LastIndexByte(line, ':')
		if colon < 0 && strings.Contains(line, "|") {
			continue
		}
		name := strings.TrimSpace(line[:max(colon, 0)])
		if !isDevice(name) {
			d.Lost(netDevFile, "a line without device")
			continue
		}
		if !allowed.Allows(name) {
			continue
		}
		if seen[name] {
			d.Lost(netDevFile+": "+name, "in the file twice")
			continue
		}
		seen[name] = true
		devices = append(devices, NetworkDevice{name, networkCounters(name, line[colon+1:], d)})
	}
	d.NeedLine(netDevFile, text) // It has a heading even where there is no device.
	slices.SortFunc(devices, func(a, b NetworkDevice) int { return cmp.Compare(a.Name, b.Name) })
	return devices
}

func networkCounters(name, columns string, d *Damage) []Counter {
	counters := make([]Counter, 0, len(networkColumns))
	column := 0
	for field := range strings.FieldsSeq(columns) {
		if column == len(networkColumns) {
			break
		}
		key := networkColumns[column]
		if n, ok := d.Counter(netDevFile+": "+name+": "+key, field); ok {
			counters = append(counters, Counter{key, n})
		}
		column++
	}
	if column < len(networkColumns) {
		d.Lost(netDevFile+": "+name, "fewer than 16 columns")
	}
	return counters
}

// noHandler returns the packets for which nothing was registered; /proc/net/dev lacks them.
// The counter came with Linux 4.6.
func (r *reader) noHandler(device string, d *Damage) []Counter {
	n, ok := readCount(r.sysPath("class/net", device, "statistics/rx_nohandler"), d)
	if !ok {
		return nil
	}
	return []Counter{{"receive_nohandler", n}}
}

// maxDevice is far above the length of any name of a device (IFNAMSIZ, DISK_NAME_LEN).
const maxDevice = 64

// isDevice reports whether s can be the name of a device.
func isDevice(s string) bool {
	return s != "" && len(s) <= maxDevice && !strings.ContainsFunc(s, func(c rune) bool {
		return c == ' ' || c == '|' || c == utf8.RuneError || unicode.IsControl(c)
	})
}
