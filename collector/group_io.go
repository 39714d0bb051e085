package collector

import (
	"proctree/collector/process"
)

func newGroupIO(Options) Collector {
	return groupFamilies{
		counter(ofGroup(), "read_bytes_total",
			"Bytes that the group's processes made storage deliver; what the page cache served does not count. "+
				"Processes whose I/O the exporter may not read are missing.",
			process.HasReadBytes, func(g *groupView) float64 { return float64(g.ReadBytes) }),
		counter(ofGroup(), "written_bytes_total",
			"Bytes that the group's processes caused to be sent to storage, counted when a page gets dirty. "+
				"Processes whose I/O the exporter may not read are missing.",
			process.HasWrittenBytes, func(g *groupView) float64 { return float64(g.WrittenBytes) }),
	}
}
