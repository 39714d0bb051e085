package system

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"proctree/collector/host/procfile"

	"golang.org/x/sys/unix"
)

// sensorKinds are the sensors of Documentation/hwmon/sysfs-interface.rst.
var sensorKinds = []string{
	"vrm", "beep_enable", "update_interval", "in", "cpu", "fan", "pwm", "temp", "curr",
	"power", "energy", "humidity", "intrusion", "freq",
}

// Chips implements Reader from /sys/class/hwmon.
func (r *reader) Chips() (chips []Chip, err error) {
	var d Damage
	d.Part(func() error {
		chips, err = r.chips(&d)
		return err
	})
	return chips, d.Err()
}

func (r *reader) chips(d *Damage) ([]Chip, error) {
	class := r.sysPath("class/hwmon")
	entries, err := os.ReadDir(class)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("hardware monitors: none on this host: %w", errors.ErrUnsupported)
	}
	if err != nil {
		return nil, fmt.Errorf("list hardware monitors: %w", err)
	}
	dirs := make([]string, len(entries))
	for i, e := range entries {
		dirs[i] = filepath.Join(class, e.Name())
	}
	var chips []Chip
	for i, name := range chipNames(dirs) {
		if name == "" || !r.cfg.Chips.Allows(name) {
			continue
		}
		model, err := readText(filepath.Join(dirs[i], "name"))
		lostSensor(d, filepath.Join(dirs[i], "name"), err)
		if err == nil && model == "" {
			d.Lost(filepath.Join(dirs[i], "name"), "not a name")
		}
		chip := Chip{Name: name, Model: cleanName(model)}
		chip.Sensors = readSensors(dirs[i], func(sensor string) bool {
			return r.cfg.Sensors.Allows(name + ";" + sensor)
		}, d)
		chips = append(chips, chip)
	}
	return chips, nil
}

// chipNames names the monitors after their devices. Several monitors of one device are
// told apart by their model, or by the number that the kernel gave them.
func chipNames(dirs []string) []string {
	names, models := make([]string, len(dirs)), make([]string, len(dirs))
	sameName, sameModel := map[string]int{}, map[[2]string]int{}
	for i, dir := range dirs {
		model, _ := readText(filepath.Join(dir, "name"))
		names[i], models[i] = deviceName(dir, model), cleanName(model)
		sameName[names[i]]++
		sameModel[[2]string{names[i], models[i]}]++
	}
	unique := make([]string, len(dirs))
	for i, name := range names {
		unique[i] = name
		if name == "" || sameName[name] == 1 {
			continue
		}
		suffix := models[i]
		if suffix == "" || sameModel[[2]string{name, suffix}] > 1 {
			suffix = cleanName(filepath.Base(dirs[i]))
		}
		unique[i] = name + "_" + suffix
	}
	return unique
}

// deviceName makes a name of the device's path below /sys/devices, which does not depend
// on the order in which drivers are loaded; without a device, of the model, and at last
// of the number.
func deviceName(dir, model string) string {
	if device, err := filepath.EvalSymlinks(filepath.Join(dir, "device")); err == nil {
		bus, name := cleanName(filepath.Base(filepath.Dir(device))), cleanName(filepath.Base(device))
		switch {
		case bus != "" && name != "":
			return bus + "_" + name
		case name != "":
			return name
		}
	}
	return cmp.Or(cleanName(model), cleanName(filepath.Base(dir)))
}

// cleanName makes s fit for a part of a metric's name.
func cleanName(s string) string {
	clean := strings.Map(func(c rune) rune {
		if (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == ':' || c == '_' {
			return c
		}
		return '_'
	}, strings.ToLower(s))
	return strings.Trim(clean, "_")
}

// readSensors reads the files of a monitor. Old drivers keep them in the device's folder.
func readSensors(dir string, allows func(sensor string) bool, d *Damage) []Sensor {
	sensors := map[string]*Sensor{}
	for _, folder := range []string{dir, filepath.Join(dir, "device")} {
		entries, err := os.ReadDir(folder)
		if err != nil {
			continue
		}
		for _, e := range entries {
			kind, name, element, ok := parseSensorFile(e.Name())
			if e.IsDir() && element == "" { // "power", which every device has, or "cpu0".
				continue
			}
			if !ok || !allows(name) {
				continue
			}
			text, err := readText(filepath.Join(folder, e.Name()))
			if err != nil {
				lostSensor(d, filepath.Join(folder, e.Name()), err)
				continue
			}
			if sensors[name] == nil {
				sensors[name] = &Sensor{Kind: kind, Name: name}
			}
			if !sensors[name].set(element, text) {
				d.Lost(filepath.Join(folder, e.Name()), "not a number")
			}
		}
	}
	list := make([]Sensor, 0, len(sensors))
	for _, s := range sensors {
		slices.SortFunc(s.Values, func(a, b SensorValue) int { return cmp.Compare(a.Element, b.Element) })
		list = append(list, *s)
	}
	slices.SortFunc(list, func(a, b Sensor) int { return cmp.Compare(a.Name, b.Name) })
	return list
}

// noReading are the errors by which a driver says that a sensor has no value now.
var noReading = []error{
	fs.ErrPermission, unix.EIO, unix.EAGAIN, unix.EINVAL, unix.ENODATA, unix.EBUSY, unix.ETIMEDOUT, unix.EREMOTEIO,
}

// lostSensor counts a file that cannot be read, unless that is what a driver says.
func lostSensor(d *Damage, path string, err error) {
	if err != nil && !procfile.IsAbsent(err) && !slices.ContainsFunc(noReading, func(n error) bool { return errors.Is(err, n) }) {
		d.Lost(path, "cannot be read")
	}
}

// set takes over the content of one file; what is no number is no value. A second file
// of the same element replaces the first.
func (s *Sensor) set(element, text string) bool {
	if element == "label" {
		s.Label = label(text)
		return true
	}
	value, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsNaN(value) || math.IsInf(value, 0) {
		return false
	}
	s.Values = slices.DeleteFunc(s.Values, func(v SensorValue) bool { return v.Element == element })
	s.Values = append(s.Values, SensorValue{element, value})
	return true
}

// parseSensorFile takes apart a name such as "temp1_crit_alarm"; the number is 0 where
// the file has none.
func parseSensorFile(file string) (kind, name, element string, ok bool) {
	digits := strings.IndexAny(file, "0123456789")
	if digits < 0 {
		return file, file + "0", "", slices.Contains(sensorKinds, file)
	}
	kind = file[:digits]
	rest := strings.TrimLeft(file[digits:], "0123456789")
	number, err := strconv.Atoi(file[digits : len(file)-len(rest)])
	element, cut := strings.CutPrefix(rest, "_")
	ok = err == nil && (rest == "" || (cut && element != "")) && slices.Contains(sensorKinds, kind)
	return kind, kind + strconv.Itoa(number), element, ok
}
