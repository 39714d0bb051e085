package exporter

import (
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"proctree/dashboards/live-datasource/pkg/outbound"
	"proctree/dashboards/live-datasource/pkg/processes"
)

// answerOf puts processes into the envelope.
func answerOf(list string) string {
	return `{"status":"success","data":{"host":"web1","time":1700000000.5,"interval_seconds":1.25,"total":3,"matched":3,` +
		`"role":"operator","processes":[` + list + `]}}`
}

const (
	initNode = `{"id":"1-10","pid":1,"ppid":0,"start_time":1699999000.123,"name":"init","state":"sleeping"}`
	fullNode = `{"id":"7-20","pid":7,"ppid":1,"start_time":1699999001,"name":"a \"b\" é","exe":"/bin/a","cmdline":["/bin/a","-x","two words",""],` +
		`"user":"root","unit":"a.service","container":"c","state":"running","kernel":true,"threads":3,"nice":-5,` +
		`"cpu":{"user_seconds":1,"system_seconds":2,"cores":0.5},"memory":{"resident_bytes":4096,"virtual_bytes":8192,"swap_bytes":0},` +
		`"io":{"read_bytes":1,"read_bytes_per_second":10,"written_bytes_per_second":20},"open_fds":4,"group":"g",` +
		`"subtree":{"processes":9,"cores":9,"resident_bytes":9},"later":{"threads":[1,{"pid":2}]}}`
)

func TestDecode(t *testing.T) {
	table, err := decode(strings.NewReader(answerOf(initNode + "," + fullNode)))
	if err != nil {
		t.Fatal(err)
	}
	if table.Len() != 2 || table.Host != "web1" || table.Total != 3 || table.Interval != 1250*time.Millisecond ||
		!table.Time.Equal(time.UnixMilli(1700000000500)) {
		t.Errorf("%+v", table.Moment)
	}
	for column, want := range map[processes.Text]string{
		processes.ID: "7-20", processes.Parent: "1-10", processes.Name: `a "b" é`, processes.User: "root",
		processes.State: "running", processes.Group: "g", processes.Unit: "a.service", processes.Container: "c",
		processes.Exe: "/bin/a", processes.Cmdline: "/bin/a -x 'two words' ''",
	} {
		if got := table.Texts[column][1]; got != want {
			t.Errorf("text %d = %q, want %q", column, got, want)
		}
	}
	for column, want := range map[processes.Number]float64{
		processes.PID: 7, processes.PPID: 1, processes.CPU: 0.5, processes.Memory: 4096, processes.Virtual: 8192, processes.Swap: 0,
		processes.Read: 10, processes.Written: 20, processes.Threads: 3, processes.OpenFDs: 4, processes.StartTime: 1699999001000,
	} {
		if got := table.Numbers[column][1]; got != want {
			t.Errorf("figure %d = %v, want %v", column, got, want)
		}
	}
	if cpu := table.Numbers[processes.CPU][0]; !math.IsNaN(cpu) {
		t.Errorf("a CPU that is absent is %v", cpu)
	}
}

func TestDecodeRefuses(t *testing.T) {
	tests := map[string]string{
		"nothing":                    ``,
		"no JSON":                    `<html>`,
		"another's JSON":             `{"AccessKeyId":"x"}`,
		"an error":                   `{"status":"error","error":"x"}`,
		"no list":                    `{"status":"success","data":{}}`,
		"a list of no objects":       answerOf(`1`),
		"a process without ID":       answerOf(`{"pid":1}`),
		"a process without a number": answerOf(`{"id":"1-1"}`),
		"a text for a number":        answerOf(`{"id":"1-1","pid":"1"}`),
		"an early end":               answerOf(initNode)[:100],
		"deep nesting":               answerOf(`{"id":"1-1","pid":1,"x":` + strings.Repeat("[", 100_000)),
	}
	for name, text := range tests {
		if table, err := decode(strings.NewReader(text)); !errors.Is(err, outbound.ErrMalformed) || table != nil {
			t.Errorf("%s: %v, %v", name, table, err)
		}
	}
	many := strings.Repeat(`{"id":"1-1","pid":1},`, maxProcesses) + initNode
	if _, err := decode(strings.NewReader(answerOf(many))); !errors.Is(err, errTooMany) {
		t.Errorf("too many processes: %v", err)
	}
}

func FuzzDecode(f *testing.F) {
	for _, seed := range []string{answerOf(""), answerOf(initNode), answerOf(initNode + "," + fullNode), "{", `{"data":null}`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		table, err := decode(strings.NewReader(text))
		if (table == nil) == (err == nil) {
			t.Fatalf("table %v, error %v", table, err)
		}
		if table == nil {
			return
		}
		for i, id := range table.Texts[processes.ID] {
			if id == "" || !processes.Known(table.Numbers[processes.PID][i]) {
				t.Fatalf("process %d has ID %q", i, id)
			}
		}
	})
}

func TestCommandLines(t *testing.T) {
	for name, test := range map[string]struct {
		arguments []string
		want      string
	}{
		"none":              {nil, ""},
		"a title":           {[]string{"nginx: worker process"}, "nginx: worker process"},
		"several":           {[]string{"/bin/a", "-x", "y"}, "/bin/a -x y"},
		"blanks and nought": {[]string{"a", "two words", "", "t\tb", "n\nl"}, "a 'two words' '' 't\tb' 'n\nl'"},
	} {
		shared := texts{known: make(map[string]string)}
		if got := shared.line(test.arguments); got != test.want {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
		if n := testing.AllocsPerRun(10, func() { shared.line(test.arguments) }); n != 0 {
			t.Errorf("%s: the same line once more costs %v allocations, want none", name, n)
		}
	}
}
