package system

import (
	"cmp"
	"path/filepath"
	"strconv"
	"strings"
)

// diskInfo reads what udev has found out about a device: the lines "E:KEY=value" of its
// file in udev's database. Where udev does not run, the numbers are all there is.
func (r *reader) diskInfo(name, major, minor string, d *Damage) *DiskInfo {
	if !isDeviceNumber(major) || !isDeviceNumber(minor) {
		d.Lost(diskstatsFile+": "+name, "no numbers of the device")
		return nil
	}
	// A slash in a device's name is a "!" in sysfs.
	file := r.sysPath("block", strings.ReplaceAll(name, "/", "!"), "queue/rotational")
	rotational, err := readText(file)
	if err == nil && rotational != "0" && rotational != "1" {
		err = errUnknownWord
	}
	if !hasAttribute(d, file, err) {
		rotational = ""
	}
	text, err := readFile(filepath.Join(r.cfg.RootFS, "run/udev/data/b"+major+":"+minor))
	if err != nil {
		return &DiskInfo{Major: major, Minor: minor, Rotational: rotational}
	}
	info := parseUdev(string(text))
	info.Major, info.Minor, info.Rotational = major, minor, rotational
	return info
}

// isDeviceNumber reports whether s is a major or minor number (makedev(3)).
func isDeviceNumber(s string) bool {
	_, err := strconv.ParseUint(s, 10, 32)
	return err == nil
}

// maxLabel is the longest text of a file that becomes a label. Longer is no description.
const maxLabel = 512

// label returns a text that is fit for a label, and nothing for one that is not.
func label(s string) string {
	if len(s) > maxLabel {
		return ""
	}
	return s
}

func parseUdev(text string) *DiskInfo {
	values := make(map[string]string)
	for line := range strings.Lines(text) {
		if property, ok := strings.CutPrefix(strings.TrimRight(line, "\r\n"), "E:"); ok {
			key, value, _ := strings.Cut(property, "=")
			values[key] = label(value)
		}
	}
	info := &DiskInfo{
		Path:  values["ID_PATH"],
		WWN:   values["ID_WWN"],
		Model: values["ID_MODEL"],
		// The first is the one on the disk's label, the last all that virtual disks have.
		Serial:        cmp.Or(values["SCSI_IDENT_SERIAL"], values["ID_SERIAL_SHORT"], values["ID_SERIAL"]),
		Revision:      values["ID_REVISION"],
		FSType:        values["ID_FS_TYPE"],
		FSUsage:       values["ID_FS_USAGE"],
		FSUUID:        values["ID_FS_UUID"],
		FSVersion:     values["ID_FS_VERSION"],
		MapperName:    values["DM_NAME"],
		MapperUUID:    values["DM_UUID"],
		VolumeGroup:   values["DM_VG_NAME"],
		LogicalVolume: values["DM_LV_NAME"],
		LogicalLayer:  values["DM_LV_LAYER"],
	}
	if values["ID_ATA"] != "" {
		info.ATA = &ATA{
			WriteCache:        number(values["ID_ATA_WRITE_CACHE"]),
			WriteCacheEnabled: number(values["ID_ATA_WRITE_CACHE_ENABLED"]),
			RotationRPM:       number(values["ID_ATA_ROTATION_RATE_RPM"]),
		}
	}
	return info
}

// number returns the value of s, or nil if s is none.
func number(s string) *float64 {
	n, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return nil
	}
	return &n
}
