package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"proctree/exporter/hangup"

	"golang.org/x/sys/windows"
	"golang.org/x/sys/windows/svc"
	"golang.org/x/sys/windows/svc/eventlog"
	"golang.org/x/sys/windows/svc/mgr"
)

const serviceUsage = `usage: ` + program + ` service install [flags]  install as a service that runs with these flags
       ` + program + ` service uninstall        stop and remove the service
       ` + program + ` service run [flags]      what the service manager starts`

// service runs the command "service", if args begin with it.
func service(args []string, caught hangup.Signals) (handled bool, err error) {
	if len(args) == 0 || args[0] != "service" {
		return false, nil
	}
	if len(args) == 1 {
		return true, errors.New(serviceUsage)
	}
	switch command, flags := args[1], args[2:]; command {
	case "install":
		return true, installService(flags)
	case "uninstall":
		return true, uninstallService()
	case "run":
		return true, runService(flags, caught)
	}
	return true, fmt.Errorf("service: unknown command %q\n%s", args[1], serviceUsage)
}

// restartDelay is after how long a service that has failed is started again.
const restartDelay = 5 * time.Second

// installService checks the flags before it installs anything.
func installService(flags []string) error {
	if _, err := parseSettings(flags, io.Discard); err != nil {
		return fmt.Errorf("install service: %w", err)
	}
	path, err := os.Executable()
	if err != nil {
		return fmt.Errorf("install service: %w", err)
	}
	manager, err := mgr.Connect()
	if err != nil {
		return fmt.Errorf("connect to the service manager: %w", err)
	}
	defer func() { _ = manager.Disconnect() }()
	s, err := manager.CreateService(program, path, mgr.Config{
		DisplayName: "proctree exporter",
		Description: "Prometheus exporter for the processes of this host, with a live process tree.",
		StartType:   mgr.StartAutomatic,
	}, append([]string{"service", "run"}, flags...)...)
	if err != nil {
		return fmt.Errorf("create service %s: %w", program, err)
	}
	defer func() { _ = s.Close() }()
	restart := mgr.RecoveryAction{Type: mgr.ServiceRestart, Delay: restartDelay}
	const forgetFailures = 24 * 60 * 60
	if err := s.SetRecoveryActions([]mgr.RecoveryAction{restart, restart, restart}, forgetFailures); err != nil {
		return errors.Join(fmt.Errorf("set the restart of service %s: %w", program, err), s.Delete())
	}
	if err := eventlog.InstallAsEventCreate(program, eventlog.Error|eventlog.Warning|eventlog.Info); err != nil {
		return errors.Join(fmt.Errorf("add %s to the event log: %w", program, err), s.Delete())
	}
	return nil
}

func uninstallService() error {
	manager, err := mgr.Connect()
	if err != nil {
		return fmt.Errorf("connect to the service manager: %w", err)
	}
	defer func() { _ = manager.Disconnect() }()
	s, err := manager.OpenService(program)
	if err != nil {
		return fmt.Errorf("open service %s: %w", program, err)
	}
	defer func() { _ = s.Close() }()
	if err := stopService(s); err != nil {
		return fmt.Errorf("stop service %s: %w", program, err)
	}
	if err := s.Delete(); err != nil {
		return fmt.Errorf("remove service %s: %w", program, err)
	}
	if err := eventlog.Remove(program); err != nil {
		return fmt.Errorf("take %s out of the event log: %w", program, err)
	}
	return nil
}

// stopService returns when the service has stopped.
func stopService(s *mgr.Service) error {
	status, err := s.Control(svc.Stop)
	if errors.Is(err, windows.ERROR_SERVICE_NOT_ACTIVE) {
		return nil
	}
	for deadline := time.Now().Add(2 * stopTimeout); err == nil && status.State != svc.Stopped; status, err = s.Query() {
		if time.Now().After(deadline) {
			return fmt.Errorf("it has not stopped within %v", 2*stopTimeout)
		}
		time.Sleep(100 * time.Millisecond)
	}
	return err
}

// runService runs the exporter for the service manager.
func runService(flags []string, caught hangup.Signals) error {
	events, err := eventlog.Open(program)
	if err != nil {
		return fmt.Errorf("open the event log: %w", err)
	}
	defer func() { _ = events.Close() }()
	if err := svc.Run(program, &serviceHandler{flags: flags, caught: caught, log: eventWriter{events}}); err != nil {
		return fmt.Errorf("run as service (only the service manager starts this): %w", err)
	}
	return nil
}

// serviceHandler is the exporter as a service.
type serviceHandler struct {
	flags  []string
	caught hangup.Signals
	log    io.Writer
}

// Execute implements svc.Handler.
func (h *serviceHandler) Execute(_ []string, requests <-chan svc.ChangeRequest, status chan<- svc.Status) (specific bool, exitCode uint32) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	done := make(chan error, 1)
	go func() { done <- run(ctx, h.caught, h.flags, io.Discard, h.log) }()
	status <- svc.Status{State: svc.Running, Accepts: svc.AcceptStop | svc.AcceptShutdown}
	for {
		select {
		case err := <-done:
			if err != nil {
				_, _ = fmt.Fprintf(h.log, "level=error msg=%q", err)
				return true, 1
			}
			return false, 0
		case request := <-requests:
			switch request.Cmd {
			case svc.Interrogate:
				status <- request.CurrentStatus
			case svc.Stop, svc.Shutdown:
				wait := uint32((stopTimeout + closeTimeout) / time.Millisecond)
				status <- svc.Status{State: svc.StopPending, WaitHint: wait}
				cancel()
			}
		}
	}
}
