package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/alecthomas/kingpin/v2"
	"github.com/alecthomas/units"
	"github.com/go-kit/log"
	"github.com/go-kit/log/level"
	"github.com/prometheus/common/model"

	"proctree/collector/events"
	"proctree/collector/history"
	"proctree/collector/process"
)

// historySettings are the flags of the recording.
type historySettings struct {
	dir      string
	interval time.Duration
	maxBytes units.Base2Bytes
	maxAge   model.Duration
	minFree  percentage
}

func (h *historySettings) addFlags(app *kingpin.Application) {
	app.Flag("history.dir", "Directory in which to record the process table, for questions about the past. Without it, nothing is recorded. Example: /var/lib/proctree/history.").
		PlaceHolder("DIRECTORY").Envar("PROCTREE_HISTORY_DIR").StringVar(&h.dir)
	app.Flag("history.interval", "Time between two recorded tables; 0s is 1s where --host.reader is walk, and 5s otherwise.").
		Default("0s").DurationVar(&h.interval)
	app.Flag("history.max-bytes", "Size of the recording, above which its oldest part is removed.").
		Default("256MiB").BytesVar(&h.maxBytes)
	h.maxAge = model.Duration(history.DefaultMaxAge)
	app.Flag("history.max-age", "Age at which recorded tables are removed. Example: 12h.").
		Default("7d").SetValue(&h.maxAge)
	app.Flag("history.min-free", "Share of the file system that the recording leaves free.").
		Default("5%").SetValue(&h.minFree)
}

// leastInterval and leastBytes keep a mistyped number from filling the disk or recording nothing.
const (
	leastInterval = 500 * time.Millisecond
	leastBytes    = 1 << 20
)

func (h *historySettings) validate() error {
	switch {
	case h.interval != 0 && h.interval < leastInterval:
		return fmt.Errorf("--history.interval: %v is less than %v", h.interval, leastInterval)
	case h.interval > time.Hour:
		return fmt.Errorf("--history.interval: %v is more than 1h", h.interval)
	case h.maxBytes < leastBytes:
		return fmt.Errorf("--history.max-bytes: %v is less than 1MiB; to record nothing, leave out --history.dir", h.maxBytes)
	case h.maxAge <= 0:
		return errors.New("--history.max-age: must be more than 0; to record nothing, leave out --history.dir")
	}
	return nil
}

// percentage is a flag such as 5%.
type percentage float64

// Set reads a percentage from 0% to below 100%.
func (p *percentage) Set(text string) error {
	number, ok := strings.CutSuffix(text, "%")
	value, err := strconv.ParseFloat(number, 64)
	if !ok || err != nil || !(value >= 0 && value < 100) {
		return fmt.Errorf("must be a percentage such as 5%%, from 0%% to below 100%%, not %q", text)
	}
	*p = percentage(value / 100)
	return nil
}

// String returns it as it would be given.
func (p *percentage) String() string { return strconv.FormatFloat(float64(*p)*100, 'g', -1, 64) + "%" }

// recording records what scans see, and sees to it that there are scans.
type recording struct {
	settings *historySettings
	source   *source
	logger   log.Logger
	// events are recorded too; nil where there are none.
	events   *events.Log
	recorder atomic.Pointer[history.Recorder]
	// failing is the last error of the start: each is logged once.
	failing string
}

// observe hands every report to the recorder, once it is there.
func (r *recording) observe(*process.Snapshot) {
	if recorder := r.recorder.Load(); recorder != nil {
		recorder.Observe(r.source.tracker.Report())
	}
}

// retryRecording is how often to try again to open a directory.
const retryRecording = time.Minute

// run records until ctx ends. A directory that cannot be written to does not end the exporter.
func (r *recording) run(ctx context.Context) {
	interval := r.interval()
	for {
		wait := retryRecording
		if r.open(interval) {
			report, err := r.source.Report(ctx)
			wait = interval
			if err == nil {
				// The next scan is due when this one is out of date, and no later.
				wait = time.Until(report.Snapshot.Taken.Add(interval)) + time.Millisecond
			}
		}
		timer := time.NewTimer(max(time.Millisecond, wait))
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			r.close()
			return
		}
	}
}

// interval is that of the settings, or what the way of reading permits.
func (r *recording) interval() time.Duration {
	if r.settings.interval > 0 {
		return r.settings.interval
	}
	if report := r.source.tracker.Report(); report != nil && report.Snapshot.Reader == process.ReaderWalk {
		return time.Second
	}
	return history.DefaultInterval
}

// maxRecordedEvents bounds what is copied for one table.
const maxRecordedEvents = 1 << 16

// open opens the directory, unless that was done.
func (r *recording) open(interval time.Duration) bool {
	if r.recorder.Load() != nil {
		return true
	}
	cfg := history.Config{
		Dir: r.settings.dir, Interval: interval, MaxBytes: int64(r.settings.maxBytes),
		MaxAge: time.Duration(r.settings.maxAge), MinFree: float64(r.settings.minFree),
	}
	if r.events != nil {
		var cursor events.Cursor
		cfg.Events = func(into []events.Entry) []events.Entry { return r.events.After(&cursor, maxRecordedEvents, into) }
	}
	recorder, err := history.NewRecorder(cfg, r.logger)
	if err != nil {
		if text := err.Error(); text != r.failing {
			r.failing = text
			level.Error(r.logger).Log("msg", "nothing is recorded", "dir", r.settings.dir, "err", err)
		}
		return false
	}
	level.Info(r.logger).Log("msg", "recording", "dir", r.settings.dir, "interval", interval)
	r.recorder.Store(recorder)
	if report := r.source.tracker.Report(); report != nil {
		recorder.Observe(report)
	}
	return true
}

// close scans once more, so that the recording has what happened since its last table, and ends it.
func (r *recording) close() {
	recorder := r.recorder.Load()
	if recorder == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), closeTimeout)
	defer cancel()
	recorder.End()
	if _, err := r.source.ReportNow(ctx); err != nil {
		level.Warn(r.logger).Log("msg", "failed to record a last table", "err", err)
	}
	r.recorder.Store(nil)
	if err := recorder.Close(ctx.Done()); err != nil {
		level.Warn(r.logger).Log("msg", "failed to close the recording", "err", err)
	}
}
