package treeapi

import (
	"sync"

	"proctree/tree-api/access"
)

// firstSequence is the number of the first message of a feed.
const firstSequence = 1

// openings are the first messages of streams of everything, in columns, as the page asks
// for them. They are kept with their model, so that what was made while a browser loaded
// the page is there when its stream begins.
type openings struct {
	mu   sync.Mutex
	made map[access.Role][]byte
}

// of returns the message that shows a frame of everything. Who comes while it is being made
// waits for it.
func (o *openings) of(everything *frame) []byte {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.made == nil {
		o.made = make(map[access.Role][]byte)
	}
	message := o.made[everything.role]
	if message == nil {
		message = everything.full(firstSequence, inColumns)
		o.made[everything.role] = message
	}
	return message
}
