//go:build linux

package main

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"proctree/collector/host/hosttest"
)

const (
	podUID       = "0f3c1f7e-6a2b-4b1e-9d55-2f0c8b7d1a11"
	podContainer = "8c1f0e6a9b7d4c2f8c1f0e6a9b7d4c2f8c1f0e6a9b7d4c2f8c1f0e6a9b7d4c2f"
)

// startOnNode starts the exporter on a made-up node of Kubernetes with one pod, whose log the kubelet has
// made; the container of another one has just begun.
func startOnNode(t *testing.T) (s *server, root string) {
	t.Helper()
	in := func(uid, container string) string {
		return "0::/kubepods.slice/kubepods-pod" + strings.ReplaceAll(uid, "-", "_") + ".slice/cri-containerd-" + container + ".scope\n"
	}
	proc := hosttest.Tree{Processes: []hosttest.TreeProcess{
		{PID: 1, Name: "systemd", StartTicks: 1, ResidentKB: 1024, Cgroup: "0::/init.scope\n"},
		{PID: 10, PPID: 1, Name: "nginx", StartTicks: 10, ResidentKB: 2048, Cgroup: in(podUID, podContainer)},
		{PID: 11, PPID: 10, Name: "nginx", StartTicks: 11, ResidentKB: 4096, Cgroup: in(podUID, podContainer)},
		{PID: 20, PPID: 1, Name: "java", StartTicks: 20, ResidentKB: 8192, Cgroup: in("7"+podUID[1:], strings.Repeat("ab", 32))},
	}}.Write(t)
	root = t.TempDir()
	for _, dir := range []string{"var/log/containers", "var/log/pods/shop_web-0_" + podUID} {
		if err := os.MkdirAll(filepath.Join(root, dir), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("nowhere", filepath.Join(root, "var/log/containers/web-0_shop_main-"+podContainer+".log")); err != nil {
		t.Fatal(err)
	}
	return start(t, "--path.procfs="+proc, "--path.rootfs="+root, "--scan.max-age=0s"), root
}

// TestPodNames: the names that the kubelet has for a container are in the API, in /metrics and in the tree by
// control groups, and those of a container that has no log yet are absent until it has one.
func TestPodNames(t *testing.T) {
	s, root := startOnNode(t)
	names := func(query string) map[int]string {
		var list struct {
			Data struct {
				Processes []struct {
					PID            int
					Namespace, Pod string
					ContainerName  string `json:"container_name"`
				}
			}
		}
		status, body := s.get("/api/v1/processes?" + query)
		if err := json.Unmarshal([]byte(body), &list); err != nil || status != http.StatusOK {
			t.Fatalf("status %d, %v: %s", status, err, body)
		}
		all := make(map[int]string)
		for _, p := range list.Data.Processes {
			all[p.PID] = fmt.Sprintf("%s/%s/%s", p.Namespace, p.Pod, p.ContainerName)
		}
		return all
	}
	web := map[int]string{10: "shop/web-0/main", 11: "shop/web-0/main"}
	if got := names("namespace=shop&pod=web-0&container_name=main"); !maps.Equal(got, web) {
		t.Errorf("the processes of the pod are %v", got)
	}
	if got := names(""); got[1] != "//" || got[20] != "//" {
		t.Errorf("names without a log: %v", got)
	}
	info := []string{"pid", "11", "namespace", "shop", "pod", "web-0", "container_name", "main"}
	if _, ok := s.samples().value("proctree_process_info", info...); !ok {
		t.Errorf("no proctree_process_info with %v", info)
	}

	if err := os.Symlink("nowhere", filepath.Join(root, "var/log/containers/db-0_shop_java-"+strings.Repeat("ab", 32)+".log")); err != nil {
		t.Fatal(err)
	}
	s.eventually("the name of the new container", func() bool { return names("")[20] == "shop/db-0/java" })
	if got := names("namespace=shop"); len(got) != 3 {
		t.Errorf("the processes of the namespace are %v", got)
	}
}

// nested is a branch or a process of a tree.
type nested struct {
	Branch, Name string
	PID          int
	Children     []nested
	Subtree      struct {
		Processes int
		Memory    *uint64 `json:"resident_bytes"`
	}
}

// lines draws a tree: branches with the number and memory of their processes, and PIDs.
func (n nested) lines(indent string) []string {
	line := fmt.Sprintf("%s%s %s: %d", indent, n.Branch, n.Name, n.Subtree.Processes)
	if n.Branch == "" {
		line = fmt.Sprint(indent, n.PID)
	}
	if memory := n.Subtree.Memory; memory != nil {
		line += fmt.Sprintf(", %d KiB", *memory>>10)
	}
	drawn := []string{line}
	for _, child := range n.Children {
		drawn = append(drawn, child.lines(indent+" ")...)
	}
	return drawn
}

// TestTreeByCgroup: the same processes are below each other, below pods and containers, users or groups, with their sums.
func TestTreeByCgroup(t *testing.T) {
	s, _ := startOnNode(t)
	for by, want := range map[string][]string{
		"cgroup": {
			"unit init.scope: 1, 1024 KiB", " 1, 1024 KiB",
			"slice kubepods.slice: 3, 14336 KiB",
			" pod " + podUID + ": 2, 6144 KiB", "  container " + podContainer + ": 2, 6144 KiB", "   10, 2048 KiB", "   11, 4096 KiB",
			" pod 7" + podUID[1:] + ": 1, 8192 KiB", "  container " + strings.Repeat("ab", 32) + ": 1, 8192 KiB", "   20, 8192 KiB",
		},
		"group": {
			"group java: 1, 8192 KiB", " 20, 8192 KiB", "group nginx: 2, 6144 KiB", " 10, 2048 KiB", " 11, 4096 KiB",
			"group systemd: 1, 1024 KiB", " 1, 1024 KiB",
		},
		"parent": {"1, 15360 KiB", " 10, 6144 KiB", "  11, 4096 KiB", " 20, 8192 KiB"},
	} {
		var answer struct{ Data struct{ Tree []nested } }
		status, body := s.get("/api/v1/tree?by=" + by)
		if err := json.Unmarshal([]byte(body), &answer); err != nil || status != http.StatusOK {
			t.Fatalf("status %d, %v: %s", status, err, body)
		}
		var got []string
		for _, top := range answer.Data.Tree {
			got = append(got, top.lines("")...)
		}
		if !slices.Equal(got, want) {
			t.Errorf("by %s:\n%s\nwant\n%s", by, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}
}

// kubeStateMetrics is what kube-state-metrics has of the pod.
const kubeStateMetrics = `# HELP kube_pod_labels Kubernetes labels converted to Prometheus labels.
# TYPE kube_pod_labels gauge
kube_pod_labels{namespace="shop",pod="web-0",uid="` + podUID + `",label_app="storefront"} 1
kube_pod_labels{namespace="shop",pod="other-0",uid="1",label_app="other"} 1
`

// TestKubeStateMetrics asks a real Prometheus what docs/containers.md shows.
func TestKubeStateMetrics(t *testing.T) {
	tool(t, "prometheus")
	state := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; version=0.0.4")
		_, _ = io.WriteString(w, kubeStateMetrics)
	}))
	t.Cleanup(state.Close)
	s, _ := startOnNode(t)
	p := startPrometheusWith(t, map[string]string{
		"proctree": strings.TrimPrefix(s.url, "http://"), "kube-state-metrics": strings.TrimPrefix(state.URL, "http://"),
	}, "500ms", "")
	query := fenced(t, "../docs/containers.md", "promql")[0]
	want := map[string]string{}
	for pid, bytes := range map[int]string{10: "2097152", 11: "4194304"} {
		labels := map[string]string{
			"group": "nginx", "instance": strings.TrimPrefix(s.url, "http://"), "job": "proctree", "label_app": "storefront",
			"name": "nginx", "namespace": "shop", "pid": strconv.Itoa(pid), "pod": "web-0",
		}
		want[fmt.Sprint(labels)] = bytes
	}
	got := p.query(query)
	for deadline := time.Now().Add(patience); !maps.Equal(got, want) && time.Now().Before(deadline); got = p.query(query) {
		time.Sleep(100 * time.Millisecond)
	}
	if !maps.Equal(got, want) {
		t.Errorf("%s\nis %v\nwant %v", query, got, want)
	}
}
