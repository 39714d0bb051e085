// Package systemtest makes the procfs and sysfs of a host that does not exist, for the
// tests of whatever reads or shows the values of a host.
package systemtest

import (
	"embed"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

//go:embed all:testdata/root
var files embed.FS

// links are the symbolic links of sysfs, which an embedded file system cannot hold.
var links = map[string]string{
	"sys/class/hwmon/hwmon0":                                 "../../devices/platform/coretemp.0/hwmon/hwmon0",
	"sys/class/hwmon/hwmon1":                                 "../../devices/platform/it87.656/hwmon/hwmon1",
	"sys/class/hwmon/hwmon2":                                 "../../devices/virtual/hwmon/hwmon2",
	"sys/devices/platform/coretemp.0/hwmon/hwmon0/device":    "../../../coretemp.0",
	"sys/devices/platform/it87.656/hwmon/hwmon1/device":      "../../../it87.656",
	"sys/devices/system/clocksource/clocksource0/subsystem":  "../../../../bus/clocksource",
	"sys/devices/platform/coretemp.0/hwmon/hwmon0/subsystem": "../../../../../class/hwmon",
	"sys/devices/platform/it87.656/hwmon/hwmon1/subsystem":   "../../../../../class/hwmon",
	"sys/devices/virtual/hwmon/hwmon2/subsystem":             "../../../../class/hwmon",

	"sys/class/net/bond0":                      "../../devices/virtual/net/bond0",
	"sys/class/net/eth0":                       "../../devices/pci0000_00/0000_00_03.0/net/eth0",
	"sys/class/net/eth1":                       "../../devices/virtual/net/eth1",
	"sys/class/net/eth2":                       "../../devices/virtual/net/eth2",
	"sys/class/net/lo":                         "../../devices/virtual/net/lo",
	"sys/devices/virtual/net/bond0/lower_eth1": "../eth1",
	"sys/devices/virtual/net/bond0/lower_eth2": "../eth2",

	"sys/class/thermal/thermal_zone0":   "../../devices/virtual/thermal/thermal_zone0",
	"sys/class/thermal/thermal_zone1":   "../../devices/virtual/thermal/thermal_zone1",
	"sys/class/thermal/cooling_device0": "../../devices/virtual/thermal/cooling_device0",
	"sys/class/thermal/cooling_device1": "../../devices/virtual/thermal/cooling_device1",

	"sys/class/power_supply/AC":   "../../devices/virtual/power_supply/AC",
	"sys/class/power_supply/BAT0": "../../devices/virtual/power_supply/BAT0",
}

// renamed are the files and folders whose names hold a colon, which an embedded one cannot.
var renamed = map[string]string{
	"run/udev/data/b8-0":                "b8:0",
	"run/udev/data/b252-0":              "b252:0",
	"sys/class/powercap/intel-rapl-0":   "intel-rapl:0",
	"sys/class/powercap/intel-rapl-0-0": "intel-rapl:0:0",
	"sys/class/powercap/intel-rapl-0-1": "intel-rapl:0:1",
	"sys/class/powercap/intel-rapl-1":   "intel-rapl:1",
	"sys/class/powercap/intel-rapl-1-1": "intel-rapl:1:1",
}

// Root writes the root of a host into a folder of the test and returns its path: below it
// are proc, sys, etc and the mount points of a Linux host with four CPUs, two of its disks
// with partitions, a mount that is not there, and hardware monitors.
func Root(tb testing.TB) string {
	tb.Helper()
	root := filepath.Join(tb.TempDir(), "root")
	tree, err := fs.Sub(files, "testdata/root")
	if err != nil {
		tb.Fatal(err)
	}
	if err := os.CopyFS(root, tree); err != nil {
		tb.Fatal(err)
	}
	for link, target := range links {
		path := filepath.Join(root, link)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			tb.Fatal(err)
		}
		if err := os.Symlink(target, path); err != nil {
			tb.Fatal(err)
		}
	}
	for from, to := range renamed {
		path := filepath.Join(root, from)
		if err := os.Rename(path, filepath.Join(filepath.Dir(path), to)); err != nil {
			tb.Fatal(err)
		}
	}
	return root
}
