package pods

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

const id = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

func TestParseLink(t *testing.T) {
	longest := strings.Repeat("a", maxName)
	for name, want := range map[string]Pod{
		"web-5d4-x2_shop_nginx-" + id + ".log":        {"shop", "web-5d4-x2", "nginx"},
		"a.b-c_kube-system_side-car-0-" + id + ".log": {"kube-system", "a.b-c", "side-car-0"},
		longest + "_n_c-" + id + ".log":               {"n", longest, "c"},
		longest + "a_n_c-" + id + ".log":              {},
		"web_shop_nginx-" + id:                        {},
		"web_shop_nginx.log":                          {},
		"web_shop_nginx-.log":                         {},
		"web_shop-" + id + ".log":                     {},
		"web_shop_a_b-" + id + ".log":                 {},
		"_shop_nginx-" + id + ".log":                  {},
		"web_Shop_nginx-" + id + ".log":               {},
		"web_sh op_nginx-" + id + ".log":              {},
		"web_shop_nginx\n-" + id + ".log":             {},
		"-web_shop_nginx-" + id + ".log":              {},
		".log":                                        {},
		"":                                            {},
	} {
		container, got, ok := parseLink(name)
		if ok != (want != Pod{}) || ok && (got != want || container != id) {
			t.Errorf("%q: %+v of %q (%t), want %+v", name, got, container, ok, want)
		}
	}
}

func TestParseFolder(t *testing.T) {
	const uid = "0f3c1f7e-6a2b-4b1e-9d55-2f0c8b7d1a11"
	for name, want := range map[string]Pod{
		"shop_web-5d4-x2_" + uid: {Namespace: "shop", Name: "web-5d4-x2"},
		"shop_web_" + id[:32]:    {Namespace: "shop", Name: "web"},
		"shop_web":               {},
		"shop__" + uid:           {},
		"shop_web_":              {},
		"a_b_c_d":                {},
		"":                       {},
	} {
		if got, pod, ok := parseFolder(name); ok != (want != Pod{}) || ok && (pod != want || !strings.HasSuffix(name, "_"+got)) {
			t.Errorf("%q: %+v (%t), want %+v", name, pod, ok, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("web_shop_nginx-" + id + ".log")
	f.Add("shop_web_" + id)
	f.Fuzz(func(t *testing.T, name string) {
		_, a, _ := parseLink(name)
		_, b, _ := parseFolder(name)
		for _, pod := range []Pod{a, b} {
			if strings.ContainsAny(pod.Namespace+pod.Name+pod.Container, "_/") && isName(pod.Namespace) && isName(pod.Name) {
				t.Errorf("%q gives %+v", name, pod)
			}
		}
	})
}

// TestNamesFollowTheNode makes 500 pods, then renames, deletes some and makes them again.
func TestNamesFollowTheNode(t *testing.T) {
	root := t.TempDir()
	links, folders := filepath.Join(root, "var/log/containers"), filepath.Join(root, "var/log/pods")
	names := NewNames(root)
	now := time.Now()
	if names.Read(now) || names.Find(id, "uid") != (Pod{}) {
		t.Error("there are names on a node without the directories")
	}
	for _, dir := range []string{links, folders} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	container := func(i int) string { return fmt.Sprintf("%064x", i) }
	put := func(i int, name string) {
		t.Helper()
		uid := fmt.Sprintf("uid-%d", i)
		if err := os.Mkdir(filepath.Join(folders, "shop_"+name+"_"+uid), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink("nowhere", filepath.Join(links, name+"_shop_main-"+container(i)+".log")); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 500 {
		put(i, fmt.Sprintf("web-%d.%s", i, strings.Repeat("x", i%100+1)))
	}
	if !names.Read(now) {
		t.Error("the pods were not noticed")
	}
	for i := range 500 {
		name := fmt.Sprintf("web-%d.%s", i, strings.Repeat("x", i%100+1))
		if got := names.Find(container(i), "other"); got != (Pod{"shop", name, "main"}) {
			t.Errorf("container %d is %+v", i, got)
		}
		// The pause container has no log.
		if got := names.Find("pause", fmt.Sprintf("uid-%d", i)); got != (Pod{"shop", name, ""}) {
			t.Errorf("pod %d is %+v", i, got)
		}
	}
	if names.Read(now) {
		t.Error("nothing has changed")
	}
	if err := os.Remove(filepath.Join(links, "web-0.x_shop_main-"+container(0)+".log")); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(folders, "shop_web-0.x_uid-0")); err != nil {
		t.Fatal(err)
	}
	put(500, "web-0.x")
	if !names.Read(now) || names.Find(container(0), "uid-0") != (Pod{}) || names.Find(container(500), "") != (Pod{"shop", "web-0.x", "main"}) {
		t.Error("a pod that was deleted and made again has the names of the old one")
	}
}

// BenchmarkRead returns what the names of 500 pods cost a scan, which may be 50 µs: while nothing changes, and,
// for comparison, in a scan after a pod has come.
func BenchmarkRead(b *testing.B) {
	root := b.TempDir()
	links, folders := filepath.Join(root, "var/log/containers"), filepath.Join(root, "var/log/pods")
	if err := os.MkdirAll(links, 0o755); err != nil {
		b.Fatal(err)
	}
	for i := range 500 {
		name := fmt.Sprintf("web-%d.%s", i, strings.Repeat("x-", i%50)+"x")
		if err := os.MkdirAll(filepath.Join(folders, fmt.Sprintf("shop_%s_uid-%d", name, i)), 0o755); err != nil {
			b.Fatal(err)
		}
		if err := os.Symlink("nowhere", filepath.Join(links, fmt.Sprintf("%s_shop_main-%064x.log", name, i))); err != nil {
			b.Fatal(err)
		}
	}
	later := time.Now().Add(time.Hour)
	b.Run("nothing changes", func(b *testing.B) {
		names := NewNames(root)
		names.Read(later)
		for b.Loop() {
			if names.Read(later) {
				b.Fatal("a name has changed")
			}
		}
	})
	b.Run("a pod has come", func(b *testing.B) {
		for b.Loop() {
			if !NewNames(root).Read(later) {
				b.Fatal("there are no names")
			}
		}
	})
}
