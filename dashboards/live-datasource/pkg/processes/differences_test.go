package processes

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
)

// row is what a reader of a stream keeps of a process: fields by name; what is unknown or
// null is not there.
type row map[string]any

// rowsOf are those of a selection, by ID.
func rowsOf(t *testing.T, s *Selection) map[string]row {
	t.Helper()
	rows := make(map[string]row)
	for _, i := range s.Rows {
		r := row{}
		if err := json.Unmarshal(s.appendRow(nil, s.shown(), i), &r); err != nil {
			t.Fatal(err)
		}
		rows[s.Texts[ID][i]] = r
	}
	return rows
}

// apply does with a message what a reader does.
func apply(t *testing.T, rows map[string]row, message []byte) {
	t.Helper()
	var diff struct {
		Removed        []string
		Added, Changed []row
	}
	if err := json.Unmarshal(message, &diff); err != nil {
		t.Fatalf("%v: %s", err, message)
	}
	for _, id := range diff.Removed {
		if _, ok := rows[id]; !ok {
			t.Errorf("%s is removed, but was not there", id)
		}
		delete(rows, id)
	}
	for _, r := range diff.Added {
		rows[fmt.Sprint(r["id"])] = r
	}
	for _, r := range diff.Changed {
		known, ok := rows[fmt.Sprint(r["id"])]
		if !ok {
			t.Errorf("%v is changed, but was not there", r["id"])
			continue
		}
		maps.Copy(known, r)
		maps.DeleteFunc(known, func(_ string, value any) bool { return value == nil })
	}
}

func difference(now, before *Selection) []byte {
	return append(now.AppendDifferences([]byte{'{'}, before), '}')
}

func TestDifferencesLeadFromOneTableToTheNext(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	before := randomTable(random).Select(&Filter{}, 0)
	rows := rowsOf(t, before)
	for range 50 {
		now := randomTable(random).Select(&Filter{MinCPU: random.Float64()}, 0)
		apply(t, rows, difference(now, before))
		if want := rowsOf(t, now); !reflect.DeepEqual(rows, want) {
			t.Fatalf("got  %v\nwant %v", rows, want)
		}
		before = now
	}
}

// randomTable has some of a few processes, and some of their numbers.
func randomTable(random *rand.Rand) *Table {
	var list []brief
	for pid := range 12 {
		if random.IntN(3) > 0 {
			cpu := Unknown
			if random.IntN(4) > 0 {
				cpu = float64(random.IntN(4)) / 3
			}
			ppid := random.IntN(pid + 1)
			list = append(list, brief{float64(pid), float64(ppid), float64(random.IntN(2)), `"quoted\` + string(rune(random.IntN(0x300))), cpu})
		}
	}
	return tableOf(list...)
}

func TestDifferencesAreSmall(t *testing.T) {
	before := tableOf(brief{1, 0, 0, "init", 0}, brief{2, 1, 0, "a", 1}, brief{3, 1, 0, "b", 1}).Select(&Filter{}, 0)
	now := tableOf(brief{1, 0, 0, "init", 0}, brief{2, 1, 0, "a", Unknown}).Select(&Filter{}, 0)
	const want = `{"removed":["d-0"],"added":[],"changed":[{"id":"c-0","cpu":null}]}`
	if got := string(difference(now, before)); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if got := string(difference(now, now)); got != `{"removed":[],"added":[],"changed":[]}` {
		t.Errorf("from a table to itself: %s", got)
	}
}

// TestDifferencesKeepTheSecret: a viewer's stream has no field that a viewer's frame lacks.
func TestDifferencesKeepTheSecret(t *testing.T) {
	empty := tableOf().WithoutCommandLines().Select(&Filter{}, 0)
	now := tableOf(brief{1, 0, 0, "init", 0}).WithoutCommandLines().Select(&Filter{}, 0)
	rows := make(map[string]row)
	apply(t, rows, difference(now, empty))
	names := slices.Sorted(maps.Keys(rows["b-0"]))
	if slices.Contains(names, "cmdline") || slices.Contains(names, "exe") || len(names) < 5 {
		t.Errorf("fields %v", names)
	}
}
