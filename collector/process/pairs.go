package process

// Pairs calls each with the place of every process in now and what previous has of the
// same process, a zero Process if nothing. Both are sorted by PID.
func Pairs(previous, now []Process, each func(i int, before *Process)) {
	var none Process
	at := 0
	for i := range now {
		for at < len(previous) && previous[at].PID < now[i].PID {
			at++
		}
		before := &none
		if at < len(previous) && previous[at].ID == now[i].ID {
			before = &previous[at]
		}
		each(i, before)
	}
}

// NeverBelow lets no counter fall below what an earlier scan showed. Of what is shown of single
// processes Prometheus would take that for a start at nothing, and count all of it again.
func NeverBelow(p, before *Process) {
	times := CPUAccount{Run: p.CPUTime(), User: p.UserTime, System: p.SystemTime}
	p.UserTime, p.SystemTime = times.Split(before.UserTime, before.SystemTime)
	p.ChildUserTime = max(p.ChildUserTime, before.ChildUserTime)
	p.ChildSystemTime = max(p.ChildSystemTime, before.ChildSystemTime)
	p.MinorFaults = max(p.MinorFaults, before.MinorFaults)
	p.MajorFaults = max(p.MajorFaults, before.MajorFaults)
	if p.Known.Has(HasSwitches) {
		p.VoluntarySwitches = max(p.VoluntarySwitches, before.VoluntarySwitches)
		p.InvoluntarySwitches = max(p.InvoluntarySwitches, before.InvoluntarySwitches)
	}
	if p.Known.Has(HasIO) {
		p.ReadBytes = max(p.ReadBytes, before.ReadBytes)
		p.WrittenBytes = max(p.WrittenBytes, before.WrittenBytes)
	}
}
