package collector

import (
	"proctree/collector/process"
)

func newGroupIO(Options) Collector {
	return groupFamilies{
		counter(ofGroup(), "read_bytes_total",
			"Bytes that the group's processes caused to be read from storage; reads from the page cache do not "+
				"count. Processes whose I/O the exporter is not allowed to read are missing.",
			process.HasReadBytes, func(g *groupView) float64 { return float64(g.ReadBytes) }),
		counter(ofGroup(), "written_bytes_total",
			"Bytes that the group's processes caused to be written to storage, counted when a page becomes "+
				"dirty. Processes whose I/O the exporter is not allowed to read are missing.",
			process.HasWrittenBytes, func(g *groupView) float64 { return float64(g.WrittenBytes) }),
	}
}
