package bpf

import (
	"errors"
	"fmt"
	"io/fs"
	"strconv"

	"github.com/cilium/ebpf"
	"github.com/cilium/ebpf/btf"
	"golang.org/x/sys/unix"
)

// load loads what a collection holds into the kernel and assigns it to the fields of into,
// as ebpf.CollectionSpec.LoadAndAssign. The error says what the kernel or the process
// lacks, where that is known. waits is the map in common with the accounting of exits, nil
// for one of its own.
func load(spec *ebpf.CollectionSpec, into any, waits *ThreadWaits) error {
	if strconv.IntSize < 64 {
		return errWordSize
	}
	options := waits.options()
	err := spec.LoadAndAssign(into, options)
	if errors.Is(err, unix.EPERM) && raiseMemlock() {
		err = spec.LoadAndAssign(into, options)
	}
	switch {
	case err == nil:
		return nil
	case errors.Is(err, unix.EPERM):
		return fmt.Errorf("the kernel refuses BPF, which needs CAP_BPF and CAP_PERFMON, or root "+
			"(before Linux 5.11 also locked memory, ulimit -l): %w", unix.EPERM)
	case errors.Is(err, unix.EACCES):
		return fmt.Errorf("the kernel refuses BPF, which needs CAP_BPF and CAP_PERFMON, or root: %w", err)
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, btf.ErrNotFound), errors.Is(err, ebpf.ErrNotSupported):
		return fmt.Errorf("the kernel lacks what the programs need (Linux 5.8 or later, CONFIG_DEBUG_INFO_BTF): %w", err)
	}
	return fmt.Errorf("load BPF programs: %w", err)
}

// errWordSize: kernel.h has the kernel's long as 64 bits.
var errWordSize = errors.New("the BPF programs are for 64-bit kernels")

// raiseMemlock lifts the limit of locked memory, which counted BPF maps before Linux 5.11;
// it reports whether there was one to lift.
func raiseMemlock() bool {
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_MEMLOCK, &limit); err != nil || limit.Cur == unix.RLIM_INFINITY {
		return false
	}
	limit = unix.Rlimit{Cur: unix.RLIM_INFINITY, Max: unix.RLIM_INFINITY}
	return unix.Setrlimit(unix.RLIMIT_MEMLOCK, &limit) == nil
}

// kernelHas reports whether the running kernel has a function of that name for programs to
// call.
func kernelHas(function string) (bool, error) {
	kernel, err := btf.LoadKernelSpec()
	if err != nil {
		return false, fmt.Errorf("the kernel does not describe its types (CONFIG_DEBUG_INFO_BTF): %w", err)
	}
	var f *btf.Func
	err = kernel.TypeByName(function, &f)
	if errors.Is(err, btf.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("look up %s in the kernel's types: %w", function, err)
	}
	return true, nil
}
