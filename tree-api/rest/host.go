package rest

import (
	"net/http"
	"net/url"
	"runtime"

	"proctree/tree-api/access"
	"proctree/tree-api/jsontext"
	"proctree/tree-api/tree"
)

// HostInfo is what does not change about the host; an empty field is not known.
type HostInfo struct {
	// Name is the host's name.
	Name string
	// OS and Arch are Go's names, as "linux" and "amd64"; Kernel is the release.
	OS, Kernel, Arch string
}

// getHost answers GET /api/v1/host.
func (c *Calls) getHost(r *http.Request, who access.Grant) (answer, error) {
	when, err := onlyTime(r)
	if err != nil {
		return answer{}, err
	}
	m, err := c.modelAt(r.Context(), when)
	if err != nil {
		return answer{}, err
	}
	var links []link
	if c.cfg.GrafanaURL != "" {
		links = append(links, link{"grafana", c.cfg.GrafanaURL})
	}
	if c.cfg.Control && who.Role == access.Controller {
		links = append(links, link{"control", "api/v1/control"})
	}
	if c.seesAlerts(who) {
		links = append(links, link{"alerts", "api/v1/alerts"})
	}
	if c.cfg.Past != nil {
		links = append(links, link{"history", "api/v1/history"})
	}
	variant := url.Values{}
	if c.cfg.Access.InSession(r) {
		links = append(links, link{"logout", "logout"})
		variant.Set("links", "logout")
	}
	return answer{tag: c.tagAt(m, who.Role, variant, when), immutable: when.past(), data: func(dst []byte, _ tree.Pass) []byte {
		return c.appendHost(dst, m.Tree, links)
	}}, nil
}

// link is where the page can lead besides the tree.
type link struct{ name, to string }

func (c *Calls) appendHost(dst []byte, t *tree.Tree, links []link) []byte {
	info, snapshot := c.cfg.Host, t.Report.Snapshot
	dst = jsontext.AppendString(append(dst, `{"name":`...), info.Name)
	dst = jsontext.AppendText(dst, "os", info.OS)
	dst = jsontext.AppendText(dst, "kernel", info.Kernel)
	dst = jsontext.AppendText(dst, "arch", info.Arch)
	if boot := snapshot.BootTime(); !boot.IsZero() {
		dst = jsontext.AppendDecimal(append(dst, `,"boot_time":`...), float64(boot.UnixMilli())/1e3, jsontext.TimeDecimals)
	}
	if snapshot.System.CPUs > 0 {
		dst = jsontext.AppendInt(append(dst, `,"cpus":`...), snapshot.System.CPUs)
	}
	dst = append(dst, ',')
	dst = tree.AppendHostMetrics(dst, t)
	dst = append(dst, `,"versions":{`...)
	dst = jsontext.AppendString(append(dst, `"proctree":`...), c.cfg.Version)
	dst = jsontext.AppendString(append(dst, `,"go":`...), runtime.Version())
	dst = jsontext.AppendText(dst, "reader", snapshot.Reader)
	dst = jsontext.AppendText(dst, "exits", string(snapshot.ExitSource))
	dst = append(dst, '}')
	if len(links) > 0 {
		dst = append(dst, `,"links":{`...)
		for i, l := range links {
			dst = jsontext.AppendString(append(jsontext.AppendString(jsontext.AppendComma(dst, i), l.name), ':'), l.to)
		}
		dst = append(dst, '}')
	}
	return append(dst, '}')
}
