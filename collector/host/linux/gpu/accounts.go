package gpu

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"proctree/collector/process"
)

// Holder is a client of a GPU that a process has open.
type Holder struct {
	Process process.ID
	// New is set if the process certainly did not have the client when the exporter first looked.
	New bool
	// Descriptors is how many descriptors of the process are of this client.
	Descriptors int
	Client      Client
}

// Accounts add up what clients used, by process. Of a client that several processes have, the whole
// goes to the one with the most descriptors of it, as libraries duplicate those that they work with,
// and services that only pass one on keep one; among equals to the one that had it last time, then to
// the oldest. What a process used stays with it when it closes the client. The zero value is ready.
// Not safe for concurrent use.
type Accounts struct {
	clients  map[clientKey]*client
	accounts map[process.ID]*account
	engines  names[process.GPUEngineName]
	regions  names[process.GPURegionName]
	scan     uint64
}

// clientKey tells clients apart. A client without a number is one of its process.
type clientKey struct {
	name string
	id   uint64
	of   process.ID
}

// client is what has been counted of a client.
type client struct {
	engines map[string]*engineMark
	owner   process.ID
	seen    uint64
}

// engineMark is up to where an engine has been counted: the largest values so far, for a driver may
// report less for a while.
type engineMark struct {
	busy, cycles, total uint64
	at                  time.Time
}

// account is what a process used.
type account struct {
	engines map[process.GPUEngineName]*process.GPUEngine
	memory  map[process.GPURegionName]uint64
	// busy is process.Process.GPUTime, and grown what each engine adds to it in this scan.
	busy  time.Duration
	grown map[process.GPUEngineName]time.Duration
	// seen is the last scan that had the process.
	seen uint64
}

// maxNames bounds the engines, and the regions, that are told apart on a host.
const maxNames = 64

// Other is the name of the GPU, engine and region for what is beyond the bound.
const Other = "other"

// names bounds how many names there are.
type names[T comparable] struct{ known map[T]bool }

// bounded returns the name, or other if there are too many.
func (n *names[T]) bounded(name, other T) T {
	switch {
	case n.known[name]:
		return name
	case len(n.known) >= maxNames:
		return other
	case n.known == nil:
		n.known = make(map[T]bool)
	}
	n.known[name] = true
	return name
}

// Add adds up the clients that a scan found.
func (a *Accounts) Add(now time.Time, holders []Holder) {
	if a.clients == nil {
		if len(holders) == 0 {
			return
		}
		a.clients, a.accounts = make(map[clientKey]*client), make(map[process.ID]*account)
	}
	a.scan++
	for _, account := range a.accounts {
		clear(account.memory)
	}
	byClient := make(map[clientKey][]*Holder, len(holders))
	var order []clientKey
	for i := range holders {
		h := &holders[i]
		key := clientKey{name: h.Client.Name(), id: h.Client.ID}
		if !h.Client.HasID {
			key.of = h.Process
		}
		if byClient[key] == nil {
			order = append(order, key)
		}
		byClient[key] = append(byClient[key], h)
	}
	for _, key := range order {
		a.addClient(now, key, byClient[key])
	}
	for key, c := range a.clients {
		if a.scan-c.seen >= rememberScans {
			delete(a.clients, key)
		}
	}
	for _, account := range a.accounts {
		account.settle()
	}
}

// addClient adds what a client used since the last scan to the process that owns it.
func (a *Accounts) addClient(now time.Time, key clientKey, holders []*Holder) {
	c := a.clients[key]
	fresh := c == nil
	if fresh {
		c = &client{engines: make(map[string]*engineMark)}
		a.clients[key] = c
	}
	h := ownerOf(holders, c.owner)
	c.owner, c.seen = h.Process, a.scan
	to := a.account(h.Process)
	for i := range h.Client.Engines {
		e := &h.Client.Engines[i]
		mark := c.engines[e.Name]
		if mark == nil {
			mark = &engineMark{}
			c.engines[e.Name] = mark
		}
		grown := mark.advance(e, now)
		name := a.engines.bounded(process.GPUEngineName{GPU: key.name, Engine: e.Name}, process.GPUEngineName{GPU: Other, Engine: Other})
		to.addEngine(name, grown, fresh && !h.New)
	}
	for _, r := range h.Client.Regions {
		name := a.regions.bounded(process.GPURegionName{GPU: key.name, Region: r.Name}, process.GPURegionName{GPU: Other, Region: Other})
		to.memory[name] += r.Bytes
	}
}

// ownerOf returns the holder to which the use of a client goes.
func ownerOf(holders []*Holder, last process.ID) *Holder {
	return slices.MinFunc(holders, func(a, b *Holder) int {
		switch {
		case a.Descriptors != b.Descriptors:
			return b.Descriptors - a.Descriptors
		case a.Process == last:
			return -1
		case b.Process == last:
			return 1
		}
		return cmp.Or(cmp.Compare(a.Process.StartTicks, b.Process.StartTicks), cmp.Compare(a.Process.PID, b.Process.PID))
	})
}

