package treeapi

import (
	"context"
	"fmt"
	"sync"

	"proctree/collector/group"
	"proctree/collector/host"
	"proctree/tree-api/access"
)

// Source returns the newest report: made for the caller, or shortly before for another one.
type Source interface {
	// Report returns a report that is at most about a second old. An error means that
	// the process table could not be read, or that ctx has ended.
	Report(ctx context.Context) (*group.Report, error)
}

// models keeps the tree of the newest report: all who ask about one report share it.
type models struct {
	source Source
	facts  *factsCache

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

// newModels returns models of which cmdline makes the command lines that are shown.
func newModels(source Source, cmdline func([]string) []string) *models {
	return &models{source: source, facts: newFactsCache(cmdline)}
}

// current returns the model of the newest report.
func (m *models) current(ctx context.Context) (*model, error) {
	report, err := m.report(ctx)
	if err != nil {
		return nil, err
	}
	return m.of(report), nil
}

// report returns the newest report.
func (m *models) report(ctx context.Context) (*group.Report, error) {
	report, err := m.source.Report(ctx)
	if err != nil {
		return nil, fmt.Errorf("read the process table: %w", err)
	}
	return report, nil
}

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

// setCmdline changes what is shown of command lines.
func (m *models) setCmdline(cmdline func([]string) []string) {
	m.facts.setCmdline(cmdline)
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
