package control

import (
	"mime"
	"net/http"
	"slices"

	"proctree/collector/host/control"
	"proctree/collector/process"
)

// action is what is to be done to a process: a signal, or a nice value.
type action struct {
	signal string
	nice   *int
}

// The labels of actions that are no known signals: actionSignal is one that was not read, or that
// does not exist. Any text would make the labels of the counter unbounded.
const (
	actionPriority = "priority"
	actionSignal   = "signal"
)

// label is the bounded name of the action for the log and the counter.
func (a action) label() string {
	switch {
	case a.nice != nil:
		return actionPriority
	case slices.Contains(control.AllSignals(), a.signal):
		return a.signal
	}
	return actionSignal
}

// order is a request that was read.
type order struct {
	target process.ID
	action
	// descendants: act on those of the ids in seen that still descend from the target, too.
	descendants bool
	seen        []process.ID
}

// onceHeaders decide who calls and what is sent. Where one comes twice, what checks requests on
// their way here could have read the other one.
var onceHeaders = []string{"Authorization", "Content-Type", "Content-Encoding", "Origin", "Sec-Fetch-Site", csrfHeader}

func checkHeaders(h http.Header) error {
	for _, name := range onceHeaders {
		if len(h.Values(name)) > 1 {
			return badRequest("header: %s comes more than once", name)
		}
	}
	return nil
}

// readOrder reads a request for one of the calls; signals tells which. The target is returned
// as far as it could be read.
func readOrder(w http.ResponseWriter, r *http.Request, signals bool) (o order, err error) {
	if o.target, err = process.ParseID(r.PathValue("id")); err != nil {
		return o, badRequest("path: %v", err)
	}
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/json" {
		return o, &RefusalError{http.StatusUnsupportedMediaType, "content type: send the header Content-Type: application/json"}
	}
	if coding := r.Header.Get("Content-Encoding"); coding != "" && coding != "identity" {
		return o, &RefusalError{http.StatusUnsupportedMediaType, "content encoding: send the body as it is, without a Content-Encoding"}
	}
	if r.URL.RawQuery != "" {
		return o, badRequest("this call has no parameters in its address")
	}
	b, err := decode(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		return o, err
	}
	// Before the checks: what was asked for is recorded also if the rest of the body is refused.
	if signals && b.Signal != nil {
		o.signal = *b.Signal
	}
	if err := b.check(signals); err != nil {
		return o, err
	}
	if !signals {
		o.nice = b.Nice
	}
	o.descendants = b.Descendants
	o.seen, err = parseIDs(b.IDs)
	return o, err
}

func parseIDs(texts []string) ([]process.ID, error) {
	ids := make([]process.ID, len(texts))
	for i, text := range texts {
		id, err := process.ParseID(text)
		if err != nil {
			return nil, badRequest("ids[%d]: %v", i, err)
		}
		ids[i] = id
	}
	return ids, nil
}
