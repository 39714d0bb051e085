package treeapi

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"proctree/collector/group"
	"proctree/collector/host/hosttest"
	"proctree/collector/metric"
	"proctree/collector/process"
	"proctree/tree-api/csvtext"
	"proctree/tree-api/exits"
	"proctree/tree-api/treetest"
)

// readCSV reads an answer in CSV: the names, and the lines by name.
func readCSV(tb testing.TB, response reply) (names []string, lines []map[string]string) {
	tb.Helper()
	if got := response.Header.Get("Content-Type"); response.StatusCode != http.StatusOK || got != "text/csv; charset=utf-8; header=present" {
		tb.Fatalf("%d, %s: %s", response.StatusCode, got, response.Body)
	}
	if head, _, _ := strings.Cut(string(response.Body), "\n"); !strings.HasSuffix(head, "\r") || !bytes.HasSuffix(response.Body, []byte("\r\n")) {
		tb.Errorf("a line does not end in CR LF: %q", response.Body)
	}
	records, err := csv.NewReader(bytes.NewReader(response.Body)).ReadAll()
	if err != nil {
		tb.Fatalf("%v: %s", err, response.Body)
	}
	for _, record := range records[1:] {
		line := map[string]string{}
		for i, name := range records[0] {
			line[name] = record[i]
		}
		lines = append(lines, line)
	}
	return records[0], lines
}

// member finds a value in a process of the JSON, as it stands in CSV.
func member(node map[string]any, path string) string {
	object, name, nested := strings.Cut(path, ".")
	value := node[object]
	if nested {
		inner, _ := value.(map[string]any)
		value = inner[name]
	}
	switch value := value.(type) {
	case nil:
		return ""
	case string:
		return csvtext.Inert(value)
	case []any:
		words := make([]string, len(value))
		for i := range value {
			words[i] = value[i].(string)
		}
		return csvtext.Inert(strings.Join(words, " "))
	}
	return fmt.Sprint(value)
}

// TestCSVIsTheJSON holds each value of each line against the same answer in JSON.
func TestCSVIsTheJSON(t *testing.T) {
	schemas := treetest.NewSchemas(t)
	for role, api := range map[string]*API{"operator": apiOf(t), "viewer": apiOf(t, asViewer(t))} {
		for _, query := range []string{"/processes?sort=memory", "/processes?q=post&limit=1", "/processes?q=nothing-has-this", "/tree?sort=cpu", "/tree?match=postgres", "/tree?depth=1", "/tree?root=30"} {
			t.Run(role+query, func(t *testing.T) {
				names, lines := readCSV(t, ask(t, api, "/api/v1"+strings.Replace(query, "?", "?format=csv&", 1)))
				if slices.Contains(names, "cmdline") != (role == "operator") || slices.Contains(names, "exe") != (role == "operator") {
					t.Errorf("a %s gets the columns %v", role, names)
				}
				for i, node := range nodesOf(t, ask(t, api, "/api/v1"+query), schemas) {
					checkLine(t, lines[i], node)
				}
			})
		}
	}
}

// nodesOf lists the processes of an answer in the order of the CSV, and checks that each has a depth.
func nodesOf(t *testing.T, response reply, schemas *treetest.Schemas) (nodes []map[string]any) {
	t.Helper()
	if strings.HasSuffix(response.Path, "/processes") {
		for _, node := range Data(t, response, schemas, "ProcessesAnswer")["processes"].([]any) {
			nodes = append(nodes, node.(map[string]any))
		}
		return nodes
	}
	var add func(list any, depth int)
	add = func(list any, depth int) {
		children, _ := list.([]any)
		for _, child := range children {
			node := child.(map[string]any)
			node["depth"] = depth
			nodes = append(nodes, node)
			add(node["children"], depth+1)
		}
	}
	add(Data(t, response, schemas, "TreeAnswer")["tree"], 0)
	return nodes
}

func checkLine(t *testing.T, line map[string]string, node map[string]any) {
	t.Helper()
	want := map[string]string{"id": member(node, "id"), "subtree_processes": member(node, "subtree.processes")}
	if _, nested := node["depth"]; nested {
		want["depth"], want["context"] = fmt.Sprint(node["depth"]), member(node, "context")
	}
	for _, m := range metric.All() {
		if _, shown := line[m.Name]; shown || m.Role != metric.Operator && m.Path != "" {
			want[m.Name] = member(node, m.Path)
		}
		if _, name, _ := strings.Cut(m.Path, "."); m.Sum == metric.SentSum {
			want["subtree_"+m.Name] = member(node, "subtree."+name)
		}
	}
	for name, value := range want {
		got := line[name]
		if number := member(node, name); got != value && !sameNumber(got, value) {
			t.Errorf("%s of %s is %q, want %q (%s)", name, line["id"], got, value, number)
		}
	}
	if len(line) != len(want) {
		t.Errorf("a line has %d columns, want %d: %v", len(line), len(want), line)
	}
}

