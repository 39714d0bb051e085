//go:build !linux

package host

import (
	"context"
	"fmt"

	"github.com/shirou/gopsutil/v3/process"
)

// NewDetailer returns a Detailer that knows only whether a process is there.
func NewDetailer(Config) (Detailer, error) { return gopsutilDetailer{}, nil }

type gopsutilDetailer struct{}

func (gopsutilDetailer) Detail(ctx context.Context, id ID) (*Detail, error) {
	found, err := process.NewProcessWithContext(ctx, int32(id.PID))
	if err != nil {
		return nil, fmt.Errorf("process %d: %w", id.PID, ErrNoProcess)
	}
	created, err := found.CreateTimeWithContext(ctx)
	if err != nil || uint64(created) != id.StartTicks {
		return nil, fmt.Errorf("process %d: %w", id.PID, ErrNoProcess)
	}
	return &Detail{}, nil
}
