package system

import (
	"os"
	"strconv"
	"strings"
)

// core is the place of a logical processor (Documentation/admin-guide/cputopology.rst).
type core struct{ pkg, core string }

// throttles reads the thermal_throttle files of every CPU, once per core and once per
// package, for the CPUs of one core share the number. Hosts without them have none.
func (r *reader) throttles() ([]CoreThrottle, []PackageThrottle) {
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
		count, coreErr := readCount(cpu + "/thermal_throttle/core_throttle_count")
		packageCount, packageErr := readCount(cpu + "/thermal_throttle/package_throttle_count")
		if coreErr != nil && packageErr != nil {
			continue
		}
		at, err := readCore(cpu)
		if err != nil {
			continue
		}
		if coreErr == nil && !seenCores[at] {
			seenCores[at] = true
			cores = append(cores, CoreThrottle{Package: at.pkg, Core: at.core, Count: count})
		}
		if packageErr == nil && !seenPackages[at.pkg] {
			seenPackages[at.pkg] = true
			packages = append(packages, PackageThrottle{Package: at.pkg, Count: packageCount})
		}
	}
	return cores, packages
}

func readCore(cpu string) (core, error) {
	pkg, err := readText(cpu + "/topology/physical_package_id")
	if err != nil {
		return core{}, err
	}
	number, err := readText(cpu + "/topology/core_id")
	return core{pkg, number}, err
}

func readCount(path string) (uint64, error) {
	text, err := readText(path)
	if err != nil {
		return 0, err
	}
	return strconv.ParseUint(text, 10, 64)
}
