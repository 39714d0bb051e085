package segment

import (
	"encoding/json"
	"flag"
	"os"
	"testing"

	"proctree/collector/process"
)

// write writes the fixture again: only for a change of the format before a release has written it.
var write = flag.Bool("write-fixture", false, "write testdata/v1.segment and v1.json")

// TestFixtureOfVersion1 reads a file of the first release that records. All later releases have to.
func TestFixtureOfVersion1(t *testing.T) {
	const path, tables = "testdata/v1.segment", "testdata/v1.json"
	if *write {
		data, all := record(t, newWorld(21, 12), 8, 4)
		text, err := json.Marshal(all)
		if err != nil {
			t.Fatal(err)
		}
		for name, content := range map[string][]byte{path: data, tables: text} {
			if err := os.WriteFile(name, content, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(tables)
	if err != nil {
		t.Fatal(err)
	}
	var want []*Table
	if err := json.Unmarshal(text, &want); err != nil {
		t.Fatal(err)
	}
	s := open(t, data)
	if s.Len() != len(want) || s.Damaged != 0 {
		t.Fatalf("%d tables, %d places damaged", s.Len(), s.Damaged)
	}
	for i := range want {
		pair, err := s.Read(i)
		if err != nil {
			t.Fatalf("table %d: %v", i, err)
		}
		for k := range want[i].Snapshot.Processes {
			if p := want[i].Snapshot.Processes[k]; len(p.Facts.Cmdline) == 0 && p.Facts.Exe == "" {
				p.Facts = process.NoFacts
			}
		}
		checkTable(t, pair.Current, want[i])
	}
}
