// Access gives teams their members and folders of dashboards their permissions in a running
// Grafana, as a file lists them. Provisioning files cannot do that. A second run finds
// nothing to do.
//
//	GRAFANA_TOKEN=… go run ./deploy/grafana/access -url https://grafana.example.org -file access.yml
//
// The token is one of a service account with the role Admin. GRAFANA_USER and
// GRAFANA_PASSWORD_FILE are the other way to sign in.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"os/signal"
	"strings"
	"time"
)

func main() {
	log.SetFlags(0)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Args[1:], os.Getenv, os.Stdout)
	stop()
	if err != nil {
		log.Fatalf("access: %v", err)
	}
}

func run(ctx context.Context, args []string, env func(string) string, out io.Writer) error {
	flags := flag.NewFlagSet("access", flag.ContinueOnError)
	address := flags.String("url", "http://127.0.0.1:3000", "address of Grafana")
	file := flags.String("file", "access.yml", "who is in which team, and what a team may do")
	dryRun := flags.Bool("dry-run", false, "tell what would be changed, and change nothing")
	if err := flags.Parse(args); err != nil {
		return err
	}
	want, err := readAccess(*file)
	if err != nil {
		return err
	}
	g, err := newGrafana(*address, env)
	if err != nil {
		return err
	}
	g.dryRun = *dryRun
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	changes, err := g.apply(ctx, want)
	for _, change := range changes {
		if _, err := fmt.Fprintln(out, change); err != nil {
			return err
		}
	}
	if err == nil && len(changes) == 0 {
		_, err = fmt.Fprintln(out, "nothing to change")
	}
	return err
}

// credentials reads how to sign in from the environment.
func credentials(env func(string) string) (token, user, password string, err error) {
	if token = env("GRAFANA_TOKEN"); token != "" {
		return token, "", "", nil
	}
	user, path := env("GRAFANA_USER"), env("GRAFANA_PASSWORD_FILE")
	if user == "" || path == "" {
		return "", "", "", errors.New("set GRAFANA_TOKEN, or GRAFANA_USER and GRAFANA_PASSWORD_FILE, in the environment")
	}
	secret, err := os.ReadFile(path)
	if err != nil {
		return "", "", "", fmt.Errorf("password of %s: %w", user, err)
	}
	return "", user, strings.TrimSpace(string(secret)), nil
}
