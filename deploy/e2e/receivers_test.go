//go:build linux

package e2e

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"

	"proctree/deploy/stack/mailbox"
)

// receivers sends alerts to Alertmanager that reach every kind of receiver: mail, SMS, web hook,
// Slack and Teams all take what our templates make of them, however odd the names are.
func (c *chain) receivers() {
	c.t.Helper()
	odd := "数据库 <!channel> [link](http://x) " + strings.Repeat("long ", 100)
	c.post(
		map[string]string{"alertname": "TestCritical", "severity": "critical", "team": "database", "instance": "here", "group": odd},
		map[string]string{"alertname": "TestInfo", "severity": "info", "instance": "here", "group": odd},
	)
	checkSMS(c.t, c.awaitMessage("sns", "CRITICAL: here: ", 1))
	c.awaitMessage("webhook", "firing: here: ", 2)
	c.awaitMessage("teams", "[critical] TestCritical: ", 1)
	mail := c.awaitMessage("mail", "[critical] TestCritical: ", 1)
	says(c.t, mail.To, "^database@")
	says(c.t, mail.HTML, "&lt;!channel&gt;")
	slack := c.awaitMessage("slack", "[info] TestInfo: ", 1)
	var body struct{ Attachments []struct{ Text string } }
	if err := json.Unmarshal([]byte(slack.Text), &body); err != nil || len(body.Attachments) != 1 {
		c.t.Fatalf("not a message for Slack (%v): %s", err, slack.Text)
	}
	says(c.t, body.Attachments[0].Text, "&lt;!channel&gt;")
	all, _ := c.mailbox.Messages()
	if at := slices.IndexFunc(all, func(m mailbox.Message) bool { return m.Kind == "mail" && strings.HasPrefix(m.To, "operators@") }); at >= 0 {
		c.t.Errorf("the operators heard of what is not theirs: %s", all[at].Subject)
	}
}

// posted is an alert as Prometheus sends it. It ends by itself.
type posted struct {
	Labels      map[string]string `json:"labels"`
	Annotations map[string]string `json:"annotations"`
	StartsAt    time.Time         `json:"startsAt,omitzero"`
	EndsAt      time.Time         `json:"endsAt"`
}

// post gives alerts of these labels to Alertmanager.
func (c *chain) post(labels ...map[string]string) {
	c.t.Helper()
	var alerts []posted
	for _, l := range labels {
		alerts = append(alerts, posted{Labels: l, Annotations: map[string]string{"summary": "here: " + l["group"]}, EndsAt: time.Now().Add(10 * time.Minute)})
	}
	c.send(alerts...)
}

// send gives alerts to Alertmanager.
func (c *chain) send(alerts ...posted) {
	c.t.Helper()
	body, err := json.Marshal(alerts)
	if err != nil {
		c.t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+c.alertmanager.config.Address+"/api/v2/alerts", strings.NewReader(string(body)))
	if err != nil {
		c.t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		c.t.Fatal(err)
	}
	_ = response.Body.Close()
	if response.StatusCode != http.StatusOK {
		c.t.Fatalf("Alertmanager refuses alerts: %s", response.Status)
	}
}
