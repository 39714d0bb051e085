// Package history keeps the process tables of the last days in a directory: a Recorder writes them,
// an Archive reads them. The format is that of package segment; this package has the files.
package history

import (
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"proctree/collector/process"
)

// Config sets up a Recorder.
type Config struct {
	// Dir is the directory, which is made if it is not there.
	Dir string
	// Interval is the time between two tables.
	Interval time.Duration
	// MaxBytes bounds all segments together; it is exceeded by at most one segment.
	MaxBytes int64
	// MaxAge is after how long a segment is removed.
	MaxAge time.Duration
	// MinFree is the share of the file system that stays free, 0 to 1.
	MinFree float64
	// Events appends the events since its last call; nil where there are none.
	Events func(into []process.GroupedEvent) []process.GroupedEvent
}

// The defaults of Config.
const (
	DefaultInterval = 5 * time.Second
	DefaultMaxBytes = 256 << 20
	DefaultMaxAge   = 7 * 24 * time.Hour
	DefaultMinFree  = 0.05
)

const (
	// segmentSpan is how long a segment is.
	segmentSpan = 10 * time.Minute
	// keySpan is the time between two whole tables.
	keySpan = time.Minute
	// maxTextBytes ends a segment before its texts take more memory.
	maxTextBytes = 8 << 20
	// lockName is the file that one Recorder holds.
	lockName = "lock"
	// suffix ends the names of segments; their numbers come before it.
	suffix = ".segment"
	// partial ends the name of a segment that is being rewritten.
	partial = ".partial"
)

func segmentName(number uint64) string {
	text := strconv.FormatUint(number, 10)
	return strings.Repeat("0", max(0, 10-len(text))) + text + suffix
}

// numberOf returns the number of a segment by its name.
func numberOf(name string) (uint64, bool) {
	text, ok := strings.CutSuffix(filepath.Base(name), suffix)
	if !ok {
		return 0, false
	}
	n, err := strconv.ParseUint(text, 10, 64)
	return n, err == nil && n > 0 && segmentName(n) == filepath.Base(name)
}
