package collector

import (
	"proctree/collector/process"
)

func newProcessIO(Options) Collector {
	return processFamilies{
		counter(ofProcess(), "read_bytes_total",
			"Bytes that the process made storage deliver; what the page cache served does not count. "+
				"Absent where the exporter may not read it.",
			process.HasReadBytes, func(p *processView) float64 { return float64(p.ReadBytes) }),
		counter(ofProcess(), "written_bytes_total",
			"Bytes that the process caused to be sent to storage, counted when a page gets dirty. "+
				"Absent where the exporter may not read it.",
			process.HasWrittenBytes, func(p *processView) float64 { return float64(p.WrittenBytes) }),
	}
}
