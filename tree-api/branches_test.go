package treeapi

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"proctree/collector/host/hosttest"
	"proctree/collector/process"
	"proctree/tree-api/treetest"
)

// twig is a branch or a process in a tree of branches.
type twig struct {
	Branch, Name string
	PID          int
	Subtree      treetest.WireSubtree
	Children     []twig
}

// drawnTwigs draws "unit:ssh.service=2(30 31)", with the number of processes of each branch.
func drawnTwigs(list []twig) string {
	parts := make([]string, 0, len(list))
	for _, t := range list {
		text := fmt.Sprintf("%s:%s=%d", t.Branch, t.Name, t.Subtree.Processes)
		if t.Branch == "" {
			text = strconv.Itoa(t.PID)
		}
		if len(t.Children) > 0 {
			text += "(" + drawnTwigs(t.Children) + ")"
		}
		parts = append(parts, text)
	}
	return strings.Join(parts, " ")
}

func TestTreeByOtherThanParents(t *testing.T) {
	const pod, container = "0f3c1f7e-6a2b-4b1e-9d55-2f0c8b7d1a11", "c0ffee"
	in := func(cgroup string, facts process.Facts) hosttest.Option {
		facts.Cgroup = cgroup
		return hosttest.Facts(facts)
	}
	web := process.Facts{User: "www", Unit: "web.service"}
	table := func(at time.Duration) *process.Snapshot {
		return hosttest.Snapshot(at,
			hosttest.Process(1, 0, "systemd", hosttest.Memory(1<<20, 0), in("/init.scope", process.Facts{User: "root", Unit: "init.scope"})),
			hosttest.Process(2, 0, "kthreadd", hosttest.Kernel(), in("/", process.Facts{User: "root"})),
			hosttest.Process(10, 1, "web", hosttest.Memory(2<<20, 0), hosttest.CPU(at/2, 0), in("/system.slice/web.service", web)),
			hosttest.Process(11, 10, "web", hosttest.Memory(6<<20, 0), in("/system.slice/web.service/worker", web)),
			hosttest.Process(20, 1, "app", hosttest.Memory(4<<20, 0),
				in("/kubepods.slice/kubepods-pod"+strings.ReplaceAll(pod, "-", "_")+".slice/cri-containerd-"+container+".scope",
					process.Facts{User: "root", Container: container, PodUID: pod})),
			hosttest.Process(30, 1, "odd", hosttest.Facts(process.Facts{})),
		)
	}
	source := treetest.Fixed{Newest: treetest.ReportOf(t, table(time.Minute), table(2*time.Minute))}
	operator := apiOf(t, func(cfg *Config) { cfg.Source = source })
	viewer := apiOf(t, asViewer(t), func(cfg *Config) { cfg.Source = source })
	schemas := treetest.NewSchemas(t)
	for _, test := range []struct {
		query, want, viewer string
	}{
		{"by=user", "user:root=3(1 2 20) user:www=2(10 11) user:=1(30)", ""},
		{"by=group", "group:app=1(20) group:kthreadd=1(2) group:odd=1(30) group:systemd=1(1) group:web=2(10 11)", ""},
		{
			"by=cgroup",
			"cgroup:/=1(2) unit:init.scope=1(1) slice:kubepods.slice=1(pod:" + pod + "=1(container:c0ffee=1(20))) " +
				"slice:system.slice=2(unit:web.service=2(cgroup:worker=1(11) 10)) cgroup:=1(30)",
			"pod:" + pod + "=1(container:c0ffee=1(20)) unit:init.scope=1(1) unit:web.service=2(10 11) cgroup:=2(2 30)",
		},
		{"by=user&sort=memory", "user:www=2(11 10) user:root=3(20 1 2) user:=1(30)", ""},
		{"by=user&sort=cpu&order=asc", "user:root=3(1 2 20) user:=1(30) user:www=2(11 10)", ""},
		{"by=user&sort=subtree_processes", "user:root=3(1 2 20) user:www=2(10 11) user:=1(30)", ""},
		// The sums are those of all processes of a branch, and branches without a match are left out.
		{"by=user&min_memory=4194304", "user:root=3(20) user:www=2(11)", ""},
		{"by=user&root=10", "user:www=2(10 11)", ""},
		{"by=user&match=nothing", "", ""},
	} {
		for api, want := range map[*API]string{operator: test.want, viewer: test.viewer} {
			if want == "" && api == viewer {
				want = test.want
			}
			response := ask(t, api, "/api/v1/tree?"+test.query)
			Data(t, response, schemas, "TreeAnswer")
			var got struct {
				Data struct {
					By   string
					Tree []twig
				}
			}
			if err := json.Unmarshal(response.Body, &got); err != nil {
				t.Fatal(err)
			}
			if drawn := drawnTwigs(got.Data.Tree); drawn != want || !strings.HasPrefix(test.query, "by="+got.Data.By) {
				t.Errorf("%s: by %q: %s\nwant %s", test.query, got.Data.By, drawn, want)
			}
		}
	}
	parents := ask(t, operator, "/api/v1/tree?by=parent")
	if plain := ask(t, operator, "/api/v1/tree"); string(parents.Body) != string(plain.Body) {
		t.Errorf("by=parent is not the tree: %s", parents.Body)
	}
	if a, b := ask(t, operator, "/api/v1/tree?by=user").Header.Get("ETag"), parents.Header.Get("ETag"); a == b {
		t.Errorf("two trees have the entity tag %s", a)
	}
	sums := ask(t, operator, "/api/v1/tree?by=user&match=web")
	if !strings.Contains(string(sums.Body), `"name":"www","subtree":{"processes":2,"cores":0.5,"resident_bytes":8388608}`) {
		t.Errorf("the sums of a branch: %s", sums.Body)
	}
}
