package system

import (
	"os"
	"strconv"
	"strings"
)

// core is the location of a logical processor (Documentation/admin-guide/cputopology.rst).
type core struct{ pkg, core string }

// throttles reads the thermal_throttle files of every CPU, once per core and once per
// package, for the CPUs of one core share the number. Hosts without them have none.
func (r *reader) throttles(d *Damage) ([]CoreThrottle, []PackageThrottle) {
	dir := r.sysPath("devices/system/cpu")
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, nil
	}
	var cores []CoreThrottle
	var packages []PackageThrottle
	seenCores, seenPackages := map[core]bool{}, map[string]bool{}
	for _, e := range entries {
		number, ok := strings.CutPrefix(e.Name(), "cpu")
		if _, err := strconv.Atoi(number); !ok || err != nil {
			continue
		}
		cpu := dir + "/" + e.Name()
		count, haveCore := readCount(cpu+"/thermal_throttle/core_throttle_count", d)
		packageCount, havePackage := readCount(cpu+"/thermal_throttle/package_throttle_count", d)
		if !haveCore && !havePackage {
			continue
		}
		at, ok := readCore(cpu, d)
		if !ok {
			continue
		}
		if haveCore && !seenCores[at] {
			seenCores[at] = true
			cores = append(cores, CoreThrottle{Package: at.pkg, Core: at.core, Count: count})
		}
		if havePackage && !seenPackages[at.pkg] {
			seenPackages[at.pkg] = true
			packages = append(packages, PackageThrottle{Package: at.pkg, Count: packageCount})
		}
	}
	return cores, packages
}

func readCore(cpu string, d *Damage) (at core, ok bool) {
	for _, file := range []struct {
		name string
		into *string
	}{{"physical_package_id", &at.pkg}, {"core_id", &at.core}} {
		path := cpu + "/topology/" + file.name
		text, err := readText(path)
		if !hasAttribute(d, path, err) {
			return at, false
		}
		// The kernel has -1 for a location that it does not know.
		if n, err := strconv.Atoi(text); err != nil || n < -1 {
			d.Lost(path, "not a number")
			return at, false
		}
		*file.into = text
	}
	return at, true
}

// readCount reads a file that holds one counter.
func readCount(path string, d *Damage) (uint64, bool) {
	text, err := readText(path)
	if !hasAttribute(d, path, err) {
		return 0, false
	}
	return d.Counter(path, text)
}
