package bpf

import (
	"errors"
	"fmt"
	"time"

	"github.com/cilium/ebpf"
)

// keepTaken is for how long a late account of what was taken is still recognized.
const keepTaken = time.Minute

// Pending hands over what was known of each process when it began to end, if it has not got
// its account and was not taken: zombies, those that ended just now, and those for which the
// kernel ran no program when they were freed. Their metrics lack what they ran since the
// last clock tick. The values are valid only during the call.
func (e *Exits) Pending(each func(*EndedKey, *Ended)) error {
	var closed, noted uint64
	// Read in this order, none can seem closed that is not noted.
	if e.objects.Closed.Get(&closed) == nil && e.objects.Noted.Get(&noted) == nil && noted == closed+e.forgotten {
		clear(e.taken)
		return nil
	}
	err := e.ended.read(e.objects.EndingProcesses, func(k *EndedKey, ended *Ended) {
		if ended.Flags&flagTaken == 0 {
			each(k, ended)
		}
	})
	if err != nil {
		return fmt.Errorf("read the processes that are about to end: %w", err)
	}
	return e.forget(time.Now().Add(-keepTaken))
}

// Take has one of the Pending count as accounted for: its account is dropped should it come
// after all. It reports false if that has come meanwhile.
func (e *Exits) Take(k EndedKey, ended Ended) (bool, error) {
	e.taken[k] = time.Now()
	ended.Flags |= flagTaken
	switch err := e.objects.EndingProcesses.Update(&k, &ended, ebpf.UpdateExist); {
	case err == nil:
		return true, nil
	case errors.Is(err, ebpf.ErrKeyNotExist):
		delete(e.taken, k)
		return false, nil
	default:
		return false, fmt.Errorf("take an ended process: %w", err)
	}
}

// forget makes room of what was taken before a time.
func (e *Exits) forget(before time.Time) error {
	for k, at := range e.taken {
		if at.After(before) {
			continue
		}
		delete(e.taken, k)
		switch err := e.objects.EndingProcesses.Delete(&k); {
		case err == nil:
			e.forgotten++
		case !errors.Is(err, ebpf.ErrKeyNotExist):
			return fmt.Errorf("forget an ended process: %w", err)
		}
	}
	return nil
}
