package control

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"

	"proctree/collector/host/control"
)

// maxBody bounds a body, in bytes; maxSeen bounds the processes that one request can touch.
const (
	maxBody = 64 << 10
	maxSeen = 1000
)

// body is the JSON of both calls.
type body struct {
	Signal      *string  `json:"signal"`
	Nice        *int     `json:"nice"`
	Descendants bool     `json:"descendants"`
	IDs         []string `json:"ids"`
}

// bodyMembers are the names of its members.
var bodyMembers = []string{"signal", "nice", "descendants", "ids"}

// decode reads one JSON object and nothing after it.
func decode(from io.Reader) (b body, err error) {
	text, err := io.ReadAll(from)
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return b, &RefusalError{http.StatusRequestEntityTooLarge, fmt.Sprintf("the body is larger than %d bytes", maxBody)}
	}
	if err != nil {
		return b, badRequest("the body could not be read")
	}
	if err := checkMembers(text); err != nil {
		return b, badRequest("the body is not what this call takes: %s", err)
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	if err := decoder.Decode(&b); err != nil {
		return b, badRequest("the body is not what this call takes: %s", strings.TrimPrefix(err.Error(), "json: "))
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return b, badRequest("the body has something after the JSON object")
	}
	return b, nil
}

// checkMembers wants each member by its exact name, and once. The package json also takes
// "SIGNAL", and the last of two: what checks a request on its way here could read another
// one (RFC 8259, section 4).
func checkMembers(text []byte) error {
	decoder := json.NewDecoder(bytes.NewReader(text))
	if start, err := decoder.Token(); err != nil || start != json.Delim('{') {
		return errors.New("must be a JSON object")
	}
	seen := map[string]bool{}
	for decoder.More() {
		token, err := decoder.Token()
		if err != nil {
			return fmt.Errorf("must be a JSON object: %w", err)
		}
		name, _ := token.(string) // The name of a member can be nothing else.
		switch {
		case !slices.Contains(bodyMembers, name):
			return fmt.Errorf("unknown member %.64q; the members are %s", name, strings.Join(bodyMembers, ", "))
		case seen[name]:
			return fmt.Errorf("the member %q appears twice", name)
		}
		seen[name] = true
		var value json.RawMessage
		if err := decoder.Decode(&value); err != nil {
			return fmt.Errorf("member %q: %w", name, err)
		}
	}
	return nil
}

func (b body) check(signals bool) error {
	switch {
	case signals && (b.Signal == nil || b.Nice != nil):
		return badRequest(`the body needs "signal" and no "nice", such as {"signal":"TERM"}`)
	case !signals && (b.Nice == nil || b.Signal != nil):
		return badRequest(`the body needs "nice" and no "signal", such as {"nice":10}`)
	case !signals && (*b.Nice < control.LeastNice || *b.Nice > control.MostNice):
		return badRequest("nice %d: must be a whole number from %d to %d", *b.Nice, control.LeastNice, control.MostNice)
	case b.Descendants && b.IDs == nil:
		return badRequest(`"descendants" needs "ids", the list of the descendants that you saw`)
	case !b.Descendants && b.IDs != nil:
		return badRequest(`"ids" needs "descendants":true`)
	case len(b.IDs) > maxSeen:
		return badRequest("%d ids: at most %d can be touched at once", len(b.IDs), maxSeen)
	}
	return nil
}
