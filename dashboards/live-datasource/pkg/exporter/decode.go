package exporter

import (
	"errors"
	"fmt"
	"io"
	"math"
	"time"

	jsoniter "github.com/json-iterator/go"

	"proctree/dashboards/live-datasource/pkg/outbound"
	"proctree/dashboards/live-datasource/pkg/processes"
)

// maxProcesses bounds the table: a small text can describe very many empty processes.
const maxProcesses = 100_000

// likelyProcesses bounds the room that is made because an answer says how many will come.
const likelyProcesses = 20_000

var errTooMany = fmt.Errorf("more than %d processes", maxProcesses)

// decode reads an answer of /api/v1/processes as it comes, without a copy of the whole. What
// else may stand there is kept from the error: it may be another service's, and none of the
// reader's business.
func decode(from io.Reader) (*processes.Table, error) {
	// Keys without escapes, as the exporter writes them, are compared without a copy.
	json := jsoniter.Config{ObjectFieldMustBeSimpleString: true}.Froze()
	d := decoder{
		Iterator: jsoniter.Parse(json, from, 64<<10),
		table:    processes.NewTable(0),
		texts:    texts{known: make(map[string]string)},
	}
	d.object(d.envelope)
	switch {
	case errors.Is(d.Error, errTooMany):
		return nil, errTooMany
	case d.Error != nil && !errors.Is(d.Error, io.EOF), d.status != "success", !d.listed:
		return nil, outbound.ErrMalformed
	}
	d.table.Link()
	if d.role != "operator" {
		return d.table.WithoutCommandLines(), nil
	}
	return d.table, nil
}

// decoder fills a table. Once its Error is set it reads no more.
type decoder struct {
	*jsoniter.Iterator
	table  *processes.Table
	status string
	// role is what the exporter takes us for.
	role string
	// listed is whether there was a list of processes, empty or not, to its end.
	listed bool
	node   node
	texts  texts
}

// object hands each key of an object to read, which takes the value.
func (d *decoder) object(read func(key string)) {
	d.ReadObjectCB(func(_ *jsoniter.Iterator, key string) bool {
		read(key)
		return d.Error == nil
	})
}

func (d *decoder) envelope(key string) {
	switch key {
	case "status":
		d.status = d.ReadString()
	case "data":
		d.object(d.data)
	default:
		d.Skip()
	}
}

func (d *decoder) data(key string) {
	t := d.table
	switch key {
	case "host":
		t.Host = d.ReadString()
	case "time":
		t.Time = time.UnixMilli(int64(math.Round(d.ReadFloat64() * 1e3)))
	case "interval_seconds":
		t.Interval = time.Duration(d.ReadFloat64() * float64(time.Second))
	case "role":
		d.role = d.ReadString()
	case "total":
		t.Total = d.ReadInt()
	case "processes":
		d.table.Grow(min(max(0, t.Total), likelyProcesses))
		d.listed = d.ReadArrayCB(func(*jsoniter.Iterator) bool { return d.process() })
	default:
		d.Skip()
	}
}

// process adds the next one to the table.
func (d *decoder) process() bool {
	if d.table.Len() == maxProcesses {
		d.Error = errTooMany
		return false
	}
	d.node.forget()
	d.ReadVal(&d.node)
	if d.Error == nil && (d.node.ID == "" || !processes.Known(d.node.PID)) {
		d.Error = outbound.ErrMalformed
	}
	if d.Error != nil {
		return false
	}
	row := d.node.row(&d.texts)
	d.table.Append(&row)
	return true
}
