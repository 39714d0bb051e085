//go:build amd64 || arm64

package windows

import (
	"context"
	"fmt"
	"sync"

	"proctree/collector/process"
)

// Detailer reads one process from the process table. Safe for concurrent use.
type Detailer struct {
	mu    sync.Mutex
	table *table
}

// NewDetailer returns a detailer of the process table of Windows.
func NewDetailer() *Detailer { return &Detailer{table: newTable()} }

// Detail returns one process, or ErrNoProcess. Windows gives the table only as a whole.
func (d *Detailer) Detail(_ context.Context, id process.ID) (*process.Detail, error) {
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

func threadsOf(p *Process) []process.Thread {
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
