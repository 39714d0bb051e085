//go:build linux

package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"proctree/collector/host/hosttest"
)

// drm is the text of fdinfo of a client of a made-up GPU.
func drm(client int, seconds, vramKiB int) string {
	return fmt.Sprintf("pos:\t0\ndrm-driver:\tamdgpu\ndrm-pdev:\t0000:03:00.0\ndrm-client-id:\t%d\n"+
		"drm-engine-gfx:\t%d000000000 ns\ndrm-engine-dec:\t0 ns\ndrm-resident-vram:\t%d KiB\n", client, seconds, vramKiB)
}

// TestGPUOfProcesses: on a made-up host with two processes that share a client of a GPU, and one with a
// client of its own, the API names who uses it, and /metrics counts each client once. There is no GPU
// here: the texts have the form that the kernel documents.
func TestGPUOfProcesses(t *testing.T) {
	render := hosttest.TreeProcess{PID: 20, PPID: 1, Name: "render", StartTicks: 20, FDs: 1, GPUs: map[int]string{8: drm(7, 100, 2048), 9: drm(7, 100, 2048)}}
	child := hosttest.TreeProcess{PID: 21, PPID: 20, Name: "child", StartTicks: 21, GPUs: map[int]string{8: drm(7, 100, 2048)}}
	train := hosttest.TreeProcess{PID: 30, PPID: 1, Name: "train", StartTicks: 30, GPUs: map[int]string{5: drm(9, 50, 8192)}}
	root := hosttest.Tree{Processes: []hosttest.TreeProcess{
		{PID: 1, Name: "init", StartTicks: 1, FDs: 2}, render, child, train,
	}}.Write(t)
	sys := t.TempDir()
	hosttest.WriteFiles(t, sys, map[string]string{"class/drm/renderD128/dev": "226:128\n"})
	s := start(t, "--path.procfs="+root, "--path.sysfs="+sys, "--scan.max-age=0s", "--collector.group_gpu.budget=10s")

	all := s.samples()
	for _, group := range []string{"render", "train"} {
		if v, ok := all.value("proctree_group_gpu_engine_seconds_total", "group", group, "gpu", "0000:03:00.0", "engine", "gfx"); ok {
			t.Errorf("group %s has %v s of before the exporter started", group, v)
		}
	}
	// Both work: train all the time, and the one that shares its client more.
	render.GPUs = map[int]string{8: drm(7, 103, 2048), 9: drm(7, 103, 2048)}
	child.GPUs = map[int]string{8: drm(7, 103, 2048)}
	train.GPUs = map[int]string{5: drm(9, 51, 8192)}
	for _, p := range []hosttest.TreeProcess{render, child, train} {
		p.Write(t, root)
	}
	all = s.samples()
	check := func(want float64, name string, labels ...string) {
		t.Helper()
		if got, ok := all.value(name, labels...); !ok || got != want {
			t.Errorf("%s%v is %v (known: %t), want %v", name, labels, got, ok, want)
		}
	}
	gfx := func(group string) []string { return []string{"group", group, "gpu", "0000:03:00.0", "engine", "gfx"} }
	check(3, "proctree_group_gpu_engine_seconds_total", gfx("render")...)
	check(1, "proctree_group_gpu_engine_seconds_total", gfx("train")...)
	check(2<<20, "proctree_group_gpu_memory_bytes", "group", "render", "gpu", "0000:03:00.0", "region", "vram")
	check(8<<20, "proctree_group_gpu_memory_bytes", "group", "train", "gpu", "0000:03:00.0", "region", "vram")
	check(103, "proctree_process_gpu_busy_seconds_total", "pid", "20")
	check(8<<20, "proctree_process_gpu_memory_bytes", "pid", "30")
	check(0, "proctree_gpu_unread_processes")
	for _, absent := range [][]string{{"group", "child"}, {"group", "init"}, {"engine", "dec"}} {
		if v, ok := all.value("proctree_group_gpu_engine_seconds_total", absent...); ok {
			t.Errorf("%v has %v s of the GPU, want no series", absent, v)
		}
	}

	for sort, want := range map[string]string{"gpu_seconds": "render", "gpu_memory": "train"} {
		var list struct {
			Data struct {
				Processes []struct {
					Name string
					GPU  *struct {
						Busy   *float64 `json:"busy_seconds"`
						Memory *float64 `json:"memory_bytes"`
					}
				}
			}
		}
		status, body := s.get("/api/v1/processes?sort=" + sort)
		if err := json.Unmarshal([]byte(body), &list); err != nil || status != 200 || len(list.Data.Processes) != 4 {
			t.Fatalf("status %d, %v: %s", status, err, body)
		}
		if first := list.Data.Processes[0]; first.Name != want || first.GPU == nil {
			t.Errorf("sorted by %s, the first is %+v, want %s", sort, first, want)
		}
		if last := list.Data.Processes[3]; last.GPU != nil {
			t.Errorf("%s uses no GPU, and has %+v", last.Name, last.GPU)
		}
	}

	off := start(t, "--path.procfs="+root, "--path.sysfs="+sys, "--no-collector.group_gpu", "--no-collector.process_gpu").samples()
	for _, name := range []string{"proctree_group_gpu_memory_bytes", "proctree_process_gpu_memory_bytes", "proctree_gpu_unread_processes"} {
		if v, ok := off.value(name); ok {
			t.Errorf("the collectors are off, and %s is %v", name, v)
		}
	}
}

