// Command reports stores, beside Alertmanager, the report of the ten minutes before each critical alert, so that
// it survives the host. docs/alerting.md describes it, docs/architecture.md why it is a program of its own.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"regexp"
	"strings"
	"syscall"
	"time"
)

func main() {
	log := slog.New(slog.NewTextHandler(os.Stderr, nil))
	if err := run(os.Args[1:], log); err != nil {
		if !errors.Is(err, flag.ErrHelp) {
			log.Error("reports ended", "error", err)
		}
		os.Exit(1) //nolint:forbidigo // This is main.
	}
}

// run serves until SIGTERM or SIGINT.
func run(args []string, log *slog.Logger) error {
	address, k, err := configure(args, log)
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	server := &http.Server{Handler: k, ReadTimeout: 10 * time.Second, WriteTimeout: answerTime, IdleTimeout: time.Minute, MaxHeaderBytes: 16 << 10}
	context.AfterFunc(ctx, func() {
		closing, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		_ = server.Shutdown(closing)
	})
	log.Info("reports listens", "address", listener.Addr().String())
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve: %w", err)
	}
	return nil
}

// configure reads the flags.
func configure(args []string, log *slog.Logger) (address string, k *keeper, err error) {
	k = &keeper{log: log, client: newClient()}
	flags := flag.NewFlagSet("reports", flag.ContinueOnError)
	flags.StringVar(&address, "listen-address", "127.0.0.1:10057", "Address on which Alertmanager posts its webhook to /alerts.")
	flags.StringVar(&k.dir, "dir", "", "Directory of the reports. Required.")
	token := flags.String("token-file", "", "File with the token that Alertmanager sends. Required.")
	exporterToken := flags.String("exporter-token-file", "", "File with the token for the exporters; none without it.")
	flags.StringVar(&k.exporter, "exporter-url", "http://{instance}/", "Address of an exporter; {instance} is the label instance of the alert.")
	instances := flags.String("instances", "", "Regular expression that the whole label instance must match: only these are asked, and get the token. Required.")
	flags.DurationVar(&k.before, "before", 10*time.Minute, "How much before the alert began is in the report, up to an hour.")
	flags.IntVar(&k.maxFiles, "max-files", 200, "Most reports that are kept; the oldest go first.")
	flags.Int64Var(&k.maxBytes, "max-bytes", 256<<20, "Most bytes of all reports; the oldest go first.")
	if err := flags.Parse(args); err != nil {
		return "", nil, err
	}
	switch {
	case flags.NArg() > 0:
		return "", nil, fmt.Errorf("unexpected argument %q", flags.Arg(0))
	case k.dir == "" || *token == "" || *instances == "":
		return "", nil, errors.New("--dir, --token-file and --instances are required")
	case k.before < time.Minute || k.before > time.Hour:
		return "", nil, fmt.Errorf("--before: must be from 1m to 1h, not %v", k.before)
	case k.maxFiles < 1 || k.maxBytes < maxReport:
		return "", nil, fmt.Errorf("--max-files must be at least 1 and --max-bytes at least %d", maxReport)
	case !strings.HasPrefix(k.exporter, "http://") && !strings.HasPrefix(k.exporter, "https://"):
		return "", nil, fmt.Errorf("--exporter-url: must begin with http:// or https://, not %q", k.exporter)
	}
	if k.instances, err = regexp.Compile("^(?:" + *instances + ")$"); err != nil {
		return "", nil, fmt.Errorf("--instances: %w", err)
	}
	if k.token, err = readToken(*token); err != nil {
		return "", nil, fmt.Errorf("--token-file: %w", err)
	}
	if *exporterToken != "" {
		if k.exporterToken, err = readToken(*exporterToken); err != nil {
			return "", nil, fmt.Errorf("--exporter-token-file: %w", err)
		}
	}
	if err := os.MkdirAll(k.dir, 0o700); err != nil {
		return "", nil, fmt.Errorf("--dir: %w", err)
	}
	return address, k, nil
}

// leastToken is how short a token may be, in characters: nobody guesses one of these.
const leastToken = 16

func readToken(path string) (string, error) {
	file, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer file.Close() //nolint:errcheck // It was only read.
	text, err := io.ReadAll(io.LimitReader(file, 4<<10))
	if err != nil {
		return "", err
	}
	token := strings.TrimSpace(string(text))
	if len(token) < leastToken || strings.ContainsAny(token, "\r\n\t ") {
		return "", fmt.Errorf("%s: must have one token of %d characters or more", path, leastToken)
	}
	return token, nil
}