func (a *Accounts) account(id process.ID) *account {
	to := a.accounts[id]
	if to == nil {
		to = &account{
			engines: make(map[process.GPUEngineName]*process.GPUEngine), memory: make(map[process.GPURegionName]uint64),
			grown: make(map[process.GPUEngineName]time.Duration), seen: a.scan,
		}
		a.accounts[id] = to
	}
	return to
}

// advance moves the mark to what an engine shows now, and returns for how long one engine was busy
// since then.
func (m *engineMark) advance(e *Engine, now time.Time) (busy time.Duration) {
	switch {
	case e.HasBusy:
		if e.Busy > m.busy {
			busy = time.Duration(e.Busy - m.busy)
		}
	case e.TotalCycles > 0:
		// A share of the time since the last scan: nobody tells how long a cycle is.
		if m.total > 0 && e.TotalCycles > m.total && e.Cycles > m.cycles {
			share := float64(e.Cycles-m.cycles) / float64(e.TotalCycles-m.total)
			busy = time.Duration(share * float64(now.Sub(m.at)))
		}
	case e.MaxHz > 0:
		if e.Cycles > m.cycles {
			busy = time.Duration(float64(e.Cycles-m.cycles) / float64(e.MaxHz) * float64(time.Second))
		}
	}
	m.busy, m.cycles, m.total, m.at = max(m.busy, e.Busy), max(m.cycles, e.Cycles), max(m.total, e.TotalCycles), now
	return max(busy, 0) / time.Duration(max(min(e.Capacity, maxCapacity), 1))
}

// maxCapacity bounds the engines that a driver reports together.
const maxCapacity = 1 << 16

// addEngine adds the time of an engine; before tells that it is from before the exporter looked.
func (a *account) addEngine(name process.GPUEngineName, grown time.Duration, before bool) {
	e := a.engines[name]
	if e == nil {
		e = &process.GPUEngine{GPUEngineName: name}
		a.engines[name] = e
	}
	if e.Time+grown < e.Time {
		return // After 292 years.
	}
	e.Time += grown
	if before {
		e.Before += grown
	}
	a.grown[name] += grown
}

// settle adds the time of the busiest engine of each GPU.
func (a *account) settle() {
	if len(a.grown) == 0 {
		return
	}
	busiest := make(map[string]time.Duration, 1)
	for name, grown := range a.grown {
		busiest[name.GPU] = max(busiest[name.GPU], grown)
	}
	for _, grown := range busiest {
		a.busy = max(a.busy, a.busy+grown)
	}
	clear(a.grown)
}

// A process that a scan could not read is missing for that scan only: it keeps its account for a while.
const rememberScans = process.RememberScans

// Apply gives the processes what is known of them, in copies, for snapshots share processes. previous
// is the table of the scan before, and serial the number of this one.
func (a *Accounts) Apply(s *process.Snapshot, previous []*process.Process, serial uint64) {
	if len(a.accounts) == 0 {
		return
	}
	before := process.Snapshot{Processes: previous}
	for id, account := range a.accounts {
		at, ok := s.Index(id.PID)
		if !ok || s.Processes[at].ID != id {
			if a.scan-account.seen >= rememberScans {
				delete(a.accounts, id)
			}
			continue
		}
		account.seen = a.scan
		p := account.fill(s.Processes[at])
		if was := before.ByID(id); was != nil {
			process.Compare(p, was, serial)
		} else {
			p.Since = serial
		}
		s.Processes[at] = p
		s.GPUs.Uses = append(s.GPUs.Uses, account.use(id))
	}
	slices.SortFunc(s.GPUs.Uses, func(a, b process.GPUUse) int { return a.ID.Compare(b.ID) })
}

// fill returns the process with the values of the account.
func (a *account) fill(of *process.Process) *process.Process {
	p := *of
	p.Known &^= process.HasGPU
	p.GPUTime, p.GPUMemoryBytes = 0, 0
	if len(a.engines) > 0 {
		p.GPUTime = a.busy
		p.Known |= process.HasGPUTime
	}
	for _, n := range a.memory {
		p.GPUMemoryBytes += n
		p.Known |= process.HasGPUMemory
	}
	p.Since = of.Since
	return &p
}

// use returns the account as a snapshot has it.
func (a *account) use(id process.ID) process.GPUUse {
	u := process.GPUUse{ID: id}
	for _, e := range a.engines {
		u.Engines = append(u.Engines, *e)
	}
	for name, n := range a.memory {
		u.Memory = append(u.Memory, process.GPUMemory{GPURegionName: name, Bytes: n})
	}
	slices.SortFunc(u.Engines, func(a, b process.GPUEngine) int {
		return cmp.Or(strings.Compare(a.GPU, b.GPU), strings.Compare(a.Engine, b.Engine))
	})
	slices.SortFunc(u.Memory, func(a, b process.GPUMemory) int {
		return cmp.Or(strings.Compare(a.GPU, b.GPU), strings.Compare(a.Region, b.Region))
	})
	return u
}
