// The backend of the data source proctree-live-datasource. Grafana starts it.
package main

import (
	"os"
	"runtime/debug"

	"github.com/grafana/grafana-plugin-sdk-go/backend/datasource"
	"github.com/grafana/grafana-plugin-sdk-go/backend/log"

	"proctree/dashboards/live-datasource/pkg/plugin"
)

// softMemory makes the collector work harder before many viewers' answers at once make the
// program large; what is alive is far smaller.
const softMemory = 38 << 20

func main() {
	if _, set := os.LookupEnv("GOMEMLIMIT"); !set {
		debug.SetMemoryLimit(softMemory)
	}
	if err := datasource.Manage(plugin.ID, plugin.New, datasource.ManageOpts{}); err != nil {
		log.DefaultLogger.Error("the data source cannot run", "error", err)
		os.Exit(1) //nolint:forbidigo // This is main.
	}
}
