package main

import (
	"sync"

	"github.com/go-kit/log"
	"github.com/go-kit/log/level"
)

// failures logs why collectors fail: once, and not at every scrape, until the reason
// changes. It is safe for concurrent use.
type failures struct {
	logger log.Logger

	mu   sync.Mutex
	last map[string]string
}

func newFailures(logger log.Logger) *failures {
	return &failures{logger: logger, last: make(map[string]string)}
}

func (f *failures) observe(collector string, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.last[collector] == err.Error() {
		return
	}
	f.last[collector] = err.Error()
	level.Error(f.logger).Log("msg", "a collector failed", "collector", collector, "err", err)
}
