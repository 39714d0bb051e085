package scaling

import (
	"encoding/json"
	"fmt"
	"maps"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"proctree/deploy/scaling/parts"
)

// instances lists the values of a label.
func instances(samples []parts.Sample, label string) []string {
	all := make(map[string]bool)
	for _, s := range samples {
		all[s.Labels[label]] = true
	}
	return slices.Sorted(maps.Keys(all))
}

// scraped returns the hosts that an agent scrapes.
func scraped(t *testing.T, agent *parts.Part) []string {
	t.Helper()
	body, err := agent.Get(t.Context(), "/api/v1/targets?state=active")
	if err != nil {
		t.Fatal(err)
	}
	var answer struct {
		Data struct {
			ActiveTargets []struct{ Labels map[string]string }
		}
	}
	if err := json.Unmarshal([]byte(body), &answer); err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, target := range answer.Data.ActiveTargets {
		all = append(all, target.Labels["instance"])
	}
	return all
}

// TestAgentsShareTheHosts has two agents send to one store, for two tenants, each of whom
// then sees its own through prom-label-proxy and nothing else.
func TestAgentsShareTheHosts(t *testing.T) {
	need(t, "prometheus", "victoria-metrics")
	store, fleet := startStore(t), startFleet(t)
	var shares [2][]string
	for i := range shares {
		edits := append(quick(fleet, store), `regex: "0"`, fmt.Sprintf(`regex: "%d"`, i),
			"replacement: acme", fmt.Sprintf("replacement: tenant-%d", i))
		agent, err := parts.Agent(t.Context(), install(t, "agent.yml", edits...), t.TempDir())
		agent = started(t, agent, err)
		eventually(t, func() error {
			if shares[i] = scraped(t, agent); len(shares[i]) == 0 {
				return fmt.Errorf("agent %d has no targets", i)
			}
			return nil
		})
	}
	both := slices.Concat(shares[0], shares[1])
	slices.Sort(both)
	if len(slices.Compact(slices.Clone(both))) != hosts || len(both) != hosts {
		t.Errorf("%d and %d of %d hosts, some twice or never: %q", len(shares[0]), len(shares[1]), hosts, both)
	}
	eventually(t, func() error {
		samples, err := store.Query(t.Context(), "proctree_group_resident_memory_bytes")
		if got := instances(samples, "instance"); err == nil && !slices.Equal(got, both) {
			err = fmt.Errorf("the store has %d of %d hosts", len(got), hosts)
		}
		return err
	})
	tenantsSeeTheirOwn(t, store, shares)
}

func tenantsSeeTheirOwn(t *testing.T, store *parts.Part, shares [2][]string) {
	t.Helper()
	samples, err := store.Query(t.Context(), "owner")
	if got := instances(samples, "tenant"); err != nil || !slices.Equal(got, []string{"tenant-0", "tenant-1"}) {
		t.Errorf("what an exporter says of its tenant counts: %q, %v", got, err)
	}
	proxy := startLabelProxy(t, store)
	for i, share := range shares {
		slices.Sort(share)
		for _, query := range []string{"owner", `owner{tenant=~".+"}`, `sum by (instance) (owner) or owner{tenant="tenant-1"}`} {
			samples, err := proxy.Query(t.Context(), query, "X-Tenant", fmt.Sprintf("tenant-%d", i))
			if got := instances(samples, "instance"); err != nil || !slices.Equal(got, share) {
				t.Errorf("%s as tenant %d: %d hosts instead of %d, %v", query, i, len(got), len(share), err)
			}
		}
	}
	if samples, err := proxy.Query(t.Context(), "owner"); err == nil {
		t.Errorf("without a tenant there are %d series", len(samples))
	}
}

// startLabelProxy builds and starts prom-label-proxy as docs/scaling.md says.
func startLabelProxy(t *testing.T, store *parts.Part) *parts.Part {
	t.Helper()
	program := filepath.Join(t.TempDir(), "prom-label-proxy")
	build := exec.Command("go", "build", "-o", program, "github.com/prometheus-community/prom-label-proxy")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	proxy, err := parts.Start(t.Context(), "/healthz", program, "-insecure-listen-address=ADDRESS",
		"-upstream="+store.URL, "-label=tenant", "-header-name=X-Tenant")
	return started(t, proxy, err)
}

// TestSiteSendsAggregates looks at the names of all that has travelled.
func TestSiteSendsAggregates(t *testing.T) {
	need(t, "prometheus", "victoria-metrics")
	t.Setenv("PROCTREE_RUNBOOKS", "https://runbooks.example.org")
	t.Setenv("PROCTREE_PAGE", "https://{instance}/")
	store, fleet := startStore(t), startFleet(t)
	edits := append(quick(fleet, store), "evaluation_interval: 15s", "evaluation_interval: 1s")
	site, err := parts.Prometheus(t.Context(), install(t, "site.yml", edits...), t.TempDir())
	started(t, site, err)
	eventually(t, func() error {
		samples, err := store.Query(t.Context(), "group:proctree_group_hosts:count")
		if err == nil && (len(samples) != 1 || samples[0].Value != hosts) {
			err = fmt.Errorf("not the %d hosts that have the group: %v", hosts, samples)
		}
		if err == nil && (samples[0].Labels["tenant"] != "acme" || samples[0].Labels["site"] != "north") {
			t.Fatalf("whose is it? %v", samples)
		}
		if err == nil && samples[0].Labels["runbooks"]+samples[0].Labels["page"] != "" {
			t.Fatalf("what only alerts need has travelled: %v", samples)
		}
		return err
	})
	const memory = 1e6 // Of each host.
	eventually(t, func() error {
		samples, err := store.Query(t.Context(), "group:proctree_group_memory_bytes:sum")
		if err == nil && (len(samples) != 1 || samples[0].Value != hosts*memory) {
			err = fmt.Errorf("not the memory of %d hosts: %v", hosts, samples)
		}
		return err
	})
	body, err := store.Get(t.Context(), "/api/v1/label/__name__/values")
	if err != nil {
		t.Fatal(err)
	}
	var answer struct{ Data []string }
	if err := json.Unmarshal([]byte(body), &answer); err != nil {
		t.Fatal(err)
	}
	if len(answer.Data) < 5 {
		t.Errorf("only these have travelled: %q", answer.Data)
	}
	recorded := regexp.MustCompile(`^(.+:.+|up|ALERTS)$`)
	for _, name := range answer.Data {
		if !recorded.MatchString(name) || strings.HasPrefix(name, "proctree:threshold:") {
			t.Errorf("%s has travelled", name)
		}
	}
}
