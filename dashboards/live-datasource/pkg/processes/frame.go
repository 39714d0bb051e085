package processes

import (
	"strconv"

	"github.com/grafana/grafana-plugin-sdk-go/data"
)

// Mode says where a table comes from.
type Mode string

// The modes.
const (
	// Live is what the exporter said just now.
	Live Mode = "live"
	// History is a moment in the past.
	History Mode = "history"
)

// Source says who kept a table of the past.
type Source string

// The sources.
const (
	// Recording is that of the exporter, which has every process.
	Recording Source = "recording"
	// Prometheus has the processes that used the most.
	Prometheus Source = "prometheus"
)

// About is frame.meta.custom: what a panel needs to know of a frame as a whole.
type About struct {
	Mode Mode `json:"mode"`
	// Source is empty for the present.
	Source Source `json:"source,omitempty"`
	// Partial: the host had more processes than can be told.
	Partial bool `json:"partial"`
	// Time is when the table was read, in milliseconds since 1970.
	Time     int64  `json:"time"`
	Host     string `json:"host"`
	Instance string `json:"instance"`
	// Total is how many processes the host has, Matched how many pass the filter.
	Total   int `json:"total"`
	Matched int `json:"matched"`
	// Role is operator for those who see command lines, else viewer.
	Role string `json:"role"`
	// IntervalSeconds is what the rates are over; 0 is not known.
	IntervalSeconds float64 `json:"intervalSeconds"`
	// Channel is the path of the stream that goes on from here, below ds/UID; empty where
	// there is none.
	Channel string `json:"channel,omitempty"`
	// Page is the address of the host's live page; empty where that is not known.
	Page string `json:"-"`
}

// About fills in what the selection knows.
func (s *Selection) About(mode Mode, instance string) About {
	about := About{
		Mode: mode, Time: s.Time.UnixMilli(), Host: s.Host, Instance: instance,
		Total: s.Total, Matched: s.Matched, Role: "viewer", IntervalSeconds: s.Interval.Seconds(),
	}
	if s.HasCommandLines() {
		about.Role = "operator"
	}
	return about
}

// linkToPage lets a person go from a process to the exporter's page: the present, where it can be acted
// on, or the recorded moment. The ids of what Prometheus kept are not those of the page.
func linkToPage(frame *data.Frame, about About) {
	if about.Page == "" || about.Source == Prometheus {
		return
	}
	title, at := "Live page", ""
	if about.Source == Recording {
		title, at = "Page at this time", "time="+strconv.FormatInt(about.Time, 10)+"&"
	}
	name, place := frame.FieldByName("name")
	if place < 0 {
		return
	}
	name.Config.Links = []data.DataLink{{Title: title, TargetBlank: true, URL: about.Page + "#" + at + "process=${__data.fields.id:percentencode}"}}
}

// Frame returns the frame "processes": a row per process, each below its parent by the
// fields id and parent.
func (s *Selection) Frame(about About, notices ...data.Notice) *data.Frame {
	frame := data.NewFrame("processes")
	for _, c := range s.shown() {
		frame.Fields = append(frame.Fields, c.field(s))
	}
	linkToPage(frame, about)
	frame.Meta = &data.FrameMeta{
		Type:                   data.FrameTypeTable,
		Custom:                 about,
		Notices:                notices,
		PreferredVisualization: data.VisTypeTable,
		UniqueRowIDFields:      []int{0},
	}
	return frame
}
