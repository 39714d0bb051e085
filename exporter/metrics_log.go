package main

import (
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"sync"

	"github.com/go-kit/log"
	"github.com/go-kit/log/level"
)

// errorLog is what promhttp wants of a logger, for one scrape. It logs the first error
// alone: promhttp goes on after a failed write, and would tell of every metric family that
// a client who has hung up did not get.
type errorLog struct {
	logger log.Logger
	// hungUp reports whether the client has gone.
	hungUp func() bool
	once   sync.Once
}

// Println implements promhttp.Logger.
func (l *errorLog) Println(v ...any) {
	l.once.Do(func() {
		logger := level.Error(l.logger)
		if l.hungUp() || slices.ContainsFunc(v, isConnectionError) {
			logger = level.Debug(l.logger)
		}
		logger.Log("msg", "failed to answer a scrape", "err", strings.TrimSuffix(fmt.Sprintln(v...), "\n"))
	})
}

// isConnectionError reports whether the connection failed, which is the client's doing.
func isConnectionError(value any) bool {
	err, _ := value.(error)
	_, ok := errors.AsType[*net.OpError](err)
	return ok
}
