package treeapi

import (
	"sync"

	"proctree/collector/group"
	"proctree/collector/host"
	"proctree/tree-api/access"
)

// models keeps the tree of the newest report: all who ask about one report share it.
type models struct {
	facts *factsCache

	mu     sync.Mutex
	newest *model
	// generation counts the models, for entity tags.
	generation uint64
}

// model is a tree with what may be shown of it. What it shows never changes.
type model struct {
	tree       *Tree
	facts      []*shownFacts
	generation uint64
	openings   openings
}

func (m *model) as(role access.Role) *view { return &view{Tree: m.tree, facts: m.facts, role: role} }

// of returns the model of a report.
func (m *models) of(report *group.Report) *model {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.newest != nil && m.newest.tree.Report == report {
		return m.newest
	}
	m.generation++
	tree := Build(report, report.Previous)
	m.newest = &model{tree: tree, facts: m.facts.of(tree.Nodes), generation: m.generation}
	return m.newest
}

func (m *models) setPrivacy(privacy Privacy) {
	m.facts.setPrivacy(privacy)
	m.mu.Lock()
	defer m.mu.Unlock()
	m.newest = nil
}

// since returns the model of a report with rates counted from an earlier snapshot.
func (m *models) since(report *group.Report, previous *host.Snapshot) *model {
	if previous == report.Previous {
		return m.of(report)
	}
	tree := Build(report, previous)
	return &model{tree: tree, facts: m.facts.of(tree.Nodes)}
}
