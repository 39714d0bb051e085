package validate

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"proctree/deploy/programs"
)

// running is a container under way.
type running struct {
	t       *testing.T
	pid     int
	address string
	metrics string
}

// start runs the container, which listens at the address, until it has metrics to show.
func (c container) start(t *testing.T, address string) *running {
	t.Helper()
	p := programs.RunCommand(t, c.command(t), address, "/metrics")
	metrics, err := p.Get(t.Context(), "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	return &running{t: t, pid: p.PID(), address: address, metrics: metrics}
}

// hasRights compares what the kernel says of the process with what was to be granted.
func (r *running) hasRights(c container) {
	r.t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", r.pid))
	if err != nil {
		r.t.Fatal(err)
	}
	mask, err := c.capabilityMask()
	if err != nil {
		r.t.Fatal(err)
	}
	uid, gid, _ := c.ids()
	effective := mask
	if uid != 0 {
		effective = 0
	}
	for _, want := range []string{
		fmt.Sprintf("Uid:\t%[1]d\t%[1]d\t%[1]d\t%[1]d\n", uid),
		fmt.Sprintf("Gid:\t%[1]d\t%[1]d\t%[1]d\t%[1]d\n", gid),
		fmt.Sprintf("CapEff:\t%016x\n", effective),
		fmt.Sprintf("CapBnd:\t%016x\n", mask),
		"NoNewPrivs:\t1\n",
	} {
		if !strings.Contains(string(status), want) {
			r.t.Errorf("the process is not as it should be: no %q in\n%s", want, status)
		}
	}
}

// shows fails the test unless a sample begins with the text.
func (r *running) shows(sample string) {
	r.t.Helper()
	if !strings.Contains(r.metrics, "\n"+sample) {
		r.t.Errorf("no %s among the metrics", sample)
	}
}

// showsHost fails the test unless the metrics are those of this host, its file systems
// included where it sees them.
func (r *running) showsHost(files bool) {
	r.t.Helper()
	self, err := os.ReadFile("/proc/self/comm")
	if err != nil {
		r.t.Fatal(err)
	}
	r.shows(fmt.Sprintf(`proctree_group_processes{group=%q,state="running"}`, strings.TrimSpace(string(self))))
	r.shows("proctree_system_load1 ")
	r.shows(`proctree_system_os_info{`)
	if strings.Contains(r.metrics, `mountpoint="/"`) != files {
		r.t.Errorf("the root file system of the host is among the metrics: %v", !files)
	}
	if strings.Contains(r.metrics, `mountpoint="/host`) {
		r.t.Error("a mount is named by its path in the container")
	}
}

// usesBPF tells whether BPF works with the rights of the container on this kernel.
func (r *running) usesBPF() {
	r.t.Helper()
	if _, err := os.Stat("/sys/kernel/btf/vmlinux"); err != nil {
		r.t.Log("NOT TESTED that BPF reads the process table: this kernel has no BTF")
		return
	}
	if !strings.Contains(r.metrics, `proctree_reader_info{exits="bpf",reader="walk"} 1`) {
		// Before Linux 6.7.
		r.shows(`proctree_reader_info{exits="bpf",reader="iterator"} 1`)
	}
}

// healthy runs a health check in the container's root.
func (c container) healthy(t *testing.T, test []string) error {
	t.Helper()
	c.Args = test
	out, err := c.command(t).CombinedOutput()
	if err != nil {
		return fmt.Errorf("%w: %s", err, out)
	}
	return nil
}

// rootOf returns a root for one container, which may be mounted upon.
func (i *image) rootOf(t *testing.T) string {
	t.Helper()
	root := filepath.Join(t.TempDir(), "root")
	if err := os.CopyFS(root, os.DirFS(i.root)); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("chmod", "-R", "a+rX", filepath.Dir(root)).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return root
}

// TestImage runs it as "docker run --pid=host --cap-drop=ALL --read-only" does.
func TestImage(t *testing.T) {
	i, address := theImage(t), programs.Address(t)
	c := container{
		Root: i.rootOf(t), User: i.user, Mounts: []mount{{"/sys", "/sys", false}, {"/", "/host/root", false}},
		Args: append(i.entrypoint, "--path.rootfs=/host/root", "--web.listen-address="+address),
	}
	health := strings.Split(strings.ReplaceAll(strings.Join(i.health, " "), "127.0.0.1:10056", address), " ")
	r := c.start(t, address)
	r.hasRights(c)
	r.showsHost(true)
	r.shows(`proctree_reader_info{exits="children",reader="procfs"} 1`)
	if err := c.healthy(t, health); err != nil {
		t.Error(err)
	}
	elsewhere := strings.Split(strings.ReplaceAll(strings.Join(health, " "), address, programs.Address(t)), " ")
	if err := c.healthy(t, elsewhere); err == nil {
		t.Error("healthy, although nobody listens")
	}
}
