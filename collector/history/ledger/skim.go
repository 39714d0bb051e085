package ledger

import (
	"context"
	"errors"
	"time"

	"proctree/collector/history"
	"proctree/collector/history/segment"
)

// maxLooks is how many single tables are read for processes of which there is no exit record. If there are
// more, all tables are read.
const maxLooks = 6

// errEnough ends the reading after the first table.
var errEnough = errors.New("enough")

// readCounters is Read for what counters and exit records tell: processes that stay are read in the first
// and in the last table, and those that ended have their exit records. Of memory it knows little.
func readCounters(ctx context.Context, archive *history.Archive, from, to time.Time) (*Ledger, error) {
	b := newBuilder(nil)
	_, err := archive.PlaySpan(ctx, from, to, func(step *segment.Step) error { return errors.Join(b.step(step), errEnough) })
	if err != nil && !errors.Is(err, errEnough) {
		return nil, err
	}
	b.skim = true
	damaged, err := archive.Skim(ctx, b.at.Add(1), to, b.step)
	if err != nil {
		return nil, err
	}
	if _, err := archive.Play(ctx, b.at, b.at, b.look); err != nil {
		return nil, err
	}
	l := b.finish(damaged)
	missed := l.withoutRecord()
	if len(missed) > maxLooks || l.Damaged > 0 {
		return Read(ctx, archive, from, to)
	}
	for at, lives := range missed {
		_, err := archive.Play(ctx, at, at, func(step *segment.Step) error {
			for _, life := range lives {
				if p, group, ok := step.Find(life.ID); ok {
					life.see(p, group, at)
				}
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	l.takeOut()
	return l, nil
}

// withoutRecord are the lives that ended without an exit record, by when they were last seen.
func (l *Ledger) withoutRecord() map[time.Time][]*Life {
	missed := map[time.Time][]*Life{}
	for _, life := range l.Lives {
		if !life.Ended.IsZero() && !life.Recorded && life.ID.PID != 0 {
			missed[life.Last] = append(missed[life.Last], life)
		}
	}
	return missed
}
