package process

import "time"

// Delays are for how long all threads of a process waited for what the kernel counts only with
// kernel.task_delayacct (Documentation/accounting/delay-accounting.rst), since the process started
// or since the kernel began to count. Threads add up. One wait can count twice: swapping in
// reads from a block device.
type Delays struct {
	// BlockIO is the time in which they waited for reads and writes of block devices.
	BlockIO time.Duration
	// SwapIn is the time in which they waited for pages from swap.
	SwapIn time.Duration
	// Reclaim is the time in which they freed memory themselves because there was none.
	Reclaim time.Duration
	// Thrashing is the time in which they waited for pages that had been dropped not long before.
	Thrashing time.Duration
}

// Believable reports whether threads of a process of that age can have waited so long for block
// devices at once. Linux 6.18 now and then books all the time since the boot as one wait, with a
// thread that began to wait before it was off its CPU.
func Believable(waited, age time.Duration, threads int) bool {
	const (
		young  = time.Minute
		margin = 10 * time.Second
	)
	// Threads of a young process can all have waited since it began.
	return waited <= max(age, min(age, young)*time.Duration(max(threads, 1)))+margin
}

// BelievableSeconds is Believable for a wait in seconds.
func BelievableSeconds(waited float64, age time.Duration, threads int) bool {
	return Believable(time.Duration(waited*float64(time.Second)), age, threads)
}

// Plus returns the sum of two.
func (d Delays) Plus(e Delays) Delays {
	return Delays{d.BlockIO + e.BlockIO, d.SwapIn + e.SwapIn, d.Reclaim + e.Reclaim, d.Thrashing + e.Thrashing}
}

// Max returns the larger of each.
func (d Delays) Max(e Delays) Delays {
	return Delays{max(d.BlockIO, e.BlockIO), max(d.SwapIn, e.SwapIn), max(d.Reclaim, e.Reclaim), max(d.Thrashing, e.Thrashing)}
}
