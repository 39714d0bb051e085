//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/data"
	"github.com/grafana/grafana-plugin-sdk-go/genproto/pluginv2"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// mostResident looks at the resident size every 20 ms while something goes on.
func (b *backend) mostResident(ctx context.Context, duration time.Duration, what func(context.Context) error) (int64, error) {
	ctx, cancel := context.WithTimeout(ctx, duration)
	defer cancel()
	done := make(chan error, 1)
	go func() { done <- what(ctx) }()
	ticker := time.NewTicker(20 * time.Millisecond)
	defer ticker.Stop()
	var most int64
	for {
		select {
		case err := <-done:
			// The time is over, which gRPC may notice first.
			if ctx.Err() != nil || status.Code(err) == codes.DeadlineExceeded {
				err = nil
			}
			return most, err
		case <-ticker.C:
			size, err := b.resident()
			if err != nil {
				return 0, err
			}
			most = max(most, size)
		}
	}
}

// poll has viewers ask for the same host, all at the same moment.
func poll(ctx context.Context, b *backend, viewers int) error {
	for ctx.Err() == nil {
		var group sync.WaitGroup
		failures := make([]error, viewers)
		for i := range viewers {
			group.Go(func() { failures[i] = b.query(ctx, "tree", 0, false) })
		}
		group.Wait()
		if err := errors.Join(failures...); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
		case <-time.After(2 * time.Second):
		}
	}
	return nil
}

// listen runs the one stream that all viewers share, and has them subscribe in turn.
func listen(ctx context.Context, b *backend, viewers int) error {
	query := queryJSON("tree", 0, true)
	path, err := b.channel(ctx)
	if err != nil {
		return err
	}
	stream, err := b.stream.RunStream(ctx, &pluginv2.RunStreamRequest{PluginContext: b.context, Path: path, Data: query})
	if err != nil {
		return fmt.Errorf("stream: %w", err)
	}
	if _, err := stream.Recv(); err != nil {
		return fmt.Errorf("stream: %w", err)
	}
	for range viewers {
		_, err := b.stream.SubscribeStream(ctx, &pluginv2.SubscribeStreamRequest{PluginContext: b.context, Path: path, Data: query})
		if err != nil {
			return fmt.Errorf("subscribe: %w", err)
		}
	}
	for {
		if _, err := stream.Recv(); err != nil {
			return fmt.Errorf("stream: %w", err)
		}
	}
}

// channel asks for the tree and returns the path of the stream that goes on from there.
func (b *backend) channel(ctx context.Context) (string, error) {
	now := time.Now()
	response, err := b.data.QueryData(ctx, &pluginv2.QueryDataRequest{
		PluginContext: b.context,
		Queries: []*pluginv2.DataQuery{{
			RefId: "A", Json: queryJSON("tree", 0, true),
			TimeRange: &pluginv2.TimeRange{ToEpochMS: now.UnixMilli()},
		}},
	})
	if err != nil {
		return "", fmt.Errorf("query: %w", err)
	}
	frame, err := data.UnmarshalArrowFrame(response.GetResponses()["A"].GetFrames()[0])
	if err != nil {
		return "", fmt.Errorf("query: %w", err)
	}
	custom, _ := frame.Meta.Custom.(map[string]any)
	path, _ := custom["channel"].(string)
	return path, nil
}
