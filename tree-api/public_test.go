package treeapi

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"proctree/collector/host/hosttest"
	"proctree/collector/process"
	"proctree/tree-api/access"
	"proctree/tree-api/treetest"
)

// TestPublicSeesWhatTheKernelShowsEverybody holds that a caller whose account the kernel
// refuses I/O, descriptors, paths and maps gets them by no call, in no order and by no
// filter.
func TestPublicSeesWhatTheKernelShowsEverybody(t *testing.T) {
	table := func(at time.Duration) *process.Snapshot {
		return hosttest.Snapshot(at,
			hosttest.Process(1, 0, "init", hosttest.Memory(1<<20, 1<<20), hosttest.Cmdline("/SECRET/init")),
			hosttest.Process(2, 1, "quiet", hosttest.IO(uint64(at)/1000, 0), hosttest.Cmdline("/SECRET/quiet"), hosttest.Memory(1<<20, 1<<20)),
			hosttest.Process(3, 1, "busy", hosttest.IO(uint64(at), 0), hosttest.Cmdline("/SECRET/busy"), hosttest.Memory(2<<20, 1<<20)))
	}
	detail := process.Detail{
		Memory: map[string]uint64{"pss_bytes": 1}, IO: map[string]uint64{"read_bytes": 1}, WaitChan: "do_wait", Cwd: "/SECRET", Root: "/SECRET",
		Cgroups: []string{"/SECRET"}, Descriptors: []process.Descriptor{{FD: 1, Target: "/SECRET"}},
	}
	api := apiOf(t, asPublic(t), func(cfg *Config) {
		cfg.Source = treetest.Fixed{Newest: treetest.ReportOf(t, table(time.Hour), table(time.Hour+4*time.Second))}
		cfg.Detailer = inFull{id: hosttest.Process(3, 1, "busy").ID, detail: detail}
	})
	bodies := map[string]string{}
	for _, path := range []string{"/tree", "/processes", "/processes/3"} {
		response := ask(t, api, "/api/v1"+path)
		if response.StatusCode != http.StatusOK {
			t.Errorf("%s: %d %s", path, response.StatusCode, response.Body)
		}
		bodies[path] = string(response.Body)
	}
	conn, _ := onSocket(t, api).dial(t, "")
	_, data, err := conn.Read(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	bodies["the stream"] = string(data)
	for path, body := range bodies {
		for _, secret := range []string{"SECRET", "read_bytes", "pss", "do_wait", `"open_fds":1`, `"open_fds":[1`, `"open_fds":0`} {
			if strings.Contains(body, secret) {
				t.Errorf("%s shows %s: %s", path, secret, body)
			}
		}
		if !strings.Contains(body, `"role":"viewer"`) || !strings.Contains(body, `"resident_bytes":`) {
			t.Errorf("%s is no viewer's, or does not show what stat and status do: %s", path, body)
		}
	}
	// The order tells nothing either: by what is not known, it is that of the PIDs.
	for _, key := range []string{"read", "written", "open_fds"} {
		body := string(ask(t, api, "/api/v1/processes?sort="+key).Body)
		if quiet, busy := strings.Index(body, `"quiet"`), strings.Index(body, `"busy"`); quiet < 0 || quiet > busy {
			t.Errorf("by %s the order is that of what is hidden: %s", key, body)
		}
	}
	if response := ask(t, api, "/api/v1/processes?match=SECRET&in=cmdline"); response.StatusCode != http.StatusForbidden {
		t.Errorf("a search in command lines: %d", response.StatusCode)
	}
}

// asPublic lets everybody in as an account of the host.
func asPublic(tb testing.TB) func(*Config) {
	tb.Helper()
	control, err := access.New(access.Config{Local: func(*http.Request) (access.Role, string) { return access.Public, "ann" }})
	if err != nil {
		tb.Fatal(err)
	}
	return func(cfg *Config) { cfg.Access = control }
}
