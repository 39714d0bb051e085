package plugin

import (
	"errors"
	"sync"

	"proctree/dashboards/live-datasource/pkg/processes"
)

// streams are those that run, by their channels.
type streams struct {
	most int

	mu      sync.Mutex
	running map[string]*stream
}

// stream is what the listeners of a channel have been told.
type stream struct {
	mu sync.Mutex
	// sequence counts the messages.
	sequence uint64
	// told is what the last message led to; nil before the first.
	told  *processes.Selection
	about processes.About
	// whole is the message with all of that, once somebody asked for it.
	whole []byte
}

// errTooManyStreams is returned where there are as many as there may be.
var errTooManyStreams = errors.New("too many streams")

func newStreams(most int) *streams { return &streams{most: most, running: make(map[string]*stream)} }

// find returns the stream of a channel, nil where none runs, or errTooManyStreams where it
// could not start.
func (s *streams) find(channel string) (*stream, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if one, ok := s.running[channel]; ok {
		return one, nil
	}
	if len(s.running) >= s.most {
		return nil, errTooManyStreams
	}
	return nil, nil
}

// start adds a stream; stop takes it away.
func (s *streams) start(channel string) (one *stream, stop func(), err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.running) >= s.most {
		return nil, nil, errTooManyStreams
	}
	one = &stream{}
	s.running[channel] = one
	return one, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.running[channel] == one {
			delete(s.running, channel)
		}
	}, nil
}

// now returns the message with all that the listeners know, nil where that is nothing.
func (s *stream) now() ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.told == nil || s.whole != nil {
		return s.whole, nil
	}
	var err error
	s.whole, err = fullMessage(s.sequence, s.told, s.about)
	return s.whole, err
}

// tell counts a message that leads to a selection; nil leaves what is known as it is.
func (s *stream) tell(selection *processes.Selection, about processes.About) (before *processes.Selection, sequence uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	before = s.told
	s.sequence++
	s.whole = nil
	if selection != nil {
		s.told, s.about = selection, about
	}
	return before, s.sequence
}
