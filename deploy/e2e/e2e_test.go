//go:build linux

package e2e

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"proctree/deploy/stack/mailbox"
)

// TestAlertsArrive follows alerts from processes to mails. The steps build on each other.
func TestAlertsArrive(t *testing.T) {
	burner := program(t, "e2e-burner", "while :; do :; done")
	victim := program(t, "e2e-victim", "while :; do sleep 1000 & wait; done")
	c := startChain(t)
	c.receivers()
	killVictim := spawn(t, victim)
	stopBurner := spawn(t, burner)
	await(t, "both groups to run", func() bool {
		return len(c.query(`sum by (group) (proctree_group_processes{group=~"burner|victim",state!="zombie"}) == 1`)) == 2
	})

	c.awaitState("GroupCPURunaway", "burner", "pending")
	killVictim()
	c.missing()
	c.restartWhilePending()
	c.firing()
	c.restartExporter()
	c.restartPrometheus()
	c.restartAlertmanager()
	c.recorded()
	c.once()
	stopBurner()
	c.resolved()
	c.inhibited(victim)
}

// restartWhilePending restarts Prometheus: for how long the alert has been pending is not
// forgotten. Prometheus does not count the time in which it did not run.
func (c *chain) restartWhilePending() {
	c.t.Helper()
	const enough = 10 * time.Second
	await(c.t, "an alert to be pending for some time", func() bool {
		a := c.alert("GroupCPURunaway", "burner")
		return a.State == "pending" && time.Since(a.ActiveAt) > enough
	})
	c.prometheus.stop()
	started := time.Now()
	c.prometheus.start()
	await(c.t, "the alert to be pending for longer than Prometheus runs", func() bool {
		a := c.alert("GroupCPURunaway", "burner")
		return a.State == "pending" && a.ActiveAt.Before(started)
	})
}

// missing is what a group makes whose only process was killed.
func (c *chain) missing() {
	c.t.Helper()
	mail := c.awaitMessage("mail", "[critical] GroupMissing: victim on "+c.exporter.config.Address, 1)
	says(c.t, mail.To, "^operators@")
	says(c.t, mail.Text, c.exporter.config.Address+": victim is not running", "CRITICAL  victim on "+c.exporter.config.Address)
	says(c.t, mail.HTML, c.exporter.config.Address+": victim is not running")
	sms := c.awaitMessage("sns", "CRITICAL: "+c.exporter.config.Address+": victim is not running", 1)
	checkSMS(c.t, sms)
	c.awaitMessage("webhook", "firing: "+c.exporter.config.Address+": victim is not running", 2)
}

// firing are the alerts of a group that uses much CPU time.
func (c *chain) firing() {
	c.t.Helper()
	mail := c.awaitMessage("mail", "[warning] GroupCPURunaway: burner on "+c.exporter.config.Address, 1)
	percent := c.exporter.config.Address + `: burner uses \d+(\.\d+)?% of the CPU`
	says(c.t, mail.Text, percent, "team web", "Query: +http://"+c.prometheus.config.Address)
	says(c.t, mail.HTML, percent, `href="http://`+c.alertmanager.config.Address+`/#/silences/new\?filter=`)
	c.culprit(mail)
}

// processesLink is the link of a mail to the processes of the moment at which its alert began.
var processesLink = regexp.MustCompile(`Processes: +http://([^/]+)/#group=burner&time=(\S+)`)

// culprit follows the link of a mail: what the page shows at that time names the process.
func (c *chain) culprit(mail mailbox.Message) {
	c.t.Helper()
	link := processesLink.FindStringSubmatch(mail.Text)
	if link == nil || link[1] != c.exporter.config.Address {
		c.t.Fatalf("no link to the processes of %s in:\n%s", c.exporter.config.Address, mail.Text)
	}
	says(c.t, mail.HTML, `href="http://`+link[1]+`/#group=burner&(amp;)?time=`+link[2]+`"`)
	var body string
	await(c.t, "the processes of "+link[2]+" in the recording", func() bool {
		var status int
		status, body = c.exporter.get("/api/v1/processes?group=burner&time=" + link[2])
		return status == http.StatusOK
	})
	says(c.t, body, `"cmdline":\[[^\]]*e2e-burner`)
	at, err := time.Parse(time.RFC3339, link[2])
	if err != nil {
		c.t.Fatal(err)
	}
	c.page(mail, at, "e2e-burner")
}

// steady are the alerts that a restart must not make.
const steady = `count_over_time(ALERTS{alertstate="firing",alertname=~"GroupCrash.*|HostRebooted|ExporterRestarting|ExporterDown|ExporterAbsent"}[10m])`

