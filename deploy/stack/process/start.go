// Package process starts programs that go on when their starter ends, and ends them again. What
// it started is recorded in a file: the PID together with the time at which the process started,
// so that a PID that the system has given to another program is never mistaken for ours.
package process

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
)

// Program is what to run.
type Program struct {
	// Name is that of its record and of its log.
	Name string
	// Address is where it will listen.
	Address string
	// Path is that of the executable, Args are its arguments, Env are variables NAME=VALUE on
	// top of our own.
	Path string
	Args []string
	Env  []string
}

// Process is a program that runs, or ran.
type Process struct {
	Name    string `json:"name"`
	Address string `json:"address"`
	PID     int    `json:"pid"`
	// Started tells the process from any other that had or will have its PID; it is empty in
	// no record.
	Started string `json:"started"`

	record string
	ended  chan error
}

// Start runs a program in a session of its own, so that Ctrl-C on our terminal does not reach
// it. Its output is appended to LOGS/NAME.log, its record is RECORDS/NAME.json. Both folders
// have to exist. Of our descriptors it inherits none.
func Start(program Program, records, logs string) (*Process, error) {
	if err := keepInherited(); err != nil {
		return nil, fmt.Errorf("%s: %w", program.Name, err)
	}
	log, err := os.OpenFile(LogFile(logs, program.Name), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", program.Name, err)
	}
	defer func() { _ = log.Close() }()
	cmd := exec.Command(program.Path, program.Args...) //nolint:noctx // It outlives every context of ours.
	cmd.Env = append(os.Environ(), program.Env...)
	cmd.Stdout, cmd.Stderr = log, log
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("%s: %w", program.Name, err)
	}
	p := &Process{
		Name: program.Name, Address: program.Address, PID: cmd.Process.Pid,
		record: recordFile(records, program.Name), ended: make(chan error, 1),
	}
	// It is ours until it is waited for, so its PID cannot be another's yet.
	p.Started, _, err = startTime(p.PID)
	if err == nil {
		err = p.write()
	}
	go func() { p.ended <- cmd.Wait() }()
	if err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", program.Name, err), cmd.Process.Kill())
	}
	return p, nil
}

// Ended yields once, when a process that this program started ends.
func (p *Process) Ended() <-chan error { return p.ended }

func (p *Process) write() error {
	text, err := json.Marshal(p)
	if err != nil {
		return err
	}
	return os.WriteFile(p.record, text, 0o600)
}

// LogFile returns the path of a program's log.
func LogFile(logs, name string) string { return filepath.Join(logs, name+".log") }

func recordFile(records, name string) string { return filepath.Join(records, name+".json") }

// Recorded returns the processes recorded in a folder, by name, those included that run no
// more. A folder that does not exist has none.
func Recorded(records string) ([]*Process, error) {
	entries, err := os.ReadDir(records)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("records of processes: %w", err)
	}
	var processes []*Process
	for _, entry := range entries {
		if !strings.HasSuffix(entry.Name(), ".json") {
			continue
		}
		path := filepath.Join(records, entry.Name())
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, fmt.Errorf("record of a process: %w", err)
		}
		p := &Process{record: path}
		if err := json.Unmarshal(text, p); err != nil || p.PID <= 1 || p.Started == "" {
			return nil, fmt.Errorf("%s is not the record of a process; delete it and end the process by hand", path)
		}
		processes = append(processes, p)
	}
	return processes, nil
}
