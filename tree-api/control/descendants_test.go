package control

import (
	"net/http"
	"slices"
	"testing"
	"time"

	"proctree/collector/group"
	"proctree/collector/group/rules/rulestest"
	"proctree/collector/host/hosttest"
	"proctree/collector/process"
)

// acts is an Actor that only remembers.
type acts struct{ touched []process.ID }

func (a *acts) Signal(id process.ID, _ string) error {
	a.touched = append(a.touched, id)
	return nil
}

func (a *acts) Renice(process.ID, int) error { return nil }

// TestDescendantsThatChange has the tree change between what somebody saw and the request.
func TestDescendantsThatChange(t *testing.T) {
	const allowed, scan = "allow: [{group: 'web|helper'}]", time.Hour
	seen := []process.Process{
		hosttest.Process(1, 0, "init"), hosttest.Process(10, 1, "web"), hosttest.Process(11, 10, "helper"),
		hosttest.Process(12, 11, "helper"), hosttest.Process(50, 1, "database"),
	}
	own := hosttest.Process(99, 1, "exporter")
	root, child, grandchild := seen[1].ID, seen[2].ID, seen[3].ID
	younger := func(pid, ppid int, name string) process.Process {
		return hosttest.Process(pid, ppid, name, hosttest.Started(scan-time.Minute))
	}
	for _, test := range []struct {
		name            string
		now             []process.Process
		touched, unseen []process.ID
		results         []string
		status          int
	}{
		{"nothing changed", seen[1:], []process.ID{root, child, grandchild}, nil, []string{"done", "done", "done"}, 0},
		{"one has ended", []process.Process{seen[1], seen[2]}, []process.ID{root, child}, nil, []string{"done", "done", "not_found"}, 0},
		{
			"a PID was reused elsewhere",
			[]process.Process{seen[1], seen[2], younger(12, 1, "database")},
			[]process.ID{root, child},
			nil,
			[]string{"done", "done", "changed"},
			0,
		},
		{
			"a PID was reused below it",
			[]process.Process{seen[1], seen[2], younger(12, 11, "helper")},
			[]process.ID{root, child},
			[]process.ID{younger(12, 11, "helper").ID},
			[]string{"done", "done", "changed"},
			0,
		},
		{
			"a new one is not touched",
			[]process.Process{seen[1], seen[2], seen[3], younger(13, 12, "helper")},
			[]process.ID{root, child, grandchild},
			[]process.ID{younger(13, 12, "helper").ID},
			[]string{"done", "done", "done"},
			0,
		},
		{
			"one was adopted by init",
			[]process.Process{seen[1], hosttest.Process(12, 1, "helper")},
			[]process.ID{root},
			nil,
			[]string{"done", "not_found", "changed"},
			0,
		},
		{
			"one is now another program that is not allowed",
			[]process.Process{seen[1], seen[2], hosttest.Process(12, 11, "database")},
			nil, nil, nil, http.StatusForbidden,
		},
		{"the process itself has ended", []process.Process{seen[2], seen[3]}, nil, nil, nil, http.StatusNotFound},
		{"the process itself is another one", []process.Process{younger(10, 1, "web"), seen[2]}, nil, nil, nil, http.StatusConflict},
	} {
		t.Run(test.name, func(t *testing.T) {
			tracker := group.NewTracker(group.Config{Rules: rulestest.Must(t, "{}")})
			report := tracker.Observe(hosttest.Snapshot(scan, append([]process.Process{seen[0], own}, test.now...)...))
			actor := &acts{}
			control := New(Config{Actor: actor, Rules: func() *Rules { return nil }})
			a := &attempt{Control: control, recorded: new(bool)}
			o := order{target: root, action: action{signal: "TERM"}, descendants: true, seen: []process.ID{child, grandchild}}
			table, err := newTable(report, own.PID)
			if err != nil {
				t.Fatal(err)
			}
			plan, err := a.plan(table, mustParse(t, allowed), o)
			if test.status != 0 {
				if err == nil || failureOf(err).Status != test.status || len(actor.touched) > 0 {
					t.Fatalf("error %v, touched %v, want status %d", err, actor.touched, test.status)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			out, err := a.carryOut(plan, o)
			if err != nil {
				t.Fatal(err)
			}
			results := make([]string, len(out.Processes))
			for i, r := range out.Processes {
				results[i] = r.Result
			}
			unseen := make([]string, 0, len(test.unseen))
			for _, id := range test.unseen {
				unseen = append(unseen, id.String())
			}
			if !slices.Equal(actor.touched, test.touched) || !slices.Equal(results, test.results) || !slices.Equal(out.Unseen, unseen) {
				t.Errorf("touched %v, results %q, unseen %q; want %v, %q, %q", actor.touched, results, out.Unseen, test.touched, test.results, unseen)
			}
		})
	}
}
