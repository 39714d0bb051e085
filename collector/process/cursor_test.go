package process_test

import (
	"testing"

	"proctree/collector/process"
)

// TestCursor: a reused PID is another process, and what is passed over costs nothing.
func TestCursor(t *testing.T) {
	var table []process.Process
	for _, id := range []process.ID{{PID: 1, StartTicks: 5}, {PID: 3, StartTicks: 7}, {PID: 4, StartTicks: 9}, {PID: 8, StartTicks: 2}} {
		table = append(table, process.Process{ID: id})
	}
	cursor := process.NewCursor(process.Pointers(table))
	for _, test := range []struct {
		id    process.ID
		index int
		seek  bool
		find  bool
	}{
		{process.ID{PID: 1, StartTicks: 5}, 0, true, true},
		{process.ID{PID: 2, StartTicks: 5}, 1, false, false},
		{process.ID{PID: 4, StartTicks: 10}, 2, true, false},
		{process.ID{PID: 8, StartTicks: 2}, 3, true, true},
		{process.ID{PID: 9, StartTicks: 2}, 4, false, false},
	} {
		index, ok := cursor.Seek(test.id.PID)
		found := cursor.Find(test.id)
		if index != test.index || ok != test.seek || (found != nil) != test.find || found != nil && found.ID != test.id {
			t.Errorf("%v: index %d, %v, found %v", test.id, index, ok, found)
		}
	}
	empty := process.NewCursor(nil)
	if _, ok := empty.Seek(1); ok || empty.Find(process.ID{PID: 1}) != nil {
		t.Error("something is in an empty table")
	}
}
