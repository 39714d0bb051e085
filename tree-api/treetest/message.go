package treetest

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

// Message is one of a stream, as a client reads it.
type Message struct {
	Type     string
	Seq      uint64
	Time     float64
	Interval float64 `json:"interval_seconds"`
	Role     string
	Host     map[string]any
	Total    int
	Matched  int

	Processes, Added, Changed []map[string]any
	Removed                   []string
}

// Screen is what a client shows: the fields of each process by id.
type Screen map[string]map[string]any

// Apply does with a message what a client does.
func (s Screen) Apply(tb testing.TB, m Message) {
	tb.Helper()
	if m.Type == "full" {
		clear(s)
	}
	for _, id := range m.Removed {
		if s[id] == nil {
			tb.Errorf("%s is removed but was not there", id)
		}
		delete(s, id)
	}
	for _, node := range slices.Concat(m.Processes, m.Added) {
		id := node["id"].(string)
		if s[id] != nil {
			tb.Errorf("%s is added twice", id)
		}
		s[id] = node
	}
	for _, change := range m.Changed {
		node := s[change["id"].(string)]
		if node == nil || len(change) < 2 {
			tb.Errorf("a change of nothing: %v", change)
		}
		for field, value := range change {
			if value == nil {
				delete(node, field)
				continue
			}
			// Two texts that are no UTF-8 may differ and yet be shown alike.
			if field != "id" && cmp.Equal(node[field], value) && !strings.ContainsRune(fmt.Sprint(value), utf8.RuneError) {
				tb.Errorf("%s of %s is sent although it is still %v", field, change["id"], value)
			}
			node[field] = value
		}
	}
}

// Decode reads a message of a stream.
func Decode(tb testing.TB, data []byte) Message {
	tb.Helper()
	var m Message
	if err := json.Unmarshal(data, &m); err != nil {
		tb.Fatalf("%v: %s", err, data)
	}
	return m
}
