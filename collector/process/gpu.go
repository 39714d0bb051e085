package process

import "time"

// GPUUse is what one process used of the GPUs of the host. Whoever shares a client of a GPU with
// other processes has all of its use or none, so that sums count nothing twice.
type GPUUse struct {
	ID ID
	// Engines and Memory are sorted by GPU, then by engine or region; each pair is there once.
	Engines []GPUEngine
	Memory  []GPUMemory
}

// GPUEngineName names an engine of a GPU: the PCI address of the GPU (the driver's name where there
// is none), and the driver's name of the engine.
type GPUEngineName struct{ GPU, Engine string }

// GPUEngine is the time for which an engine worked for a process.
type GPUEngine struct {
	GPUEngineName
	// Time is that time in total; identical engines that the driver reports together count as one.
	// It never falls.
	Time time.Duration
	// Before is the part of it from before the exporter first looked, which is in no counter.
	Before time.Duration
}

// GPURegionName names a kind of memory of a GPU, such as "vram".
type GPURegionName struct{ GPU, Region string }

// GPUMemory is the memory that a process has in a region.
type GPUMemory struct {
	GPURegionName
	Bytes uint64
}

// GPUs is what a scan knows of GPUs. The zero value is that of a host without any.
type GPUs struct {
	// Uses are the processes that use or used a GPU, sorted by PID.
	Uses []GPUUse
	// Looked is set if processes were searched for GPUs.
	Looked bool
	// Unread counts the processes of which nothing is known: there was no time yet, or the kernel refuses.
	Unread int
}
