package mailbox

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/mail"
	"strings"
	"time"

	"github.com/emersion/go-smtp"
)

// SMTP returns a server that puts each mail into the mailbox. It takes any sender and any
// recipient and asks for no password, so it may only listen on loopback.
func (m *Mailbox) SMTP() *smtp.Server {
	server := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) {
		return &session{mailbox: m}, nil
	}))
	server.Domain = "localhost"
	server.MaxMessageBytes = limit
	server.MaxRecipients = 100
	server.ReadTimeout = 30 * time.Second
	server.WriteTimeout = 30 * time.Second
	return server
}

// session is one mail on its way in.
type session struct {
	mailbox *Mailbox
	to      []string
}

func (s *session) Mail(string, *smtp.MailOptions) error { return nil }

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.to = append(s.to, to)
	return nil
}

func (s *session) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return fmt.Errorf("mailbox: read the mail: %w", err)
	}
	message, err := parseMail(raw)
	if err != nil {
		return &smtp.SMTPError{Code: 550, Message: err.Error()}
	}
	message.To = strings.Join(s.to, ", ")
	return s.mailbox.add(message, raw, ".eml")
}

func (s *session) Reset() { s.to = nil }

func (s *session) Logout() error { return nil }

// parseMail reads the subject and the parts of a mail (RFC 5322, RFC 2046).
func parseMail(raw []byte) (Message, error) {
	parsed, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return Message{}, fmt.Errorf("not a mail: %w", err)
	}
	message := Message{Kind: "mail"}
	if message.Subject, err = new(mime.WordDecoder).DecodeHeader(parsed.Header.Get("Subject")); err != nil {
		return Message{}, fmt.Errorf("subject of the mail: %w", err)
	}
	kind, params, err := mime.ParseMediaType(parsed.Header.Get("Content-Type"))
	if err != nil || !strings.HasPrefix(kind, "multipart/") {
		text, err := io.ReadAll(parsed.Body)
		message.Text = string(text)
		return message, err
	}
	parts := multipart.NewReader(parsed.Body, params["boundary"])
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return message, nil
		}
		if err != nil {
			return Message{}, fmt.Errorf("parts of the mail: %w", err)
		}
		text, err := io.ReadAll(part)
		if err != nil {
			return Message{}, fmt.Errorf("parts of the mail: %w", err)
		}
		if kind, _, _ := mime.ParseMediaType(part.Header.Get("Content-Type")); kind == "text/html" {
			message.HTML = string(text)
		} else {
			message.Text = string(text)
		}
	}
}
