package collector

import (
	"proctree/collector/host/system"

	dto "github.com/prometheus/client_model/go"
)

// diskInfoMetrics tell what a disk is.
type diskInfoMetrics struct {
	info, filesystem, mapper          systemMetric
	writeCache, cacheEnabled, rotates systemMetric
}

func diskInfo(o Options) diskInfoMetrics {
	return diskInfoMetrics{
		info: o.systemGauge("disk_info", "What a disk is.",
			"device", "major", "minor", "model", "path", "revision", "rotational", "serial", "wwn"),
		filesystem: o.systemGauge("disk_filesystem_info", "The filesystem on a disk.",
			"device", "type", "usage", "uuid", "version"),
		mapper: o.systemGauge("disk_device_mapper_info", "What the device mapper calls a disk.",
			"device", "lv_layer", "lv_name", "name", "uuid", "vg_name"),
		writeCache: o.systemGauge("disk_ata_write_cache",
			"1 if an ATA disk has a write cache.", "device"),
		cacheEnabled: o.systemGauge("disk_ata_write_cache_enabled",
			"1 if an ATA disk's write cache is switched on.", "device"),
		rotates: o.systemGauge("disk_ata_rotation_rate_rpm",
			"Revolutions per minute of an ATA disk, 0 for one that does not turn.", "device"),
	}
}

func (m diskInfoMetrics) all() []systemMetric {
	return []systemMetric{m.info, m.filesystem, m.mapper, m.writeCache, m.cacheEnabled, m.rotates}
}

func (m diskInfoMetrics) show(device *dto.LabelPair, i *system.DiskInfo, send emit) {
	send(m.info.sample(1, device, pair("major", i.Major), pair("minor", i.Minor), pair("model", i.Model),
		pair("path", i.Path), pair("revision", i.Revision), pair("rotational", i.Rotational),
		pair("serial", i.Serial), pair("wwn", i.WWN)))
	if i.FSType != "" {
		send(m.filesystem.sample(1, device, pair("type", i.FSType), pair("usage", i.FSUsage),
			pair("uuid", i.FSUUID), pair("version", i.FSVersion)))
	}
	if i.MapperName != "" {
		send(m.mapper.sample(1, device, pair("lv_layer", i.LogicalLayer), pair("lv_name", i.LogicalVolume),
			pair("name", i.MapperName), pair("uuid", i.MapperUUID), pair("vg_name", i.VolumeGroup)))
	}
	if i.ATA == nil {
		return
	}
	ata := func(metric systemMetric, value *float64) {
		if value != nil {
			send(metric.sample(*value, device))
		}
	}
	ata(m.writeCache, i.ATA.WriteCache)
	ata(m.cacheEnabled, i.ATA.WriteCacheEnabled)
	ata(m.rotates, i.ATA.RotationRPM)
}
