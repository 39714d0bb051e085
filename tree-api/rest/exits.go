package rest

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"proctree/collector/process"
	"proctree/tree-api/access"
	"proctree/tree-api/exits"
	"proctree/tree-api/jsontext"
	"proctree/tree-api/tree"
)

const maxExitSeconds = int(exits.Keep / time.Second)

// getExits answers GET /api/v1/exits.
func (c *Calls) getExits(r *http.Request, who access.Grant) (answer, error) {
	values, err := UrlValues(r)
	if err != nil {
		return answer{}, err
	}
	as, err := takeFormat(values)
	if err != nil {
		return answer{}, err
	}
	seconds, err := exitSeconds(values)
	if err != nil {
		return answer{}, err
	}
	m, err := c.cfg.Models.Current(r.Context())
	if err != nil {
		return answer{}, err
	}
	snapshot := m.Tree.Report.Snapshot
	var list []exits.Entry
	if c.cfg.Exits != nil {
		list = c.cfg.Exits.Since(snapshot.Taken.Add(-time.Duration(seconds) * time.Second))
	}
	entries := appendExits(nil, list, who.Role)
	data := c.appendMoment([]byte{'{'}, m.As(who.Role))
	data = jsontext.AppendText(data, "source", string(snapshot.ExitSource))
	data = append(append(append(data, `,"exits":`...), entries...), '}')
	got := ready(data)
	got.immutable = false
	if as == asCSV {
		rows, err := appendObjects(nil, entries, exitColumns())
		if err != nil {
			return answer{}, err
		}
		got = got.inCSV(r, func(dst []byte, _ tree.Pass) []byte { return append(dst, rows...) })
	}
	return got, nil
}

// exitColumns are the members of an end, in the order of the CSV.
func exitColumns() []string {
	return []string{
		"time", "pid", "processes", "name", "reason", "exit_code", "start_time", "run_seconds", "cpu_seconds",
		"read_bytes", "written_bytes", "ppid", "parent", "user", "group", "unit", "container",
	}
}

// appendExits appends the array of the ends.
func appendExits(dst []byte, list []exits.Entry, role access.Role) []byte {
	dst = append(dst, '[')
	for i := range list {
		dst = append(jsontext.AppendComma(dst, i), '{')
		start := len(dst)
		dst = append(jsontext.DropComma(appendExit(dst, &list[i], role), start), '}')
	}
	return append(dst, ']')
}

// exitSeconds reads the one parameter of the call.
func exitSeconds(values url.Values) (int, error) {
	seconds := maxExitSeconds
	for name, given := range values {
		if name != "seconds" {
			return 0, tree.BadParameter(name, errors.New("unknown; there are seconds, format"))
		}
		var err error
		if seconds, err = strconv.Atoi(given[0]); len(given) > 1 || err != nil || seconds < 1 || seconds > maxExitSeconds {
			return 0, tree.BadParameter(name, errors.New("must be one whole number from 1 to "+strconv.Itoa(maxExitSeconds)))
		}
	}
	return seconds, nil
}

// appendExit appends the members of an end, each with a comma before it.
func appendExit(dst []byte, e *exits.Entry, role access.Role) []byte {
	if e.ID.PID != 0 {
		dst = jsontext.AppendInt(append(dst, `,"pid":`...), e.ID.PID)
	} else {
		dst = jsontext.AppendUint(append(dst, `,"processes":`...), max(e.Processes, 1))
	}
	dst = jsontext.AppendText(dst, "name", e.Name)
	dst = appendTime(dst, "time", e.Seen)
	if !e.Started.IsZero() {
		dst = appendTime(dst, "start_time", e.Started)
		dst = appendSeconds(dst, "run_seconds", max(0, e.Seen.Sub(e.Started)))
	}
	if e.Parent > 0 {
		dst = jsontext.AppendInt(append(dst, `,"ppid":`...), e.Parent)
		dst = jsontext.AppendText(dst, "parent", e.ParentName)
	}
	if f := e.Facts; f != nil {
		dst = jsontext.AppendText(dst, "user", f.User)
		dst = jsontext.AppendText(dst, "unit", f.Unit)
		dst = jsontext.AppendText(dst, "container", f.Container)
	}
	dst = jsontext.AppendText(dst, "group", e.Group)
	switch {
	case e.Reason != "":
		dst = jsontext.AppendText(dst, "reason", e.Reason)
	case e.Recorded:
		dst = append(dst, `,"reason":"normal"`...)
	}
	if e.Code != 0 {
		dst = jsontext.AppendInt(append(dst, `,"exit_code":`...), e.Code)
	}
	return appendExitUsage(dst, e, role)
}

// appendExitUsage appends what the process used; the I/O of others is not for everybody.
func appendExitUsage(dst []byte, e *exits.Entry, role access.Role) []byte {
	if e.Known.Has(process.HasCPU) {
		dst = appendSeconds(dst, "cpu_seconds", e.UserTime+e.SystemTime)
	}
	if role != access.Public && e.Known.Has(process.HasReadBytes) {
		dst = jsontext.AppendUint(append(dst, `,"read_bytes":`...), e.ReadBytes)
	}
	if role != access.Public && e.Known.Has(process.HasWrittenBytes) {
		dst = jsontext.AppendUint(append(dst, `,"written_bytes":`...), e.WrittenBytes)
	}
	return dst
}

func appendTime(dst []byte, name string, at time.Time) []byte {
	dst = append(jsontext.AppendString(append(dst, ','), name), ':')
	return jsontext.AppendDecimal(dst, float64(at.UnixMilli())/1e3, jsontext.TimeDecimals)
}

func appendSeconds(dst []byte, name string, d time.Duration) []byte {
	dst = append(jsontext.AppendString(append(dst, ','), name), ':')
	return jsontext.AppendDecimal(dst, d.Seconds(), jsontext.CpuDecimals)
}
