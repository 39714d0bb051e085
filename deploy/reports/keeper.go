package main

import (
	"cmp"
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// The bounds of a message, of what is asked for one, and of an answer.
const (
	maxMessage = 1 << 20
	maxAlerts  = 20
	maxReport  = 16 << 20
	askTime    = 15 * time.Second
	answerTime = maxAlerts * askTime
)

// extension is that of the reports; nothing else in the directory is touched.
const extension = ".html"

// keeper stores reports.
type keeper struct {
	dir, token, exporter, exporterToken string
	// instances are those that may be asked: their label comes from whoever may send alerts.
	instances *regexp.Regexp
	before    time.Duration
	maxFiles  int
	maxBytes  int64
	client    *http.Client
	log       *slog.Logger
	// busy lets one message be worked on at a time, so that disk and exporters have a bounded load.
	busy sync.Mutex
}

// newClient follows no redirects, as an exporter makes none, and the token must not go elsewhere.
func newClient() *http.Client {
	return &http.Client{
		Timeout:       askTime,
		Transport:     &http.Transport{Proxy: nil, DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// message is Alertmanager's webhook
// (https://prometheus.io/docs/alerting/latest/configuration/#webhook_config).
type message struct {
	Alerts []alert `json:"alerts"`
}

type alert struct {
	Status      string            `json:"status"`
	Labels      map[string]string `json:"labels"`
	StartsAt    time.Time         `json:"startsAt"`
	Fingerprint string            `json:"fingerprint"`
}

// ServeHTTP answers POST /alerts. Alertmanager repeats a message that gets 5xx.
func (k *keeper) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch {
	case r.URL.Path != "/alerts":
		http.Error(w, "there is only /alerts", http.StatusNotFound)
	case r.Method != http.MethodPost:
		w.Header().Set("Allow", http.MethodPost)
		http.Error(w, "POST an alert of Alertmanager", http.StatusMethodNotAllowed)
	case !k.admits(r):
		w.Header().Set("WWW-Authenticate", "Bearer")
		http.Error(w, "the token is missing or wrong", http.StatusUnauthorized)
	default:
		k.take(w, r)
	}
}

func (k *keeper) admits(r *http.Request) bool {
	given, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	a, b := sha256.Sum256([]byte(given)), sha256.Sum256([]byte(k.token))
	return ok && subtle.ConstantTimeCompare(a[:], b[:]) == 1
}

func (k *keeper) take(w http.ResponseWriter, r *http.Request) {
	var m message
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxMessage)).Decode(&m); err != nil {
		http.Error(w, "this is no message of Alertmanager of up to 1 MiB", http.StatusBadRequest)
		return
	}
	k.busy.Lock()
	defer k.busy.Unlock()
	failed, done := 0, 0
	for i := range m.Alerts {
		a := &m.Alerts[i]
		if a.Status != "firing" || a.Labels["severity"] != "critical" || a.Labels["instance"] == "" || a.StartsAt.IsZero() {
			continue
		}
		if done++; done > maxAlerts {
			k.log.Warn("no report: too many alerts in one message", "most", maxAlerts)
			break
		}
		if err := k.keep(r.Context(), a); err != nil {
			failed++
			k.log.Warn("no report", "instance", a.Labels["instance"], "alertname", a.Labels["alertname"], "error", err)
		}
	}
	if failed > 0 {
		http.Error(w, fmt.Sprintf("%d reports could not be stored", failed), http.StatusBadGateway)
	}
}

// keep stores the report of one alert, unless it is there. An instance that may not be asked is no failure:
// to send the alert again would change nothing.
func (k *keeper) keep(ctx context.Context, a *alert) error {
	instance := a.Labels["instance"]
	if !k.instances.MatchString(instance) || strings.ContainsAny(instance, "/?#@\\") {
		k.log.Warn("no report: --instances does not match", "instance", instance)
		return nil
	}
	path := filepath.Join(k.dir, fileName(a))
	if _, err := os.Stat(path); err == nil {
		return nil
	}
	report, err := k.ask(ctx, instance, a.StartsAt)
	if err != nil {
		return err
	}
	if err := store(path, report); err != nil {
		return err
	}
	k.log.Info("report stored", "file", path)
	return k.prune()
}

// unsafeInName is what does not get from a label into the name of a file.
var unsafeInName = regexp.MustCompile(`[^A-Za-z0-9._-]+`)

// fileName sorts by the time at which alerts began.
func fileName(a *alert) string {
	parts := []string{a.StartsAt.UTC().Format("20060102T150405Z")}
	for _, text := range []string{a.Labels["instance"], a.Labels["alertname"], a.Labels["group"], a.Fingerprint} {
		if text = strings.Trim(unsafeInName.ReplaceAllString(text, "-"), "-."); text != "" {
			parts = append(parts, text[:min(len(text), 48)])
		}
	}
	return strings.Join(parts, "_") + extension
}

// ask gets the report of the time before a moment from the exporter of an instance.
func (k *keeper) ask(ctx context.Context, instance string, began time.Time) ([]byte, error) {
	base, err := url.Parse(strings.ReplaceAll(k.exporter, "{instance}", instance))
	if err != nil {
		return nil, fmt.Errorf("the address of the exporter: %w", err)
	}
	address := base.JoinPath("api/v1/report")
	address.RawQuery = url.Values{
		"format": {"html"}, "from": {strconv.FormatInt(began.Add(-k.before).Unix(), 10)}, "to": {strconv.FormatInt(began.Unix(), 10)},
	}.Encode()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address.String(), nil)
	if err != nil {
		return nil, err
	}
	if k.exporterToken != "" {
		request.Header.Set("Authorization", "Bearer "+k.exporterToken)
	}
	response, err := k.client.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close() //nolint:errcheck // It was only read.
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("the exporter answers %s", response.Status)
	}
	report, err := io.ReadAll(io.LimitReader(response.Body, maxReport+1))
	if err == nil && len(report) > maxReport {
		err = fmt.Errorf("the report is larger than %d bytes", maxReport)
	}
	return report, err
}

// store writes a file as a whole or not at all. It has command lines: only the owner can read it.
func store(path string, report []byte) error {
	file, err := os.CreateTemp(filepath.Dir(path), ".report-*")
	if err != nil {
		return err
	}
	_, err = file.Write(report)
	err = errors.Join(err, file.Sync(), file.Close())
	if err == nil {
		err = os.Rename(file.Name(), path)
	}
	if err != nil {
		err = errors.Join(err, os.Remove(file.Name()))
	}
	return err
}

// prune removes the oldest reports, until no more are left than may be kept.
func (k *keeper) prune() error {
	entries, err := os.ReadDir(k.dir)
	if err != nil {
		return err
	}
	type kept struct {
		name string
		size int64
	}
	var all []kept
	var bytes int64
	for _, entry := range entries {
		info, err := entry.Info()
		if errors.Is(err, fs.ErrNotExist) || err == nil && (!info.Mode().IsRegular() || filepath.Ext(entry.Name()) != extension) {
			continue
		}
		if err != nil {
			return err
		}
		all = append(all, kept{entry.Name(), info.Size()})
		bytes += info.Size()
	}
	slices.SortFunc(all, func(a, b kept) int { return cmp.Compare(a.name, b.name) })
	for len(all) > 0 && (len(all) > k.maxFiles || bytes > k.maxBytes) {
		if err := os.Remove(filepath.Join(k.dir, all[0].name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		bytes -= all[0].size
		all = all[1:]
	}
	return nil
}
