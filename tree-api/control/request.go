package control

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"slices"
	"strings"

	"proctree/collector/host/control"
	"proctree/collector/process"
)

const (
	// maxBody bounds a body, in bytes; maxSeen bounds the processes that one request can touch.
	maxBody = 64 << 10
	maxSeen = 1000
)

// action is what is to be done to a process: a signal, or a nice value.
type action struct {
	signal string
	nice   *int
}

// The labels of actions that are no signals.
const (
	actionPriority = "priority"
	actionUnknown  = "unknown"
)

// label is the bounded name of the action for the log and the counter.
func (a action) label() string {
	switch {
	case a.nice != nil:
		return actionPriority
	case slices.Contains(control.AllSignals(), a.signal):
		return a.signal
	}
	return actionUnknown
}

// order is a request that was read.
type order struct {
	target process.ID
	action
	// descendants: act on those of the ids in seen that still descend from the target, too.
	descendants bool
	seen        []process.ID
}

// body is the JSON of both calls.
type body struct {
	Signal      *string  `json:"signal"`
	Nice        *int     `json:"nice"`
	Descendants bool     `json:"descendants"`
	IDs         []string `json:"ids"`
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
	if r.URL.RawQuery != "" {
		return o, badRequest("this call has no parameters in its address")
	}
	b, err := decode(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		return o, err
	}
	if err := b.check(signals); err != nil {
		return o, err
	}
	if signals {
		o.signal = *b.Signal
	} else {
		o.nice = b.Nice
	}
	o.descendants = b.Descendants
	o.seen, err = parseIDs(b.IDs)
	return o, err
}

// decode reads one JSON object and nothing after it.
func decode(from io.Reader) (b body, err error) {
	text, err := io.ReadAll(from)
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return b, &RefusalError{http.StatusRequestEntityTooLarge, fmt.Sprintf("the body is larger than %d bytes", maxBody)}
	}
	if err != nil {
		return b, badRequest("the body could not be read")
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&b); err != nil {
		return b, badRequest("the body is not what this call takes: %s", strings.TrimPrefix(err.Error(), "json: "))
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return b, badRequest("the body has something after the JSON object")
	}
	return b, nil
}

func (b body) check(signals bool) error {
	switch {
	case signals && (b.Signal == nil || b.Nice != nil):
		return badRequest(`the body needs "signal" and no "nice", such as {"signal":"TERM"}`)
	case !signals && (b.Nice == nil || b.Signal != nil):
		return badRequest(`the body needs "nice" and no "signal", such as {"nice":10}`)
	case !signals && (*b.Nice < control.LeastNice || *b.Nice > control.MostNice):
		return badRequest("nice %d: want a whole number from %d to %d", *b.Nice, control.LeastNice, control.MostNice)
	case b.Descendants && b.IDs == nil:
		return badRequest(`"descendants" needs "ids", the list of the descendants that you saw`)
	case !b.Descendants && b.IDs != nil:
		return badRequest(`"ids" needs "descendants":true`)
	case len(b.IDs) > maxSeen:
		return badRequest("%d ids: at most %d can be touched at once", len(b.IDs), maxSeen)
	}
	return nil
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
