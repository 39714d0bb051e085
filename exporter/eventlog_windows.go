package main

import (
	"bytes"

	"golang.org/x/sys/windows/svc/eventlog"
)

// eventWriter writes lines of the log to the event log, each as one event of its severity.
type eventWriter struct{ log *eventlog.Log }

// eventID is the one kind of event: eventcreate's message file shows it as its text.
const eventID = 1

// Write implements io.Writer. It gets one line at a time.
func (w eventWriter) Write(line []byte) (int, error) {
	text := string(bytes.TrimSpace(line))
	report := w.log.Info
	switch {
	case hasLevel(line, "error"):
		report = w.log.Error
	case hasLevel(line, "warn"):
		report = w.log.Warning
	}
	if err := report(eventID, text); err != nil {
		return 0, err
	}
	return len(line), nil
}

// hasLevel finds the level in logfmt and in JSON.
func hasLevel(line []byte, name string) bool {
	return bytes.Contains(line, []byte("level="+name)) || bytes.Contains(line, []byte(`"level":"`+name+`"`))
}
