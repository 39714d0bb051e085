//go:build linux

package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"

	sdk "github.com/grafana/grafana-plugin-sdk-go/backend"
	"github.com/grafana/grafana-plugin-sdk-go/genproto/pluginv2"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
)

// backend is the program, running, and what Grafana would say to it.
type backend struct {
	cmd     *exec.Cmd
	conn    *grpc.ClientConn
	data    pluginv2.DataClient
	stream  pluginv2.StreamClient
	context *pluginv2.PluginContext
}

// startBackend starts the program by the handshake of hashicorp's go-plugin, with a data
// source of such settings.
func startBackend(ctx context.Context, program string, settings map[string]any) (*backend, error) {
	b := &backend{cmd: exec.CommandContext(ctx, program)}
	b.cmd.Env = append(os.Environ(), "grafana_plugin_type=datasource")
	stdout, err := b.cmd.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("start the backend: %w", err)
	}
	if err := b.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start the backend (make grafana-backend builds it): %w", err)
	}
	line, err := bufio.NewReader(stdout).ReadString('\n')
	parts := strings.Split(strings.TrimSpace(line), "|")
	if err != nil || len(parts) < 5 {
		b.stop()
		return nil, fmt.Errorf("the backend says %q, which is no handshake: %w", line, errors.Join(err, io.ErrUnexpectedEOF))
	}
	go func() { _, _ = io.Copy(io.Discard, stdout) }()
	address := parts[3]
	if parts[2] == "unix" {
		address = "unix:" + address
	}
	b.conn, err = grpc.NewClient(address, grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(64<<20)))
	if err != nil {
		b.stop()
		return nil, fmt.Errorf("talk to the backend: %w", err)
	}
	b.data, b.stream = pluginv2.NewDataClient(b.conn), pluginv2.NewStreamClient(b.conn)
	b.context = pluginContext(settings)
	return b, nil
}

// oneHost are the settings of a data source whose instance 0 is the exporter at an address.
func oneHost(exporter string) map[string]any {
	return map[string]any{"discovery": "static", "targets": []string{"0=" + exporter}}
}

func pluginContext(of map[string]any) *pluginv2.PluginContext {
	settings, _ := json.Marshal(of)
	return sdk.ToProto().PluginContext(sdk.PluginContext{
		PluginID: "proctree-live-datasource", User: &sdk.User{Login: "bench", Role: "Admin"},
		DataSourceInstanceSettings: &sdk.DataSourceInstanceSettings{
			ID: 1, UID: "bench", Name: "bench", JSONData: settings, Updated: time.Unix(1, 0),
		},
	})
}

func (b *backend) stop() {
	if b.conn != nil {
		_ = b.conn.Close()
	}
	_ = b.cmd.Process.Kill()
	_ = b.cmd.Wait()
}

// query asks for an instance, now; there must be a frame.
func (b *backend) query(ctx context.Context, kind string, instance int, stream bool) error {
	return b.queryAt(ctx, queryJSON(kind, instance, stream), time.Now())
}

// queryAt asks about an hour that ends at a moment.
func (b *backend) queryAt(ctx context.Context, query []byte, to time.Time) error {
	response, err := b.data.QueryData(ctx, &pluginv2.QueryDataRequest{
		PluginContext: b.context,
		Queries: []*pluginv2.DataQuery{{
			RefId: "A", Json: query,
			TimeRange: &pluginv2.TimeRange{FromEpochMS: to.Add(-time.Hour).UnixMilli(), ToEpochMS: to.UnixMilli()},
		}},
	})
	if err != nil {
		return fmt.Errorf("query: %w", err)
	}
	answer := response.GetResponses()["A"]
	if answer.GetError() != "" || len(answer.GetFrames()) != 1 {
		return fmt.Errorf("query: %s", answer.GetError())
	}
	return nil
}

func queryJSON(kind string, instance int, stream bool) []byte {
	return fmt.Appendf(nil, `{"queryType":%q,"instance":"%d","stream":%t}`, kind, instance, stream)
}

// cpu is what the backend used since it started.
func (b *backend) cpu() (time.Duration, error) {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", b.cmd.Process.Pid))
	if err != nil {
		return 0, fmt.Errorf("CPU of the backend: %w", err)
	}
	// The name is in brackets and may have blanks; utime and stime are the 14th and 15th.
	fields := strings.Fields(string(stat[strings.LastIndexByte(string(stat), ')')+1:]))
	user, errUser := strconv.ParseInt(fields[11], 10, 64)
	system, errSystem := strconv.ParseInt(fields[12], 10, 64)
	const tick = 10 * time.Millisecond
	return time.Duration(user+system) * tick, errors.Join(errUser, errSystem)
}

// resident is the backend's resident size in bytes.
func (b *backend) resident() (int64, error) {
	statm, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", b.cmd.Process.Pid))
	if err != nil {
		return 0, fmt.Errorf("memory of the backend: %w", err)
	}
	pages, err := strconv.ParseInt(strings.Fields(string(statm))[1], 10, 64)
	return pages * int64(os.Getpagesize()), err
}
