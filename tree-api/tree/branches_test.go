package tree

import (
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"proctree/collector/host/hosttest"
	"proctree/collector/process"
	"proctree/tree-api/access"
	"proctree/tree-api/treetest"
)

// nestingCases is testdata/nesting.json, which the model of the page and the panel passes too.
type nestingCases struct {
	MostLevels int `json:"most_levels"`
	Processes  []struct {
		PID                      int
		Name, User, Cgroup, Unit string
		PodUID                   string `json:"pod_uid"`
		Container                string
		Memory                   *uint64
	}
	Trees []struct {
		By, Role, Sort string
		// PIDs are all for an empty list.
		PIDs  []int
		Lines []string
	}
}

func readNestingCases(t *testing.T) nestingCases {
	t.Helper()
	text, err := os.ReadFile("testdata/nesting.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases nestingCases
	if err := json.Unmarshal(text, &cases); err != nil {
		t.Fatal(err)
	}
	if len(cases.Trees) < 5 || len(cases.Processes) < 10 {
		t.Fatalf("only %d trees of %d processes", len(cases.Trees), len(cases.Processes))
	}
	return cases
}

// branched is a branch or a process in an answer.
type branched struct {
	Branch, Name string
	PID          int
	Subtree      treetest.WireSubtree
	Children     []branched
}

// branchLines draws branches as testdata/nesting.json does.
func branchLines(list []branched, indent string) (drawn []string) {
	for _, b := range list {
		line := fmt.Sprintf("%s %s %d", b.Branch, b.Name, b.Subtree.Processes)
		if b.Branch == "" {
			line = strconv.Itoa(b.PID)
		}
		drawn = append(append(drawn, indent+line), branchLines(b.Children, indent+" ")...)
	}
	return drawn
}

// branchedBy returns the lines of the processes in a tree.
func branchedBy(t *testing.T, role access.Role, by, sort string, list ...process.Process) []string {
	t.Helper()
	report := treetest.ReportOf(t, hosttest.Snapshot(time.Hour, list...))
	v := NewModels(treetest.Fixed{Newest: report}).For(report).As(role)
	values := url.Values{}
	if sort != "" {
		values.Set("sort", sort)
	}
	q, err := ParseQuery(values, Nested)
	if err != nil {
		t.Fatal(err)
	}
	s, err := v.SelectNodes(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	var tree []branched
	if text := v.Branch(s, q, By(by)).AppendAll(nil, keep); json.Unmarshal(text, &tree) != nil {
		t.Fatalf("no JSON: %s", text)
	}
	return branchLines(tree, "")
}

// TestNesting holds the trees of the API and those of the page and the panel equal.
func TestNesting(t *testing.T) {
	cases := readNestingCases(t)
	list := make([]process.Process, 0, len(cases.Processes))
	for _, c := range cases.Processes {
		p := hosttest.Process(c.PID, 0, c.Name, hosttest.Facts(process.Facts{
			User: c.User, Cgroup: c.Cgroup, Unit: c.Unit, PodUID: c.PodUID, Container: c.Container,
		}))
		p.Known &^= process.HasResident
		if c.Memory != nil {
			p.Known |= process.HasResident
			p.ResidentBytes = *c.Memory
		}
		list = append(list, p)
	}
	for _, want := range cases.Trees {
		t.Run(strings.TrimSuffix(want.By+" as "+want.Role+" "+want.Sort, " "), func(t *testing.T) {
			role := access.Operator
			if want.Role == "viewer" {
				role = access.Viewer
			}
			shown := slices.DeleteFunc(slices.Clone(list), func(p process.Process) bool {
				return len(want.PIDs) > 0 && !slices.Contains(want.PIDs, p.PID)
			})
			if got := branchedBy(t, role, want.By, want.Sort, shown...); !slices.Equal(got, want.Lines) {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want.Lines, "\n"))
			}
		})
	}
	t.Run("a path of 2,000 levels", func(t *testing.T) {
		deep := hosttest.Process(1, 0, "deep", hosttest.Facts(process.Facts{Cgroup: strings.Repeat("/a", 2000)}))
		got := branchedBy(t, access.Operator, "cgroup", "", deep)
		rest := "cgroup a" + strings.Repeat("/a", 2000-cases.MostLevels) + " 1"
		if n := len(got); n != cases.MostLevels+1 || strings.TrimLeft(got[n-2], " ") != rest {
			t.Errorf("%d lines, want %d and the process below the rest of the path:\n%s", n, cases.MostLevels, strings.Join(got, "\n"))
		}
	})
}
