package main

import (
	"context"
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strconv"

	"proctree/deploy/stack/process"
)

// part is one program of the stack.
type part struct {
	process.Program
	// ready is the address that answers 200 when the program can be used.
	ready string
	// listens are the addresses that have to be free, and the variables of make that change them.
	listens map[string]string
}

func loopback(port uint) string {
	return net.JoinHostPort("127.0.0.1", strconv.FormatUint(uint64(port), 10))
}

// parts returns the programs in the order in which they start.
func (s *stack) parts() ([]part, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	exporter, prometheus, alertmanager := loopback(s.ports.exporter), loopback(s.ports.prometheus), loopback(s.ports.alertmanager)
	web, smtp := loopback(s.ports.mailbox), loopback(s.ports.smtp)
	parts := []part{
		{
			Program: process.Program{Name: "mailbox", Path: self, Args: []string{
				"mailbox", "-smtp", smtp, "-web", web, "-mail", s.path("mail"), "-runbooks", s.sourcePath("docs", "runbooks"),
			}},
			ready:   "http://" + web + "/",
			listens: map[string]string{web: "MAILBOX_PORT", smtp: "SMTP_PORT"},
		},
		{
			Program: process.Program{Name: "exporter", Path: s.exporter, Args: []string{
				"--web.listen-address=" + exporter, "--config.file=" + s.path("proctree.yml"), "--web.enable-lifecycle",
				// Alerts and dashboards lead to the past.
				"--history.dir=" + s.path("history"),
			}},
			ready:   "http://" + exporter + "/-/ready",
			listens: map[string]string{exporter: "EXPORTER_PORT"},
		},
		{
			Program: process.Program{
				Name: "alertmanager", Path: s.tool("alertmanager"), Args: []string{
					"--config.file=" + s.path("alertmanager", "alertmanager.yml"), "--storage.path=" + s.path("alertmanager", "data"),
					"--web.listen-address=" + alertmanager, "--web.external-url=http://" + alertmanager, "--cluster.listen-address=",
				},
				// With a bundle of certificates from the environment, SNS refuses Alertmanager's HTTP client.
				Env: []string{"AWS_CA_BUNDLE="},
			},
			ready:   "http://" + alertmanager + "/-/ready",
			listens: map[string]string{alertmanager: "ALERTMANAGER_PORT"},
		},
		{
			Program: process.Program{
				Name: "prometheus", Path: s.tool("prometheus"), Args: []string{
					"--config.file=" + s.path("prometheus", "prometheus.yml"), "--storage.tsdb.path=" + s.path("prometheus", "data"),
					"--web.listen-address=" + prometheus, "--web.external-url=http://" + prometheus, "--web.enable-lifecycle",
					// Counts the first value of a new group (docs/counters.md).
					"--enable-feature=created-timestamp-zero-ingestion",
					// By default, a restart forgets the state of alerts whose "for" is below ten minutes.
					"--rules.alert.for-grace-period=1m",
				},
				Env: []string{"PROCTREE_RUNBOOKS=http://" + web + "/runbooks", "PROCTREE_PAGE=http://{instance}/"},
			},
			ready:   "http://" + prometheus + "/-/ready",
			listens: map[string]string{prometheus: "PROMETHEUS_PORT"},
		},
	}
	if grafana, ok := s.grafana(); ok {
		parts = append(parts, grafana)
	}
	for i := range parts {
		parts[i].Address = beginning(parts[i].ready)
	}
	return parts, nil
}

func (s *stack) sourcePath(elements ...string) string {
	return filepath.Join(append([]string{s.source}, elements...)...)
}

// tool is a program in the folder of the tools, or else on PATH.
func (s *stack) tool(name string) string {
	if s.tools == "" {
		return name
	}
	return filepath.Join(s.tools, name)
}

// free reports the first address that another program listens on.
func free(ctx context.Context, parts []part) error {
	var network net.ListenConfig
	for _, p := range parts {
		for address, variable := range p.listens {
			listener, err := network.Listen(ctx, "tcp", address)
			if err != nil {
				return fmt.Errorf("%s is not free for %s (make stack %s=… takes another port): %w", address, p.Name, variable, err)
			}
			_ = listener.Close()
		}
	}
	return nil
}

// beginning returns an address without its path.
func beginning(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	return u.Scheme + "://" + u.Host + "/"
}
