package host

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
		want       cgroupFacts
	}{
		{name: "empty", file: "", want: cgroupFacts{}},
		{name: "root", file: "0::/\n", want: cgroupFacts{path: "/"}},
		{
			name: "unit", file: "0::/system.slice/ssh.service\n",
			want: cgroupFacts{path: "/system.slice/ssh.service", unit: "ssh.service"},
		},
		{
			name: "no newline", file: "0::/system.slice/ssh.service",
			want: cgroupFacts{path: "/system.slice/ssh.service", unit: "ssh.service"},
		},
		{
			name: "instance in a slice of its own, and a delegated group",
			file: "0::/system.slice/system-getty.slice/getty@tty1.service/inner\n",
			want: cgroupFacts{path: "/system.slice/system-getty.slice/getty@tty1.service/inner", unit: "getty@tty1.service"},
		},
		{
			name: "program of a user's session manager",
			file: "0::/user.slice/user-1000.slice/user@1000.service/app.slice/app-editor-4711.scope\n",
			want: cgroupFacts{
				path: "/user.slice/user-1000.slice/user@1000.service/app.slice/app-editor-4711.scope",
				unit: "user@1000.service",
			},
		},
		{
			name: "login session", file: "0::/user.slice/user-0.slice/session-3.scope\n",
			want: cgroupFacts{path: "/user.slice/user-0.slice/session-3.scope", unit: "session-3.scope"},
		},
		{name: "escaped unit", file: "0::/_cpu.service\n", want: cgroupFacts{path: "/_cpu.service", unit: "cpu.service"}},
		{
			name: "docker by systemd", file: "0::/system.slice/docker-" + id64 + ".scope\n",
			want: cgroupFacts{path: "/system.slice/docker-" + id64 + ".scope", container: id64},
		},
		{
			name: "docker by cgroupfs", file: "0::/docker/" + id64 + "\n",
			want: cgroupFacts{path: "/docker/" + id64, container: id64},
		},
		{
			name: "docker in docker: the inner one", file: "0::/docker/" + id64 + "/docker/" + other + "\n",
			want: cgroupFacts{path: "/docker/" + id64 + "/docker/" + other, container: other},
		},
		{
			name: "systemd within a container",
			file: "0::/system.slice/docker-" + id64 + ".scope/system.slice/nginx.service\n",
			want: cgroupFacts{
				path:      "/system.slice/docker-" + id64 + ".scope/system.slice/nginx.service",
				container: id64,
			},
		},
		{
			name: "containerd under the kubelet, systemd driver",
			file: "0::/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod" + uuidSystemd + ".slice/cri-containerd-" + id64 + ".scope\n",
			want: cgroupFacts{
				path:      "/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod" + uuidSystemd + ".slice/cri-containerd-" + id64 + ".scope",
				container: id64, podUID: uuid,
			},
		},
		{
			name: "guaranteed pod of CRI-O",
			file: "0::/kubepods.slice/kubepods-pod" + uuidSystemd + ".slice/crio-" + id64 + ".scope/container\n",
			want: cgroupFacts{
				path:      "/kubepods.slice/kubepods-pod" + uuidSystemd + ".slice/crio-" + id64 + ".scope/container",
				container: id64, podUID: uuid,
			},
		},
		{
			name: "kubelet, cgroupfs driver", file: "0::/kubepods/besteffort/pod" + uuid + "/" + id64 + "\n",
			want: cgroupFacts{path: "/kubepods/besteffort/pod" + uuid + "/" + id64, container: id64, podUID: uuid},
		},
		{
			name: "kubelet and containerd with different drivers",
			file: "0::/system.slice/containerd.service/kubepods-burstable-pod" + uuidSystemd + ".slice:cri-containerd:" + id64 + "\n",
			want: cgroupFacts{
				path:      "/system.slice/containerd.service/kubepods-burstable-pod" + uuidSystemd + ".slice:cri-containerd:" + id64,
				container: id64, podUID: uuid,
			},
		},
		{
			name: "pod from a file", file: "0::/kubepods/burstable/pod" + id64[:32] + "/" + id64 + "\n",
			want: cgroupFacts{path: "/kubepods/burstable/pod" + id64[:32] + "/" + id64, container: id64, podUID: id64[:32]},
		},
		{
			name: "podman", file: "0::/machine.slice/libpod-" + id64 + ".scope/container\n",
			want: cgroupFacts{path: "/machine.slice/libpod-" + id64 + ".scope/container", container: id64},
		},
		{
			name: "podman without root",
			file: "0::/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-" + id64 + ".scope/container\n",
			want: cgroupFacts{
				path:      "/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-" + id64 + ".scope/container",
				container: id64,
			},
		},
		{
			name: "the monitor of a podman container is outside", file: "0::/machine.slice/libpod-conmon-" + id64 + ".scope\n",
			want: cgroupFacts{
				path: "/machine.slice/libpod-conmon-" + id64 + ".scope", unit: "libpod-conmon-" + id64 + ".scope",
			},
		},
		{
			name: "LXC", file: "0::/lxc.payload.web/init.scope\n",
			want: cgroupFacts{path: "/lxc.payload.web/init.scope", container: "web"},
		},
		{
			name: "seen from another cgroup namespace", file: "0::/../../system.slice/docker-" + id64 + ".scope\n",
			want: cgroupFacts{path: "/../../system.slice/docker-" + id64 + ".scope", container: id64},
		},
		{
			name: "version 1: systemd's hierarchy",
			file: "12:memory:/system.slice/cron.service\n3:cpu,cpuacct:/system.slice\n1:name=systemd:/system.slice/cron.service\n",
			want: cgroupFacts{path: "/system.slice/cron.service", unit: "cron.service"},
		},
		{
			name: "version 1 without systemd", file: "4:memory:/docker/" + id64 + "\n2:freezer:/\n",
			want: cgroupFacts{path: "/docker/" + id64, container: id64},
		},
		{
			name: "hybrid: the unified hierarchy first",
			file: "5:pids:/system.slice/docker-" + id64 + ".scope\n1:name=systemd:/system.slice/docker-" + id64 + ".scope\n0::/system.slice/containerd.service\n",
			want: cgroupFacts{path: "/system.slice/containerd.service", unit: "containerd.service", container: id64},
		},
		{
			name: "hybrid: nothing in the unified one",
			file: "1:name=systemd:/system.slice/cron.service\n0::/\n",
			want: cgroupFacts{path: "/system.slice/cron.service", unit: "cron.service"},
		},
		{name: "colons in a path", file: "0::/a:b/c.service\n", want: cgroupFacts{path: "/a:b/c.service", unit: "c.service"}},
		{name: "not lines of a cgroup file", file: "hello\n0:\n0::relative\n::\n", want: cgroupFacts{}},
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
		if got.path != "" && got.path[0] != '/' {
			t.Errorf("the path %q does not begin at the root", got.path)
		}
		if strings.ContainsAny(got.unit+got.container+got.podUID, "/\n") {
			t.Errorf("%+v holds more than one segment", got)
		}
	})
}
