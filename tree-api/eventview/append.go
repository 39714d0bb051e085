package eventview

import (
	"time"

	"proctree/collector/events"
	"proctree/collector/process"
	"proctree/tree-api/access"
	"proctree/tree-api/jsontext"
)

// Viewer writes events as a role may see them.
type Viewer struct {
	Texts  *Texts
	Policy *events.Policy
	Role   access.Role
}

// Append appends an event as a JSON object; ok is false for one of an excluded process, which is not shown.
func (v *Viewer) Append(dst []byte, e *events.Entry) (out []byte, ok bool) {
	text := v.Texts.of(e, v.Policy)
	if text.excluded {
		return dst, false
	}
	return v.append(dst, e, &text), true
}

func (v *Viewer) append(dst []byte, e *events.Entry, text *text) []byte {
	dst = jsontext.AppendString(append(dst, `{"kind":`...), e.Kind.String())
	dst = appendTime(append(dst, `,"time":`...), e.Time)
	if e.Kind == process.EventLost {
		dst = jsontext.AppendString(append(dst, `,"lost":`...), e.Lost.String())
	}
	if e.Count > 0 {
		dst = jsontext.AppendUint(append(dst, `,"count":`...), e.Count)
	}
	if e.ID.PID > 0 && v.seesTarget(e) {
		dst = jsontext.AppendString(append(dst, `,"id":`...), e.ID.String())
		dst = jsontext.AppendInt(append(dst, `,"pid":`...), e.ID.PID)
	}
	if e.Parent > 0 {
		dst = jsontext.AppendInt(append(dst, `,"ppid":`...), e.Parent)
		dst = jsontext.AppendText(dst, "parent", e.ParentName)
	}
	dst = jsontext.AppendText(dst, "name", e.Name)
	if f := e.Facts; f != nil {
		dst = jsontext.AppendText(dst, "user", f.User)
		dst = jsontext.AppendText(dst, "unit", f.Unit)
		dst = jsontext.AppendText(dst, "container", f.Container)
		dst = jsontext.AppendText(dst, "pod_uid", f.PodUID)
	}
	dst = jsontext.AppendText(dst, "group", text.group)
	dst = v.appendProgram(dst, e, text)
	dst = v.appendAttempt(dst, e.Attempt)
	return append(appendEnd(dst, e), '}')
}

// seesTarget reports whether the id of the process is shown. A caller that tries to act on a process can name any
// id, also that of an excluded one.
func (v *Viewer) seesTarget(e *events.Entry) bool {
	return e.Kind != process.EventControl || e.Name != "" || v.Role.SeesAll()
}

// appendAttempt appends what was tried; who tried it, from where, is for operators.
func (v *Viewer) appendAttempt(dst []byte, a *process.Attempt) []byte {
	if a == nil {
		return dst
	}
	dst = jsontext.AppendText(dst, "action", a.Action)
	if a.Nice != nil {
		dst = jsontext.AppendInt(append(dst, `,"nice":`...), *a.Nice)
	}
	dst = jsontext.AppendText(dst, "result", a.Result)
	if !v.Role.SeesAll() {
		return dst
	}
	dst = jsontext.AppendText(dst, "who", a.Who)
	dst = jsontext.AppendText(dst, "from", a.From)
	return jsontext.AppendText(dst, "error", a.Error)
}

// appendProgram appends what is for operators.
func (v *Viewer) appendProgram(dst []byte, e *events.Entry, text *text) []byte {
	if !v.Role.SeesAll() {
		return dst
	}
	dst = jsontext.AppendText(dst, "exe", e.Facts.Exe)
	if len(text.args) > 0 {
		dst = jsontext.AppendStrings(append(dst, `,"cmdline":`...), text.args)
	}
	if text.cut {
		dst = append(dst, `,"truncated":true`...)
	}
	return dst
}

// appendEnd appends what only an exit has.
func appendEnd(dst []byte, e *events.Entry) []byte {
	if e.Kind != process.EventExit && e.Kind != process.EventOOMKill {
		return dst
	}
	if reason := reasonOf(e); reason != "" {
		dst = jsontext.AppendText(dst, "reason", reason)
	}
	if e.Code != 0 {
		dst = jsontext.AppendInt(append(dst, `,"exit_code":`...), e.Code)
	}
	if e.ID.PID > 0 {
		dst = appendSeconds(append(dst, `,"run_seconds":`...), e.Age)
	}
	if e.Known.Has(process.HasCPU) {
		dst = appendSeconds(append(dst, `,"cpu_seconds":`...), e.CPUTime)
	}
	if e.Known.Has(process.HasMemory) {
		dst = jsontext.AppendUint(append(dst, `,"peak_bytes":`...), e.PeakBytes)
	}
	return dst
}

// normal is the reason of an exit with code 0.
const normal = "normal"

// reasonOf returns how a process ended, "" where that is not known.
func reasonOf(e *events.Entry) string {
	if e.Reason == "" && e.Ended {
		return normal
	}
	return e.Reason
}

func appendTime(dst []byte, at time.Time) []byte {
	return jsontext.AppendDecimal(dst, float64(at.UnixMilli())/1e3, jsontext.TimeDecimals)
}

// endDecimals are those of the times of a process that ended: it can have lived less than a millisecond.
const endDecimals = 4

func appendSeconds(dst []byte, d time.Duration) []byte {
	return jsontext.AppendDecimal(dst, d.Seconds(), endDecimals)
}
