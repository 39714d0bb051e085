package collector

import (
	"strconv"
	"time"

	"proctree/collector/group/rules"
	"proctree/collector/process"

	dto "github.com/prometheus/client_model/go"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// labelSets are the labels of groups and processes, kept from one scrape to the next: they
// seldom change, and to make them takes more than all values. A nil labelSets keeps nothing. Not
// safe for concurrent use.
type labelSets struct {
	scrape    uint64
	used      int
	groups    map[string]*labelSet
	processes map[processKey]*labelSet
}

// processKey is what the labels of a process depend on.
type processKey struct {
	process.ID
	name, group string
}

// labelSet is the labels of a group or a process.
type labelSet struct {
	labels []*dto.LabelPair
	// with are the labels with one more.
	with []joined
	info madeInfo

	// start is startTime for metric.created.
	start     *timestamppb.Timestamp
	startTime time.Time
	// scrape is the last scrape that used it.
	scrape uint64
}

// joined is the labels of a set with label.
type joined struct {
	label  *dto.LabelPair
	labels []*dto.LabelPair
}

// madeInfo is the labels of process_info, and what they were made of.
type madeInfo struct {
	facts  *process.Facts
	shown  *rules.Shown
	parent int
	labels []*dto.LabelPair
}

func newLabelSets() *labelSets {
	return &labelSets{groups: make(map[string]*labelSet), processes: make(map[processKey]*labelSet)}
}

// begin opens a scrape.
func (l *labelSets) begin() {
	if l != nil {
		l.scrape++
		l.used = 0
	}
}

// end closes a scrape: it forgets the sets that this one did not use.
func (l *labelSets) end() {
	if l == nil || l.used == len(l.groups)+len(l.processes) {
		return
	}
	dropUnused(l.groups, l.scrape)
	dropUnused(l.processes, l.scrape)
}

func dropUnused[K comparable](sets map[K]*labelSet, scrape uint64) {
	for key, set := range sets {
		if set.scrape != scrape {
			delete(sets, key)
		}
	}
}

// use marks a set as used in this scrape.
func (l *labelSets) use(set *labelSet) *labelSet {
	if set.scrape != l.scrape {
		set.scrape = l.scrape
		l.used++
	}
	return set
}

// group returns the labels of a group.
func (l *labelSets) group(name string) *labelSet {
	if l == nil {
		return groupLabels(name)
	}
	set := l.groups[name]
	if set == nil {
		set = groupLabels(name)
		l.groups[name] = set
	}
	return l.use(set)
}

func groupLabels(name string) *labelSet {
	return &labelSet{labels: []*dto.LabelPair{pair("group", name)}}
}

// process returns the labels of a process.
func (l *labelSets) process(key processKey) *labelSet {
	if l == nil {
		return processLabels(key)
	}
	set := l.processes[key]
	if set == nil {
		set = processLabels(key)
		l.processes[key] = set
	}
	return l.use(set)
}

func processLabels(key processKey) *labelSet {
	return &labelSet{labels: []*dto.LabelPair{
		pair("group", key.group),
		pair("name", key.name),
		pair("pid", strconv.Itoa(key.PID)),
	}}
}

// createdAt returns t for metric.created.
func (s *labelSet) createdAt(t time.Time) *timestamppb.Timestamp {
	if s.start == nil || !s.startTime.Equal(t) {
		s.start, s.startTime = timestamp(t), t
	}
	return s.start
}

// and returns the labels with one more, which is that of a part of a family.
func (s *labelSet) and(label *dto.LabelPair) []*dto.LabelPair {
	for i := range s.with {
		if s.with[i].label == label {
			return s.with[i].labels
		}
	}
	s.with = append(s.with, joined{label, insert(s.labels, label)})
	return s.with[len(s.with)-1].labels
}

// maxValues bounds the labels that are kept for values that are not known beforehand, such as
// the reasons of exits.
const maxValues = 64

// andValue returns the labels with one more of that name and value.
func (s *labelSet) andValue(name, value string) []*dto.LabelPair {
	for i := range s.with {
		if l := s.with[i].label; *l.Name == name && *l.Value == value {
			return s.with[i].labels
		}
	}
	label := pair(name, value)
	if len(s.with) >= maxValues {
		return insert(s.labels, label)
	}
	return s.and(label)
}
