package main

import (
	"sync"

	"github.com/go-kit/log"
	"github.com/go-kit/log/level"
)

// maxReasons bounds the reasons that are logged of one collector.
const maxReasons = 32

// failures logs why collectors lose metrics: every reason once, and not at every scrape. It
// is safe for concurrent use.
type failures struct {
	logger log.Logger

	mu     sync.Mutex
	logged map[string]map[string]bool
}

func newFailures(logger log.Logger) *failures {
	return &failures{logger: logger, logged: make(map[string]map[string]bool)}
}

func (f *failures) observe(collector string, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	reasons := f.logged[collector]
	if reasons == nil {
		reasons = make(map[string]bool)
		f.logged[collector] = reasons
	}
	if reasons[err.Error()] || len(reasons) >= maxReasons {
		return
	}
	reasons[err.Error()] = true
	level.Error(f.logger).Log("msg", "a collector lost metrics", "collector", collector, "err", err)
}
