//go:build linux

package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// childLine is what family prints.
var childLine = regexp.MustCompile(`child (\d+)\.`)

// pane is a shell in a tmux of its own.
type pane struct {
	t      *testing.T
	socket string
}

func newPane(t *testing.T, width, height int, env ...string) *pane {
	t.Helper()
	if _, err := exec.LookPath("tmux"); err != nil {
		t.Skip("SKIP: no tmux, in which top is tried (Debian: tmux)")
	}
	dir := t.TempDir()
	p := &pane{t, filepath.Join(dir, "tmux")}
	rc := filepath.Join(dir, "bashrc")
	if err := os.WriteFile(rc, []byte("PS1='ready> '\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = exec.Command("tmux", "-S", p.socket, "kill-server").Run() })
	args := []string{"-u", "-f", "/dev/null", "new-session", "-d", "-x", strconv.Itoa(width), "-y", strconv.Itoa(height)}
	for _, variable := range append([]string{"LC_ALL=C.UTF-8"}, env...) {
		args = append(args, "-e", variable)
	}
	p.tmux(append(args, "bash --rcfile "+rc+" -i")...)
	p.await("the shell", `ready>`)
	return p
}

func (p *pane) tmux(args ...string) string {
	p.t.Helper()
	out, err := exec.Command("tmux", append([]string{"-S", p.socket}, args...)...).CombinedOutput()
	if err != nil {
		p.t.Fatalf("tmux %v: %v: %s", args, err, out)
	}
	return string(out)
}

// screen is what the terminal shows.
func (p *pane) screen() string { return p.tmux("capture-pane", "-p") }

// keys presses keys by tmux' names for them; text is typed.
func (p *pane) keys(keys ...string) { p.t.Helper(); p.tmux(append([]string{"send-keys"}, keys...)...) }

func (p *pane) text(text string) { p.t.Helper(); p.tmux("send-keys", "-l", text) }

// await waits until the screen matches an expression.
func (p *pane) await(what, expression string) []string {
	p.t.Helper()
	e := regexp.MustCompile("(?m)" + expression)
	last := ""
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		last = p.screen()
		if m := e.FindStringSubmatch(last); m != nil {
			return m
		}
	}
	p.t.Fatalf("%s: no %s within %v in:\n%s", what, expression, patience, last)
	return nil
}

// gone waits until the screen does not match any more.
func (p *pane) gone(what, expression string) {
	p.t.Helper()
	e := regexp.MustCompile("(?m)" + expression)
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		if !e.MatchString(p.screen()) {
			return
		}
	}
	p.t.Fatalf("%s: %s is there after %v:\n%s", what, expression, patience, p.screen())
}

// TestTopInTmux works with top as a person does: searches, sorts, folds, resizes, suspends, loses
// the exporter and gets it back.
func TestTopInTmux(t *testing.T) {
	p := newPane(t, 120, 30)
	parent, child := family(t, "proctmux")
	s := start(t)
	p.text(binary(t) + " top --interval=1s --url=" + s.url)
	p.keys("Enter")
	p.await("the first rows", `live\s*$`)
	p.await("the busiest first", `PID User .* CPU▼ .* Name .* Command line`)

	p.keys("/")
	p.text("proctmux")
	p.await("the prompt", `^Search: proctmux`)
	p.await("the search while typing", `matched [12]\b`)
	p.keys("Enter")
	p.await("the search", `Search proctmux`)
	p.await("the ancestors and the match", fmt.Sprintf(`(?s)^ *%d .*bash.*^ *%d .*─ proctmux`, parent, child))
	p.keys("n", "Enter")
	p.await("the details", `To end it .*kill -TERM \d+`)
	p.await("who started it", `(?s)Started by .*\(1\)`)
	p.keys("q")
	p.gone("the details", `To end it`)

	p.keys("M")
	p.await("sorted by memory", `Memory▼`)
	p.keys("F6", "Home", "Enter")
	p.await("sorted by the menu", `PID▲`)
	p.keys("F5")
	p.gone("the tree", `─ proctmux`)
	p.await("the list", fmt.Sprintf(`^ *%d .* proctmux `, child))
	p.keys("F5")
	p.await("the tree again", `─ proctmux`)
	p.keys("Home", "-")
	p.await("folded", `\[\+\d+\]`)
	p.keys("+")
	p.await("unfolded", `─ proctmux`)

	p.tmux("resize-window", "-x", "60", "-y", "14")
	p.gone("the columns that do not fit", `Command line`)
	p.await("the last line", `^F1 Help`)
	if lines := strings.Split(strings.TrimRight(p.screen(), "\n"), "\n"); len(lines) != 14 {
		t.Errorf("%d lines on a screen of 14:\n%s", len(lines), p.screen())
	}
	p.tmux("resize-window", "-x", "120", "-y", "30")
	p.await("the columns again", `Command line`)

	p.keys("C-z")
	p.await("the shell while suspended", `Stopped`)
	p.text("fg")
	p.keys("Enter")
	p.await("top again", `live\s*$`)

	address := strings.TrimPrefix(s.url, "http://")
	s.stop(syscall.SIGTERM)
	p.await("the lost connection", `stale for [3-9] s: `)
	again := exec.Command(binary(t), "--web.listen-address="+address)
	again.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	startCommand(t, again)
	p.await("the connection again", `live\s*$`)
	p.await("the rows again", `─ proctmux`)

	p.keys("Escape")
	p.gone("the search", `Search proctmux`)
	p.keys("F10")
	p.await("the shell", `ready>$`)
	p.text("echo status $?")
	p.keys("Enter")
	p.await("the exit status", `^status 0`)
}

// TestTopIsSafe: the name of a process cannot command the terminal, a wrong search is an error, and
// Ctrl-C ends top, also without an exporter.
func TestTopIsSafe(t *testing.T) {
	p := newPane(t, 150, 30, "NO_COLOR=1")
	spawn(t, sleeper(t, "a\x1b]2;own\a\x1b[2J"), "1000")
	p.text(binary(t) + " top --local --list")
	p.keys("Enter")
	p.await("the first rows", `live\s*$`)
	p.keys("/")
	p.text("]2;own")
	p.await("the name", `a\\x1b\]2;own\\x07`)
	if title := p.tmux("display-message", "-p", "#{pane_title}"); strings.Contains(title, "own") {
		t.Errorf("the name set the title %q", title)
	}
	if colours := p.tmux("capture-pane", "-p", "-e"); regexp.MustCompile(`\x1b\[[0-9;]*(3[0-79]|38;)[0-9;]*m`).MatchString(strings.ReplaceAll(colours, "\x1b[39m", "")) {
		t.Errorf("colours in spite of NO_COLOR:\n%q", colours)
	}
	p.keys("Escape")
	p.gone("the search", `Search: `)
	p.keys("?")
	p.await("the keys", `Quit`)
	p.keys("C-c")
	p.await("the shell", `ready>$`)

	p.text("clear; TERM=dumb " + binary(t) + " top --local")
	p.keys("Enter")
	p.await("a terminal that cannot", `TERM is dumb; use ps or tree`)
}
