package collector

import (
	"proctree/collector/host/system"

	dto "github.com/prometheus/client_model/go"
)

func newSystemFilesystem(o Options) Collector {
	gauge := func(name, help string) systemMetric {
		return o.systemGauge("filesystem_"+name, help, "device", "device_error", "fstype", "mountpoint")
	}
	size := gauge("size_bytes", "Size of a filesystem.")
	free := gauge("free_bytes", "Free bytes of a filesystem.")
	available := gauge("avail_bytes", "Free bytes of a filesystem for others than root.")
	files := gauge("files", "File nodes of a filesystem.")
	filesFree := gauge("files_free", "Free file nodes of a filesystem.")
	readOnly := gauge("readonly", "1 if a filesystem is mounted read-only.")
	failed := gauge("device_error", "1 if a filesystem did not tell how full it is.")
	info := o.systemGauge("filesystem_mount_info", "The numbers of a filesystem's device.",
		"device", "major", "minor", "mountpoint")

	collect := func(r system.Reader, send emit) error {
		filesystems, err := r.Filesystems()
		for i := range filesystems {
			f := &filesystems[i]
			device, mountPoint := pair("device", f.Device), pair("mountpoint", f.MountPoint)
			labels := []*dto.LabelPair{device, pair("device_error", f.Error), pair("fstype", f.Type), mountPoint}
			send(failed.sample(oneIf(f.Error != ""), labels...))
			send(readOnly.sample(oneIf(f.ReadOnly), labels...))
			if f.Error != "" {
				continue
			}
			send(size.sample(float64(f.Usage.SizeBytes), labels...))
			send(free.sample(float64(f.Usage.FreeBytes), labels...))
			send(available.sample(float64(f.Usage.AvailableBytes), labels...))
			if inodes := f.Usage.Inodes; inodes != nil {
				send(files.sample(float64(inodes.Total), labels...))
				send(filesFree.sample(float64(inodes.Free), labels...))
			}
			if f.Major != "" {
				send(info.sample(1, device, pair("major", f.Major), pair("minor", f.Minor), mountPoint))
			}
		}
		return err
	}
	return newSystem(o, collect, size, free, available, files, filesFree, readOnly, failed, info)
}

func oneIf(yes bool) float64 {
	if yes {
		return 1
	}
	return 0
}