// TestHelperForGPUs: what a program reports reaches /metrics and the API as what the kernel reports does,
// also on a host without DRM devices.
func TestHelperForGPUs(t *testing.T) {
	root := hosttest.Tree{Processes: []hosttest.TreeProcess{{PID: 1, Name: "init", StartTicks: 1}, {PID: 7, PPID: 1, Name: "train", StartTicks: 7}}}.Write(t)
	helper := filepath.Join(t.TempDir(), "helper")
	line := `{"gpus":[{"gpu":"0000:01:00.0","processes":[{"pid":7,"memory_bytes":1048576,"engines":{"sm":1500000000}}]}]}`
	if err := os.WriteFile(helper, []byte("#!/bin/sh\necho '"+line+"'\ncat >/dev/null\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	s := start(t, "--path.procfs="+root, "--path.sysfs="+t.TempDir(), "--scan.max-age=0s", "--collector.group_gpu.nvidia-helper="+helper)
	s.eventually("the use of the GPU", func() bool {
		busy, _ := s.samples().value("proctree_group_gpu_engine_seconds_total", "group", "train", "gpu", "0000:01:00.0", "engine", "sm")
		memory, _ := s.samples().value("proctree_process_gpu_memory_bytes", "pid", "7")
		return busy == 1.5 && memory == 1<<20
	})
}

// TestNVIDIA runs the real helper with a stub of NVIDIA's library, in which process 7 works. There is no
// GPU here.
func TestNVIDIA(t *testing.T) {
	cc, err := exec.LookPath("cc")
	if err != nil {
		t.Skip("NOT TESTED: the helper for NVIDIA's GPUs, for there is no C compiler (cc) to make the stub of the library")
	}
	dir := t.TempDir()
	program, library := filepath.Join(dir, "proctree_nvidia_helper"), filepath.Join(dir, "libnvidia-ml.so.1")
	build := exec.Command("go", "build", "-C", "nvidia", "-o", program, ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	for _, cmd := range []*exec.Cmd{build, exec.Command(cc, "-shared", "-fPIC", "-o", library, "nvidia/testdata/stub.c")} {
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v: %v: %s", cmd, err, out)
		}
	}
	helper := filepath.Join(dir, "helper")
	if err := os.WriteFile(helper, []byte("#!/bin/sh\nexec "+program+" -interval 100ms -library "+library+"\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	root := hosttest.Tree{Processes: []hosttest.TreeProcess{{PID: 1, Name: "init", StartTicks: 1}, {PID: 7, PPID: 1, Name: "train", StartTicks: 7}}}.Write(t)
	s := start(t, "--path.procfs="+root, "--path.sysfs="+t.TempDir(), "--scan.max-age=0s", "--collector.group_gpu.nvidia-helper="+helper)
	s.eventually("the use of the GPU", func() bool {
		all := s.samples()
		busy, _ := all.value("proctree_group_gpu_engine_seconds_total", "group", "train", "gpu", "0000:0a:00.0", "engine", "sm")
		memory, _ := all.value("proctree_group_gpu_memory_bytes", "group", "train", "gpu", "0000:0a:00.0", "region", "vram")
		return busy >= 0.75 && memory == 1<<20
	})
}
