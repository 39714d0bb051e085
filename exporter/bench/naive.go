//go:build linux

package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/prometheus/procfs"
	"github.com/shirou/gopsutil/v3/process"

	"proctree/collector/host"
)

// wholeTable after the name of the walk has it write every process in each scan.
const wholeTable = "-whole"

// openReader opens this project's own reader.
func openReader(kind string) (scanner, error) {
	kind, whole := strings.CutSuffix(kind, wholeTable)
	reader, err := host.NewReader(host.Config{Reader: kind, Whole: whole})
	if err != nil {
		return nil, fmt.Errorf("open reader %q: %w", kind, err)
	}
	return func(ctx context.Context) (int, error) {
		snapshot, err := reader.Read(ctx)
		if err != nil {
			return 0, err
		}
		return len(snapshot.Processes), nil
	}, nil
}

// openNaiveProcfs reads what an exporter needs in the way that the documentation of
// prometheus/procfs suggests: stat, status, io, command line, number of descriptors.
func openNaiveProcfs() (scanner, error) {
	proc, err := procfs.NewDefaultFS()
	if err != nil {
		return nil, fmt.Errorf("open /proc: %w", err)
	}
	return func(context.Context) (int, error) {
		all, err := proc.AllProcs()
		if err != nil {
			return 0, fmt.Errorf("list /proc: %w", err)
		}
		for _, p := range all {
			// A process may end at any time and refuse some files: what fails is left out.
			_, _ = p.Stat()
			_, _ = p.NewStatus()
			_, _ = p.IO()
			_, _ = p.CmdLine()
			_, _ = p.FileDescriptorsLen()
		}
		return len(all), nil
	}, nil
}

// scanNaiveGopsutil asks gopsutil for eleven attributes of every process.
func scanNaiveGopsutil(ctx context.Context) (int, error) {
	all, err := process.ProcessesWithContext(ctx)
	if err != nil {
		return 0, fmt.Errorf("list processes: %w", err)
	}
	for _, p := range all {
		// As above, what fails is left out.
		_, _ = p.NameWithContext(ctx)
		_, _ = p.PpidWithContext(ctx)
		_, _ = p.UsernameWithContext(ctx)
		_, _ = p.StatusWithContext(ctx)
		_, _ = p.CreateTimeWithContext(ctx)
		_, _ = p.CmdlineWithContext(ctx)
		_, _ = p.TimesWithContext(ctx)
		_, _ = p.MemoryInfoWithContext(ctx)
		_, _ = p.NumThreadsWithContext(ctx)
		_, _ = p.IOCountersWithContext(ctx)
		_, _ = p.NiceWithContext(ctx)
	}
	return len(all), nil
}
