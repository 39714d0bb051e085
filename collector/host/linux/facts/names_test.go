package facts

import (
	"strings"
	"testing"

	"proctree/collector/process"
)

const containerOf = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

// conmon is a command line as Podman writes it.
func conmon(id, name string) []string {
	return []string{
		"/usr/bin/conmon", "--api-version", "1", "-c", id, "-u", id, "-r", "/usr/bin/crun", "-b", "/run/" + id, "-n", name, "--exit-dir", "/run/exits",
		"--exit-command", "/usr/bin/podman", "--exit-command-arg", "-n", "--exit-command-arg", "other", "--exit-command-arg", id,
	}
}

func id(pid int, startTicks uint64) process.ID {
	return process.ID{PID: pid, StartTicks: startTicks}
}

func TestReadMonitor(t *testing.T) {
	const scope = "/machine.slice/libpod-conmon-" + containerOf + ".scope"
	for name, test := range map[string]struct {
		facts process.Facts
		want  string
		slice string
	}{
		"podman":                    {process.Facts{Cmdline: conmon(containerOf, "web_1"), Cgroup: scope}, "web_1", "/machine.slice"},
		"podman with cgroupfs":      {process.Facts{Cmdline: conmon(containerOf, "web"), Cgroup: "/libpod_parent/conmon"}, "web", "/libpod_parent"},
		"long options":              {process.Facts{Cmdline: []string{"conmon", "--cid=" + containerOf, "--name=web"}, Cgroup: scope}, "web", "/machine.slice"},
		"CRI-O":                     {process.Facts{Cmdline: conmon(containerOf, "k8s_nginx_web-0_shop_0f3c1f7e_0"), Cgroup: "/a.slice/crio-conmon-" + containerOf + ".scope"}, "nginx", "/a.slice"},
		"the pause of CRI-O":        {process.Facts{Cmdline: conmon(containerOf, "k8s_POD_web-0_shop_0f3c1f7e_0"), Cgroup: "/a.slice/crio-conmon-" + containerOf + ".scope"}, "", "/a.slice"},
		"another program":           {process.Facts{Cmdline: append([]string{"sleep"}, conmon(containerOf, "web")[1:]...), Cgroup: scope}, "", ""},
		"in the group of a session": {process.Facts{Cmdline: conmon(containerOf, "web"), Cgroup: "/user.slice/user-1000.slice/session-1.scope"}, "", ""},
		"of another container":      {process.Facts{Cmdline: conmon(strings.Repeat("f", 64), "web"), Cgroup: scope}, "", ""},
		"no id":                     {process.Facts{Cmdline: conmon("web", "web"), Cgroup: scope}, "", ""},
		"a name of two lines":       {process.Facts{Cmdline: conmon(containerOf, "a\nb"), Cgroup: scope}, "", ""},
		"no text":                   {process.Facts{Cmdline: conmon(containerOf, "a\xff"), Cgroup: scope}, "", ""},
		"too long":                  {process.Facts{Cmdline: conmon(containerOf, strings.Repeat("a", 256)), Cgroup: scope}, "", ""},
		"cut short":                 {process.Facts{Cmdline: []string{"conmon", "-c", containerOf, "-n"}, Cgroup: scope}, "", ""},
		"nothing known":             {},
	} {
		m, ok := readMonitor(&test.facts)
		if ok != (test.slice != "") || ok && (m.nameOf() != test.want || m.slice != test.slice || m.id != containerOf) {
			t.Errorf("%s: %+v (%t), want %q in %q", name, m, ok, test.want, test.slice)
		}
	}
}

func TestNameContainer(t *testing.T) {
	for container, want := range map[string]string{
		"":                               "",
		containerOf:                      "",
		strings.Repeat("0", 32) + "-123": "", // Fargate
		"web":                            "web",
		"debian-12":                      "debian-12",
		"a b":                            "",
		"a\xffb":                         "",
		strings.Repeat("a", 300):         "",
	} {
		f := process.Facts{Container: container}
		if nameContainer(&f); f.ContainerName != want {
			t.Errorf("%q is named %q, want %q", container, f.ContainerName, want)
		}
	}
}

func TestMonitorsNameTheirContainersOnly(t *testing.T) {
	var m monitors
	monitor := func(slice, name string) *process.Facts {
		return &process.Facts{Cmdline: conmon(containerOf, name), Cgroup: slice + "/libpod-conmon-" + containerOf + ".scope"}
	}
	in := func(slice string) *process.Facts {
		return &process.Facts{Container: containerOf, Cgroup: slice + "/libpod-" + containerOf + ".scope/container"}
	}
	if !m.note(id(1, 1), monitor("/machine.slice", "web")) || m.note(id(1, 1), monitor("/machine.slice", "web")) || m.note(id(2, 1), in("/machine.slice")) {
		t.Error("it is reported whether a name is new")
	}
	// Anybody can run a program of this name in a control group of their own.
	m.note(id(3, 1), monitor("/user.slice/user-1000.slice/user@1000.service/user.slice", "evil"))
	if got := m.find(in("/machine.slice")); got != "web" {
		t.Errorf("the container is named %q", got)
	}
	if got := m.find(&process.Facts{Container: "web", Cgroup: "/lxc/web"}); got != "" {
		t.Errorf("another container is named %q", got)
	}
	if !m.note(id(1, 1), monitor("/machine.slice", "shop")) || m.find(in("/machine.slice")) != "shop" {
		t.Error("a new name is not taken")
	}
	m.forget(id(1, 1))
	if got := m.find(in("/machine.slice")); got != "" {
		t.Errorf("a container without a monitor is named %q", got)
	}
}

func FuzzReadMonitor(f *testing.F) {
	f.Add(strings.Join(conmon(containerOf, "web"), "\x00"), "/machine.slice/libpod-conmon-"+containerOf+".scope")
	f.Add("conmon\x00--cid=\x00-n", "/conmon")
	f.Fuzz(func(t *testing.T, cmdline, cgroup string) {
		facts := process.Facts{Cmdline: strings.Split(cmdline, "\x00"), Cgroup: cgroup}
		m, ok := readMonitor(&facts)
		if ok && (!isContainerName(m.name) || !isContainerID(m.id) || !strings.HasPrefix(cgroup, m.slice)) {
			t.Errorf("%q in %q gives %+v", cmdline, cgroup, m)
		}
		facts.Container = cgroup
		if nameContainer(&facts); strings.ContainsAny(facts.ContainerName, "/\n\x00 ") {
			t.Errorf("%q is a name", facts.ContainerName)
		}
	})
}
