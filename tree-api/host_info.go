package treeapi

import (
	"net/http"
	"net/url"
	"runtime"

	"proctree/tree-api/access"
)

// HostInfo is what does not change about the host; an empty field is not known.
type HostInfo struct {
	// Name is the host's name.
	Name string
	// OS and Arch are Go's names, as "linux" and "amd64"; Kernel is the release.
	OS, Kernel, Arch string
}

// getHost answers GET /api/v1/host.
func (c *calls) getHost(r *http.Request, role access.Role) (answer, error) {
	if err := noParameters(r); err != nil {
		return answer{}, err
	}
	m, err := c.cfg.Models.current(r.Context())
	if err != nil {
		return answer{}, err
	}
	var links []link
	if c.cfg.GrafanaURL != "" {
		links = append(links, link{"grafana", c.cfg.GrafanaURL})
	}
	variant := url.Values{}
	if c.cfg.Access.InSession(r) {
		links = append(links, link{"logout", "logout"})
		variant.Set("links", "logout")
	}
	return answer{tag: tag(m, role, variant), data: func(dst []byte, _ pass) []byte {
		return c.appendHost(dst, m.tree, links)
	}}, nil
}

// link is where the page can lead besides the tree.
type link struct{ name, to string }

func (c *calls) appendHost(dst []byte, t *Tree, links []link) []byte {
	info, snapshot := c.cfg.Host, t.Report.Snapshot
	dst = appendString(append(dst, `{"name":`...), info.Name)
	dst = appendText(dst, "os", info.OS)
	dst = appendText(dst, "kernel", info.Kernel)
	dst = appendText(dst, "arch", info.Arch)
	if boot := snapshot.BootTime(); !boot.IsZero() {
		dst = appendDecimal(append(dst, `,"boot_time":`...), float64(boot.UnixMilli())/1e3, timeDecimals)
	}
	if snapshot.System.CPUs > 0 {
		dst = appendInt(append(dst, `,"cpus":`...), snapshot.System.CPUs)
	}
	dst = append(dst, ',')
	dst = appendHostFigures(dst, t)
	dst = append(dst, `,"versions":{`...)
	dst = appendString(append(dst, `"proctree":`...), c.cfg.Version)
	dst = appendString(append(dst, `,"go":`...), runtime.Version())
	dst = appendText(dst, "reader", snapshot.Reader)
	dst = appendText(dst, "exits", string(snapshot.ExitSource))
	dst = append(dst, '}')
	if len(links) > 0 {
		dst = append(dst, `,"links":{`...)
		for i, l := range links {
			dst = appendString(append(appendString(appendComma(dst, i), l.name), ':'), l.to)
		}
		dst = append(dst, '}')
	}
	return append(dst, '}')
}
