package terminal

import (
	"errors"
	"testing"
)

func TestApplyChanges(t *testing.T) {
	table := sampleTable(t)
	err := table.apply(&message{
		Type: "diff", Sequence: 2, Time: 5002, Total: 9, Matched: 9,
		Changed: []node{{"id": "10-100", "cpu": nil, "user": nil, "state": "zombie", "context": true}},
		Added:   []node{made(30, 1, "new")},
		Removed: []string{"22-220", "no-such"},
	})
	if err != nil {
		t.Fatal(err)
	}
	p := table.processes["10-100"]
	if p.text("state") != "zombie" || !p.context || mustColumn(t, "cpu").known(p.value(mustColumn(t, "cpu"))) || mustColumn(t, "user").known(p.value(mustColumn(t, "user"))) {
		t.Errorf("after the change: %v", p.fields)
	}
	if p.value(mustColumn(t, "memory")).number != 10<<20 || p.ppid != 1 {
		t.Error("what did not change is lost")
	}
	if table.processes["30-300"] == nil || table.processes["22-220"] != nil || table.time != 5002 {
		t.Errorf("%d processes at %v", len(table.processes), table.time)
	}
}

func TestApplyRefuses(t *testing.T) {
	for name, tt := range map[string]struct {
		message message
		want    error
	}{
		"a gap":              {message{Type: "diff", Sequence: 3}, errGap},
		"the same again":     {message{Type: "diff", Sequence: 1}, errGap},
		"no such process":    {message{Type: "diff", Sequence: 2, Changed: []node{{"id": "x"}}}, errMalformed},
		"no id":              {message{Type: "diff", Sequence: 2, Added: []node{{"pid": 1.0}}}, errMalformed},
		"no pid":             {message{Type: "full", Processes: []node{{"id": "1-1"}}}, errMalformed},
		"a pid of text":      {message{Type: "full", Processes: []node{{"id": "1-1", "pid": "1"}}}, errMalformed},
		"a part of a number": {message{Type: "full", Processes: []node{{"id": "1-1", "pid": 1.5}}}, errMalformed},
	} {
		if err := sampleTable(t).apply(&tt.message); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", name, err, tt.want)
		}
	}
}
