package terminal

import (
	"errors"
	"fmt"
	"maps"
	"math"
)

// node is a process as the API sends it.
type node map[string]any

// message is one of the stream. An answer of the API is read as the first message.
type message struct {
	Type      string      `json:"type"`
	Sequence  uint64      `json:"seq"`
	Time      float64     `json:"time"`
	Interval  float64     `json:"interval_seconds"`
	Role      string      `json:"role"`
	Host      hostFigures `json:"host"`
	Total     int         `json:"total"`
	Matched   int         `json:"matched"`
	Processes []node      `json:"processes"`
	Changed   []node      `json:"changed"`
	Added     []node      `json:"added"`
	Removed   []string    `json:"removed"`
}

// amount is a total and what is left of it, in bytes.
type amount struct {
	Total     float64  `json:"total_bytes"`
	Available *float64 `json:"available_bytes"`
	Free      *float64 `json:"free_bytes"`
}

// hostFigures are what changes of a host.
type hostFigures struct {
	Uptime *float64 `json:"uptime_seconds"`
	CPU    *struct {
		Busy float64 `json:"busy_cores"`
	} `json:"cpu"`
	Memory *amount    `json:"memory"`
	Swap   *amount    `json:"swap"`
	Load   []*float64 `json:"load"`
}

// process is one row of the table.
type process struct {
	id        string
	pid, ppid int
	// context marks an ancestor of a match that does not match itself.
	context bool
	kernel  bool
	// values are in the order of columns.
	values []value
	fields node
}

// value returns the value of a column.
func (p *process) value(c *column) value { return p.values[c.at] }

// name returns the name, safe to show.
func (p *process) name() string { return plain(p.text("name")) }

func (p *process) text(member string) string {
	text, _ := p.fields[member].(string)
	return text
}

// errMalformed is returned for what no exporter sends.
var errMalformed = errors.New("the answer is not that of an exporter")

func newProcess(fields node) (*process, error) {
	p := &process{fields: fields, id: "", values: make([]value, len(columns))}
	p.id, _ = fields["id"].(string)
	pid, ok := fields["pid"].(float64)
	if p.id == "" || !ok || pid != math.Trunc(pid) {
		return nil, fmt.Errorf("a process without id or pid: %w", errMalformed)
	}
	p.pid = int(pid)
	p.refresh()
	return p, nil
}

// refresh takes the values out of the fields.
func (p *process) refresh() {
	ppid, _ := p.fields["ppid"].(float64)
	p.ppid = int(ppid)
	p.context, _ = p.fields["context"].(bool)
	p.kernel, _ = p.fields["kernel"].(bool)
	for i := range columns {
		p.values[i] = columns[i].read(p.fields)
	}
}

// table is the process table as it was sent last.
type table struct {
	// host, time, interval, role, total and matched are those of the last message.
	host           hostFigures
	time, interval float64
	role           string
	total, matched int
	sequence       uint64
	processes      map[string]*process
}

func newTable() *table { return &table{processes: map[string]*process{}} }

// errGap is returned for a message after one that did not arrive.
var errGap = errors.New("a message of the stream is missing")

// apply takes in a message.
func (t *table) apply(m *message) error {
	if m.Type == "diff" {
		if m.Sequence != t.sequence+1 {
			return errGap
		}
		if err := t.change(m); err != nil {
			return err
		}
	} else {
		t.processes = make(map[string]*process, len(m.Processes))
		t.role = m.Role
		if err := t.add(m.Processes); err != nil {
			return err
		}
	}
	t.sequence = m.Sequence
	t.host, t.time, t.interval = m.Host, m.Time, m.Interval
	t.total, t.matched = m.Total, m.Matched
	return nil
}

func (t *table) change(m *message) error {
	for _, id := range m.Removed {
		delete(t.processes, id)
	}
	for _, fields := range m.Changed {
		id, _ := fields["id"].(string)
		p, ok := t.processes[id]
		if !ok {
			return fmt.Errorf("a change of a process that is not there: %w", errMalformed)
		}
		// An object, such as memory, is sent as a whole; null is no longer known.
		maps.Copy(p.fields, fields)
		p.refresh()
	}
	return t.add(m.Added)
}

// maxProcesses bounds the table: a short text can list very many processes.
const maxProcesses = 500_000

func (t *table) add(list []node) error {
	for _, fields := range list {
		p, err := newProcess(fields)
		if err != nil {
			return err
		}
		if len(t.processes) >= maxProcesses {
			return fmt.Errorf("more than %d processes: %w", maxProcesses, errMalformed)
		}
		t.processes[p.id] = p
	}
	return nil
}
