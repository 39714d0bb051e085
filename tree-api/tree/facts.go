package tree

import (
	"sync"

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

func showFacts(facts *process.Facts, cmdline func([]string) []string) *shownFacts {
	f := &shownFacts{exe: facts.Exe, cmdline: cmdline(facts.Cmdline)}
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
	mu      sync.Mutex
	cmdline func([]string) []string
	shown   map[*process.Facts]*shownFacts
}

func newFactsCache(cmdline func([]string) []string) *factsCache {
	return &factsCache{cmdline: cmdline, shown: make(map[*process.Facts]*shownFacts)}
}

// shownOf returns what is shown of each node's facts, in the order of nodes.
func (c *factsCache) shownOf(nodes []Node) []*shownFacts {
	c.mu.Lock()
	defer c.mu.Unlock()
	list := make([]*shownFacts, len(nodes))
	for i := range nodes {
		facts := nodes[i].Process.Facts
		f := c.shown[facts]
		if f == nil {
			f = showFacts(facts, c.cmdline)
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

// setCmdline forgets everything that was shown under other rules.
func (c *factsCache) setCmdline(cmdline func([]string) []string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.cmdline = cmdline
	clear(c.shown)
}
