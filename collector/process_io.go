package collector

import (
	"proctree/collector/process"
)

func newProcessIO(Options) Collector {
	return processFamilies{
		counter(ofProcess(), "read_bytes_total",
			"Bytes that the process caused to be read from storage; reads from the page cache do not "+
				"count. Absent if the exporter is not allowed to read its I/O.",
			process.HasReadBytes, func(p *processView) float64 { return float64(p.ReadBytes) }),
		counter(ofProcess(), "written_bytes_total",
			"Bytes that the process caused to be written to storage, counted when a page becomes "+
				"dirty. Absent if the exporter is not allowed to read its I/O.",
			process.HasWrittenBytes, func(p *processView) float64 { return float64(p.WrittenBytes) }),
	}
}
