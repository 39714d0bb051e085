package facts

import (
	"strings"
	"testing"
)

const (
	id64  = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
	other = "fedcba9876543210fedcba9876543210fedcba9876543210fedcba9876543210"
	uuid  = "6f1a2b3c-0d1e-4f50-8a6b-7c8d9e0f1a2b"
)

func TestParseCgroup(t *testing.T) {
	uuidSystemd := strings.ReplaceAll(uuid, "-", "_")
	tests := []struct {
		name, file string
		want       Group
	}{
		{name: "empty", file: "", want: Group{}},
		{name: "root", file: "0::/\n", want: Group{Path: "/"}},
		{
			name: "unit", file: "0::/system.slice/ssh.service\n",
			want: Group{Path: "/system.slice/ssh.service", Unit: "ssh.service"},
		},
		{
			name: "cut in its last line", file: "1:name=systemd:/system.slice/ssh.service\n0::/system.slice/s",
			want: Group{Path: "/system.slice/ssh.service", Unit: "ssh.service"},
		},
		{
			name: "instance in a slice of its own, and a delegated group",
			file: "0::/system.slice/system-getty.slice/getty@tty1.service/inner\n",
			want: Group{Path: "/system.slice/system-getty.slice/getty@tty1.service/inner", Unit: "getty@tty1.service"},
		},
		{
			name: "program of a user's session manager",
			file: "0::/user.slice/user-1000.slice/user@1000.service/app.slice/app-editor-4711.scope\n",
			want: Group{
				Path: "/user.slice/user-1000.slice/user@1000.service/app.slice/app-editor-4711.scope",
				Unit: "user@1000.service",
			},
		},
		{
			name: "login session", file: "0::/user.slice/user-0.slice/session-3.scope\n",
			want: Group{Path: "/user.slice/user-0.slice/session-3.scope", Unit: "session-3.scope"},
		},
		{name: "escaped unit", file: "0::/_cpu.service\n", want: Group{Path: "/_cpu.service", Unit: "cpu.service"}},
		{
			name: "docker by systemd", file: "0::/system.slice/docker-" + id64 + ".scope\n",
			want: Group{Path: "/system.slice/docker-" + id64 + ".scope", Container: id64},
		},
		{
			name: "docker by cgroupfs", file: "0::/docker/" + id64 + "\n",
			want: Group{Path: "/docker/" + id64, Container: id64},
		},
		{
			name: "docker in docker: the inner one", file: "0::/docker/" + id64 + "/docker/" + other + "\n",
			want: Group{Path: "/docker/" + id64 + "/docker/" + other, Container: other},
		},
		{
			name: "systemd within a container",
			file: "0::/system.slice/docker-" + id64 + ".scope/system.slice/nginx.service\n",
			want: Group{
				Path:      "/system.slice/docker-" + id64 + ".scope/system.slice/nginx.service",
				Container: id64,
			},
		},
		{
			name: "containerd under the kubelet, systemd driver",
			file: "0::/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod" + uuidSystemd + ".slice/cri-containerd-" + id64 + ".scope\n",
			want: Group{
				Path:      "/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod" + uuidSystemd + ".slice/cri-containerd-" + id64 + ".scope",
				Container: id64, PodUID: uuid,
			},
		},
		{
			name: "guaranteed pod of CRI-O",
			file: "0::/kubepods.slice/kubepods-pod" + uuidSystemd + ".slice/crio-" + id64 + ".scope/container\n",
			want: Group{
				Path:      "/kubepods.slice/kubepods-pod" + uuidSystemd + ".slice/crio-" + id64 + ".scope/container",
				Container: id64, PodUID: uuid,
			},
		},
		{
			name: "kubelet, cgroupfs driver", file: "0::/kubepods/besteffort/pod" + uuid + "/" + id64 + "\n",
			want: Group{Path: "/kubepods/besteffort/pod" + uuid + "/" + id64, Container: id64, PodUID: uuid},
		},
		{
			name: "kubelet and containerd with different drivers",
			file: "0::/system.slice/containerd.service/kubepods-burstable-pod" + uuidSystemd + ".slice:cri-containerd:" + id64 + "\n",
			want: Group{
				Path:      "/system.slice/containerd.service/kubepods-burstable-pod" + uuidSystemd + ".slice:cri-containerd:" + id64,
				Container: id64, PodUID: uuid,
			},
		},
		{
			name: "pod from a file", file: "0::/kubepods/burstable/pod" + id64[:32] + "/" + id64 + "\n",
			want: Group{Path: "/kubepods/burstable/pod" + id64[:32] + "/" + id64, Container: id64, PodUID: id64[:32]},
		},
		{
			name: "podman", file: "0::/machine.slice/libpod-" + id64 + ".scope/container\n",
			want: Group{Path: "/machine.slice/libpod-" + id64 + ".scope/container", Container: id64},
		},
		{
			name: "podman without root",
			file: "0::/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-" + id64 + ".scope/container\n",
			want: Group{
				Path:      "/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-" + id64 + ".scope/container",
				Container: id64,
			},
		},
		{
			name: "the monitor of a podman container is outside", file: "0::/machine.slice/libpod-conmon-" + id64 + ".scope\n",
			want: Group{
				Path: "/machine.slice/libpod-conmon-" + id64 + ".scope",
			},
		},
		{
			name: "LXC", file: "0::/lxc.payload.web/init.scope\n",
			want: Group{Path: "/lxc.payload.web/init.scope", Container: "web"},
		},
		{
			name: "seen from another cgroup namespace", file: "0::/../../system.slice/docker-" + id64 + ".scope\n",
			want: Group{Path: "/../../system.slice/docker-" + id64 + ".scope", Container: id64},
		},
		{
			name: "version 1: systemd's hierarchy",
			file: "12:memory:/system.slice/cron.service\n3:cpu,cpuacct:/system.slice\n1:name=systemd:/system.slice/cron.service\n",
			want: Group{Path: "/system.slice/cron.service", Unit: "cron.service"},
		},
		{
			name: "version 1 without systemd", file: "4:memory:/docker/" + id64 + "\n2:freezer:/\n",
			want: Group{Path: "/docker/" + id64, Container: id64},
		},
		{
			name: "hybrid: the unified hierarchy holds the runtime",
			file: "5:pids:/system.slice/docker-" + id64 + ".scope\n1:name=systemd:/system.slice/docker-" + id64 + ".scope\n0::/system.slice/containerd.service\n",
			want: Group{Path: "/system.slice/containerd.service", Container: id64},
		},
		{
			name: "hybrid: nothing in the unified one",
			file: "1:name=systemd:/system.slice/cron.service\n0::/\n",
			want: Group{Path: "/system.slice/cron.service", Unit: "cron.service"},
		},
		{
			name: "hybrid: systemd's own hierarchy tells the unit",
			file: "1:name=systemd:/system.slice/cron.service\n0::/system.slice/old.service\n",
			want: Group{Path: "/system.slice/old.service", Unit: "cron.service"},
		},
		{
			name: "a group that was removed", file: "0::/system.slice/ssh.service (deleted)\n",
			want: Group{Path: "/system.slice/ssh.service", Unit: "ssh.service"},
		},
		{
			name: "a container that was removed", file: "0::/docker/" + id64 + " (deleted)\r\n",
			want: Group{Path: "/docker/" + id64, Container: id64},
		},
		{name: "colons in a path", file: "0::/a:b/c.service\n", want: Group{Path: "/a:b/c.service"}},
		{name: "colons in a unit", file: "0::/a.slice/b:c.service\n", want: Group{Path: "/a.slice/b:c.service", Unit: "b:c.service"}},
		{name: "not lines of a cgroup file", file: "hello\n0:\n0::relative\n::\n", want: Group{}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := parseCgroup([]byte(test.file)); got != test.want {
				t.Errorf("got  %+v\nwant %+v", got, test.want)
			}
		})
	}
}

func FuzzParseCgroup(f *testing.F) {
	f.Add([]byte("0::/system.slice/docker-" + id64 + ".scope\n"))
	f.Add([]byte("0::/machine.slice/machine-my\\x2dbox.scope/payload/lxc/web\n"))
	f.Add([]byte("1:name=systemd:/kubepods/pod" + uuid + "/" + id64 + "\n0::/\n"))
	f.Fuzz(func(t *testing.T, file []byte) {
		got := parseCgroup(file)
		if got.Path != "" && got.Path[0] != '/' {
			t.Errorf("the path %q does not begin at the root", got.Path)
		}
		if strings.ContainsAny(got.Unit+got.Container+got.PodUID, "/\n") {
			t.Errorf("%+v holds more than one segment", got)
		}
	})
}
