package system

import (
	"cmp"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/prometheus/procfs/blockdevice"
)

// diskInfo reads what udev has found out about a device: the lines "E:KEY=value" of its
// file in udev's database. Where udev does not run, the numbers are all there is.
func (r *reader) diskInfo(s *blockdevice.Diskstats) *DiskInfo {
	major := strconv.FormatUint(uint64(s.MajorNumber), 10)
	minor := strconv.FormatUint(uint64(s.MinorNumber), 10)
	// A slash in a device's name is a "!" in sysfs.
	rotational, _ := readText(r.sysPath("block", strings.ReplaceAll(s.DeviceName, "/", "!"), "queue/rotational"))
	text, err := readFile(filepath.Join(r.cfg.RootFS, "run/udev/data/b"+major+":"+minor))
	if err != nil {
		return &DiskInfo{Major: major, Minor: minor, Rotational: rotational}
	}
	info := parseUdev(string(text))
	info.Major, info.Minor, info.Rotational = major, minor, rotational
	return info
}

func parseUdev(text string) *DiskInfo {
	values := make(map[string]string)
	for line := range strings.Lines(text) {
		if property, ok := strings.CutPrefix(strings.TrimSuffix(line, "\n"), "E:"); ok {
			key, value, _ := strings.Cut(property, "=")
			values[key] = value
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
