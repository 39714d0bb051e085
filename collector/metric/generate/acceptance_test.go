package main

import (
	"bytes"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// madeUpRow is a counter with a rate, in an object of its own.
const madeUpRow = `	{
		Name: "madeup_bytes", Path: "madeup.bytes", Kind: Counter, Unit: Bytes, Known: process.HasMinorFaults,
		Uint:  func(p *process.Process) uint64 { return p.MinorFaults },
		Title: "Made up", Help: "A counter that was made up.",
		Rate: &Rate{
			Name: "madeup", Path: "madeup.bytes_per_second", Unit: BytesPerSecond, Sum: Summed,
			Title: "Made up per second", Help: "The rate of a counter that was made up.",
		},
	},
`

// TestOneRowIsEnough adds a made-up metric to a copy of the sources, by one row, runs the
// generator there, and asks each of those who show metrics whether it is there.
func TestOneRowIsEnough(t *testing.T) {
	root := copySources(t)
	path := filepath.Join(root, "collector/metric/table.go")
	source, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	const end = "}\n\n// cpuDecimals"
	if !bytes.Contains(source, []byte(end)) {
		t.Fatal("the end of the table is not found")
	}
	write(t, path, strings.Replace(string(source), end, madeUpRow+end, 1))

	// Without "make generate" a test names every file that lacks the metric.
	out, err := command(root, "go", "test", "./collector/metric/generate", "-run", "TestFilesAreCurrent")
	if err == nil {
		t.Error("nothing fails although the generator did not run")
	}
	for _, o := range outputs {
		if !strings.Contains(out, o.path+" is not what follows") {
			t.Errorf("no test says that %s lacks the metric:\n%s", o.path, out)
		}
	}

	run := func(what, dir string, args ...string) {
		t.Helper()
		if out, err := command(filepath.Join(root, dir), args...); err != nil {
			t.Errorf("%s: %v\n%s", what, err, out)
		}
	}
	run("generate", "", "go", "run", "./collector/metric/generate")
	write(t, filepath.Join(root, "tree-api/madeup_test.go"), madeUpInAPI)
	write(t, filepath.Join(root, "dashboards/live-datasource/pkg/exporter/madeup_test.go"), madeUpInDataSource)
	write(t, filepath.Join(root, "exporter/terminal/madeup_test.go"), madeUpInTerminal)
	run("the tests of the table and of the tree", "", "go", "test", "./collector/metric", "./tree-api/tree", "-run", "Metric|Row|Document|Encoder|Columns|Diffs")
	run("the API and the stream", "", "go", "test", "./tree-api", "-run", "TestMadeUp")
	run("the live data source", "dashboards/live-datasource", "go", "test", "./pkg/exporter", "-run", "TestMadeUp")
	run("the terminal", "", "go", "test", "./exporter/terminal", "-run", "TestMadeUp")
	for path, want := range map[string]string{
		"docs/api.md": "| `madeup` | `madeup.bytes_per_second` |",
		"dashboards/live-datasource/src/query/choices.gen.ts": "value: 'madeup'",
		"dashboards/tree-panel/src/frame/known.gen.ts":        "madeup: { title: 'Made up per second'",
		"tree-api/web/model/columns.gen.js":                   "key: 'madeup', within: 'madeup', field: 'bytes_per_second'",
	} {
		text, err := os.ReadFile(filepath.Join(root, path))
		if err != nil || !strings.Contains(string(text), want) {
			t.Errorf("%s has no %s (%v)", path, want, err)
		}
	}
	if _, err := exec.LookPath("node"); err != nil {
		t.Log("NOT TESTED: the page's column chooser, which needs node")
		return
	}
	run("the page's column chooser", "tree-api/web", "node", "--input-type=module", "-e", madeUpInPage)
}

// madeUpInAPI is a test of the copy.
const madeUpInAPI = `package treeapi

import (
	"net/http"
	"strings"
	"testing"

	"proctree/tree-api/treetest"
)

func TestMadeUp(t *testing.T) {
	api := apiOf(t)
	tree := ask(t, api, "/api/v1/tree")
	for _, member := range []string{"\"madeup\":{\"bytes\":", "\"bytes_per_second\":"} {
		if !strings.Contains(string(tree.Body), member) {
			t.Errorf("/api/v1/tree has no %s", member)
		}
	}
	for _, query := range []string{"sort=madeup", "sort=madeup_bytes", "min_madeup=0", "min_madeup_bytes=0"} {
		if got := ask(t, api, "/api/v1/processes?"+query); got.StatusCode != http.StatusOK {
			t.Errorf("%s: %s", query, got.Body)
		}
	}
	schemas := treetest.NewSchemas(t)
	schemas.Check(t, "TreeAnswer", tree.Body)
	door := onSocket(t, api)
	for _, layout := range []string{"nodes", "columns"} {
		conn, _ := door.dial(t, "?layout="+layout)
		_, data, err := conn.Read(t.Context())
		if err != nil || !strings.Contains(string(data), "\"madeup\":{\"bytes\":") {
			t.Errorf("the layout %s has no madeup.bytes: %v", layout, err)
		}
		schemas.Check(t, "StreamFull", data)
	}
}
`

// madeUpInDataSource is a test of the copy.
const madeUpInDataSource = `package exporter

import (
	"strings"
	"testing"

	"proctree/dashboards/live-datasource/pkg/processes"
)

func TestMadeUp(t *testing.T) {
	table, err := decode(strings.NewReader("{\"status\":\"success\",\"data\":{\"processes\":[" +
		"{\"id\":\"7-7\",\"pid\":7,\"madeup\":{\"bytes\":5,\"bytes_per_second\":2}}]}}"))
	if err != nil {
		t.Fatal(err)
	}
	if table.Numbers[processes.MadeupBytes][0] != 5 || table.Numbers[processes.Madeup][0] != 2 {
		t.Error("the values are lost")
	}
	frame := table.Select(&processes.Filter{}, 0).Frame(processes.About{})
	if field, _ := frame.FieldByName("madeup"); field == nil || field.Config.Unit != "Bps" {
		t.Errorf("the field is %v", field)
	}
	if _, err := processes.FindRanking("madeup"); err != nil {
		t.Error(err)
	}
}
`

// madeUpInTerminal is a test of the copy.
const madeUpInTerminal = `package terminal

import "testing"

func TestMadeUp(t *testing.T) {
	c, err := findColumn("madeup")
	if err != nil {
		t.Fatal(err)
	}
	v := c.read(node{"madeup": map[string]any{"bytes_per_second": 2048.0}})
	if got := c.cell(v, 0, unicodeSet); got != "2.00 KiB/s" || c.title != "Made up per second" || !c.Sortable() {
		t.Errorf("the column %q shows %q", c.title, got)
	}
}
`

// madeUpInPage asks the page's modules.
const madeUpInPage = `
import { TABLE_COLUMNS } from './table-columns.js';
import { Store } from './model/store.js';
const column = TABLE_COLUMNS.find((c) => c.key === 'madeup');
if (column?.title !== 'Made up per second') throw new Error('the column chooser has no madeup');
const store = new Store();
store.apply({ type: 'full', processes: [{ id: '7-7', pid: 7, madeup: { bytes_per_second: 2048 } }] });
const text = column.format(store.numbers.madeup[0], { now: 0, memoryTotal: 0 });
if (text !== '2.00 KiB/s') throw new Error('madeup is shown as ' + text);
`

// copySources copies what the generator reads and writes, and what the tests above need.
func copySources(t *testing.T) string {
	t.Helper()
	const from = "../../.."
	to := t.TempDir()
	for _, part := range []string{
		"go.mod", "go.sum", "collector", "tree-api", "exporter/terminal", "exporter/flagtest", "docs/api.md",
		"dashboards/live-datasource/go.mod", "dashboards/live-datasource/go.sum", "dashboards/live-datasource/pkg",
		"dashboards/live-datasource/src", "dashboards/tree-panel/src",
	} {
		err := filepath.WalkDir(filepath.Join(from, part), func(path string, entry fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			if entry.IsDir() && slices.Contains([]string{"node_modules", "testdata"}, entry.Name()) {
				return fs.SkipDir
			}
			if !entry.Type().IsRegular() {
				return nil
			}
			data, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			name, err := filepath.Rel(from, path)
			if err != nil {
				return err
			}
			copied := filepath.Join(to, name)
			if err := os.MkdirAll(filepath.Dir(copied), 0o755); err != nil {
				return err
			}
			return os.WriteFile(copied, data, 0o600)
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return to
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// command runs a program in a folder and returns what it says.
func command(dir string, args ...string) (string, error) {
	c := exec.Command(args[0], args[1:]...)
	c.Dir = dir
	out, err := c.CombinedOutput()
	return string(out), err
}
