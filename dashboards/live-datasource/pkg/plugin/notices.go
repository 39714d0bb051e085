package plugin

import (
	"fmt"

	"github.com/grafana/grafana-plugin-sdk-go/data"

	"proctree/dashboards/live-datasource/pkg/processes"
)

// notices says what a reader of the table must know.
func (f *found) notices() []data.Notice {
	if f.mode != processes.History {
		return nil
	}
	text := f.wholly()
	if f.unrecorded != nil {
		text = f.partly() + " " + explain(f.unrecorded)
	}
	return []data.Notice{{Severity: data.NoticeSeverityInfo, Text: text}}
}

// marked says in a frame of numbers where they are from: those of Prometheus are of some processes only.
func (f *found) marked(frame *data.Frame) *data.Frame {
	frame.Meta.Custom = provenance{Mode: f.mode, Source: f.source, Partial: f.partial}
	frame.Meta.Notices = f.notices()
	return frame
}

// provenance is meta.custom of a frame of numbers.
type provenance struct {
	Mode    processes.Mode   `json:"mode"`
	Source  processes.Source `json:"source,omitempty"`
	Partial bool             `json:"partial"`
}

// wholly says that a table of the past is complete. Its true time is that of the scan.
func (f *found) wholly() string {
	return fmt.Sprintf("Every process, as recorded by the exporter at %s.", f.table.Time.UTC().Format("2006-01-02 15:04:05 MST"))
}

func (f *found) partly() string {
	if !f.partial {
		return "These are the processes that Prometheus has."
	}
	const why = "Prometheus keeps those that used the most, and their ancestors."
	if f.table.Total > f.table.Len() {
		return fmt.Sprintf("%d of %d processes: %s", f.table.Len(), f.table.Total, why)
	}
	return "Not all processes: " + why
}
