// Package wine runs Windows programs under Wine in a prefix of their own, so that tests on
// Linux can try the exporter for Windows for real.
package wine

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// ErrNotInstalled is returned where there is no Wine for 64-bit programs.
var ErrNotInstalled = errors.New("wine for 64-bit programs is not installed (Debian: wine64)")

// programs are where Wine may be; Debian's package wine64 alone puts nothing into PATH.
var programs = []string{"wine64", "/usr/lib/wine/wine64", "wine"}

// servers are where the server may be that keeps a prefix alive.
var servers = []string{"wineserver", "/usr/lib/wine/wineserver64", "/usr/lib/wine/wineserver"}

// Prefix is a Windows of its own: drives, registry, running services.
type Prefix struct {
	dir, program, server string
	keeper               *exec.Cmd
}

// New makes a prefix in a directory, which must be empty or hold an earlier one.
func New(ctx context.Context, dir string) (*Prefix, error) {
	p := &Prefix{dir: dir}
	var err error
	if p.program, err = find(programs); err != nil {
		return nil, err
	}
	if p.server, err = find(servers); err != nil {
		return nil, err
	}
	// The first command makes the prefix; there is no screen, and nobody to ask.
	boot := p.Command(ctx, "wineboot", "--init")
	boot.Env = append(boot.Env, "WINEDLLOVERRIDES=mscoree,mshtml=")
	if output, err := boot.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("make a prefix: %w\n%s", err, output)
	}
	if err := p.addRandom(); err != nil {
		return nil, err
	}
	return p, p.keepAlive()
}

// keepAlive starts a program that does nothing but wait, for with the last program a prefix
// ends, and its services with it.
func (p *Prefix) keepAlive() error {
	p.keeper = p.Command(context.Background(), "cmd", "/c", "pause")
	if _, err := p.keeper.StdinPipe(); err != nil {
		return fmt.Errorf("keep the prefix: %w", err)
	}
	if err := p.keeper.Start(); err != nil {
		return fmt.Errorf("keep the prefix: %w", err)
	}
	return nil
}

func find(paths []string) (string, error) {
	for _, path := range paths {
		if found, err := exec.LookPath(path); err == nil {
			return found, nil
		}
	}
	return "", ErrNotInstalled
}

// addRandom adds the DLL that the runtime of Go has its random numbers from, where Wine
// lacks it (before 8.6). The older function behind it takes the same arguments.
func (p *Prefix) addRandom() error {
	path := filepath.Join(p.dir, "drive_c/windows/system32/bcryptprimitives.dll")
	if _, err := os.Stat(path); err == nil {
		return nil
	}
	dll := forwarder("bcryptprimitives.dll", "ProcessPrng", "advapi32.SystemFunction036")
	if err := os.WriteFile(path, dll, 0o600); err != nil {
		return fmt.Errorf("add a DLL to the prefix: %w", err)
	}
	return nil
}

// Command returns a command that runs a Windows program.
func (p *Prefix) Command(ctx context.Context, program string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, p.program, append([]string{program}, args...)...)
	cmd.Env = p.environment()
	// Programs of the prefix that go on keep the pipes open.
	cmd.WaitDelay = 10 * time.Second
	return cmd
}

func (p *Prefix) environment() []string {
	return append(os.Environ(), "WINEPREFIX="+p.dir, "WINEDEBUG=-all", "WINEARCH=win64")
}

// Close ends every program of the prefix.
func (p *Prefix) Close() error {
	defer func() { _ = p.keeper.Wait() }()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	for _, flag := range []string{"--kill", "--wait"} {
		cmd := exec.CommandContext(ctx, p.server, flag)
		cmd.Env = p.environment()
		cmd.Stdout, cmd.Stderr = io.Discard, io.Discard
		var exit *exec.ExitError
		// A server that has gone is what was wanted.
		if err := cmd.Run(); err != nil && !errors.As(err, &exit) {
			return fmt.Errorf("end the prefix: %w", err)
		}
	}
	return nil
}
