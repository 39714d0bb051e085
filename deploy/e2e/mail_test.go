//go:build linux

package e2e

import (
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"proctree/deploy/stack/mailbox"
)

// messages returns what has arrived of a kind and whose subject begins so.
func (c *chain) messages(kind, subject string) []mailbox.Message {
	all, _ := c.mailbox.Messages()
	var found []mailbox.Message
	for _, m := range all {
		if m.Kind == kind && strings.HasPrefix(m.Subject, subject) {
			found = append(found, m)
		}
	}
	return found
}

// awaitMessage waits for the message of that number, from 1, of a kind and a subject.
func (c *chain) awaitMessage(kind, subject string, number int) mailbox.Message {
	c.t.Helper()
	var found []mailbox.Message
	await(c.t, kind+" "+subject, func() bool {
		found = c.messages(kind, subject)
		return len(found) >= number
	})
	return found[number-1]
}

// says checks what a message says.
func says(t *testing.T, text string, expressions ...string) {
	t.Helper()
	for _, expression := range expressions {
		if !regexp.MustCompile(expression).MatchString(text) {
			t.Errorf("nothing like %s in:\n%s", expression, text)
		}
	}
}

func checkSMS(t *testing.T, m mailbox.Message) {
	t.Helper()
	if n := utf8.RuneCountInString(m.Text); n > 160 {
		t.Errorf("the SMS has %d characters: %s", n, m.Text)
	}
}
