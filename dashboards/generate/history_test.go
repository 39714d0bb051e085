package main

import (
	"bufio"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"time"
)

// A made history: what the exporters of three hosts would have exposed for a day and a half,
// with a working day, a nightly backup, and three things that are not as usual at its end.
const (
	// historyLength gives the bands their half day before the day that the dashboard shows.
	historyLength = 37 * time.Hour
	// historyStep is as wide as windows of five minutes allow.
	historyStep = 2 * time.Minute
)

// usage is what a group uses: cores, bytes, bytes per second, descriptors.
type usage struct{ cpu, memory, io, fds float64 }

func (u usage) plus(v usage) usage {
	return usage{u.cpu + v.cpu, u.memory + v.memory, u.io + v.io, u.fds + v.fds}
}

// member is a group on a host.
type member struct {
	instance, group string
	usual           usage
	// unusual gives by what the usual is multiplied at a time, and so long before the end.
	unusual func(at time.Time, before time.Duration) usage
}

const megabyte = 1 << 20

// members lists the groups; those named in unusualGroups are not as usual at the end.
func members() []member {
	return []member{
		{"web1:10056", "nginx", usage{0.5, 300 * megabyte, 2 * megabyte, 900}, byDay},
		{"web1:10056", "app", usage{1.2, 1400 * megabyte, 1 * megabyte, 400}, byDay},
		{"web1:10056", "redis", usage{0.3, 700 * megabyte, 1 * megabyte, 150}, byDay},
		{"web2:10056", "nginx", usage{0.5, 300 * megabyte, 2 * megabyte, 900}, byDay},
		{"web2:10056", "app", usage{1.2, 1400 * megabyte, 1 * megabyte, 400}, leak},
		{"web2:10056", "redis", usage{0.3, 700 * megabyte, 1 * megabyte, 150}, quiet},
		{"db1:10056", "postgres", usage{0.9, 4000 * megabyte, 6 * megabyte, 600}, storm},
		{"db1:10056", "backup", usage{0.15, 120 * megabyte, 2 * megabyte, 120}, nightly},
	}
}

// byDay is the shape of a working day: a fifth more in the afternoon, a fifth less at night.
func byDay(at time.Time, _ time.Duration) usage {
	hour := float64(at.Hour()) + float64(at.Minute())/60
	day := 1 - 0.2*math.Cos((hour-3)/12*math.Pi)
	return usage{day, 1, day, 1}
}

// leak is memory that grows for the last three hours.
func leak(at time.Time, before time.Duration) usage {
	u := byDay(at, before)
	u.memory = 1 + 2*max(0, 3-before.Hours())/3
	return u
}

// quiet is a group that does next to nothing for the last two hours.
func quiet(_ time.Time, before time.Duration) usage {
	if before < 2*time.Hour {
		return usage{0.1, 1, 0.1, 1}
	}
	return usage{1, 1, 1, 1}
}

// storm is CPU, disk and descriptors of the last hour and a half.
func storm(at time.Time, before time.Duration) usage {
	if before < 90*time.Minute {
		return usage{3, 1, 10, 1.6}
	}
	return byDay(at, before)
}

// nightly is a backup, each night from two to half past: a habit, no anomaly.
func nightly(at time.Time, _ time.Duration) usage {
	if at.Hour() == 2 && at.Minute() < 30 {
		return usage{5, 1, 15, 1}
	}
	return usage{1, 1, 1, 1}
}

// writeHistory writes the samples that end at a time, as OpenMetrics.
func writeHistory(to io.Writer, end time.Time) {
	w := bufio.NewWriter(to)
	defer func() { _ = w.Flush() }()
	random := rand.New(rand.NewPCG(7, 7)) //nolint:gosec // A history that is the same each time.
	counters := make(map[string]float64)
	for at := end.Add(-historyLength); !at.After(end); at = at.Add(historyStep) {
		line := func(name, labels string, value float64) {
			_, _ = fmt.Fprintf(w, "%s{job=\"proctree\",%s} %g %d\n", name, labels, value, at.Unix())
		}
		counter := func(name, labels string, perSecond float64) {
			counters[name+labels] += perSecond * historyStep.Seconds()
			line(name, labels, counters[name+labels])
		}
		hosts := make(map[string]usage)
		for _, m := range members() {
			noise := func() float64 { return 1 + 0.04*random.NormFloat64() }
			shape := m.unusual(at, end.Sub(at))
			u := usage{
				m.usual.cpu * shape.cpu * noise(), m.usual.memory * shape.memory * (1 + 0.01*random.NormFloat64()),
				m.usual.io * shape.io * noise(), m.usual.fds * shape.fds * noise(),
			}
			hosts[m.instance] = hosts[m.instance].plus(u)
			writeGroup(m, u, line, counter)
		}
		for instance, u := range hosts {
			writeHost(instance, u, line, counter)
		}
	}
	_, _ = fmt.Fprintln(w, "# EOF")
}

// emit writes a sample: a gauge's value, or by how much a counter grows each second.
type emit func(name, labels string, value float64)

func writeGroup(m member, u usage, gauge, counter emit) {
	labels := fmt.Sprintf("instance=%q,group=%q", m.instance, m.group)
	counter("proctree_group_cpu_seconds_total", labels+`,mode="user"`, u.cpu)
	gauge("proctree_group_resident_memory_bytes", labels, u.memory)
	gauge("proctree_group_swap_bytes", labels, 0)
	counter("proctree_group_read_bytes_total", labels, u.io/4)
	counter("proctree_group_written_bytes_total", labels, u.io*3/4)
	gauge("proctree_group_open_fds", labels, math.Round(u.fds))
}

// writeHost writes what a host of four CPUs and 16 GiB exposes when its groups use so much.
func writeHost(instance string, u usage, gauge, counter emit) {
	const cpus, memory, own = 4, 16 << 30, 800 * megabyte
	labels := fmt.Sprintf("instance=%q", instance)
	gauge("proctree_build_info", labels, 1)
	for cpu := range cpus {
		mode := fmt.Sprintf(`%s,cpu="%d",mode=`, labels, cpu)
		counter("proctree_system_cpu_seconds_total", mode+`"user"`, u.cpu/cpus)
		counter("proctree_system_cpu_seconds_total", mode+`"idle"`, 1-u.cpu/cpus)
	}
	gauge("proctree_system_memory_MemTotal_bytes", labels, memory)
	gauge("proctree_system_memory_MemAvailable_bytes", labels, memory-own-u.memory)
	counter("proctree_system_disk_read_bytes_total", labels+`,device="vda"`, u.io/4)
	counter("proctree_system_disk_written_bytes_total", labels+`,device="vda"`, u.io*3/4)
	gauge("proctree_system_filefd_allocated", labels, 2000+u.fds)
}
