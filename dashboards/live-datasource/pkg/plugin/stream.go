package plugin

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"

	"proctree/dashboards/live-datasource/pkg/processes"
)

// Errors of channelQuery.
var (
	errNoChannel  = errors.New("no such channel")
	errNotForThem = errors.New("this channel is for others")
)

// channelQuery checks that a channel is the one of the query that the subscriber sent, and
// returns both its audience and the query.
func (d *Datasource) channelQuery(path string, sent json.RawMessage) (audience, *query, error) {
	parts := strings.Split(path, "/")
	if len(parts) != 3 {
		return "", nil, errNoChannel
	}
	who := audience(parts[1])
	if !d.exists(who) {
		return "", nil, errNotForThem
	}
	q, err := readQuery(backend.DataQuery{JSON: sent})
	if err != nil || q.Type != typeTree || who.channel(q) != path {
		return "", nil, errNoChannel
	}
	return who, q, nil
}

// SubscribeStream implements backend.SubscribeStreamHandler: who is not of a channel's
// audience does not get in. A listener is told at once what the others know.
func (d *Datasource) SubscribeStream(ctx context.Context, req *backend.SubscribeStreamRequest) (*backend.SubscribeStreamResponse, error) {
	who, q, err := d.channelQuery(req.Path, req.Data)
	if err == nil && who != d.audienceOf(req.PluginContext.User) {
		err = errNotForThem
	}
	if errors.Is(err, errNotForThem) {
		return &backend.SubscribeStreamResponse{Status: backend.SubscribeStreamStatusPermissionDenied}, nil
	}
	var running *stream
	if err == nil {
		running, err = d.streams.find(req.Path)
	}
	if err != nil {
		backend.Logger.Debug("subscription refused", "path", req.Path, "error", err)
		return &backend.SubscribeStreamResponse{Status: backend.SubscribeStreamStatusNotFound}, nil
	}
	response := &backend.SubscribeStreamResponse{Status: backend.SubscribeStreamStatusOK}
	response.InitialData, err = d.initial(running)
	backend.Logger.Debug("subscribed", "path", req.Path, "instance", q.Instance)
	return response, err
}

// initial is what a listener of a running stream has missed; nil where the stream's first
// message is still to come.
func (d *Datasource) initial(running *stream) (*backend.InitialData, error) {
	if running == nil {
		return nil, nil
	}
	message, err := running.now()
	if message == nil || err != nil {
		return nil, err
	}
	return backend.NewInitialData(message)
}

// PublishStream implements backend.PublishStreamHandler: nobody may.
func (d *Datasource) PublishStream(context.Context, *backend.PublishStreamRequest) (*backend.PublishStreamResponse, error) {
	return &backend.PublishStreamResponse{Status: backend.PublishStreamStatusPermissionDenied}, nil
}

// RunStream implements backend.RunStreamHandler: Grafana calls it for the first listener of a
// channel and ends ctx after the last.
func (d *Datasource) RunStream(ctx context.Context, req *backend.RunStreamRequest, sender *backend.StreamSender) error {
	who, q, err := d.channelQuery(req.Path, req.Data)
	if err != nil {
		// An error would have Grafana try again and again.
		backend.Logger.Warn("stream refused", "path", req.Path, "error", err)
		return nil
	}
	running, stop, err := d.streams.start(req.Path)
	if err != nil {
		backend.Logger.Warn("stream refused", "path", req.Path, "error", err)
		return nil
	}
	defer stop()
	ticker := time.NewTicker(d.settings.Limits.StreamInterval)
	defer ticker.Stop()
	for {
		if err := d.send(ctx, running, who, q, sender); err != nil {
			return fmt.Errorf("stream: %w", err)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-ticker.C:
		}
	}
}

// send tells the listeners what is new.
func (d *Datasource) send(ctx context.Context, running *stream, who audience, q *query, sender *backend.StreamSender) error {
	message, err := d.message(ctx, running, who, q)
	if err != nil {
		return err
	}
	return sender.SendBytes(message)
}

func (d *Datasource) message(ctx context.Context, running *stream, who audience, q *query) ([]byte, error) {
	f, err := d.look(ctx, who, q.Instance, d.now(), true)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err != nil {
		backend.Logger.Warn("stream has nothing new", "instance", q.Instance, "error", err)
		_, sequence := running.tell(nil, processes.About{})
		return errorMessage(sequence, explain(err))
	}
	selection := f.table.Select(q.filter(), q.Limit)
	about := selection.About(f.mode, q.Instance)
	about.Channel, about.Page = who.channel(q), d.settings.Page.Of(q.Instance)
	before, sequence := running.tell(selection, about)
	if before == nil || !selection.SameColumns(before.Table) {
		return fullMessage(sequence, selection, about)
	}
	return diffMessage(sequence, before, selection, about)
}
