package system

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/prometheus/procfs"
)

// NetworkDevices implements Reader from /proc/net/dev, which shows the network namespace
// of the exporter itself.
func (r *reader) NetworkDevices() ([]NetworkDevice, error) {
	lines, err := r.proc.NetDev()
	if err != nil {
		return nil, fmt.Errorf("read network devices: %w", err)
	}
	devices := make([]NetworkDevice, 0, len(lines))
	for name := range lines {
		if r.cfg.NetworkDevices.Allows(name) {
			devices = append(devices, networkDeviceOf(lines[name]))
		}
	}
	slices.SortFunc(devices, func(a, b NetworkDevice) int { return cmp.Compare(a.Name, b.Name) })
	return devices, nil
}

func networkDeviceOf(l procfs.NetDevLine) NetworkDevice {
	return NetworkDevice{Name: l.Name, Counters: []Counter{
		{"receive_bytes", l.RxBytes},
		{"receive_packets", l.RxPackets},
		{"receive_errs", l.RxErrors},
		{"receive_drop", l.RxDropped},
		{"receive_fifo", l.RxFIFO},
		{"receive_frame", l.RxFrame},
		{"receive_compressed", l.RxCompressed},
		{"receive_multicast", l.RxMulticast},
		{"transmit_bytes", l.TxBytes},
		{"transmit_packets", l.TxPackets},
		{"transmit_errs", l.TxErrors},
		{"transmit_drop", l.TxDropped},
		{"transmit_fifo", l.TxFIFO},
		{"transmit_colls", l.TxCollisions},
		{"transmit_carrier", l.TxCarrier},
		{"transmit_compressed", l.TxCompressed},
	}}
}
