package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/emersion/go-smtp"

	"proctree/deploy/stack/mailbox"
)

// mailboxFlags are those of the mailbox as a program of its own.
type mailboxFlags struct{ smtp, web, mail, runbooks string }

func (m *mailboxFlags) register(flags *flag.FlagSet) {
	flags.StringVar(&m.smtp, "smtp", "127.0.0.1:2525", "where to take mails")
	flags.StringVar(&m.web, "web", "127.0.0.1:8025", "where to take web hooks, and to show all that came")
	flags.StringVar(&m.mail, "mail", "", "folder in which each message becomes a file")
	flags.StringVar(&m.runbooks, "runbooks", "", "folder to serve under /runbooks/")
}

// serve runs the mailbox until the context ends.
func (m *mailboxFlags) serve(ctx context.Context) error {
	box, err := mailbox.New(m.mail)
	if err != nil {
		return err
	}
	var network net.ListenConfig
	mails, err := network.Listen(ctx, "tcp", m.smtp)
	if err != nil {
		return fmt.Errorf("mailbox: %w", err)
	}
	hooks, err := network.Listen(ctx, "tcp", m.web)
	if err != nil {
		return fmt.Errorf("mailbox: %w", err)
	}
	handler := http.NewServeMux()
	handler.Handle("/", box.Handler())
	if m.runbooks != "" {
		handler.Handle("GET /runbooks/", http.StripPrefix("/runbooks/", runbooks(m.runbooks)))
	}
	server := &http.Server{Handler: handler, ReadTimeout: 30 * time.Second, WriteTimeout: 30 * time.Second}
	receiver := box.SMTP()
	context.AfterFunc(ctx, func() {
		_ = receiver.Close()
		_ = server.Close()
	})
	results := make(chan error, 2)
	go func() { results <- receiver.Serve(mails) }()
	go func() { results <- server.Serve(hooks) }()
	if err := <-results; ctx.Err() == nil && !errors.Is(err, http.ErrServerClosed) && !errors.Is(err, smtp.ErrServerClosed) {
		return fmt.Errorf("mailbox: %w", err)
	}
	return nil
}

// runbooks serves Markdown as text, which every browser shows.
func runbooks(dir string) http.Handler {
	files := http.FileServer(http.Dir(dir))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		files.ServeHTTP(w, r)
	})
}
