package tree

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"proctree/collector/metric"
	"proctree/tree-api/jsontext"
)

// Grouping says by what text processes are summed, and how the sums are ordered.
type Grouping struct {
	by *field
	// sort is the index of a sum, or one of the following.
	sort       int
	descending bool
	// limit is how many sums are kept; 0 is all.
	limit int
}

const (
	byName      = -1
	byProcesses = -2
)

// groupSum is a number that is added up over the processes of a group.
type groupSum struct {
	// name is that of the metric, member that in the answer.
	name, member string
	*field
}

var (
	// groupSums are in the order of the answer.
	groupSums = []groupSum{
		{"threads", "threads", plan.named("threads")},
		{"cpu", "cores", plan.named("cpu")},
		{"memory", "memory_bytes", plan.named("memory")},
		{"read", "read_bytes_per_second", plan.named("read")},
		{"written", "written_bytes_per_second", plan.named("written")},
		{"open_fds", "open_fds", plan.named("open_fds")},
	}
	// proportional replaces resident memory where it is known: shared pages are in the RSS of each
	// process that has them.
	proportional = plan.named("pss")
	// groupKeys are the texts by which processes can be grouped.
	groupKeys = plan.choices()
)

// named returns the field of a metric; nil if there is none.
func (l *layout) named(name string) *field {
	for i := range l.fields {
		if l.fields[i].Name == name {
			return &l.fields[i]
		}
	}
	return nil
}

// choices returns the texts that several processes have in common.
func (l *layout) choices() []*field {
	var list []*field
	for i := range l.fields {
		if f := &l.fields[i]; (f.Choice || f.Name == "name") && f.Role != metric.Operator {
			list = append(list, f)
		}
	}
	return list
}

// Group is the sum over some processes.
type Group struct {
	// Name is the text that they have in common; empty for those without.
	Name      string
	Processes int
	sums      []float64
	// known has a bit for each sum of which a part is known.
	known uint32
	// withPSS and withRSS count the processes whose memory is in the sum in either way.
	withPSS, withRSS int
}

// GroupColumns are the members of a group, in the order of the CSV.
func GroupColumns() []string {
	names := []string{"name", "processes"}
	for _, s := range groupSums {
		if names = append(names, s.member); s.name == "memory" {
			names = append(names, "memory_kind")
		}
	}
	return names
}

// ParseGrouping reads what to group by, and the order; "" is the default.
func ParseGrouping(by, sort, order, limit string) (*Grouping, error) {
	g := &Grouping{descending: true}
	names := make([]string, len(groupKeys))
	for i, f := range groupKeys {
		names[i] = f.Name
		if f.Name == by {
			g.by = f
		}
	}
	if g.by == nil {
		return nil, BadParameter("by", fmt.Errorf("must be one of %s, not %q", strings.Join(names, ", "), by))
	}
	if err := g.readSort(cmp.Or(sort, "cpu")); err != nil {
		return nil, BadParameter("sort", err)
	}
	if limit != "" {
		if err := readCount(&g.limit, limit, 1); err != nil {
			return nil, BadParameter("limit", err)
		}
	}
	switch order {
	case "":
	case "asc", "desc":
		g.descending = order == "desc"
	default:
		return nil, BadParameter("order", fmt.Errorf("must be asc or desc, not %q", order))
	}
	return g, nil
}

func (g *Grouping) readSort(name string) error {
	names := []string{"name", "processes"}
	for i, s := range groupSums {
		if s.name == name {
			g.sort = i
			return nil
		}
		names = append(names, s.name)
	}
	switch name {
	case "name":
		g.sort, g.descending = byName, false
	case "processes":
		g.sort = byProcesses
	default:
		return fmt.Errorf("must be one of %s, not %q", strings.Join(names, ", "), name)
	}
	return nil
}

// Groups sums the matches of a selection.
func (v *View) Groups(s *Selection, by *Grouping) []*Group {
	groups := map[string]*Group{}
	var list []*Group
	for _, i := range s.list {
		n := &v.Nodes[i]
		name := by.by.text(n)
		g := groups[name]
		if g == nil {
			g = &Group{Name: name, sums: make([]float64, len(groupSums))}
			groups[name] = g
			list = append(list, g)
		}
		g.add(v.Tree, n)
	}
	slices.SortFunc(list, by.compare)
	if by.limit > 0 && len(list) > by.limit {
		list = list[:by.limit]
	}
	return list
}

func (g *Group) add(t *Tree, n *Node) {
	g.Processes++
	for at, s := range groupSums {
		value, ok := s.number(t, n)
		if s.name == "memory" {
			if pss, known := proportional.number(t, n); known {
				value, ok = pss, true
				g.withPSS++
			} else if ok {
				g.withRSS++
			}
		}
		if ok {
			g.sums[at] += value
			g.known |= 1 << at
		}
	}
}

// compare orders two groups; a sum that is not known comes last.
func (g *Grouping) compare(a, b *Group) int {
	var order int
	switch g.sort {
	case byName:
	case byProcesses:
		order = cmp.Compare(a.Processes, b.Processes)
	default:
		bit := uint32(1) << g.sort
		if a.known&bit != b.known&bit {
			return cmp.Compare(b.known&bit, a.known&bit)
		}
		order = cmp.Compare(a.sums[g.sort], b.sums[g.sort])
	}
	byNames := strings.Compare(a.Name, b.Name)
	if g.sort == byName {
		order = byNames
	}
	if g.descending {
		order = -order
	}
	return cmp.Or(order, byNames)
}

// AppendJSON appends the group as an object.
func (g *Group) AppendJSON(dst []byte) []byte {
	dst = append(dst, '{')
	start := len(dst)
	dst = jsontext.AppendText(dst, "name", g.Name)
	dst = jsontext.AppendInt(append(dst, `,"processes":`...), g.Processes)
	for at, s := range groupSums {
		if g.known&(1<<at) == 0 {
			continue
		}
		dst = append(append(append(dst, `,"`...), s.member...), `":`...)
		dst = jsontext.AppendDecimal(dst, g.sums[at], s.Decimals)
		if s.name == "memory" {
			dst = jsontext.AppendText(dst, "memory_kind", g.memoryKind())
		}
	}
	return append(jsontext.DropComma(dst, start), '}')
}

// memoryKind says what was added up.
func (g *Group) memoryKind() string {
	switch {
	case g.withPSS == 0:
		return "rss"
	case g.withRSS == 0:
		return "pss"
	}
	return "mixed"
}

// By returns the name of the text that groups have in common.
func (g *Grouping) By() string { return g.by.Name }
