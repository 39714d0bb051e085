package main

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"

	"github.com/go-kit/log"
	"github.com/go-kit/log/level"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/common/expfmt"

	"proctree/collector/exposition"
)

const (
	// maxPages bounds the selections of collectors whose answers are kept ready: a few
	// Prometheus jobs. Others are answered by promhttp.
	maxPages = 4
	// restAfterFailure is for how many scrapes promhttp answers after one that it alone could.
	restAfterFailure = 20
)

// pages are the answers to scrapes that are kept ready. Safe for concurrent use.
type pages struct {
	logger log.Logger
	mu     sync.Mutex
	byKey  map[string]*readyPage
}

// readyPage is the answer for one selection of collectors.
type readyPage struct {
	mu   sync.Mutex
	page *exposition.Page
	// rest is how many scrapes are yet to be answered by promhttp.
	rest int
}

func newPages(logger log.Logger) *pages {
	return &pages{logger: logger, byKey: make(map[string]*readyPage)}
}

// answer writes the metrics of the collectors, or reports that promhttp has to: for a format
// or a selection that is not kept ready, for metrics at which client_golang finds fault, and
// while another scrape has the page.
func (p *pages) answer(w http.ResponseWriter, r *http.Request, collectors []prometheus.Collector) bool {
	if p == nil {
		return false
	}
	format := expfmt.NegotiateAccept(r.Header, expfmt.DefaultOpenMetricsAcceptedFormats()...)
	key, ok := selection(r.URL.Query())
	if !ok || !exposition.Supports(format) {
		return false
	}
	ready := p.page(key)
	if ready == nil || !ready.mu.TryLock() {
		return false
	}
	defer ready.mu.Unlock()
	if ready.rest > 0 {
		ready.rest--
		return false
	}
	compressed := exposition.Compresses(r)
	pieces, err := ready.encode(format, compressed, collectors)
	if err != nil {
		ready.rest = restAfterFailure
		level.Debug(p.logger).Log("msg", "client_golang serves this scrape and the next ones", "err", err)
		return false
	}
	header := w.Header()
	header.Set("Content-Type", string(format))
	header.Add("Vary", "Accept")
	header.Add("Vary", "Accept-Encoding")
	if compressed {
		header.Set("Content-Encoding", "gzip")
	}
	if err := exposition.WriteTo(w, pieces); err != nil {
		level.Debug(p.logger).Log("msg", "failed to answer a scrape", "err", err)
	}
	return true
}

func (ready *readyPage) encode(format expfmt.Format, compressed bool, collectors []prometheus.Collector) ([][]byte, error) {
	if err := ready.page.Collect(collectors...); err != nil {
		return nil, err
	}
	// The page has their values.
	for _, c := range collectors {
		if done, ok := c.(interface{ Release() }); ok {
			done.Release()
		}
	}
	return ready.page.Encode(format, compressed)
}

// page returns that of a selection, nil if there are too many.
func (p *pages) page(key string) *readyPage {
	p.mu.Lock()
	defer p.mu.Unlock()
	ready := p.byKey[key]
	if ready == nil && len(p.byKey) < maxPages {
		ready = &readyPage{page: exposition.NewPage()}
		p.byKey[key] = ready
	}
	return ready
}

// selection names the collectors that a query chooses. Other parameters, such as promhttp's
// own name[], are not for a page.
func selection(query url.Values) (key string, ok bool) {
	var parts []string
	for name, values := range query {
		if name != "collect[]" && name != "exclude[]" {
			return "", false
		}
		for _, value := range values {
			parts = append(parts, name+value)
		}
	}
	slices.Sort(parts)
	return strings.Join(slices.Compact(parts), " "), true
}
