package collector

import (
	"proctree/collector/process"
)

func newProcessNetwork(Options) Collector {
	return processFamilies(networkFamilies(ofProcess(), "the process", ", since it started or the exporter began to count.",
		func(p *processView) *process.Network { return p.Network }))
}
