package facts

import (
	"strings"
	"testing"
)

// TestContainers: the control groups that container runtimes make, after their documentation
// and reports of their users. ID stands for a container's id, UID for a pod's and UID_ for
// the same as systemd writes it.
func TestContainers(t *testing.T) {
	const podID = "a1b2c3d4e5f60718293a4b5c6d7e8f900112233445566778899aabbccddeeff0"
	tests := []struct {
		// source is where the form is from: a repository on GitHub with an issue or a pull
		// request, or a manual page.
		name, source, file, unit, container, pod string
	}{
		// LXC, LXD, Incus and Proxmox VE.
		{name: "LXC 1 to 3.0", source: "lxc/lxc 2782", file: "4:memory:/lxc/web1/system.slice/ssh.service\n1:name=systemd:/lxc/web1/system.slice/ssh.service", container: "web1"},
		{name: "LXC 3.0, nothing but the resources", source: "draios/sysdig 1344", file: "4:memory:/lxc/web1\n1:name=systemd:/\n0::/", container: "web1"},
		{name: "LXC 3.1", source: "lxc/lxc 2606", file: "4:memory:/lxc.payload/c1/system.slice/ssh.service\n0::/lxc.payload/c1/system.slice/ssh.service", container: "c1"},
		{name: "the monitor of 3.1", source: "lxc/lxc 2606", file: "4:memory:/lxc.monitor/c1\n1:name=systemd:/lxc.monitor/c1"},
		{name: "LXC 4", source: "lxc/lxc 3373", file: "0::/lxc.payload.c1/system.slice/ssh.service", container: "c1"},
		{name: "lxc-attach of LXC 4", source: "lxc/lxc 3373", file: "0::/lxc.payload.c1/.lxc", container: "c1"},
		{name: "the monitor of LXC 4", source: "lxc/lxc 3373", file: "0::/lxc.monitor.c1"},
		{name: "pivot", source: "lxc/lxc 2782", file: "0::/lxc.pivot/c1"},
		{name: "Proxmox VE", source: "pct(1) of Proxmox VE 7", file: "0::/lxc/101/ns/system.slice/ssh.service", container: "101"},
		{name: "the monitor of Proxmox VE", source: "pct(1) of Proxmox VE 7", file: "0::/lxc.monitor/101"},
		{name: "Docker in Proxmox VE", source: "pct(1) of Proxmox VE 7", file: "0::/lxc/101/ns/system.slice/docker-ID.scope", container: "ID"},
		{
			name: "LXC of a user", source: "lxc/lxc 4107",
			file: "0::/user.slice/user-1000.slice/user@1000.service/app.slice/run-u7.scope/lxc.payload.c1/system.slice/cron.service", container: "c1",
		},

		// Docker.
		{name: "cgroupfs, version 1", source: "docker-gen 271", file: "9:cpuset:/docker/ID\n1:name=systemd:/docker/ID", container: "ID"},
		{name: "systemd, version 1", source: "neuvector/neuvector", file: "10:devices:/system.slice/docker-ID.scope\n1:name=systemd:/system.slice/docker-ID.scope", container: "ID"},
		{name: "systemd, version 2", source: "aws/amazon-ecs-agent 3127", file: "0::/system.slice/docker-ID.scope", container: "ID"},
		{name: "cgroupfs, version 2", source: "man dockerd", file: "0::/docker/ID", container: "ID"},
		{name: "the daemon", source: "man dockerd", file: "0::/system.slice/docker.service", unit: "docker.service"},
		{name: "resources only", source: "kubernetes/kubernetes 18202", file: "5:memory:/docker/ID\n1:name=systemd:/system.slice/docker.service", container: "ID"},
		{name: "at the root", source: "neuvector/neuvector", file: "10:net_prio:/ID\n2:cpu:/ID", container: "ID"},

		// Amazon ECS and Fargate.
		{
			name: "ECS, version 1", source: "aws/amazon-ecs-agent 1119",
			file: "9:perf_event:/ecs/48cb34f5-cd39-4d59-9bb9-89f3c1611afd/ID\n1:name=systemd:/ecs/48cb34f5-cd39-4d59-9bb9-89f3c1611afd/ID", container: "ID",
		},
		{name: "ECS with the cluster's name", source: "opentelemetry-collector-contrib 33716", file: "4:memory:/ecs/AL2023/dc454d1e84c0478fa8ed683523fe7e55/ID", container: "ID"},
		{name: "ECS, version 2", source: "aws/amazon-ecs-agent 3127", file: "0::/ecstasks.slice/ecstasks-dc454d1e84c0478fa8ed683523fe7e55.slice/docker-ID.scope", container: "ID"},
		{
			name: "Fargate 1.4", source: "dd-trace-dotnet 1286",
			file: "1:name=systemd:/ecs/34dc0b5e626f2c5c4c5170e34b10e765-1234567890", container: "34dc0b5e626f2c5c4c5170e34b10e765-1234567890",
		},
		{
			name: "Fargate with the task's group, and fewer digits", source: "elastic/apm 888",
			file:      "0::/ecs/dc454d1e84c0478fa8ed683523fe7e55/dc454d1e84c0478fa8ed683523fe7e55-17342618",
			container: "dc454d1e84c0478fa8ed683523fe7e55-17342618",
		},

		// Kubernetes.
		{
			name: "kind, a pod", source: "kubernetes-sigs/kind 3947",
			file:      "0::/system.slice/docker-OTHER.scope/kubelet.slice/kubelet-kubepods.slice/kubelet-kubepods-burstable.slice/kubelet-kubepods-burstable-podUID_.slice/cri-containerd-ID.scope",
			container: "ID", pod: "UID",
		},
		{name: "kind, its kubelet", source: "kubernetes-sigs/kind 3947", file: "0::/system.slice/docker-OTHER.scope/kubelet.slice/kubelet.service", container: "OTHER"},
		{name: "kind, cgroupfs", source: "kubernetes-sigs/kind 3947", file: "0::/docker/OTHER/kubelet/kubepods/besteffort/podUID/ID", container: "ID", pod: "UID"},
		{
			name: "--cgroup-root", source: "kubernetes/kubernetes 49281",
			file:      "0::/container.slice/container-kubepods.slice/container-kubepods-podUID_.slice/cri-containerd-ID.scope",
			container: "ID", pod: "UID",
		},
		{name: "--cgroup-root, cgroupfs", source: "kubernetes/kubernetes 49281", file: "4:memory:/my/root/kubepods/podUID/ID", container: "ID", pod: "UID"},
		{
			name: "dockershim", source: "kontena/pharos-cluster 440",
			file:      "1:name=systemd:/kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-podUID_.slice/docker-ID.scope",
			container: "ID", pod: "UID",
		},
		{
			name: "CRI-O in minikube", source: "kubernetes/minikube 11280",
			file:      "0::/docker/OTHER/kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-podUID_.slice/crio-ID.scope",
			container: "ID", pod: "UID",
		},
		{
			name: "CRI-O with crun", source: "cri-o/cri-o 842",
			file: "0::/kubepods.slice/kubepods-podUID_.slice/crio-ID.scope/container", container: "ID", pod: "UID",
		},
		{name: "CRI-O, cgroupfs", source: "cri-o/cri-o 812", file: "4:memory:/kubepods/burstable/podUID/crio-ID", container: "ID", pod: "UID"},
		{
			name: "the monitor of CRI-O", source: "cri-o/cri-o 842",
			file: "0::/kubepods.slice/kubepods-podUID_.slice/crio-conmon-ID.scope", pod: "UID",
		},
		{
			name: "two drivers", source: "containerd/cri 290",
			file: "0::/system.slice/containerd.service/kubepods-burstable-podUID_.slice:cri-containerd:ID", container: "ID", pod: "UID",
		},
		{
			name: "systemd in a pod", source: "containerd/cri 290",
			file: "0::/kubepods.slice/kubepods-podUID_.slice/cri-containerd-ID.scope/system.slice/nginx.service", container: "ID", pod: "UID",
		},
		{name: "containerd without Kubernetes", source: "containerd/cri 290", file: "0::/system.slice/nerdctl-ID.scope", container: "ID"},
		{name: "the kubelet", source: "kontena/pharos-cluster 440", file: "0::/system.slice/kubelet.service", unit: "kubelet.service"},

		// Podman.
		{name: "root", source: "containers/podman 13673", file: "0::/machine.slice/libpod-ID.scope/container", container: "ID"},
		{name: "in a pod", source: "containers/podman 13673", file: "0::/machine.slice/machine-libpod_pod_POD.slice/libpod-ID.scope/container", container: "ID"},
		{
			name: "without root", source: "containers/podman 4639",
			file: "0::/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-ID.scope/container", container: "ID",
		},
		{
			name: "in a pod without root", source: "containers/podman 6400",
			file: "0::/user.slice/user-1000.slice/user@1000.service/user.slice/user-libpod_pod_POD.slice/libpod-ID.scope", container: "ID",
		},
		{
			name: "the monitor without root", source: "containers/podman 4380",
			file: "0::/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-conmon-ID.scope", unit: "user@1000.service",
		},
		{name: "cgroupfs", source: "containers/podman 21575", file: "0::/libpod_parent/libpod-ID", container: "ID"},
		{name: "the monitor, cgroupfs", source: "containers/podman 1552", file: "0::/libpod_parent/conmon"},
		{
			name: "a unit of Quadlet", source: "containers/podman 16589",
			file: "0::/system.slice/app.service/libpod-payload-ID", unit: "app.service", container: "ID",
		},
		{name: "its monitor", source: "containers/podman 16589", file: "0::/system.slice/app.service/runtime", unit: "app.service"},
		{
			name: "systemd in a container of Quadlet", source: "containers/podman 16589",
			file: "0::/system.slice/app.service/libpod-payload-ID/system.slice/nginx.service", unit: "app.service", container: "ID",
		},

		// systemd-nspawn and libvirt.
		{name: "a scope, version 2", source: "systemd/systemd 18104", file: "0::/machine.slice/machine-my\\x2dbox.scope/payload/system.slice/ssh.service", container: "my-box"},
		{name: "a scope, version 1", source: "systemd/systemd 5490", file: "1:name=systemd:/machine.slice/machine-box.scope/init.scope", container: "box"},
		{name: "a service", source: "systemd-nspawn(1)", file: "0::/machine.slice/systemd-nspawn@my\\x2dbox.service/payload/system.slice/ssh.service", container: "my-box"},
		{name: "what runs it", source: "systemd-nspawn(1)", file: "0::/machine.slice/systemd-nspawn@box.service/supervisor", unit: "systemd-nspawn@box.service"},
		{name: "a service, version 1", source: "systemd/systemd 4181", file: "1:name=systemd:/machine.slice/systemd-nspawn@box.service/system.slice/ssh.service", container: "box"},
		{name: "what runs it, version 1", source: "systemd/systemd 4181", file: "1:name=systemd:/machine.slice/systemd-nspawn@box.service", unit: "systemd-nspawn@box.service"},
		{name: "NixOS", source: "NixOS/nixpkgs 48749", file: "0::/system.slice/system-container.slice/container@dhcpd.service/payload/system.slice/dhcpd4.service", container: "dhcpd"},
		{
			name: "a virtual machine", source: "virsh(1)", file: "0::/machine.slice/machine-qemu\\x2d1\\x2dvm.scope/libvirt/emulator",
			unit: "machine-qemu\\x2d1\\x2dvm.scope",
		},
		{name: "a container of libvirt", source: "virsh(1)", file: "0::/machine.slice/machine-lxc\\x2d42\\x2dweb.scope", container: "lxc-42-web"},

		// Version 1 beside version 2.
		{
			name: "hybrid", source: "lxc/lxc 2782",
			file: "12:pids:/lxc.payload/c1\n1:name=systemd:/lxc.payload/c1/init.scope\n0::/lxc.payload/c1/init.scope", container: "c1",
		},
		{
			name: "hybrid, the container in one hierarchy only", source: "kubernetes/kubernetes 18202",
			file: "5:cpu:/a/deep/path/of/no/container\n4:memory:/docker/ID\n1:name=systemd:/user.slice\n0::/", container: "ID",
		},

		{name: "hybrid, the unified one holds the daemon of LXC", source: "lxc/lxc 2782", file: "4:memory:/lxc/c1\n1:name=systemd:/lxc/c1/system.slice/ssh.service\n0::/system.slice/lxc.service", container: "c1"},
		{name: "hybrid, of containerd", source: "containerd/cri 290", file: "1:name=systemd:/kubepods/podUID/ID\n0::/system.slice/containerd.service", container: "ID", pod: "UID"},
		{name: "hybrid, in the unified one only", source: "containerd/cri 290", file: "1:name=systemd:/system.slice/containerd.service\n0::/kubepods/podUID/ID", container: "ID", pod: "UID"},
		{name: "hybrid, a machine", source: "systemd/systemd 5490", file: "3:pids:/machine.slice/machine-box.scope/init.scope\n0::/system.slice/box.service", container: "box"},

		// Kata Containers.
		{name: "Kata", source: "kata-containers/kata-containers", file: "0::/kata_ID", container: "ID"},
		{name: "Kata in a pod", source: "kata-containers/kata-containers", file: "4:memory:/kubepods/podUID/kata_ID", container: "ID", pod: "UID"},

		// Of the host.
		{name: "a service", source: "systemd.unit(5)", file: "0::/system.slice/ssh.service", unit: "ssh.service"},
		{name: "a service called like a container's", source: "systemd.unit(5)", file: "0::/system.slice/lxc.service/payloads", unit: "lxc.service"},
		{name: "delegated groups", source: "systemd.resource-control(5)", file: "0::/system.slice/app.service/lxcfs", unit: "app.service"},
		{name: "a slice of its own", source: "systemd.slice(5)", file: "0::/web.slice/web-front.slice/web-front-a.slice/nginx.service", unit: "nginx.service"},
		{name: "a slice that was escaped", source: "systemd.slice(5)", file: "0::/_cpu.slice/cpu-a.slice/job.service", unit: "job.service"},
		{name: "directly below the root", source: "systemd.slice(5)", file: "0::/init.scope", unit: "init.scope"},
		{name: "a mount", source: "systemd.mount(5)", file: "0::/system.slice/srv.mount", unit: "srv.mount"},
		{name: "groups below a unit that are called like a slice", source: "systemd.resource-control(5)", file: "0::/system.slice/app.service/system.slice/ssh.service", unit: "app.service"},
		{name: "a user's session", source: "systemd.slice(5)", file: "0::/user.slice/user-1000.slice/session-3.scope", unit: "session-3.scope"},
		{name: "a slice without unit", source: "systemd.slice(5)", file: "0::/user.slice/user-1000.slice"},
		{name: "from another namespace", source: "cgroup_namespaces(7)", file: "0::/../../system.slice/ssh.service", unit: "ssh.service"},
		{name: "a sibling in the namespace's slice", source: "cgroup_namespaces(7)", file: "0::/../ssh.service", unit: "ssh.service"},
		{name: "another user's slice", source: "cgroup_namespaces(7)", file: "0::/../user-1000.slice/session-3.scope", unit: "session-3.scope"},
		{name: "a container beside the namespace", source: "cgroup_namespaces(7)", file: "0::/../web9/system.slice/ssh.service"},

		// Of a systemd in a container, whatever its group is called.
		{name: "any name", source: "lxc.container.conf(5), lxc.cgroup.dir", file: "0::/web9/system.slice/ssh.service"},
		{name: "any folder", source: "lxc.container.conf(5), lxc.cgroup.dir", file: "0::/containers/web1/system.slice/ssh.service"},
		{name: "garden", source: "cloudfoundry/garden-runc-release", file: "0::/garden/a1b2c3/system.slice/ssh.service"},
		{name: "init", source: "lxc.container.conf(5), lxc.cgroup.dir", file: "0::/containers/web1/init.scope"},
		{name: "a user of it", source: "lxc.container.conf(5), lxc.cgroup.dir", file: "0::/web9/user.slice/user-0.slice/session-1.scope"},
		{name: "in a slice", source: "lxc.container.conf(5), lxc.cgroup.dir", file: "0::/machine.slice/web9/system.slice/ssh.service"},
		{name: "in the slice of the system", source: "lxc.container.conf(5), lxc.cgroup.dir", file: "0::/system.slice/system.slice/ssh.service"},
		{name: "as a slice", source: "lxc.container.conf(5), lxc.cgroup.dir", file: "0::/web.slice/system.slice/ssh.service"},
		{name: "as a slice with a hyphen", source: "lxc.container.conf(5), lxc.cgroup.dir", file: "0::/web-1.slice/ssh.service"},
		{name: "as a slice, its init", source: "lxc.container.conf(5), lxc.cgroup.dir", file: "0::/web.slice/init.scope"},
		{name: "version 1", source: "lxc.container.conf(5), lxc.cgroup.dir", file: "4:memory:/web9/system.slice/ssh.service\n1:name=systemd:/web9/system.slice/ssh.service"},
		{name: "in a pod of another runtime", source: "kubernetes/kubernetes 49281", file: "0::/k8s.slice/kubepods/podUID/x/system.slice/ssh.service", pod: "UID"},
		{name: "in a pod below a unit", source: "kubernetes/kubernetes 49281", file: "0::/system.slice/kubelet.service/kubepods/podUID/x/system.slice/ssh.service", pod: "UID"},
		{name: "in a pod's slice", source: "kubernetes/kubernetes 49281", file: "0::/kubepods.slice/kubepods-podUID_.slice/x.service", pod: "UID"},

		{name: "CR LF", source: "cgroups(7)", file: "0::/system.slice/ssh.service\r", unit: "ssh.service"},
	}
	replace := strings.NewReplacer("UID_", strings.ReplaceAll(uuid, "-", "_"), "UID", uuid, "OTHER", other, "POD", podID, "ID", id64)
	for _, test := range tests {
		t.Run(test.source+" "+test.name, func(t *testing.T) {
			got := parseCgroup([]byte(replace.Replace(test.file) + "\n"))
			want := Group{Path: got.Path, Unit: replace.Replace(test.unit), Container: replace.Replace(test.container), PodUID: replace.Replace(test.pod)}
			if got != want {
				t.Errorf("got  %+v\nwant %+v", got, want)
			}
		})
	}
}

func TestUnescapeUnit(t *testing.T) {
	for in, want := range map[string]string{
		"plain": "plain", `a\x2db`: "a-b", `a\x2`: `a\x2`, `\xzz`: `\xzz`, `\x2d`: "-", `a\x`: `a\x`, `\x2d\x2d`: "--", `a\x2fb`: `a\x2fb`,
	} {
		if got := unescapeUnit(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}
