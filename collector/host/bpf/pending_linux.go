package bpf

import (
	"errors"
	"fmt"

	"github.com/cilium/ebpf"
)

// Pending hands over what was known of each process when it began to end, if it has not got
// its account: zombies, those that ended just now, and those for which the kernel ran no
// program when they were freed. Their figures lack what they ran since the last clock tick.
// The values are valid only during the call.
func (e *Exits) Pending(each func(*EndedKey, *Ended)) error {
	var closed, noted uint64
	// Read in this order, none can seem closed that is not noted.
	if e.objects.Closed.Get(&closed) == nil && e.objects.Noted.Get(&noted) == nil && noted == closed+e.forgotten {
		return nil
	}
	if err := e.ended.read(e.objects.EndingProcesses, each); err != nil {
		return fmt.Errorf("read the processes that are about to end: %w", err)
	}
	return nil
}

// Forget takes one of the Pending out; it reports false if it has got its account meanwhile.
func (e *Exits) Forget(k EndedKey) (bool, error) {
	switch err := e.objects.EndingProcesses.Delete(&k); {
	case err == nil:
		e.forgotten++
		return true, nil
	case errors.Is(err, ebpf.ErrKeyNotExist):
		return false, nil
	default:
		return false, fmt.Errorf("forget an ended process: %w", err)
	}
}
