package process

// NeverBelow lets no counter fall below what an earlier scan showed. Of what is shown of single
// processes Prometheus would take that for a start at nothing, and count all of it again.
func NeverBelow(p, before *Process) {
	account := CPUAccount{Run: p.CPUTime(), CPU: p.CPU()}
	p.SetCPU(account.Split(before.CPU()))
	p.ChildUserTime = max(p.ChildUserTime, before.ChildUserTime)
	p.ChildSystemTime = max(p.ChildSystemTime, before.ChildSystemTime)
	p.MinorFaults = max(p.MinorFaults, before.MinorFaults)
	p.MajorFaults = max(p.MajorFaults, before.MajorFaults)
	if p.Known.Has(HasCPUWait) {
		p.CPUWait = max(p.CPUWait, before.CPUWait)
	}
	if p.Known&HasDelays != 0 {
		p.Delays = p.Delays.Max(before.Delays)
	}
	if p.Known.Has(HasNetwork) {
		p.Network = p.Network.Max(before.Network)
	}
	if p.Known.Has(HasSwitches) {
		p.VoluntarySwitches = max(p.VoluntarySwitches, before.VoluntarySwitches)
		p.InvoluntarySwitches = max(p.InvoluntarySwitches, before.InvoluntarySwitches)
	}
	if p.Known.Has(HasIO) {
		p.ReadBytes = max(p.ReadBytes, before.ReadBytes)
		p.WrittenBytes = max(p.WrittenBytes, before.WrittenBytes)
	}
}
