package redact

import "strings"

// edit is a text of which parts are replaced, from the first to the last.
type edit struct {
	text string
	out  strings.Builder
	// done is how far the text is in out.
	done int
}

func (e *edit) replace(start, end int, by string) {
	e.out.WriteString(e.text[e.done:start])
	e.out.WriteString(by)
	e.done = end
}

// String returns the text with its parts replaced: the very same one if there was none.
func (e *edit) String() string {
	if e.done == 0 {
		return e.text
	}
	e.out.WriteString(e.text[e.done:])
	return e.out.String()
}