// restartExporter restarts the exporter, whose counters begin at 0 again: nothing is seen of it.
func (c *chain) restartExporter() {
	c.t.Helper()
	const total = `sum(proctree_group_cpu_seconds_total{group="burner"})`
	c.exporter.stop()
	c.exporter.start()
	await(c.t, "a scrape of the restarted exporter", func() bool {
		return len(c.query(`changes(process_start_time_seconds{job="proctree"}[2m]) >= 1 and up == 1`)) == 1 && len(c.query(total)) == 1
	})
	if resets := c.query(`sum(resets(proctree_group_cpu_seconds_total{group="burner"}[2m])) > 0`); len(resets) == 0 {
		c.t.Error("the counters of the restarted exporter did not start from 0 again, so that this tested nothing")
	}
	await(c.t, "rates over the restart", func() bool {
		return len(c.query(`time() - process_start_time_seconds{job="proctree"} > 8 and on (instance) `+
			`instance_group:proctree_group_cpu_seconds:rate5m{group="burner"}`)) == 1
	})
	// A shell cannot use more than one core; what counts twice or from the beginning would show.
	if peak := c.query(`max_over_time(instance_group:proctree_group_cpu_seconds:rate5m{group="burner"}[2m]) > 1.3`); len(peak) > 0 {
		c.t.Errorf("the burner is said to have used %v cores", peak)
	}
	c.awaitState("GroupCPURunaway", "burner", "firing")
	if got := c.query(steady + ` > 0`); len(got) > 0 {
		c.t.Errorf("%d alerts because of a restart of the exporter", len(got))
	}
	if got := c.messages("mail", "[resolved] GroupCPURunaway"); len(got) > 0 {
		c.t.Errorf("a restart of the exporter resolved an alert: %s", got[0].Subject)
	}
}

// notified matches Prometheus' own count of the alerts that it has sent, if it is not 0.
var notified = regexp.MustCompile(`(?m)^prometheus_notifications_sent_total\{.*\} [1-9]`)

// restartPrometheus restarts it while alerts fire: they go on, and nobody is told twice.
func (c *chain) restartPrometheus() {
	c.t.Helper()
	before := c.alert("GroupCPURunaway", "burner")
	c.prometheus.stop()
	c.prometheus.start()
	await(c.t, "the alert to fire since the same time", func() bool {
		after := c.alert("GroupCPURunaway", "burner")
		return after.State == "firing" && after.ActiveAt.Sub(before.ActiveAt).Abs() < time.Second
	})
	await(c.t, "Alertmanager to hear of it again", func() bool {
		_, metrics := c.prometheus.get("/metrics")
		return notified.MatchString(metrics)
	})
	c.once()
}

// restartAlertmanager restarts it while alerts fire: it remembers whom it has told.
func (c *chain) restartAlertmanager() {
	c.t.Helper()
	c.alertmanager.stop()
	c.alertmanager.start()
	await(c.t, "Alertmanager to hear of both alerts", func() bool {
		status, body := c.alertmanager.get("/api/v2/alerts")
		return status == http.StatusOK && strings.Contains(body, `"GroupMissing"`) && strings.Contains(body, `"GroupCPURunaway"`)
	})
}

// once checks that of each alert that fires there was one mail.
func (c *chain) once() {
	c.t.Helper()
	for _, subject := range []string{"[critical] GroupMissing: victim", "[warning] GroupCPURunaway: burner"} {
		if got := c.messages("mail", subject); len(got) != 1 {
			c.t.Errorf("%d mails %s, want 1", len(got), subject)
		}
	}
}

// resolved is what comes when the burner has stopped.
func (c *chain) resolved() {
	c.t.Helper()
	mail := c.awaitMessage("mail", "[resolved] GroupCPURunaway: burner on "+c.exporter.config.Address, 1)
	says(c.t, mail.Text, "RESOLVED  burner on "+c.exporter.config.Address, ` to \d\d:\d\d UTC`)
}

// inhibited stops the exporter while a group of it is missing: from then on only the exporter is
// told about, until it is back and the group too.
func (c *chain) inhibited(victim string) {
	c.t.Helper()
	c.awaitState("GroupMissing", "victim", "firing")
	c.exporter.stop()
	down := c.awaitMessage("mail", "[critical] ExporterDown: "+c.exporter.config.Address, 1)
	says(c.t, down.Text, c.exporter.config.Address+": the host or its exporter is down")
	if !c.suppressed("GroupMissing", "victim") {
		c.t.Error("Alertmanager does not hold back the missing group of a host that is down")
	}
	c.awaitState("GroupMissing", "victim", "")
	c.exporter.start()
	spawn(c.t, victim)
	c.awaitMessage("mail", "[resolved] ExporterDown: "+c.exporter.config.Address, 1)
	missing := append(c.messages("mail", "[critical] GroupMissing: victim"), c.messages("mail", "[resolved] GroupMissing: victim")...)
	for _, m := range missing {
		if m.Time.After(down.Time) && m.Time.Before(c.messages("mail", "[resolved] ExporterDown")[0].Time) {
			c.t.Errorf("while the exporter was down: %s", m.Subject)
		}
	}
}
