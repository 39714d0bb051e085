package main

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// damageSeeds is how many hosts are damaged in a run of the tests.
const damageSeeds = 200

// TestDamageStaysWhereItIs damages one file of a whole host in a way that the seed chooses:
// the exporter lives, /metrics parses, no metric changes that is not derived from what was
// damaged, nothing unknown is 0, the error is counted, and logged once.
func TestDamageStaysWhereItIs(t *testing.T) {
	h := newDamagedHost(t, damageDeadline)
	for seed := range uint64(damageSeeds) {
		h.try(t, seed)
	}
}

// core are files that nearly all metrics are derived from. Among hundreds of files the seeds
// choose them rarely.
var core = []string{
	"proc/meminfo", "proc/stat", "proc/loadavg", "proc/101/stat", "proc/101/status", "proc/101/io", "proc/102/limits", "proc/101/cgroup",
	"proc/102/cgroup", "proc/101/schedstat",
}

// TestDamageOfEachKind damages each of these files in each way, but for FIFOs, for which a
// scan waits.
func TestDamageOfEachKind(t *testing.T) {
	const tries = 2
	h := newDamagedHost(t, damageDeadline)
	for _, file := range core {
		for i := range damages {
			if damages[i].name == "file is a FIFO" {
				continue
			}
			for n := range tries {
				seed := uint64(i*tries + n)
				h.tryOne(t, rand.New(rand.NewPCG(seed, 2)), seed, file, &damages[i])
			}
		}
	}
}

// damageDeadline is longer than any file takes on the slowest machine, and how long FIFOs
// hold up a scan.
const damageDeadline = 3 * time.Second

// FuzzDamage does the same with seeds that the fuzzer chooses.
func FuzzDamage(f *testing.F) {
	f.Add(uint64(damageSeeds))
	h := newDamagedHost(f, damageDeadline)
	f.Fuzz(func(t *testing.T, seed uint64) { h.try(t, seed) })
}

// try damages one file as the seed says, and restores it.
func (h *damagedHost) try(t *testing.T, seed uint64) {
	t.Helper()
	random := rand.New(rand.NewPCG(seed, 1))
	h.tryOne(t, random, seed, h.choose(random), &damages[random.IntN(len(damages))])
}

// tryOne damages a file and restores it.
func (h *damagedHost) tryOne(t *testing.T, random *rand.Rand, seed uint64, file string, d *damage) {
	t.Helper()
	content := h.read(t, file)
	if len(content) == 0 {
		return
	}
	defer h.write(t, file, content)
	for _, wrong := range h.damage(t, random, file, content, d) {
		t.Errorf("seed %d, %s, %s: %s", seed, file, d.name, wrong)
	}
}

// choose returns a file of the host. Sysfs has many small files that are read alike, so most
// times it is another one.
func (h *damagedHost) choose(random *rand.Rand) string {
	files := h.files
	if random.IntN(4) > 0 {
		files = slices.DeleteFunc(slices.Clone(files), func(file string) bool { return strings.HasPrefix(file, "sys/devices/") })
	}
	return files[random.IntN(len(files))]
}

// isOneValue reports whether a file is read as one: another line in it changes its value. Of
// text files that programs leave all counts or nothing, for half of one may be of two writings.
func isOneValue(file string, content []byte) bool {
	return strings.HasPrefix(file, "textfiles/") || sums.MatchString(file) || len(splitFile(content)) == 1 && !identity.MatchString(file)
}

// names are files of texts, for which any will do.
var names = regexp.MustCompile(`/(name|uuid)$|^run/udev/|^etc/`)

// sums are files of which every line is a summand of all metrics.
var sums = regexp.MustCompile(`^proc/net/(stat/nf_conntrack|udp6?)$`)

// canBeEmpty are files that a kernel leaves empty where there is nothing to say: no slaves, no
// CPUs, no text.
var canBeEmpty = regexp.MustCompile(`/(bonding_masters|bonding/slaves|isolated|ifalias|address|broadcast|level|raid_disks|ch\d+_dimm_label|hwmon\d+/\w+_label)$|` +
	`^textfiles/|^proc/\d+/(cmdline|cgroup)$|^proc/uptime$`)

