package tree

import (
	"context"
	"fmt"
	"sync"

	"proctree/collector/group"
	"proctree/collector/process"
	"proctree/tree-api/access"
)

// Source returns the newest report: made for the caller, or shortly before for another one.
type Source interface {
	// Report returns a report that is at most about a second old. An error means that
	// the process table could not be read, or that ctx has ended.
	Report(ctx context.Context) (*group.Report, error)
}

// Models keeps the tree of the newest report: all who ask about one report share it.
type Models struct {
	source Source
	facts  *factsCache

	mu     sync.Mutex
	Newest *Model
	// generation counts the models, for entity tags.
	generation uint64
}

// Model is a tree with what may be shown of it. What it shows never changes.
type Model struct {
	Tree *Tree
	// public is Tree as the role Public may see it, made when it is first asked for.
	public     func() *Tree
	facts      []*shownFacts
	Generation uint64
	Openings   openings
}

// newModel returns the model of a tree.
func newModel(tree *Tree, facts []*shownFacts, generation uint64) *Model {
	return &Model{Tree: tree, public: sync.OnceValue(tree.public), facts: facts, Generation: generation}
}

// As returns the model as a role may see it.
func (m *Model) As(role access.Role) *View {
	tree := m.Tree
	if role == access.Public {
		tree = m.public()
	}
	return &View{Tree: tree, facts: m.facts, Role: role}
}

// NewModels returns models that read nothing until somebody asks.
func NewModels(source Source) *Models { return &Models{source: source, facts: newFactsCache()} }

// Current returns the model of the newest report.
func (m *Models) Current(ctx context.Context) (*Model, error) {
	report, err := m.Report(ctx)
	if err != nil {
		return nil, err
	}
	return m.For(report), nil
}

// Report returns the newest report.
func (m *Models) Report(ctx context.Context) (*group.Report, error) {
	report, err := m.source.Report(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the process table: %w", err)
	}
	return report, nil
}

// For returns the model of a report.
func (m *Models) For(report *group.Report) *Model {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.Newest != nil && m.Newest.Tree.Report == report {
		return m.Newest
	}
	m.generation++
	tree := Build(report, report.Previous)
	m.Newest = newModel(tree, m.facts.shownOf(tree.Nodes, report.Shown), m.generation)
	return m.Newest
}

// Since returns the model of a report with rates counted from an earlier snapshot.
func (m *Models) Since(report *group.Report, previous *process.Snapshot) *Model {
	if previous == report.Previous {
		return m.For(report)
	}
	tree := Build(report, previous)
	return newModel(tree, m.facts.shownOf(tree.Nodes, report.Shown), 0)
}
