package tree

import (
	"sync"

	"proctree/collector/group/rules"
	"proctree/collector/metric"
	"proctree/collector/process"
	"proctree/tree-api/access"
	"proctree/tree-api/jsontext"
)

// shownFacts is what may be shown of a process' facts, encoded once: masking secrets and
// escaping strings are the expensive parts of an answer, and facts rarely change.
type shownFacts struct {
	// cmdline has its secrets masked; it is for operators.
	cmdline []string
	// json holds the fields for operators and then those for every role, from public on; each
	// has a comma before it.
	json   []byte
	public int
}

// fields returns the encoded fields that a role may see.
func (f *shownFacts) fields(role access.Role) []byte {
	if role.SeesAll() {
		return f.json
	}
	return f.json[f.public:]
}

// showFacts encodes the constant fields of a process.
func showFacts(p *process.Process, shown *rules.Shown) *shownFacts {
	f := &shownFacts{cmdline: shown.Args(p.Facts.Cmdline)}
	for _, operator := range []bool{true, false} {
		f.public = len(f.json)
		for i := range plan.constant {
			if c := &plan.constant[i]; (c.Role == metric.Operator) == operator {
				f.json = f.appendMember(f.json, c, p)
			}
		}
	}
	return f
}

// appendMember appends a constant field; a list is the command line as it is shown.
func (f *shownFacts) appendMember(dst []byte, c *field, p *process.Process) []byte {
	start := len(dst)
	dst = append(dst, c.key...)
	value := len(dst)
	if c.source == fromList {
		dst = appendList(dst, f.cmdline)
	} else {
		dst = jsontext.AppendWord(dst, c.Text(p))
	}
	if len(dst) == value {
		return dst[:start]
	}
	return dst
}

// factsCache keeps what is shown of the facts of the living processes. Readers share one
// Facts between snapshots, so its address is the key.
type factsCache struct {
	mu sync.Mutex
	// by is the configuration by which it was decided what is shown.
	by    *rules.Shown
	shown map[*process.Facts]*shownFacts
}

func newFactsCache() *factsCache { return &factsCache{shown: make(map[*process.Facts]*shownFacts)} }

// shownOf returns what is shown of each node's facts, in the order of nodes.
func (c *factsCache) shownOf(nodes []Node, by *rules.Shown) []*shownFacts {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.by != by {
		c.by = by
		clear(c.shown)
	}
	list := make([]*shownFacts, len(nodes))
	for i := range nodes {
		facts := nodes[i].Process.Facts
		f := c.shown[facts]
		if f == nil {
			f = showFacts(nodes[i].Process, by)
			c.shown[facts] = f
		}
		list[i] = f
	}
	c.forgetDead(nodes, list)
	return list
}

// forgetDead drops the facts of processes that ended, once they are the most.
func (c *factsCache) forgetDead(nodes []Node, list []*shownFacts) {
	const few = 64
	if len(c.shown) <= 2*len(nodes)+few {
		return
	}
	clear(c.shown)
	for i := range nodes {
		c.shown[nodes[i].Process.Facts] = list[i]
	}
}
