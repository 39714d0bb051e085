// Package settings reads what an administrator configured for the data source.
//
// The addresses stand in jsonData and not in the data source's own url field: Grafana's data
// proxy forwards any path below that url for every member of the organisation, with the
// credentials.
package settings

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/grafana/grafana-plugin-sdk-go/backend"
)

// Discovery says where the exporters are learnt from.
type Discovery string

// The settings of Discovery.
const (
	// FromPrometheus asks Prometheus which targets of the job it scrapes.
	FromPrometheus Discovery = "prometheus"
	// FromList takes the targets that the configuration lists.
	FromList Discovery = "static"
	// FromHTTP asks a service that answers as Prometheus' HTTP service discovery does.
	FromHTTP Discovery = "http_sd"
)

// Settings is the configuration of one data source, checked and with its defaults.
type Settings struct {
	Discovery Discovery
	// PrometheusURL is nil where there is no Prometheus; then there is no history.
	PrometheusURL *url.URL
	// Job is the value of the label job of the exporters' targets and series.
	Job string
	// Targets are HOST:PORT, URL or INSTANCE=URL, for FromList.
	Targets []string
	// HTTPSDURL is the service that FromHTTP asks.
	HTTPSDURL *url.URL
	// AllowedHosts limits where exporters may be; empty is no limit.
	AllowedHosts Hosts
	// CommandLines is the least role that sees command lines.
	CommandLines Role
	// Page is where the live page of an exporter is; the zero value is nowhere.
	Page Page
	// ScrapeInterval is how often Prometheus scrapes the exporters.
	ScrapeInterval time.Duration

	Limits Limits

	// Exporter, Prometheus and HTTPSD are how to sign in at each.
	Exporter, Prometheus, HTTPSD Credentials
}

// fields is jsonData as the configuration page and provisioning files write it.
type fields struct {
	Discovery      Discovery `json:"discovery"`
	PrometheusURL  string    `json:"prometheusUrl"`
	Job            string    `json:"job"`
	Targets        []string  `json:"targets"`
	HTTPSDURL      string    `json:"httpSdUrl"`
	AllowedHosts   []string  `json:"allowedHosts"`
	CommandLines   Role      `json:"commandLines"`
	PageURL        string    `json:"pageUrl"`
	ScrapeInterval string    `json:"scrapeInterval"`
	limitFields
}

// Read checks the settings of an instance. The error is one line that names the setting.
func Read(from backend.DataSourceInstanceSettings) (Settings, error) {
	var f fields
	if len(from.JSONData) > 0 {
		if err := json.Unmarshal(from.JSONData, &f); err != nil {
			return Settings{}, fmt.Errorf("jsonData: %w", err)
		}
	}
	var s Settings
	for _, step := range []func() error{
		func() error { return s.readPlaces(&f) },
		func() error { return s.readRules(&f) },
		func() error { return s.readCredentials(from) },
	} {
		if err := step(); err != nil {
			return Settings{}, err
		}
	}
	return s, nil
}

// readPlaces reads where Prometheus and the exporters are.
func (s *Settings) readPlaces(f *fields) error {
	var err error
	if s.PrometheusURL, err = readURL("prometheusUrl", f.PrometheusURL); err != nil {
		return err
	}
	if s.HTTPSDURL, err = readURL("httpSdUrl", f.HTTPSDURL); err != nil {
		return err
	}
	if s.Page, err = readPage(f.PageURL); err != nil {
		return err
	}
	s.Discovery, s.Job = f.Discovery, f.Job
	if s.Discovery == "" {
		s.Discovery = FromPrometheus
	}
	if s.Job == "" {
		s.Job = "proctree"
	}
	for _, target := range f.Targets {
		if target = strings.TrimSpace(target); target != "" {
			s.Targets = append(s.Targets, target)
		}
	}
	return s.checkDiscovery()
}

// checkDiscovery returns an error if the discovery lacks what it asks.
func (s *Settings) checkDiscovery() error {
	switch s.Discovery {
	case FromPrometheus:
		if s.PrometheusURL == nil {
			return errors.New("prometheusUrl: missing, and the exporters are to be learnt from Prometheus")
		}
	case FromList:
		if len(s.Targets) == 0 {
			return errors.New("targets: empty, and the exporters are to be those listed")
		}
	case FromHTTP:
		if s.HTTPSDURL == nil {
			return errors.New("httpSdUrl: missing, and the exporters are to be learnt from it")
		}
	default:
		return fmt.Errorf("discovery: must be prometheus, static or http_sd, not %q", s.Discovery)
	}
	return nil
}

// readRules reads who may see what, and the bounds.
func (s *Settings) readRules(f *fields) error {
	var err error
	if s.AllowedHosts, err = readHosts(f.AllowedHosts); err != nil {
		return err
	}
	if s.CommandLines = f.CommandLines; s.CommandLines == "" {
		s.CommandLines = Editor
	}
	if !s.CommandLines.valid() {
		return fmt.Errorf("commandLines: must be Editor, Admin or never, not %q", s.CommandLines)
	}
	s.ScrapeInterval = 15 * time.Second
	if f.ScrapeInterval != "" {
		s.ScrapeInterval, err = time.ParseDuration(f.ScrapeInterval)
		if err != nil || s.ScrapeInterval < 100*time.Millisecond || s.ScrapeInterval > time.Hour {
			return fmt.Errorf("scrapeInterval: must be a duration up to an hour, such as 15s, not %q", f.ScrapeInterval)
		}
	}
	s.Limits, err = f.limits()
	return err
}

// readURL reads an address that an administrator wrote; empty is nil.
func readURL(setting, text string) (*url.URL, error) {
	if text = strings.TrimSpace(text); text == "" {
		return nil, nil
	}
	u, err := url.Parse(text)
	switch {
	case err != nil, u.Scheme != "http" && u.Scheme != "https", u.Host == "":
		// The text is left out: people put passwords into addresses.
		return nil, fmt.Errorf("%s: must be an address such as http://prometheus:9090", setting)
	case u.User != nil:
		return nil, fmt.Errorf("%s: a password belongs into the secure fields, not into the address", setting)
	case u.RawQuery != "" && setting != "httpSdUrl", u.Fragment != "":
		return nil, fmt.Errorf("%s: must be an address without ? and #", setting)
	}
	return u, nil
}

// WhereTargetsAre says where the exporters should be found.
func (s *Settings) WhereTargetsAre() string {
	switch s.Discovery {
	case FromHTTP:
		return "the service discovery names none"
	case FromList:
		return "the list of targets is empty"
	default:
		return fmt.Sprintf("Prometheus has no target of the job %q", s.Job)
	}
}
