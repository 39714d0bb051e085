package process_test

import (
	"testing"

	"proctree/collector/process"

	"github.com/google/go-cmp/cmp"
)

func TestCgroupNames(t *testing.T) {
	const id, uid = "0123456789abcdef", "6f1a2b3c-0d1e-4f50-8a6b-7c8d9e0f1a2b"
	for name, test := range map[string]struct {
		facts process.Facts
		want  []process.CgroupName
	}{
		"none":      {process.Facts{Cgroup: "/"}, nil},
		"not named": {process.Facts{Cgroup: "/user.slice"}, nil},
		"unit": {
			process.Facts{Cgroup: "/system.slice/ssh.service/inner", Unit: "ssh.service"},
			[]process.CgroupName{{Path: "/system.slice/ssh.service", Unit: "ssh.service"}},
		},
		"escaped unit": {
			process.Facts{Cgroup: "/_cpu.service", Unit: "cpu.service"},
			[]process.CgroupName{{Path: "/_cpu.service", Unit: "cpu.service"}},
		},
		"container": {
			process.Facts{Cgroup: "/system.slice/docker-" + id + ".scope/init.scope", Container: id},
			[]process.CgroupName{{Path: "/system.slice/docker-" + id + ".scope", Container: id}},
		},
		"pod": {
			process.Facts{
				Cgroup:    "/kubepods.slice/kubepods-pod6f1a2b3c_0d1e_4f50_8a6b_7c8d9e0f1a2b.slice/cri-containerd-" + id + ".scope",
				Container: id, PodUID: uid, Namespace: "shop", Pod: "web-0", ContainerName: "main",
			},
			[]process.CgroupName{
				{
					Path:      "/kubepods.slice/kubepods-pod6f1a2b3c_0d1e_4f50_8a6b_7c8d9e0f1a2b.slice/cri-containerd-" + id + ".scope",
					Container: id, Namespace: "shop", Pod: "web-0", ContainerName: "main",
				},
				{Path: "/kubepods.slice/kubepods-pod6f1a2b3c_0d1e_4f50_8a6b_7c8d9e0f1a2b.slice", PodUID: uid, Namespace: "shop", Pod: "web-0"},
			},
		},
		"pod by cgroupfs": {
			process.Facts{Cgroup: "/kubepods/burstable/pod" + uid + "/" + id, Container: id, PodUID: uid},
			[]process.CgroupName{{Path: "/kubepods/burstable/pod" + uid + "/" + id, Container: id}, {Path: "/kubepods/burstable/pod" + uid, PodUID: uid}},
		},
		"outside of the exporter's view": {process.Facts{Cgroup: "/../ssh.service", Unit: "ssh.service"}, nil},
	} {
		if diff := cmp.Diff(test.want, process.CgroupNames(&test.facts)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}
