package main

import (
	"fmt"

	"github.com/grafana/grafana-foundation-sdk/go/cog"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
)

// gridWidth is the number of columns of Grafana's grid.
const gridWidth = 24

// row is a titled line that folds what is below it. A closed row asks nothing of Prometheus
// before somebody opens it.
type row struct {
	title  string
	closed bool
	panels []cog.Builder[dashboard.Panel]
}

// open is a row that shows its panels at once.
func open(title string, panels ...cog.Builder[dashboard.Panel]) row {
	return row{title: title, panels: panels}
}

// closed is a row that shows its panels when it is opened.
func closed(title string, panels ...cog.Builder[dashboard.Panel]) row {
	return row{title: title, closed: true, panels: panels}
}

// place lays the panels of the rows out from left to right, each below the ones before, and
// numbers them.
func place(rows []row) ([]dashboard.PanelOrRowPanel, error) {
	var placed []dashboard.PanelOrRowPanel
	var y, id uint32
	for _, r := range rows {
		head := dashboard.NewRowPanel()
		id++
		head.Id, head.Title, head.Collapsed = id, &r.title, r.closed
		head.GridPos = &dashboard.GridPos{Y: y, W: gridWidth, H: 1}
		y++
		var panels []dashboard.Panel
		var x, height uint32
		for _, builder := range r.panels {
			panel, err := builder.Build()
			if err != nil {
				return nil, fmt.Errorf("row %s: %w", r.title, err)
			}
			if panel.GridPos == nil {
				return nil, fmt.Errorf("row %s: panel %s has no size", r.title, *panel.Title)
			}
			if x+panel.GridPos.W > gridWidth {
				x, y, height = 0, y+height, 0
			}
			if panel.Id == nil {
				id++
				panel.Id = new(id)
			}
			panel.GridPos.X, panel.GridPos.Y = x, y
			x += panel.GridPos.W
			height = max(height, panel.GridPos.H)
			panels = append(panels, panel)
		}
		y += height
		if r.closed {
			head.Panels = panels
			panels = nil
		}
		placed = append(placed, dashboard.PanelOrRowPanel{RowPanel: head})
		for _, panel := range panels {
			placed = append(placed, dashboard.PanelOrRowPanel{Panel: &panel})
		}
	}
	return placed, nil
}
