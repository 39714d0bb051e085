// Package mailbox stands in for whatever Alertmanager sends to: a mail server, and web hooks as
// of Slack, Teams, SNS and ntfy. It keeps what arrives and passes nothing on.
package mailbox

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
)

// limit bounds a message, in bytes.
const limit = 4 << 20

// kept is how many messages are kept in memory; the oldest are forgotten first.
const kept = 1000

// Message is one notification that has arrived.
type Message struct {
	// Number counts the messages from 1.
	Number int
	// Time is when it arrived.
	Time time.Time
	// Kind is "mail", or the first element of a web hook's path: "sns", "slack", "teams", "webhook".
	Kind string
	// To holds a mail's recipients, an SMS's number, or the rest of a web hook's path.
	To string
	// Subject is that of a mail, or the first line of what a web hook says.
	Subject string
	// Text is the plain text of a mail or SMS, or the body of a web hook as it came.
	Text string
	// HTML is that part of a mail; otherwise it is empty.
	HTML string
}

// Mailbox keeps messages. Its methods may be called by several goroutines at once.
type Mailbox struct {
	dir string

	mu       sync.Mutex
	count    int
	messages []Message
	changed  chan struct{}
}

// New returns an empty mailbox. Each message is also written to a file in the folder dir, which
// is made if need be; with "" there are no files.
func New(dir string) (*Mailbox, error) {
	if dir != "" {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return nil, fmt.Errorf("mailbox: %w", err)
		}
	}
	return &Mailbox{dir: dir, changed: make(chan struct{})}, nil
}

// Messages returns the messages so far, oldest first, and a channel that is closed when there
// is another one.
func (m *Mailbox) Messages() ([]Message, <-chan struct{}) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.messages), m.changed
}

// add keeps a message, whose raw form is written to a file with the suffix given.
func (m *Mailbox) add(message Message, raw []byte, suffix string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.count++
	message.Number, message.Time = m.count, time.Now()
	if m.dir != "" {
		name := fmt.Sprintf("%s-%03d-%s%s", message.Time.UTC().Format("20060102T150405"), message.Number, message.Kind, suffix)
		if err := os.WriteFile(filepath.Join(m.dir, name), raw, 0o600); err != nil {
			return fmt.Errorf("mailbox: %w", err)
		}
	}
	m.messages = append(m.messages, message)
	m.messages = m.messages[max(0, len(m.messages)-kept):]
	close(m.changed)
	m.changed = make(chan struct{})
	return nil
}

// firstLine returns the beginning of a text, for a list.
func firstLine(text string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	if runes := []rune(line); len(runes) > 120 {
		return string(runes[:120]) + "…"
	}
	return line
}
