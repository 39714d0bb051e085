package exporter

import (
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/data/utils/jsoniter"

	"proctree/dashboards/live-datasource/pkg/outbound"
	"proctree/dashboards/live-datasource/pkg/processes"
)

// maxProcesses bounds the table: a small text can describe very many empty processes.
const maxProcesses = 100_000

// decode reads an answer of /api/v1/processes as it comes, without a copy of the whole. What
// else may stand there is kept from the error: it may be another service's, and none of the
// reader's business.
func decode(from io.Reader) (*processes.Table, error) {
	iterator, err := jsoniter.Parse(jsoniter.ConfigDefault, from, 64<<10)
	if err != nil {
		return nil, fmt.Errorf("read the processes: %w", err)
	}
	d := decoder{Iterator: iterator, table: processes.NewTable(256), strings: make(map[string]string)}
	err = d.object(d.envelope)
	switch {
	case errors.Is(err, errTooMany):
		return nil, err
	case err != nil || d.status != "success" || !d.listed:
		return nil, outbound.ErrMalformed
	}
	d.table.Link()
	if d.role != "operator" {
		return d.table.WithoutCommandLines(), nil
	}
	return d.table, nil
}

var errTooMany = fmt.Errorf("more than %d processes", maxProcesses)

// decoder fills a table.
type decoder struct {
	*jsoniter.Iterator
	table  *processes.Table
	row    processes.Row
	status string
	// role is what the exporter takes us for.
	role string
	// listed is whether there was a list of processes, empty or not.
	listed bool
	// strings has one copy of each that many processes have in common.
	strings map[string]string
}

// object hands each key of an object to read, which takes the value.
func (d *decoder) object(read func(key string) error) error {
	for {
		key, err := d.ReadObject()
		if err != nil {
			return err
		}
		if key == "" {
			return nil
		}
		if err := read(key); err != nil {
			return err
		}
	}
}

func (d *decoder) envelope(key string) (err error) {
	switch key {
	case "status":
		d.status, err = d.ReadString()
		return err
	case "data":
		return d.object(d.data)
	default:
		return d.Skip()
	}
}

func (d *decoder) data(key string) (err error) {
	t := d.table
	switch key {
	case "host":
		t.Host, err = d.ReadString()
	case "time":
		t.Time, err = d.time()
	case "interval_seconds":
		var seconds float64
		seconds, err = d.ReadFloat64()
		t.Interval = time.Duration(seconds * float64(time.Second))
	case "role":
		d.role, err = d.ReadString()
	case "total":
		t.Total, err = d.ReadInt()
	case "processes":
		d.listed = true
		err = d.list()
	default:
		err = d.Skip()
	}
	return err
}

func (d *decoder) time() (time.Time, error) {
	seconds, err := d.ReadFloat64()
	return time.UnixMilli(int64(math.Round(seconds * 1e3))), err
}

func (d *decoder) list() error {
	for {
		more, err := d.ReadArray()
		if err != nil || !more {
			return err
		}
		if d.table.Len() == maxProcesses {
			return errTooMany
		}
		d.row = processes.NewRow()
		if err := d.object(d.node); err != nil {
			return err
		}
		if d.row.Texts[processes.ID] == "" || !processes.Known(d.row.Figures[processes.PID]) {
			return outbound.ErrMalformed
		}
		d.table.Append(&d.row)
	}
}

// shared returns the one copy of a string.
func (d *decoder) shared() (string, error) {
	text, err := d.ReadString()
	if one, ok := d.strings[text]; ok {
		return one, err
	}
	d.strings[text] = text
	return text, err
}

// cmdline joins the arguments. Those with blanks are in quotes, so that one can tell them.
func (d *decoder) cmdline() (string, error) {
	var line strings.Builder
	for {
		more, err := d.ReadArray()
		if err != nil || !more {
			return line.String(), err
		}
		argument, err := d.ReadString()
		if err != nil {
			return "", err
		}
		if line.Len() > 0 {
			line.WriteByte(' ')
		}
		if argument == "" || strings.ContainsAny(argument, " \t\n") {
			argument = "'" + argument + "'"
		}
		line.WriteString(argument)
	}
}
