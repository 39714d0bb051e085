package terminal

import (
	"context"
	"fmt"
	"math"
	"net/url"
	"os"
	"slices"
	"strconv"
	"time"

	"golang.org/x/term"

	"proctree/collector/metric"
)

// ps is the command ps.
func (c *command) ps(ctx context.Context, client *client) error {
	by, err := c.sortColumn("cpu")
	if err != nil {
		return err
	}
	list, err := columnsOf(c.columns, "pid", "user", "state", "cpu", "memory", "threads", "start_time", "name", "cmdline")
	if err != nil {
		return err
	}
	answer, err := c.askOnce(ctx, client, "processes", by, append(slices.Clone(list), by))
	if err != nil {
		return err
	}
	m := answer.message()
	t := newTable()
	if err := t.apply(m); err != nil {
		return fmt.Errorf("%s: %w", client.target.shown, err)
	}
	return c.print(list, t, inOrder(t, m.Processes), false)
}

// tree is the command tree.
func (c *command) tree(ctx context.Context, client *client) error {
	by, err := c.sortColumn("pid")
	if err != nil {
		return err
	}
	list, err := columnsOf(c.columns, "pid", "user", "cpu", "memory", "name", "cmdline")
	if err != nil {
		return err
	}
	answer, err := c.askOnce(ctx, client, "tree", by, append(slices.Clone(list), by))
	if err != nil {
		return err
	}
	t := newTable()
	if err := t.apply(answer.message()); err != nil {
		return fmt.Errorf("%s: %w", client.target.shown, err)
	}
	s := &shape{tree: true, order: order{by, c.descends(by)}, set: c.charset()}
	return c.print(list, t, t.rows(s), true)
}

// print writes rows in the format that was asked for.
func (c *command) print(list []*column, t *table, rows []row, tree bool) error {
	if !c.time.IsZero() {
		if _, err := fmt.Fprintf(c.Stderr, "table of %s\n", ShownTime(time.UnixMilli(int64(math.Round(t.time*1e3))))); err != nil {
			return fmt.Errorf("write the time: %w", err)
		}
	}
	p := &printer{out: c.Stdout, columns: list, set: c.charset(), now: t.time, tree: tree}
	if file, ok := c.Stdout.(*os.File); ok && term.IsTerminal(int(file.Fd())) {
		if cells, _, err := term.GetSize(int(file.Fd())); err == nil {
			p.cells = cells
		}
	}
	switch c.format {
	case "csv":
		return p.csv(rows)
	case "json":
		return p.json(rows)
	}
	if c.columns == "" {
		p.columns = seen(list, rows)
	}
	return p.table(rows)
}

// secondScan is after how long a second scan gives the rates that the first one cannot have. An
// exporter makes no new one within its --scan.max-age.
const secondScan = 1100 * time.Millisecond

// askOnce asks for processes. Where nobody has asked the exporter before there are no rates yet: it
// asks again if they are to be shown.
func (c *command) askOnce(ctx context.Context, client *client, path string, by *column, used []*column) (*list, error) {
	q := query{search: c.search, values: c.parameters()}
	if path == "processes" || c.limit > 0 || c.sort != "" {
		q.values.Set("sort", by.Name)
		q.values.Set("order", map[bool]string{true: "desc", false: "asc"}[c.descends(by)])
	}
	if c.limit > 0 {
		q.values.Set("limit", strconv.Itoa(c.limit))
	}
	if path == "tree" && c.depth >= 0 {
		q.values.Set("depth", strconv.Itoa(c.depth))
	}
	answer, err := client.ask(ctx, path, q)
	rates := slices.ContainsFunc(used, func(c *column) bool { return c.Kind == metric.PerSecond })
	if err != nil || answer.Interval > 0 || !rates || !c.time.IsZero() {
		return answer, err
	}
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-time.After(secondScan):
	}
	return client.ask(ctx, path, q)
}

// parameters are those that all answers and streams take.
func (c *command) parameters() url.Values {
	values := url.Values{}
	if c.root > 0 {
		values.Set("root", strconv.Itoa(c.root))
	}
	if !c.time.IsZero() {
		values.Set("time", apiTime(c.time.Time))
	}
	return values
}
