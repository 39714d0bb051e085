package tree

import (
	"sync"

	"proctree/collector/group"
	"proctree/collector/process"
	"proctree/tree-api/access"
	"proctree/tree-api/jsontext"
)

// shownFacts is what may be shown of a process' facts, encoded once: masking secrets and
// escaping strings are the dear parts of an answer, and facts hardly ever change.
type shownFacts struct {
	// exe and cmdline are for operators alone; secrets in cmdline are masked.
	exe     string
	cmdline []string
	// json holds the fields, each with a comma before it; those from public on are for
	// every role.
	json   []byte
	public int
}

// fields returns the encoded fields that a role may see.
func (f *shownFacts) fields(role access.Role) []byte {
	if role == access.Operator {
		return f.json
	}
	return f.json[f.public:]
}

func showFacts(facts *process.Facts, shown *group.Shown) *shownFacts {
	f := &shownFacts{exe: facts.Exe, cmdline: shown.Args(facts.Cmdline)}
	f.json = jsontext.AppendText(f.json, "exe", f.exe)
	if f.cmdline != nil {
		f.json = jsontext.AppendStrings(append(f.json, `,"cmdline":`...), f.cmdline)
	}
	f.public = len(f.json)
	f.json = jsontext.AppendText(f.json, "user", facts.User)
	f.json = jsontext.AppendText(f.json, "unit", facts.Unit)
	f.json = jsontext.AppendText(f.json, "container", facts.Container)
	f.json = jsontext.AppendText(f.json, "pod_uid", facts.PodUID)
	return f
}

// factsCache keeps what is shown of the facts of the living processes. Readers share one
// Facts between snapshots, so its address is the key.
type factsCache struct {
	mu sync.Mutex
	// by is the configuration by which it was decided what is shown.
	by    *group.Shown
	shown map[*process.Facts]*shownFacts
}

func newFactsCache() *factsCache { return &factsCache{shown: make(map[*process.Facts]*shownFacts)} }

// shownOf returns what is shown of each node's facts, in the order of nodes.
func (c *factsCache) shownOf(nodes []Node, by *group.Shown) []*shownFacts {
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
			f = showFacts(facts, by)
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
