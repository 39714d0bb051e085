//go:build amd64 || arm64

package host

import (
	"context"
	"fmt"
	"sync"

	"proctree/collector/host/ntprocess"
	"proctree/collector/process"
)

// NewDetailer returns a Detailer of the process table of Windows.
func NewDetailer(Config) (Detailer, error) { return &ntDetailer{table: newNTTable()}, nil }

type ntDetailer struct {
	mu    sync.Mutex
	table *ntTable
}

// Detail implements Detailer. Windows gives the table only as a whole.
func (d *ntDetailer) Detail(_ context.Context, id process.ID) (*process.Detail, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := d.table.read(); err != nil {
		return nil, err
	}
	for i := range d.table.processes {
		p := &d.table.processes[i]
		if p.PID == uint64(id.PID) && (p.CreateTime == id.StartTicks || p.CreateTime == 0) {
			return &process.Detail{Memory: p.Memory(), IO: p.IO(), ThreadList: threadsOf(p)}, nil
		}
	}
	return nil, fmt.Errorf("process %v: %w", id, process.ErrNoProcess)
}

func threadsOf(p *ntprocess.Process) []process.Thread {
	var list []process.Thread
	for _, t := range p.ThreadList() {
		list = append(list, process.Thread{
			TID:         int(t.ID),
			State:       stateOfThreads(t.State),
			UserSeconds: t.UserTime.Seconds(),
			SysSeconds:  t.KernelTime.Seconds(),
		})
	}
	return list
}