// isOdd reports whether damage to a file is an error. A part of a text is a text.
func (d *damage) isOdd(file string) bool {
	return d.odd && (!d.unended || !labels.MatchString(file)) && !names.MatchString(file) && (!d.empties || !canBeEmpty.MatchString(file))
}

// sections are files of which a line says what the lines below it belong to.
var sections = regexp.MustCompile(`^proc/(net/ip_vs|mdstat)$`)

// below adds the lines that follow the first of these to them.
func below(lines []int, total int) []int {
	if len(lines) == 0 {
		return lines
	}
	all := make([]int, 0, total)
	for at := slices.Min(lines); at < total; at++ {
		all = append(all, at)
	}
	return all
}

// later lets the time pass after which an exporter reads all facts of processes again, whatever it has
// found: otherwise what the next scrape shows can be of a file as it was before.
func (h *damagedHost) later() { h.now += 700 }

// maxComebacks is after how many scrapes a whole file must be seen.
const maxComebacks = 10

// damage returns what is wrong with a host that is damaged.
func (h *damagedHost) damage(t *testing.T, random *rand.Rand, file string, content []byte, d *damage) (wrong []string) {
	t.Helper()
	changed, touched := splitFile(content), []int(nil)
	if d.lines != nil {
		if changed, touched = d.lines(random, changed); len(touched) == 0 {
			touched = []int{}
		}
	}
	if d.reorders && sections.MatchString(file) {
		touched = below(touched, len(changed))
	}
	added := d.lines != nil && !d.reorders && len(touched) == 0
	if isOneValue(file, content) || added && !d.unharmed && sections.MatchString(file) {
		touched, added = nil, false
	}
	derived := map[string]bool{}
	if !d.unharmed {
		derived = h.provenance(t, &h.step, file, touched)
		h.later()
	}
	control := h.scrape(t)
	whole := h.scrape(t)
	usual := whole.errors() - control.errors()

	undo := h.apply(t, file, content, changed, d)
	damaged := h.scrape(t)
	h.checkTree(t)
	logged := h.log.problems()
	again := h.scrape(t)
	if after := h.log.problems(); after > logged && d.replace == nil {
		wrong = append(wrong, fmt.Sprintf("the second scrape logged %d lines more", after-logged))
	}
	if undo != nil {
		undo()
	}
	wrong = append(wrong, verdict(file, whole, damaged, derived, d.isOdd(file) || d.garbled)...)
	if d.unended && !isOneValue(file, content) {
		wrong = append(wrong, altered(file, whole, damaged)...)
	}
	if added {
		wrong = append(wrong, appeared(whole, damaged)...)
	}
	if gone := lost(whole, damaged); d.isOdd(file) && gone > 0 && damaged.errors()-whole.errors() <= usual {
		wrong = append(wrong, fmt.Sprintf("%d series are gone and no error is counted", gone))
	}
	if again.errors() < damaged.errors() {
		wrong = append(wrong, fmt.Sprintf("errors fell from %v to %v", damaged.errors(), again.errors()))
	}
	h.write(t, file, content)
	// One scrape may be needed to see that the file is whole again, and more until a reading that hung
	// has ended on a busy machine.
	h.later()
	for attempt := 0; attempt < maxComebacks && len(whole) > 0; attempt++ {
		for series := range h.scrape(t) {
			delete(whole, series)
		}
	}
	for series := range whole {
		wrong = append(wrong, series+" does not come back")
	}
	return wrong
}

// apply damages the file.
func (h *damagedHost) apply(t *testing.T, file string, content []byte, changed [][]byte, d *damage) (undo func()) {
	t.Helper()
	if d.lines != nil {
		damaged := joinFile(slices.Clone(changed))
		if d.unended {
			damaged = damaged[:len(damaged)-1]
		}
		h.write(t, file, damaged)
		return nil
	}
	return d.replace(t, filepath.Join(h.root, file), content)
}
