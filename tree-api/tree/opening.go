package tree

import (
	"sync"

	"proctree/tree-api/access"
)

// FirstSequence is the number of the first message of a feed.
const FirstSequence = 1

// openings are the first messages of streams of everything, in columns, as the page asks
// for them. They are kept with their model, so that what was made while a browser loaded
// the page is there when its stream begins.
type openings struct {
	mu   sync.Mutex
	Made map[access.Role][]byte
}

// Message returns the message that shows a frame of everything. Who comes while it is being made
// waits for it.
func (o *openings) Message(everything *Frame) []byte {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.Made == nil {
		o.Made = make(map[access.Role][]byte)
	}
	message := o.Made[everything.Role]
	if message == nil {
		message = everything.Full(FirstSequence, InColumns)
		o.Made[everything.Role] = message
	}
	return message
}