// sameNumber compares numbers, which JSON and fmt may write in two ways.
func sameNumber(a, b string) bool {
	var x, y float64
	n, _ := fmt.Sscan(a, &x)
	m, _ := fmt.Sscan(b, &y)
	return n+m == 2 && x == y
}

// TestCSVOfStrangeNames holds that no process can put a formula into a spreadsheet, or a command into
// a terminal.
func TestCSVOfStrangeNames(t *testing.T) {
	source := treetest.NewLiving(t, func(int) []process.Process {
		return []process.Process{
			hosttest.Process(1, 0, "=1+1"), hosttest.Process(2, 1, "a,\"b\"\nc"), hosttest.Process(3, 1, "\x1b[2J"),
			hosttest.Process(4, 1, "sh", hosttest.Cmdline("@SUM(A1)", "-password=x")),
		}
	})
	_, lines := readCSV(t, ask(t, apiOf(t, func(cfg *Config) { cfg.Source = source }), "/api/v1/tree?format=csv"))
	for i, want := range []string{"'=1+1", "a,\"b\"\nc", "\uFFFD[2J", "sh"} {
		if lines[i]["name"] != want {
			t.Errorf("name %q, want %q", lines[i]["name"], want)
		}
	}
	if got := lines[3]["cmdline"]; !strings.HasPrefix(got, "'@SUM(A1) ") || strings.Contains(got, "=x") {
		t.Errorf("command line %q, want it with its secret masked, and not as a formula", got)
	}
}

func TestCSVOfExits(t *testing.T) {
	table := []process.Process{hosttest.Process(1, 0, "systemd"), hosttest.Process(31, 1, "-crasher", hosttest.User(1000, "ann"))}
	second := hosttest.Snapshot(time.Hour+time.Second, table[:1]...)
	second.Exits = []process.Exit{{ID: table[1].ID, Parent: 1, Name: "-crasher", Facts: table[1].Facts, Processes: 1, Reason: "SIGSEGV"}}
	journal, tracker := &exits.Journal{}, group.NewTracker(treetest.HidingConfig(t))
	var report *group.Report
	for _, s := range []*process.Snapshot{hosttest.Snapshot(time.Hour, table...), second} {
		report = tracker.Observe(s)
		journal.Observe(report)
	}
	api := apiOf(t, func(cfg *Config) { cfg.Exits, cfg.Source = journal, treetest.Fixed{Newest: report} })
	_, lines := readCSV(t, ask(t, api, "/api/v1/exits?format=csv&seconds=60"))
	if len(lines) != 1 || lines[0]["name"] != "'-crasher" || lines[0]["pid"] != "31" || lines[0]["reason"] != "SIGSEGV" || lines[0]["user"] != "ann" || lines[0]["exit_code"] != "" {
		t.Errorf("%v", lines)
	}
	schemas := treetest.NewSchemas(t)
	exit := Data(t, ask(t, api, "/api/v1/exits?format=json"), schemas, "ExitsAnswer")["exits"].([]any)[0].(map[string]any)
	for name := range exit {
		if _, ok := lines[0][name]; !ok {
			t.Errorf("the CSV has no column %q", name)
		}
	}
}

func TestFormatParameter(t *testing.T) {
	api, schemas := apiOf(t), treetest.NewSchemas(t)
	for _, call := range []string{"processes", "tree", "exits"} {
		for query, want := range map[string]string{
			"format=xml":             `must be json or csv, not "xml"`,
			"format=":                `must be json or csv, not ""`,
			"format=CSV":             `must be json or csv, not "CSV"`,
			"format=csv&format=json": "given 2 times",
		} {
			checkFailure(t, schemas, ask(t, api, "/api/v1/"+call+"?"+query), http.StatusBadRequest, "bad_data", want)
		}
		path := "/api/v1/" + call + "?format=csv"
		got := ask(t, api, path)
		if want := `attachment; filename="` + call + `.csv"`; got.Header.Get("Content-Disposition") != want {
			t.Errorf("%s is saved as %q, want %q", call, got.Header.Get("Content-Disposition"), want)
		}
		tag := got.Header.Get("ETag")
		if asJSON := ask(t, api, "/api/v1/"+call).Header.Get("ETag"); asJSON == tag {
			t.Errorf("both formats of %s have the tag %s", call, tag)
		}
		if again := ask(t, api, path, func(r *http.Request) { r.Header.Set("If-None-Match", tag) }); again.StatusCode != http.StatusNotModified {
			t.Errorf("%s again is answered with %d", path, again.StatusCode)
		}
	}
	checkFailure(t, schemas, ask(t, api, "/api/v1/host?format=csv"), http.StatusBadRequest, "bad_data", "format")
}

func TestCSVIsCompressed(t *testing.T) {
	got := ask(t, apiOf(t, bigHost(t)), "/api/v1/processes?format=csv", func(r *http.Request) { r.Header.Set("Accept-Encoding", "gzip") })
	if got.Header.Get("Content-Encoding") != "gzip" {
		t.Errorf("%v", got.Header)
	}
}
