package rest

import (
	"errors"
	"maps"
	"net/http"
	"slices"

	"proctree/tree-api/access"
	"proctree/tree-api/alerts"
	"proctree/tree-api/jsontext"
	"proctree/tree-api/tree"
)

var (
	errNoPrometheus = &CallError{
		Status: http.StatusNotFound, Kind: ErrorNotFound,
		Err: errors.New("the exporter knows no Prometheus; set --web.prometheus-url"),
	}
	errNoAlerts = &CallError{
		Status: http.StatusForbidden, Kind: ErrorForbidden,
		Err: errors.New("alerts are not for accounts of this host; a token is needed"),
	}
)

// seesAlerts: the exporter asks Prometheus with its own password, and an account of this host need not
// have one.
func (c *Calls) seesAlerts(who access.Grant) bool {
	return c.cfg.Alerts != nil && who.Role != access.Public
}

// getAlerts answers GET /api/v1/alerts.
func (c *Calls) getAlerts(r *http.Request, who access.Grant) (answer, error) {
	if c.cfg.Alerts == nil {
		return answer{}, errNoPrometheus
	}
	if !c.seesAlerts(who) {
		return answer{}, errNoAlerts
	}
	values, err := UrlValues(r)
	if err != nil {
		return answer{}, err
	}
	for name := range values {
		return answer{}, tree.BadParameter(name, errors.New("unknown; there are no parameters"))
	}
	firing, err := c.cfg.Alerts.Firing(r.Context())
	if err != nil {
		return answer{}, err
	}
	got := ready(c.appendAlerts(nil, firing))
	got.immutable = false
	return got, nil
}

func (c *Calls) appendAlerts(dst []byte, f alerts.Firing) []byte {
	dst = jsontext.AppendString(append(dst, `{"host":`...), c.cfg.Host.Name)
	dst = appendTime(dst, "time", f.Time)
	dst = jsontext.AppendInt(append(dst, `,"total":`...), f.Total)
	dst = append(dst, `,"alerts":[`...)
	for i := range f.Alerts {
		dst = appendAlert(jsontext.AppendComma(dst, i), &f.Alerts[i])
	}
	return append(dst, "]}"...)
}

func appendAlert(dst []byte, a *alerts.Alert) []byte {
	dst = jsontext.AppendString(append(dst, `{"name":`...), a.Name)
	dst = jsontext.AppendText(dst, "severity", a.Severity)
	if !a.Since.IsZero() {
		dst = appendTime(dst, "since", a.Since)
	}
	dst = append(dst, `,"labels":{`...)
	for i, name := range slices.Sorted(maps.Keys(a.Labels)) {
		dst = jsontext.AppendString(append(jsontext.AppendString(jsontext.AppendComma(dst, i), name), ':'), a.Labels[name])
	}
	return append(dst, "}}"...)
}
