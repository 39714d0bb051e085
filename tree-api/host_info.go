package treeapi

import (
	"net/http"
	"net/url"
	"runtime"

	"proctree/collector/host"
	"proctree/tree-api/access"
)

// getHost answers GET /api/v1/host.
func (a *API) getHost(r *http.Request, role access.Role) (answer, error) {
	if err := noParameters(r); err != nil {
		return answer{}, err
	}
	m, err := a.current(r.Context())
	if err != nil {
		return answer{}, err
	}
	var links []link
	if a.cfg.GrafanaURL != "" {
		links = append(links, link{"grafana", a.cfg.GrafanaURL})
	}
	variant := url.Values{}
	if a.cfg.Access.InSession(r) {
		links = append(links, link{"logout", "logout"})
		variant.Set("links", "logout")
	}
	return answer{tag: tag(m, role, variant), data: func(dst []byte, _ pass) []byte {
		return a.appendHost(dst, m.tree, links)
	}}, nil
}

// link is where the page can lead besides the tree.
type link struct{ name, to string }

func (a *API) appendHost(dst []byte, t *Tree, links []link) []byte {
	info, snapshot := a.cfg.Host, t.Report.Snapshot
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
	dst = appendString(append(dst, `"proctree":`...), a.cfg.Version)
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

// appendHostFigures appends the members that change from scan to scan, the first without
// a comma before it.
func appendHostFigures(dst []byte, t *Tree) []byte {
	snapshot := t.Report.Snapshot
	system := snapshot.System
	uptime := max(0, snapshot.Taken.Sub(snapshot.BootTime()))
	dst = appendDecimal(append(dst, `"uptime_seconds":`...), uptime.Seconds(), 0)
	if cores, ok := t.busyCores(); ok {
		dst = appendDecimal(append(dst, `,"cpu":{"busy_cores":`...), cores, coreDecimals)
		dst = append(dst, '}')
	}
	if system.MemoryTotalBytes > 0 {
		dst = appendAmount(append(dst, `,"memory":`...), "available_bytes", system.MemoryTotalBytes, system.MemoryAvailableBytes)
		dst = appendAmount(append(dst, `,"swap":`...), "free_bytes", system.SwapTotalBytes, system.SwapFreeBytes)
	}
	// A load of exactly 0 over a quarter of an hour is far rarer than a system that has no
	// such figure.
	if system.Load != [3]float64{} {
		dst = append(dst, `,"load":[`...)
		for i, load := range system.Load {
			dst = appendComma(dst, i)
			dst = appendDecimal(dst, load, ratioDecimals)
		}
		dst = append(dst, ']')
	}
	return appendPressure(dst, system.Pressure)
}

func appendAmount(dst []byte, rest string, total, left uint64) []byte {
	dst = appendUint(append(dst, `{"total_bytes":`...), total)
	dst = append(append(append(dst, `,"`...), rest...), `":`...)
	return append(appendUint(dst, left), '}')
}

func appendPressure(dst []byte, p *host.Pressure) []byte {
	if p == nil {
		return dst
	}
	dst = appendDecimal(append(dst, `,"pressure":{"cpu":`...), p.CPU, ratioDecimals)
	dst = appendDecimal(append(dst, `,"memory":`...), p.Memory, ratioDecimals)
	dst = appendDecimal(append(dst, `,"io":`...), p.IO, ratioDecimals)
	return append(dst, '}')
}

// busyCores is how many CPUs were busy on average since the scan before. Busy and idle time
// come from one reading of the kernel's counters and so need no clock: the moment that the
// scan bears is another one, and on a saturated host the time between the two varies.
func (t *Tree) busyCores() (float64, bool) {
	now := t.Report.Snapshot.System
	if t.Previous == nil || now.CPUBusy == 0 || t.Previous.System.CPUBusy == 0 {
		return 0, false // At least one of the readings failed.
	}
	busy := now.CPUBusy - t.Previous.System.CPUBusy
	// Of an idle CPU the kernel may take back a moment.
	idle := max(0, now.CPUIdle-t.Previous.System.CPUIdle)
	if busy < 0 || busy+idle == 0 || now.CPUs == 0 {
		return 0, false
	}
	return float64(now.CPUs) * busy.Seconds() / (busy + idle).Seconds(), true
}
