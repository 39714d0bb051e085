//go:build linux

package e2e

import (
	"cmp"
	"context"
	"html"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"proctree/deploy/stack/mailbox"
)

// processesButton is the link of a mail to the page, as a mail program follows it.
var processesButton = regexp.MustCompile(`href="([^"]+)">Processes</a>`)

// page opens the link of a mail in a browser, until it shows the table of a moment, with a process in it if that is
// named.
func (c *chain) page(mail mailbox.Message, at time.Time, process string) {
	c.t.Helper()
	link := processesButton.FindStringSubmatch(mail.HTML)
	if link == nil {
		c.t.Fatalf("no link to the processes in:\n%s", mail.HTML)
	}
	browser, err := exec.LookPath(cmp.Or(os.Getenv("PROCTREE_CHROMIUM"), "chromium"))
	if err != nil {
		c.t.Logf("NOT TESTED: the page of the link %s, for there is no Chromium", link[1])
		return
	}
	wanted := []string{`<body data-past=""`, `aria-valuenow="` + strconv.FormatInt(at.Unix(), 10) + `"`, ">Past: ", `class="row" id="process-`}
	if process != "" {
		wanted = append(wanted, `<span class="label">`+process+`</span>`)
	}
	// The browser writes the page as it is when nothing more comes for a while, which may be too early.
	await(c.t, "the page at "+link[1], func() bool {
		document := dump(c.t, browser, html.UnescapeString(link[1]))
		return !slices.ContainsFunc(wanted, func(text string) bool { return !strings.Contains(document, text) })
	})
}

// dump opens a page and returns its document.
func dump(t *testing.T, browser, address string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, browser, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
		"--window-size=1440,900", "--user-data-dir="+t.TempDir(), "--virtual-time-budget=5000", "--dump-dom", address)
	out, err := cmd.Output()
	if err != nil {
		t.Logf("%s: %v", browser, err)
	}
	return string(out)
}

// TestMailLeadsToThePage: who follows the link of a mail sees the process that used the CPU at that time, although
// it has ended.
func TestMailLeadsToThePage(t *testing.T) {
	burner := program(t, "e2e-burner", "while :; do :; done")
	dir := t.TempDir()
	c := &chain{t: t}
	c.exporter, c.alertmanager = c.newExporter(dir), c.newAlertmanager(dir)
	c.exporter.start()
	c.alertmanager.start()
	stopBurner := spawn(t, burner)
	var at time.Time
	const path = "/api/v1/processes?group=burner"
	await(t, "a table of the recording with the burner", func() bool {
		at = time.Now().UTC().Truncate(time.Second)
		status, body := c.exporter.get(path + "&time=" + at.Format(time.RFC3339))
		return status == http.StatusOK && strings.Contains(body, `"total"`) && strings.Contains(body, `"name":"e2e-burner"`)
	})
	stopBurner()
	await(t, "the end of the burner", func() bool {
		_, body := c.exporter.get(path)
		return strings.Contains(body, `"matched":0`)
	})
	host := c.exporter.config.Address
	c.send(posted{
		Labels:      map[string]string{"alertname": "HostCPUSaturated", "severity": "warning", "team": "web", "instance": host},
		Annotations: map[string]string{"summary": host + ": CPU 98% busy", "tree_url": "http://" + host + "/"},
		StartsAt:    at, EndsAt: time.Now().Add(10 * time.Minute),
	}, posted{
		Labels:      map[string]string{"alertname": "GroupCPURunaway", "severity": "warning", "team": "web", "instance": host, "group": "burner"},
		Annotations: map[string]string{"summary": host + ": burner uses 98% of the CPU", "tree_url": "http://" + host + "/#group=burner"},
		StartsAt:    at, EndsAt: time.Now().Add(10 * time.Minute),
	})
	// On a busy host, the burner need not be among the rows that can be seen without its group.
	c.page(c.awaitMessage("mail", "[warning] HostCPUSaturated: "+host, 1), at, "")
	c.page(c.awaitMessage("mail", "[warning] GroupCPURunaway: burner on "+host, 1), at, "e2e-burner")
}
