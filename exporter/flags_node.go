package main

import (
	"strings"

	"github.com/alecthomas/kingpin/v2"
)

// addNodeExporterFlags makes node_exporter's own flags do what ours of the same meaning do,
// so that its command line works unchanged: --collector.netdev.device-exclude sets
// --collector.system_netdev.device-exclude. They are hidden because each is an alias of
// another flag. If a flag of ours already has the name, it keeps its meaning.
func addNodeExporterFlags(app *kingpin.Application, collectors *collectorFlags) {
	const ours, theirs = "collector.system_", "collector."
	switches := make(map[string]*bool, len(collectors.specs))
	for i, spec := range collectors.specs {
		switches["collector."+spec.Name] = &collectors.set[i]
	}
	for _, f := range app.Model().Flags {
		rest, ok := strings.CutPrefix(f.Name, ours)
		if !ok || app.GetFlag(theirs+rest) != nil {
			continue
		}
		alias := app.Flag(theirs+rest, f.Help).Hidden()
		alias.SetValue(f.Value)
		if set := switches[f.Name]; set != nil {
			alias.IsSetByUser(set)
		}
	}
}
