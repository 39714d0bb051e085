//go:build linux

package plugin

import (
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"proctree/dashboards/live-datasource/pkg/processes"
)

// frameFields is how the schema that panels and dashboards rely on begins. What is measured
// since then follows, so that the number of a field never changes.
const frameFields = "id parent name pid ppid user state cpu memory virtual swap read written threads nice open_fds " +
	"start_time group unit container pod_uid exe cmdline cgroup namespace pod container_name waiting cpu_wait"

func TestTreeOfARealExporter(t *testing.T) {
	child := sleeper(t, "live-child")
	address := startExporter(t)
	d := open(t, object{"discovery": "static", "targets": []string{"web1=" + address}}, nil)

	frame := frameOf(t, d, "Admin", object{"queryType": "tree", "instance": "web1"})
	var names []string
	for _, field := range frame.Fields {
		names = append(names, field.Name)
	}
	if got := strings.Join(names, " "); frame.Name != "processes" || !strings.HasPrefix(got+" ", frameFields+" ") {
		t.Errorf("frame %q has fields\n%s, want first\n%s", frame.Name, got, frameFields)
	}
	at := slices.Index(column(t, frame, "pid"), any(int64(child.Process.Pid)))
	self := slices.Index(column(t, frame, "pid"), any(int64(os.Getpid())))
	if at < 0 || self < 0 {
		t.Fatalf("child at %d, own process at %d of %d rows", at, self, frame.Rows())
	}
	for name, want := range map[string]any{
		"parent": column(t, frame, "id")[self], "name": "live-child", "ppid": int64(os.Getpid()), "threads": int64(1),
		"cmdline": child.Path + " 86399", "exe": child.Path,
	} {
		if got := column(t, frame, name)[at]; got != want {
			t.Errorf("%s = %v, want %v", name, got, want)
		}
	}
	if memory, ok := column(t, frame, "memory")[self].(float64); !ok || memory < 1<<20 {
		t.Errorf("this test has %v bytes resident", column(t, frame, "memory")[self])
	}
	if started, ok := column(t, frame, "start_time")[at].(time.Time); !ok || time.Since(started) > time.Minute {
		t.Errorf("the child started at %v", column(t, frame, "start_time")[at])
	}
	a := about(t, frame)
	if a.Mode != processes.Live || a.Partial || a.Instance != "web1" || a.Total != frame.Rows() ||
		a.Matched != frame.Rows() || a.Role != "operator" || time.Since(time.UnixMilli(a.Time)) > time.Minute {
		t.Errorf("meta.custom = %+v", a)
	}
}

// TestLinkToThePage leads from a live process to its own page, if the administrator says where that
// is, in what panels ask for and in streams.
func TestLinkToThePage(t *testing.T) {
	address := startExporter(t)
	for _, test := range []struct{ pageURL, want string }{
		{"", ""},
		{"https://{instance}/tree", "https://web1/tree/#process=${__data.fields.id:percentencode}"},
	} {
		d := open(t, object{"discovery": "static", "targets": []string{"web1=" + address}, "pageUrl": test.pageURL}, nil)
		frame := frameOf(t, d, "Admin", object{"queryType": "tree", "instance": "web1"})
		selection := &processes.Selection{Table: &processes.Table{}}
		selection.Texts[processes.Name] = []string{}
		text, err := fullMessage(1, selection, processes.About{Mode: processes.Live, Page: d.settings.Page.Of("web1")})
		if err != nil {
			t.Fatal(err)
		}
		for _, field := range frame.Fields {
			links := ""
			if len(field.Config.Links) > 0 {
				links = field.Config.Links[0].URL
			}
			if want := test.want; field.Name == "name" && links != want || field.Name != "name" && links != "" {
				t.Errorf("%q: the field %s links to %q, want %q", test.pageURL, field.Name, links, want)
			}
		}
		if got := strings.Contains(string(text), `"links":[{"title":"Live page","targetBlank":true,"url":"https://web1/tree/`); got != (test.want != "") {
			t.Errorf("%q: the stream links: %v", test.pageURL, got)
		}
	}
}

// TestFilterKeepsAncestors looks for one process, which hangs on this test and its parents.
func TestFilterKeepsAncestors(t *testing.T) {
	child := sleeper(t, "live-needle")
	d := open(t, object{"discovery": "static", "targets": []string{startExporter(t)}}, nil)
	instance, err := d.targets.Instances(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	frame := frameOf(t, d, "Admin", object{"instance": instance[0], "match": "NEEDLE"})
	if a := about(t, frame); a.Matched != 1 || a.Total <= frame.Rows() {
		t.Errorf("meta.custom = %+v, %d rows", a, frame.Rows())
	}
	pids := column(t, frame, "pid")
	for _, pid := range []int{child.Process.Pid, os.Getpid(), os.Getppid()} {
		if !slices.Contains(pids, any(int64(pid))) {
			t.Errorf("%d is not among %v", pid, pids)
		}
	}
	ids := append(column(t, frame, "id"), "")
	for _, parent := range column(t, frame, "parent") {
		if !slices.Contains(ids, parent) {
			t.Errorf("the parent %v is missing", parent)
		}
	}
}
