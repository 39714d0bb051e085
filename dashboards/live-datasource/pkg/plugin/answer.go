package plugin

import (
	"context"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/data"

	"proctree/dashboards/live-datasource/pkg/exporter"
	"proctree/dashboards/live-datasource/pkg/processes"
)

// nowish is how old the end of a range may be and still mean now: the browser computed it,
// by its own clock, and the query took its way.
const nowish = time.Minute

// QueryData implements backend.QueryDataHandler.
func (d *Datasource) QueryData(ctx context.Context, req *backend.QueryDataRequest) (*backend.QueryDataResponse, error) {
	response := backend.NewQueryDataResponse()
	for _, q := range req.Queries {
		response.Responses[q.RefID] = d.answer(ctx, req.PluginContext, q)
	}
	return response, nil
}

func (d *Datasource) answer(ctx context.Context, from backend.PluginContext, raw backend.DataQuery) backend.DataResponse {
	q, err := readQuery(raw)
	if err != nil {
		return backend.ErrDataResponseWithSource(backend.StatusBadRequest, backend.ErrorSourceDownstream, err.Error())
	}
	list, err := d.answerTo(ctx, d.audienceOf(from.User), q, &raw)
	if err != nil {
		logOf(err)("query failed", "instance", q.Instance, "type", q.Type, "error", err)
		return backend.ErrDataResponseWithSource(status(err), backend.ErrorSourceDownstream, explain(err))
	}
	return backend.DataResponse{Status: backend.StatusOK, Frames: list}
}

// logOf returns where to write about an error: who asks for what is not there troubles nobody.
func logOf(err error) func(string, ...any) {
	if status(err) == backend.StatusNotFound {
		return backend.Logger.Debug
	}
	return backend.Logger.Warn
}

// answerTo answers a query about the end of the range, or about all of it.
func (d *Datasource) answerTo(ctx context.Context, who audience, q *query, raw *backend.DataQuery) (data.Frames, error) {
	switch len(q.Instances) {
	case 0:
		return data.Frames{noHost()}, nil
	case 1:
		return d.ofHost(ctx, who, q, raw)
	default:
		return one(d.fleet(ctx, who, q, raw))
	}
}

// ofHost answers a query about its first host.
func (d *Datasource) ofHost(ctx context.Context, who audience, q *query, raw *backend.DataQuery) (data.Frames, error) {
	switch q.Type {
	case typeProcess, typeUsed, typeEvents, typeReport:
		target, err := d.targets.Resolve(ctx, q.Instance)
		if err != nil {
			return nil, err
		}
		span := exporter.Span{From: raw.TimeRange.From, To: raw.TimeRange.To}
		switch q.Type {
		case typeProcess:
			return one(d.course(ctx, target, q, span, raw.Interval))
		case typeUsed:
			return one(d.used(ctx, who, target, q, span))
		case typeEvents:
			return one(d.events(ctx, who, target, q, span))
		default:
			return d.report(ctx, who, target, q, span)
		}
	default:
		at := raw.TimeRange.To
		if q.Time != 0 {
			at = time.UnixMilli(q.Time)
		}
		return one(d.frame(ctx, who, q, at))
	}
}

// one is an answer of one frame.
func one(frame *data.Frame, err error) (data.Frames, error) {
	if err != nil {
		return nil, err
	}
	return data.Frames{frame}, nil
}

// frame answers a query as of a moment.
func (d *Datasource) frame(ctx context.Context, who audience, q *query, at time.Time) (*data.Frame, error) {
	live := q.Time == 0 && d.now().Sub(at) < nowish
	if q.Type == typeHost {
		return d.host(ctx, q, at, live)
	}
	f, err := d.look(ctx, who, q.Instance, at, live)
	if err != nil {
		return nil, err
	}
	switch q.Type {
	case typeTop:
		return f.marked(topFrame(f.table, q)), nil
	case typeCount:
		return f.marked(countFrame(len(f.table.Matches(q.filter())), q.Instance)), nil
	}
	if err := d.frames.wait(ctx, f.table); err != nil {
		return nil, err
	}
	channel := who.channel(q)
	return d.frames.frame(f.table, channel, func() *data.Frame {
		selection := f.table.Select(q.filter(), q.Limit)
		about := selection.About(f.mode, q.Instance)
		about.Source, about.Partial, about.Page = f.source, f.partial, d.settings.Page.Of(q.Instance)
		if live && q.Stream {
			about.Channel = channel
		}
		return selection.Frame(about, f.notices()...)
	}), nil
}

// found is a table and where it is from.
type found struct {
	table   *processes.Table
	mode    processes.Mode
	source  processes.Source
	partial bool
	// unrecorded says why the table is not from the exporter's recording; nil where it is.
	unrecorded error
}

// look returns the table as an audience may see it.
func (d *Datasource) look(ctx context.Context, who audience, instance string, at time.Time, live bool) (found, error) {
	var f found
	var err error
	switch {
	case live:
		f.mode = processes.Live
		f.table, err = d.live(ctx, instance)
	default:
		f, err = d.before(ctx, instance, at)
	}
	if err != nil {
		return found{}, err
	}
	if !who.commandLines() {
		f.table = f.table.WithoutCommandLines()
	}
	return f, nil
}

// live asks the exporter of an instance, whose address only the discovery says.
func (d *Datasource) live(ctx context.Context, instance string) (*processes.Table, error) {
	target, err := d.targets.Resolve(ctx, instance)
	if err != nil {
		return nil, err
	}
	return d.exporters.Processes(ctx, target)
}
