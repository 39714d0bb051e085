package programs

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"
)

// TestMain lets the test binary be the program that the tests start.
func TestMain(m *testing.M) {
	if len(os.Args) == 3 && os.Args[1] == "serve" {
		_, _ = fmt.Fprintln(os.Stdout, "serving at", os.Args[2])
		http.HandleFunc("/ready", func(w http.ResponseWriter, r *http.Request) {
			_, _ = fmt.Fprint(w, os.Getenv("EXPORTER_GREETING"), r.Header.Get("To"))
		})
		err := http.ListenAndServe(os.Args[2], nil)
		_, _ = fmt.Fprintln(os.Stdout, err)
		os.Exit(1) //nolint:forbidigo // This is the program.
	}
	if len(os.Args) == 2 && os.Args[1] == "fail" {
		_, _ = fmt.Fprintln(os.Stdout, "no such disk")
		os.Exit(1) //nolint:forbidigo // This is the program.
	}
	os.Exit(m.Run()) //nolint:forbidigo // This is TestMain.
}

func TestRun(t *testing.T) {
	p := Run(t, Config{Path: os.Args[0], Args: []string{"serve", "ADDRESS"}, Env: []string{"EXPORTER_GREETING=hello PORT "}, Ready: "/ready"})
	_, port, _ := strings.Cut(p.Address, ":")
	got, err := p.Get(t.Context(), "/ready", "To", "reader")
	if want := "hello " + port + " reader"; err != nil || got != want {
		t.Errorf("got %q, %v, want %q", got, err, want)
	}
	if _, err := p.Get(t.Context(), "/missing"); err == nil || !strings.Contains(err.Error(), "404") {
		t.Errorf("a page that is not there: %v", err)
	}
	if !strings.Contains(p.Output(), "serving at "+p.Address) {
		t.Errorf("it wrote %q", p.Output())
	}
	p.Stop()
	if !p.Ended() {
		t.Error("it runs after Stop")
	}
	again := Run(t, Config{Path: os.Args[0], Args: []string{"serve", "ADDRESS"}, Address: p.Address, Ready: "/ready"})
	if again.Address != p.Address || again.PID() == p.PID() {
		t.Errorf("started again at %s with PID %d", again.Address, again.PID())
	}
}

// TestStartFails: the error of a program that ends at once holds what it wrote, and comes at once.
func TestStartFails(t *testing.T) {
	begin := time.Now()
	_, err := Start(t.Context(), Config{Path: os.Args[0], Args: []string{"fail"}, Ready: "/ready"})
	if !errors.Is(err, ErrGivenUp) || !strings.Contains(err.Error(), "no such disk") {
		t.Errorf("got %v", err)
	}
	if time.Since(begin) > Patience/2 {
		t.Error("waited for a program that has ended")
	}
	if _, err := Start(t.Context(), Config{Path: "/does/not/exist"}); err == nil {
		t.Error("started what does not exist")
	}
	_, err = Start(t.Context(), Config{Path: os.Args[0], Args: []string{"serve", "ADDRESS"}, Ready: "/missing", Patience: time.Second})
	if err == nil || !strings.Contains(err.Error(), "404") {
		t.Errorf("never ready: %v", err)
	}
}
