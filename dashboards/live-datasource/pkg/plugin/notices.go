package plugin

import (
	"fmt"

	"github.com/grafana/grafana-plugin-sdk-go/data"

	"proctree/dashboards/live-datasource/pkg/processes"
)

// notices says what a reader of the table must know.
func (f *found) notices() []data.Notice {
	var list []data.Notice
	if f.mode == processes.History && f.partial {
		list = append(list, data.Notice{Severity: data.NoticeSeverityInfo, Text: f.partly()})
	}
	return list
}

func (f *found) partly() string {
	const why = "Prometheus keeps those that used the most, and their ancestors."
	if f.table.Total > f.table.Len() {
		return fmt.Sprintf("%d of %d processes: %s", f.table.Len(), f.table.Total, why)
	}
	return "Not all processes: " + why
}
