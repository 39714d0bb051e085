//go:build linux

package main

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unsafe"

	"github.com/ebitengine/purego"
)

// The shapes and numbers are those of the NVML API reference (docs.nvidia.com/deploy/nvml-api).

// code is an nvmlReturn_t.
type code int32

const (
	success          code = 0
	insufficientSize code = 7
)

// device is an nvmlDevice_t.
type device uintptr

// pciInfo is an nvmlPciInfo_t.
type pciInfo struct {
	_ [16]byte
	// Domain, bus, device, device and subsystem identifiers.
	_       [5]uint32
	address [32]byte
}

// processInfo is an nvmlProcessInfo_t, as the functions of version 3 take it.
type processInfo struct {
	pid    uint32
	memory uint64
	// Identifiers of parts of a GPU (MIG).
	_ [2]uint32
}

// sample is an nvmlProcessUtilizationSample_t; the time is in microseconds, the shares are in percent.
type sample struct {
	pid      uint32
	at       uint64
	sm       uint32
	_        uint32 // Of the time for which memory was read or written.
	enc, dec uint32
}

// unknownMemory stands for memory that the driver does not tell (NVML_VALUE_NOT_AVAILABLE).
const unknownMemory = ^uint64(0)

// maxProcesses bounds the processes of one GPU.
const maxProcesses = 4096

// library has the functions that are called. Those that a driver may not have are nil.
type library struct {
	stop        func() code
	count       func(*uint32) code
	byIndex     func(uint32, *device) code
	pci         func(device, *pciInfo) code
	running     []func(device, *uint32, *processInfo) code
	utilization func(device, *sample, *uint32, uint64) code
}

// load loads and initializes the library.
func load(path string) (*library, error) {
	handle, err := purego.Dlopen(path, purego.RTLD_NOW|purego.RTLD_LOCAL)
	if err != nil {
		return nil, fmt.Errorf("load %s: %w; is NVIDIA's driver installed?", path, err)
	}
	l := &library{running: make([]func(device, *uint32, *processInfo) code, 2)}
	var start func() code
	for _, f := range []struct {
		name     string
		function any
		optional bool
	}{
		{"nvmlInit_v2", &start, false},
		{"nvmlShutdown", &l.stop, false},
		{"nvmlDeviceGetCount_v2", &l.count, false},
		{"nvmlDeviceGetHandleByIndex_v2", &l.byIndex, false},
		{"nvmlDeviceGetPciInfo_v3", &l.pci, false},
		{"nvmlDeviceGetComputeRunningProcesses_v3", &l.running[0], true},
		{"nvmlDeviceGetGraphicsRunningProcesses_v3", &l.running[1], true},
		{"nvmlDeviceGetProcessUtilization", &l.utilization, true},
	} {
		symbol, err := purego.Dlsym(handle, f.name)
		switch {
		case err == nil:
			purego.RegisterFunc(f.function, symbol)
		case !f.optional:
			return nil, fmt.Errorf("%s has no %s: %w", path, f.name, err)
		}
	}
	if c := start(); c != success {
		return nil, fmt.Errorf("nvmlInit_v2 returned %d", c)
	}
	return l, nil
}

func (l *library) shutdown() { _ = l.stop() }

// usage is what has been added up, by GPU.
type usage map[string]*gpuUsage

type gpuUsage struct {
	// last is the time of the newest sample, in microseconds.
	last  uint64
	spent map[uint32]map[string]uint64
}

// read reads all GPUs. A GPU that cannot be read costs itself only.
func (l *library) read(used usage) (line, error) {
	var n uint32
	if c := l.count(&n); c != success {
		return line{}, fmt.Errorf("nvmlDeviceGetCount_v2 returned %d", c)
	}
	out := line{GPUs: []gpu{}}
	for i := range n {
		var d device
		var pci pciInfo
		if l.byIndex(i, &d) != success || l.pci(d, &pci) != success {
			continue
		}
		name := address(&pci)
		if used[name] == nil {
			used[name] = &gpuUsage{spent: make(map[uint32]map[string]uint64)}
		}
		out.GPUs = append(out.GPUs, gpu{GPU: name, Processes: l.processes(d, used[name])})
	}
	return out, nil
}

// address is the PCI address as the kernel writes it: a domain of four digits, in lower case.
func address(pci *pciInfo) string {
	text, _, _ := bytes.Cut(pci.address[:], []byte{0})
	s := strings.ToLower(string(text))
	if domain, rest, ok := strings.Cut(s, ":"); ok && len(domain) == 8 && strings.HasPrefix(domain, "0000") {
		return domain[4:] + ":" + rest
	}
	return s
}

// processes returns the processes of one GPU, by PID.
func (l *library) processes(d device, used *gpuUsage) []*process {
	byPID := make(map[uint32]*process)
	of := func(pid uint32) *process {
		if byPID[pid] == nil {
			byPID[pid] = &process{PID: pid}
		}
		return byPID[pid]
	}
	known := false
	for _, running := range l.running {
		list, err := call(running, d)
		known = known || err == nil
		for i := range list {
			p := of(list[i].pid)
			// A process that computes and draws is in both lists, with the same memory.
			if m := list[i].memory; m != unknownMemory && (p.MemoryBytes == nil || m > *p.MemoryBytes) {
				p.MemoryBytes = &m
			}
		}
	}
	l.addSamples(d, used)
	for pid := range used.spent {
		if known && byPID[pid] == nil {
			delete(used.spent, pid) // It has ended.
			continue
		}
		of(pid).Engines = used.spent[pid]
	}
	list := make([]*process, 0, len(byPID))
	for _, p := range byPID {
		list = append(list, p)
	}
	slices.SortFunc(list, func(a, b *process) int { return int(int64(a.PID) - int64(b.PID)) })
	return list
}

// call calls a function that fills an array, with more room if there is too little.
func call(function func(device, *uint32, *processInfo) code, d device) ([]processInfo, error) {
	if function == nil {
		return nil, errAbsent
	}
	for n := uint32(64); n <= maxProcesses; n *= 4 {
		list := make([]processInfo, n)
		filled := n
		switch c := function(d, &filled, unsafe.SliceData(list)); c {
		case success:
			return list[:min(filled, n)], nil
		case insufficientSize:
		default:
			return nil, errAbsent
		}
	}
	return nil, errors.New("too many processes")
}

// addSamples adds the share of each sample, over the time since the one before of the process, or since
// the newest of the last reading.
func (l *library) addSamples(d device, used *gpuUsage) {
	if l.utilization == nil {
		return
	}
	list := make([]sample, maxProcesses)
	n := uint32(len(list))
	if c := l.utilization(d, unsafe.SliceData(list), &n, used.last); c != success {
		return // NOT_FOUND: nothing has worked since.
	}
	list = list[:min(int(n), len(list))]
	slices.SortStableFunc(list, func(a, b sample) int { return cmp.Compare(a.at, b.at) })
	first, newest := used.last == 0, used.last
	until := make(map[uint32]uint64, len(list))
	for i := range list {
		s := &list[i]
		newest = max(newest, s.at)
		from := max(used.last, until[s.pid])
		until[s.pid] = s.at
		if first || s.at <= from {
			continue
		}
		spent := used.spent[s.pid]
		if spent == nil {
			spent = make(map[string]uint64)
			used.spent[s.pid] = spent
		}
		nanoseconds := (s.at - from) * 1000
		for name, percent := range map[string]uint32{"sm": s.sm, "enc": s.enc, "dec": s.dec} {
			spent[name] += nanoseconds / 100 * uint64(min(percent, 100))
		}
	}
	used.last = newest
}
