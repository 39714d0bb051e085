package treeapi

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"proctree/collector/host/hosttest"
	"proctree/collector/process"
	"proctree/tree-api/rest"
	"proctree/tree-api/treetest"
)

// Data unwraps a success.
func Data(tb testing.TB, response reply, schemas *treetest.Schemas, schema string) map[string]any {
	tb.Helper()
	body := response.Body
	if response.StatusCode != http.StatusOK {
		tb.Fatalf("%d: %s", response.StatusCode, body)
	}
	schemas.Check(tb, schema, body)
	var envelope struct {
		Status string
		Data   map[string]any
	}
	if err := json.Unmarshal(body, &envelope); err != nil || envelope.Status != "success" {
		tb.Fatalf("%v: %s", err, body)
	}
	return envelope.Data
}

func TestHost(t *testing.T) {
	schemas := treetest.NewSchemas(t)
	earlier, now := hosttest.Snapshot(time.Hour), hosttest.Snapshot(time.Hour+2*time.Second)
	now.System.CPUBusy += 3 * time.Second
	now.System.CPUIdle += 5 * time.Second
	api := apiOf(t, func(cfg *Config) { cfg.Source = treetest.Fixed{Newest: treetest.ReportOf(t, earlier, now)} })
	got := Data(t, ask(t, api, "/api/v1/host"), schemas, "HostAnswer")
	delete(got["versions"].(map[string]any), "go")
	want := map[string]any{
		"name": "office", "os": "linux", "kernel": "6.12.1", "arch": "amd64",
		"boot_time": 1767225600.0, "uptime_seconds": 3602.0, "cpus": 4.0,
		"cpu":      map[string]any{"busy_cores": 1.5},
		"memory":   map[string]any{"total_bytes": float64(8 << 30), "available_bytes": float64(6 << 30)},
		"swap":     map[string]any{"total_bytes": float64(1 << 30), "free_bytes": float64(1 << 30)},
		"load":     []any{0.5, 0.25, 0.125},
		"pressure": map[string]any{"cpu": 0.25, "memory": 0.0, "io": 0.5},
		"versions": map[string]any{"proctree": "1.2.3", "reader": "test", "exits": "children"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the host differs (-want +got):\n%s", diff)
	}
}

func TestHostSaysOnlyWhatIsKnown(t *testing.T) {
	s := hosttest.Snapshot(time.Hour)
	s.System, s.Reader, s.ExitSource = process.System{}, "", ""
	api := apiOf(t, func(cfg *Config) {
		cfg.Source = treetest.Fixed{Newest: treetest.ReportOf(t, s)}
		cfg.Host = rest.HostInfo{Name: "bare"}
	})
	got := Data(t, ask(t, api, "/api/v1/host"), treetest.NewSchemas(t), "HostAnswer")
	for _, name := range []string{"os", "kernel", "arch", "cpus", "cpu", "memory", "swap", "load", "pressure"} {
		if value, ok := got[name]; ok {
			t.Errorf("%s is %v, want it absent", name, value)
		}
	}
}

// An average that is not known costs neither of the others.
func TestHostWithoutOneLoadAverage(t *testing.T) {
	s := hosttest.Snapshot(time.Hour)
	s.System.Load[1] = nil
	api := apiOf(t, func(cfg *Config) { cfg.Source = treetest.Fixed{Newest: treetest.ReportOf(t, s)} })
	got := Data(t, ask(t, api, "/api/v1/host"), treetest.NewSchemas(t), "HostAnswer")
	if diff := cmp.Diff([]any{0.5, nil, 0.125}, got["load"]); diff != "" {
		t.Errorf("the load differs (-want +got):\n%s", diff)
	}
}

// inFull is a Detailer that knows one process.
type inFull struct {
	id     process.ID
	detail process.Detail
	err    error
}

func (f inFull) Detail(_ context.Context, id process.ID) (*process.Detail, error) {
	if f.err != nil {
		return nil, f.err
	}
	if id != f.id {
		return nil, process.ErrNoProcess
	}
	return &f.detail, nil
}

func fullDetail() process.Detail {
	return process.Detail{
		Limits:      []process.Limit{{Name: "Max open files", Unit: "files", Soft: new(uint64(1024))}, {Name: "Max nice priority", Soft: new(uint64(0)), Hard: new(uint64(5))}},
		Descriptors: []process.Descriptor{{FD: 0, Target: "/dev/null"}, {FD: 3, Target: "socket:[1]"}, {FD: 4}},
		Sockets:     []process.Socket{{FD: 3, Protocol: "tcp", Local: "[::1]:22", Remote: "[::1]:4711", State: "established"}, {FD: 5, Protocol: "unix"}},
		ThreadList:  []process.Thread{{TID: 31, Name: "bash", State: process.Sleeping, UserSeconds: 1.25, SysSeconds: 0.5, WaitChan: "folio_wait"}},
		Memory:      map[string]uint64{"resident_file": 5, "resident_anonymous": 4},
		IO:          map[string]uint64{"rchar": 9},
		Cgroups:     []string{"0::/user.slice"},
		Cwd:         "/home/ann", Root: "/", WaitChan: "do_wait", KernelStack: []string{"do_wait", "kernel_wait4"}, OOMScore: new(666),
	}
}

func TestProcessInFull(t *testing.T) {
	schemas := treetest.NewSchemas(t)
	detailed := func(cfg *Config) {
		cfg.Detailer = inFull{id: process.ID{PID: 31, StartTicks: 31}, detail: fullDetail()}
	}
	operator := Data(t, ask(t, apiOf(t, detailed), "/api/v1/processes/31"), schemas, "ProcessAnswer")
	relative := func(id string, pid int, name string) map[string]any {
		return map[string]any{"id": id, "pid": float64(pid), "name": name}
	}
	detail := map[string]any{
		"limits": []any{
			map[string]any{"name": "Max open files", "unit": "files", "soft": 1024.0, "hard": nil},
			map[string]any{"name": "Max nice priority", "soft": 0.0, "hard": 5.0},
		},
		"threads": []any{map[string]any{
			"tid": 31.0, "name": "bash", "state": "sleeping", "user_seconds": 1.25, "system_seconds": 0.5, "wait_channel": "folio_wait",
		}},
		"memory": map[string]any{"resident_anonymous": 4.0, "resident_file": 5.0},
		"io":     map[string]any{"rchar": 9.0}, "oom_score": 666.0, "wait_channel": "do_wait",
		"cwd": "/home/ann", "root": "/", "kernel_stack": []any{"do_wait", "kernel_wait4"}, "cgroups": []any{"0::/user.slice"},
		"descriptors": []any{
			map[string]any{"fd": 0.0, "target": "/dev/null"},
			map[string]any{"fd": 3.0, "target": "socket:[1]"},
			map[string]any{"fd": 4.0},
		},
		"sockets": []any{
			map[string]any{"fd": 3.0, "protocol": "tcp", "local": "[::1]:22", "remote": "[::1]:4711", "state": "established"},
			map[string]any{"fd": 5.0, "protocol": "unix"},
		},
	}
	for name, want := range map[string]any{
		"ancestors": []any{relative("1-1", 1, "systemd"), relative("30-30", 30, "sshd")},
		"children":  []any{relative("32-32", 32, "vi"), relative("41-41", 41, "make")},
		"detail":    detail, "id": "31-31", "name": "bash", "exe": "/usr/bin/bash", "host": "office",
	} {
		if diff := cmp.Diff(want, operator[name]); diff != "" {
			t.Errorf("%s differs (-want +got):\n%s", name, diff)
		}
	}
	viewer := Data(t, ask(t, apiOf(t, detailed, asViewer(t)), "/api/v1/processes/31"), schemas, "ProcessAnswer")
	for _, name := range []string{"cwd", "root", "kernel_stack", "cgroups", "descriptors", "sockets"} {
		delete(detail, name)
	}
	delete(detail["threads"].([]any)[0].(map[string]any), "wait_channel")
	if diff := cmp.Diff(detail, viewer["detail"]); diff != "" {
		t.Errorf("a viewer's detail differs (-want +got):\n%s", diff)
	}
}

func TestProcessWithoutDetail(t *testing.T) {
	schemas := treetest.NewSchemas(t)
	got := Data(t, ask(t, apiOf(t), "/api/v1/processes/31"), schemas, "ProcessAnswer")
	if detail := got["detail"].(map[string]any); len(detail) > 0 {
		t.Errorf("nobody read a detail, and yet there is %v", detail)
	}
	gone := apiOf(t, func(cfg *Config) { cfg.Detailer = inFull{} })
	checkFailure(t, schemas, ask(t, gone, "/api/v1/processes/31"), 404, "not_found", "pid 31: no such process")
	broken := apiOf(t, func(cfg *Config) { cfg.Detailer = inFull{err: errors.New("read /proc/31/limits: broken")} })
	checkFailure(t, schemas, ask(t, broken, "/api/v1/processes/31"), 503, "unavailable", "broken")
}

// TestViewerSeesNoPath searches whole answers for anything that is not a viewer's.
func TestViewerSeesNoPath(t *testing.T) {
	processes := []process.Process{hosttest.Process(1, 0, "init", hosttest.Facts(process.Facts{
		Exe: "/opt/SECRET/bin", Cmdline: []string{"/opt/SECRET/bin", "--SECRET"}, User: "root", Cgroup: "/SECRET.slice", Unit: "init.scope",
	}))}
	detail := fullDetail()
	detail.Cwd, detail.Root, detail.Cgroups = "/SECRET", "/SECRET", []string{"/SECRET"}
	detail.Descriptors = []process.Descriptor{{FD: 1, Target: "/SECRET"}}
	change := func(cfg *Config) {
		cfg.Source = treetest.Fixed{Newest: treetest.ReportOf(t, hosttest.Snapshot(time.Hour, processes...))}
		cfg.Detailer = inFull{id: processes[0].ID, detail: detail}
	}
	viewer, operator := apiOf(t, change, asViewer(t)), apiOf(t, change)
	for _, path := range []string{"/tree", "/processes", "/processes/1"} {
		if !strings.Contains(string(ask(t, operator, "/api/v1"+path).Body), "SECRET") {
			t.Errorf("%s: the operator does not see it either", path)
		}
		if body := ask(t, viewer, "/api/v1"+path).Body; strings.Contains(string(body), "SECRET") {
			t.Errorf("%s: a viewer sees %s", path, body)
		}
	}
}
