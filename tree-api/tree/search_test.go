package tree

import (
	"encoding/json"
	"net/url"
	"os"
	"slices"
	"testing"
	"time"

	"proctree/collector/host/hosttest"
	"proctree/collector/process"
	"proctree/tree-api/access"
	"proctree/tree-api/treetest"
)

// searchCases is testdata/cases.json of package search.
type searchCases struct {
	Processes []searchedProcess
	Cases     []struct {
		Q     string
		PIDs  []int
		Error string
	}
}

// searchedProcess is absent where a pointer is nil.
type searchedProcess struct {
	PID                              int
	Name, User, Unit, Container, Exe string
	State                            string
	Cores                            *float64
	Memory                           *uint64
	Threads                          *int
	Cmdline                          []string
}

func readSearchCases(t *testing.T) searchCases {
	t.Helper()
	text, err := os.ReadFile("../search/testdata/cases.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases searchCases
	if err := json.Unmarshal(text, &cases); err != nil {
		t.Fatal(err)
	}
	if len(cases.Cases) < 50 || len(cases.Processes) < 5 {
		t.Fatalf("only %d cases with %d processes", len(cases.Cases), len(cases.Processes))
	}
	return cases
}

// at returns the process some time after the boot.
func (s *searchedProcess) at(after time.Duration) process.Process {
	state, _ := process.ParseState(s.State)
	p := hosttest.Process(s.PID, 0, s.Name, hosttest.InState(state))
	p.Facts = &process.Facts{Exe: s.Exe, Cmdline: s.Cmdline, User: s.User, Unit: s.Unit, Container: s.Container}
	p.Known &^= process.HasCPU | process.HasResident | process.HasThreads
	if s.Cores != nil {
		p.Known |= process.HasCPU
		p.UserTime, p.SystemTime = time.Duration(*s.Cores*float64(after)), 0
	}
	if s.Memory != nil {
		p.Known |= process.HasResident
		p.ResidentBytes = *s.Memory
	}
	if s.Threads != nil {
		p.Known |= process.HasThreads
		p.Threads = *s.Threads
	}
	return p
}

// view returns the cases' host as a role sees it.
func (c *searchCases) view(t *testing.T, role access.Role) *View {
	t.Helper()
	var scans []*process.Snapshot
	for _, at := range []time.Duration{time.Hour, time.Hour + time.Second} {
		var list []process.Process
		for i := range c.Processes {
			list = append(list, c.Processes[i].at(at))
		}
		scans = append(scans, hosttest.Snapshot(at, list...))
	}
	report := treetest.ReportOf(t, scans...)
	return NewModels(treetest.Fixed{Newest: report}).For(report).As(role)
}

// foundPIDs returns the PIDs that a query selects.
func foundPIDs(t *testing.T, v *View, q *Query) []int {
	t.Helper()
	s, err := v.SelectNodes(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	pids := make([]int, 0, len(s.list))
	for _, i := range s.list {
		pids = append(pids, v.Nodes[i].Process.PID)
	}
	return pids
}

func TestSearch(t *testing.T) {
	cases := readSearchCases(t)
	v := cases.view(t, access.Operator)
	for _, c := range cases.Cases {
		t.Run(c.Q, func(t *testing.T) {
			q, err := ParseQuery(url.Values{"q": {c.Q}}, Flat)
			if c.Error != "" {
				if want := `parameter "q": ` + c.Error; err == nil || err.Error() != want {
					t.Errorf("%v, want %s", err, want)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if got := foundPIDs(t, v, q); !slices.Equal(got, c.PIDs) {
				t.Errorf("found %v, want %v", got, c.PIDs)
			}
		})
	}
}

// TestSearchShowsViewersNothingMore holds that a viewer finds nothing by what is for operators.
func TestSearchShowsViewersNothingMore(t *testing.T) {
	cases := readSearchCases(t)
	v := cases.view(t, access.Viewer)
	for text, want := range map[string][]int{"worker": {}, "nginx": {11, 100}, "/Xmx/": {}, `"worker process"`: {}} {
		q, err := ParseQuery(url.Values{"q": {text}}, Flat)
		if err != nil {
			t.Fatal(err)
		}
		if got := foundPIDs(t, v, q); !slices.Equal(got, want) {
			t.Errorf("%s: found %v, want %v", text, got, want)
		}
	}
	for _, text := range []string{"cmd:x", "!exe:/usr", "args:/x/"} {
		q, err := ParseQuery(url.Values{"q": {text}}, Flat)
		if err != nil || q.CheckRole(access.Viewer) == nil || q.CheckRole(access.Operator) != nil {
			t.Errorf("%s: must be for operators only, %v", text, err)
		}
	}
}

// TestExactPIDComesFirst holds that a number finds first the process that has it as its PID.
func TestExactPIDComesFirst(t *testing.T) {
	cases := readSearchCases(t)
	v := cases.view(t, access.Operator)
	for text, want := range map[string][]int{
		"q=11": {11, 111, 1111}, "q=1111": {1111}, "match=111&limit=1": {111}, "q=1": {1, 11, 100, 111, 1111},
		"q=100": {100}, "q=111&sort=pid&order=desc": {1111, 111}, "q=00": {100, 111, 2000},
	} {
		values, err := ParseValues(text)
		if err != nil {
			t.Fatal(err)
		}
		q, err := ParseQuery(values, Flat)
		if err != nil {
			t.Fatal(err)
		}
		if got := foundPIDs(t, v, q); !slices.Equal(got, want) {
			t.Errorf("%s: found %v, want %v", text, got, want)
		}
	}
}
