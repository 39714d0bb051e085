package bpf

import "github.com/cilium/ebpf"

// ThreadWaits has how long ended threads of living processes waited for a CPU. The accounting of
// exits writes it, and the programs that read the process table add it to the waits of the living.
// Nil has no ended threads.
type ThreadWaits struct{ waits *ebpf.Map }

// options makes a collection use the map in common.
func (t *ThreadWaits) options() *ebpf.CollectionOptions {
	if t == nil {
		return nil
	}
	return &ebpf.CollectionOptions{MapReplacements: map[string]*ebpf.Map{tasksMapThreadWaits: t.waits}}
}
