package settings

import (
	"fmt"
	"time"
)

// Limits bound what one data source takes, whatever is asked and answered.
type Limits struct {
	// Timeout bounds one request to an exporter, to Prometheus, to a service discovery.
	Timeout time.Duration
	// Body is the size of an answer, in bytes, after decompression.
	Body int64
	// Concurrency is how many exporters are asked at the same time.
	Concurrency int
	// Cache is how long an exporter's answer serves all who ask.
	Cache time.Duration
	// Refresh is how long the list of targets is good.
	Refresh time.Duration
	// StreamInterval is the time between two messages of a stream.
	StreamInterval time.Duration
	// Streams is how many different streams there may be.
	Streams int
}

// limitFields is the part of jsonData with the bounds; nil is the default.
type limitFields struct {
	TimeoutSeconds        *int `json:"timeoutSeconds"`
	MaxBodyMegabytes      *int `json:"maxBodyMegabytes"`
	MaxConcurrency        *int `json:"maxConcurrency"`
	CacheSeconds          *int `json:"cacheSeconds"`
	RefreshSeconds        *int `json:"refreshSeconds"`
	StreamIntervalSeconds *int `json:"streamIntervalSeconds"`
	MaxStreams            *int `json:"maxStreams"`
}

// limits returns the bounds. None of them can be switched off.
func (f *limitFields) limits() (Limits, error) {
	var failure error
	read := func(name string, value *int, otherwise, least, most int) int {
		if value == nil {
			return otherwise
		}
		if failure == nil && (*value < least || *value > most) {
			failure = fmt.Errorf("%s: must be a number from %d to %d, not %d", name, least, most, *value)
		}
		return *value
	}
	seconds := func(name string, value *int, otherwise, least, most int) time.Duration {
		return time.Duration(read(name, value, otherwise, least, most)) * time.Second
	}
	l := Limits{
		Timeout:        seconds("timeoutSeconds", f.TimeoutSeconds, 5, 1, 60),
		Body:           int64(read("maxBodyMegabytes", f.MaxBodyMegabytes, 32, 1, 256)) << 20,
		Concurrency:    read("maxConcurrency", f.MaxConcurrency, 8, 1, 100),
		Cache:          seconds("cacheSeconds", f.CacheSeconds, 1, 1, 10),
		Refresh:        seconds("refreshSeconds", f.RefreshSeconds, 30, 5, 3600),
		StreamInterval: seconds("streamIntervalSeconds", f.StreamIntervalSeconds, 2, 2, 60),
		Streams:        read("maxStreams", f.MaxStreams, 100, 1, 1000),
	}
	return l, failure
}
