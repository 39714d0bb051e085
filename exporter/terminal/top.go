package terminal

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/gdamore/tcell/v3"
)

// top is the command top.
func (c *command) top(ctx context.Context, client *client) error {
	by, err := c.sortColumn("cpu")
	if err != nil {
		return err
	}
	u := &ui{
		set:      c.charset(),
		target:   client.target.shown,
		table:    newTable(),
		shape:    shape{tree: !c.list, order: order{by, c.descends(by)}, folded: map[string]bool{}, set: c.charset()},
		search:   c.search,
		interval: c.interval,
	}
	if c.columns != "" {
		if u.chosen, err = topColumns(c.columns); err != nil {
			return err
		}
	}
	// Before the screen is taken over: an error is one line.
	if u.about, err = client.about(ctx); err != nil {
		return err
	}
	conn, err := client.open(ctx, c.question(u))
	if err != nil {
		return err
	}
	_ = conn.CloseNow()
	s, err := newScreen(c.Stdin, c.Stdout)
	if err != nil {
		return err
	}
	// Also where something panics: the terminal must be usable afterwards.
	defer s.Fini()
	return c.loop(ctx, client, u, s)
}

// topColumns are the columns of a list; a tree needs the name.
func topColumns(list string) ([]*column, error) {
	chosen, err := findColumns(list)
	if err != nil {
		return nil, fmt.Errorf("--columns: %w", err)
	}
	for _, c := range chosen {
		if c.Name == "name" {
			return chosen, nil
		}
	}
	name, err := findColumn("name")
	return append(chosen, name), err
}

// question is what to ask the exporter for.
func (c *command) question(u *ui) query {
	q := query{search: u.search, values: c.parameters()}
	q.values.Set("interval", strconv.Itoa(int(c.interval.Seconds())))
	return q
}

// typing is how long after a letter a search is sent.
const typing = 250 * time.Millisecond

// loop shows the table until somebody quits or ctx ends.
func (c *command) loop(ctx context.Context, client *client, u *ui, s *screen) error {
	var events chan event
	stop := func() {}
	follow := func() {
		stop()
		var following context.Context
		following, stop = context.WithCancel(ctx)
		events = make(chan event)
		if u.paused {
			return
		}
		go client.follow(following, c.question(u), c.interval, events)
	}
	follow()
	defer func() { stop() }()
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	soon := time.NewTimer(0)
	defer soon.Stop()
	<-soon.C
	for {
		s.Clear()
		s.HideCursor()
		u.draw(s, time.Now())
		s.Show()
		select {
		case <-ctx.Done():
			return nil
		case e := <-events:
			u.got(e, time.Now())
		case <-tick.C:
			u.forget()
		case <-soon.C:
			follow()
		case e, ok := <-s.EventQ():
			if !ok {
				return nil // The terminal is gone.
			}
			switch e := e.(type) {
			case *tcell.EventResize:
				s.Sync()
			case *tcell.EventError:
				return fmt.Errorf("read the terminal: %w", e)
			case *tcell.EventKey:
				cells, _ := s.Size()
				switch u.key(nameOf(e), cells) {
				case quit:
					return nil
				case suspend:
					if err := s.suspend(); err != nil {
						return err
					}
				case repaint:
					s.Sync()
				case ask:
					follow()
				case askSoon:
					soon.Reset(typing)
				}
			}
		}
	}
}

// suspend gives the terminal back and stops the program.
func (s *screen) suspend() error {
	if err := s.Suspend(); err != nil {
		return fmt.Errorf("give the terminal back: %w", err)
	}
	stopSelf()
	if err := s.Resume(); err != nil {
		return fmt.Errorf("take the terminal over again: %w", err)
	}
	return nil
}
