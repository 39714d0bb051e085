//go:build linux

package e2e

import (
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"proctree/deploy/programs"
	"proctree/deploy/stack/faster"
	"proctree/deploy/stack/mailbox"
	"proctree/deploy/stack/redirect"
)

// The groups that the exporter is configured for. All other processes are one group, so that
// what else this machine does makes no alert of its own.
const groups = `groups:
- {name: e2e-burner, group: burner}
- {name: e2e-victim, group: victim}
- {name: e2e-crasher, group: crasher}
- {name: '.*', group: rest}
`

// exceptions are limits for these groups, as an administrator writes them.
const exceptions = `groups:
- name: exceptions
  interval: 1s
  rules:
  # Any CPU at all: a busy machine may give the burner next to none.
  - record: proctree:threshold:group_cpu_ratio
    labels: {group: burner}
    expr: "0.0005"
  - record: proctree:threshold:group_cpu_ratio
    labels: {group: rest}
    expr: "1000"
  # It need not run.
  - record: proctree:threshold:group_min_processes
    labels: {group: crasher}
    expr: "0"
`

// samples are the limits that count samples, which are fewer when a day has two minutes.
var samples = map[string]string{"proctree:threshold:anomaly_samples": "3"}

// chain is everything from a process to a mail.
type chain struct {
	t                                  *testing.T
	exporter, prometheus, alertmanager *server
	mailbox                            *mailbox.Mailbox
}

// startChain starts all of it.
func startChain(t *testing.T) *chain {
	t.Helper()
	dir := t.TempDir()
	t.Setenv("PROCTREE_PAGE", "http://{instance}/")
	c := &chain{t: t}
	c.exporter = c.newExporter(dir)
	c.alertmanager = c.newAlertmanager(dir)
	c.prometheus = c.newPrometheus(dir)
	c.exporter.start()
	c.alertmanager.start()
	c.prometheus.start()
	t.Cleanup(c.explain)
	return c
}

// explain shows, if the test fails, what may have been the reason: a machine that is too busy
// makes scrapes fail, and what arrived.
func (c *chain) explain() {
	if !c.t.Failed() {
		return
	}
	for _, query := range []string{
		`count_over_time(up[10m])`, `sum_over_time(up[10m])`, `max_over_time(scrape_duration_seconds[10m])`,
		`min_over_time(instance_group:proctree_group_cpu:ratio_rate5m{group="burner"}[10m])`,
		`count_over_time(instance_group:proctree_group_cpu:ratio_rate5m{group="burner"}[10m])`,
	} {
		c.t.Logf("%v %s", c.query(query), query)
	}
	all, _ := c.mailbox.Messages()
	for _, m := range all {
		c.t.Logf("%s %s to %s: %s", m.Time.Format("15:04:05"), m.Kind, m.To, m.Subject)
	}
}

func (c *chain) newExporter(dir string) *server {
	path := filepath.Join(dir, "proctree_exporter")
	build := exec.Command("go", "build", "-o", path, "./exporter")
	build.Dir = "../.."
	if out, err := build.CombinedOutput(); err != nil {
		c.t.Fatalf("%v: %s", err, out)
	}
	config := filepath.Join(dir, "proctree.yml")
	write(c.t, config, groups)
	address := programs.Address(c.t)
	return newServer(c.t, address, path, "--web.listen-address="+address, "--config.file="+config,
		"--scan.max-age=200ms", "--history.dir="+filepath.Join(dir, "history"), "--history.interval=1s")
}

// newAlertmanager has the shipped configuration, with the addresses of the mailbox.
func (c *chain) newAlertmanager(dir string) *server {
	config, err := os.ReadFile("../alertmanager/alertmanager.yml")
	if err != nil {
		c.t.Fatal(err)
	}
	if config, err = redirect.Config(config, c.startMailbox()); err != nil {
		c.t.Fatal(err)
	}
	if config, err = faster.Routes(config); err != nil {
		c.t.Fatal(err)
	}
	file := filepath.Join(dir, "alertmanager", "alertmanager.yml")
	write(c.t, file, string(config))
	if err := os.CopyFS(filepath.Join(dir, "alertmanager", "templates"), os.DirFS("../alertmanager/templates")); err != nil {
		c.t.Fatal(err)
	}
	address := programs.Address(c.t)
	return newServer(c.t, address, tool(c.t, "alertmanager"), "--config.file="+file,
		"--storage.path="+filepath.Join(dir, "alertmanager", "data"), "--web.listen-address="+address,
		"--web.external-url=http://"+address, "--cluster.listen-address=")
}

func (c *chain) startMailbox() redirect.Mailbox {
	var err error
	if c.mailbox, err = mailbox.New(""); err != nil {
		c.t.Fatal(err)
	}
	mails, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		c.t.Fatal(err)
	}
	hooks, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		c.t.Fatal(err)
	}
	receiver := c.mailbox.SMTP()
	server := &http.Server{Handler: c.mailbox.Handler(), ReadHeaderTimeout: time.Minute}
	go func() { _ = receiver.Serve(mails) }()
	go func() { _ = server.Serve(hooks) }()
	c.t.Cleanup(func() {
		_ = receiver.Close()
		_ = server.Close()
	})
	return redirect.Mailbox{SMTP: mails.Addr().String(), URL: "http://" + hooks.Addr().String()}
}

// newPrometheus has the shipped configuration and rules, at another speed.
func (c *chain) newPrometheus(dir string) *server {
	dir = filepath.Join(dir, "prometheus")
	config, err := os.ReadFile("../prometheus/prometheus.yml")
	if err != nil {
		c.t.Fatal(err)
	}
	write(c.t, filepath.Join(dir, "prometheus.yml"), often(c.t, config))
	write(c.t, filepath.Join(dir, "targets", "here.yml"), fmt.Sprintf("- targets: [%q]\n  labels: {team: web}\n", c.exporter.config.Address))
	write(c.t, filepath.Join(dir, "alertmanagers", "here.yml"), fmt.Sprintf("- targets: [%q]\n", c.alertmanager.config.Address))
	for _, file := range ruleFiles(c.t) {
		text, err := os.ReadFile(file)
		if err != nil {
			c.t.Fatal(err)
		}
		if text, err = faster.Rules(text, samples); err != nil {
			c.t.Fatalf("%s: %v", file, err)
		}
		write(c.t, filepath.Join(dir, "rules", filepath.Base(file)), string(text))
	}
	write(c.t, filepath.Join(dir, "rules", "exceptions.yml"), exceptions)
	address := programs.Address(c.t)
	return newServer(c.t, address, tool(c.t, "prometheus"), "--config.file="+filepath.Join(dir, "prometheus.yml"),
		"--storage.tsdb.path="+filepath.Join(dir, "data"), "--web.listen-address="+address, "--web.external-url=http://"+address,
		// By default, what is pending for less than ten minutes starts over after a restart.
		"--rules.alert.for-grace-period=1s", "--rules.alert.resend-delay=10s")
}

func ruleFiles(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("../../alerting-rules/*.yml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no rules in alerting-rules (%v)", err)
	}
	return files
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
