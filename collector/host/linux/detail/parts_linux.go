package detail

import (
	"bytes"
	"errors"
	"maps"
	"slices"
	"strconv"

	"golang.org/x/sys/unix"

	"proctree/collector/host/linux/procfs"
	"proctree/collector/host/procfile"
	"proctree/collector/process"
)

// readPart reads a file of the process; nil if it cannot be read.
func readPart(dir int, name string, buf []byte) []byte {
	content, err := procfs.ReadAt(dir, append([]byte(name), 0), buf)
	if err != nil {
		return nil
	}
	return content
}

func readLimits(dir int, buf []byte, d *process.Detail) {
	d.Limits = procfs.ParseLimits(readPart(dir, "limits", buf))
}

// statusMemory are the names in Detail.Memory of the keys in proc_pid_status(5).
var statusMemory = map[string]string{
	"VmPeak":       "peak_virtual",
	"VmHWM":        "peak_resident",
	"RssAnon":      "resident_anonymous",
	"RssFile":      "resident_file",
	"RssShmem":     "resident_shared",
	"VmLck":        "locked",
	"VmPin":        "pinned",
	"VmData":       "data",
	"VmStk":        "stack",
	"VmExe":        "text",
	"VmLib":        "libraries",
	"VmPTE":        "page_tables",
	"VmSwap":       "swap",
	"HugetlbPages": "huge_pages",
}

func readStatusMemory(dir int, buf []byte, d *process.Detail) {
	for key, value := range procfs.KeyedLines(readPart(dir, "status", buf)) {
		name, ok := statusMemory[string(key)]
		f := procfs.Numbers{Rest: value}
		n := f.Uint()
		if !ok || f.Bad || n > procfs.MaxMemory>>10 {
			continue
		}
		if d.Memory == nil {
			d.Memory = make(map[string]uint64)
		}
		d.Memory[name] = n << 10 // The kernel's kB has 1024 bytes.
	}
}

func readAllIO(dir int, buf []byte, d *process.Detail) {
	for key, value := range procfs.KeyedLines(readPart(dir, "io", buf)) {
		f := procfs.Numbers{Rest: value}
		n := f.Uint()
		if f.Bad {
			continue
		}
		if d.IO == nil {
			d.IO = make(map[string]uint64)
		}
		d.IO[string(key)] = n
	}
}

func readCgroups(dir int, buf []byte, d *process.Detail) {
	file, _ := procfile.WholeLines(readPart(dir, "cgroup", buf))
	for line := range bytes.Lines(file) {
		d.Cgroups = append(d.Cgroups, string(bytes.TrimSuffix(line, []byte("\n"))))
	}
}

func readContext(dir int, buf []byte, d *process.Detail) {
	for _, link := range []struct {
		name string
		into *string
	}{{"cwd", &d.Cwd}, {"root", &d.Root}} {
		if n, err := unix.Readlinkat(dir, link.name, buf); err == nil {
			*link.into = string(buf[:n])
		}
	}
}

// readWaitChan reads where in the kernel the process waits; the file has "0" when it does
// not, or when that is not for this user to know.
func readWaitChan(dir int, buf []byte, d *process.Detail) {
	d.WaitChan = waitChan(readPart(dir, "wchan", buf))
}

func waitChan(file []byte) string {
	if name := bytes.TrimSpace(file); string(name) != "0" {
		return string(name)
	}
	return ""
}

// readKernelStack reads the functions of the kernel in which the process waits. The kernel refuses
// the file without CAP_SYS_ADMIN.
func readKernelStack(dir int, buf []byte, d *process.Detail) {
	d.KernelStack = parseStack(readPart(dir, "stack", buf))
}

// parseStack reads lines such as "[<0>] do_wait+0x6f/0xf0", the innermost function first. Addresses
// and offsets are left out: they tell where the kernel lies in memory. A line that is none is left out.
func parseStack(file []byte) (functions []string) {
	for line := range bytes.Lines(file) {
		_, function, ok := bytes.Cut(bytes.TrimSpace(line), []byte("] "))
		function, _, hasOffset := bytes.Cut(function, []byte("+0x"))
		if !ok || !hasOffset || len(function) == 0 || len(functions) == process.MaxKernelStack {
			continue
		}
		functions = append(functions, string(function))
	}
	return functions
}

func readOOMScore(dir int, buf []byte, d *process.Detail) {
	if score, err := strconv.Atoi(string(bytes.TrimSpace(readPart(dir, "oom_score", buf)))); err == nil {
		d.OOMScore = &score
	}
}

// readDescriptors lists the first MaxDetailDescriptors descriptors and what they point at.
func readDescriptors(dir int, buf []byte, d *process.Detail) {
	fds, err := procfs.OpenAt(dir, []byte("fd\x00"), unix.O_DIRECTORY)
	if err != nil {
		return
	}
	defer procfs.CloseFD(fds)
	d.Descriptors = []process.Descriptor{}
	for _, fd := range numbersIn(fds, buf, process.MaxDetailDescriptors) {
		if n, err := unix.Readlinkat(fds, strconv.Itoa(fd), buf); err == nil {
			d.Descriptors = append(d.Descriptors, process.Descriptor{FD: fd, Target: string(buf[:n])})
		}
	}
}

// readThreads lists the first MaxDetailThreads threads.
func readThreads(dir int, buf []byte, d *process.Detail) {
	tasks, err := procfs.OpenAt(dir, []byte("task\x00"), unix.O_DIRECTORY)
	if err != nil {
		return
	}
	defer procfs.CloseFD(tasks)
	for _, tid := range numbersIn(tasks, buf, process.MaxDetailThreads) {
		var s procfs.Stat
		content, err := procfs.ReadAt(tasks, procfs.PIDPath(nil, tid, "stat"), buf)
		if err != nil || !s.Parse(content) {
			continue
		}
		thread := process.Thread{
			TID:         tid,
			Name:        string(s.Name),
			State:       process.StateOfLetter(s.State),
			UserSeconds: float64(s.UserTicks) / procfs.UserHZ,
			SysSeconds:  float64(s.SystemTicks) / procfs.UserHZ,
		}
		if thread.State == process.Blocked {
			thread.WaitChan = waitChan(readPart(tasks, strconv.Itoa(tid)+"/wchan", buf))
		}
		d.ThreadList = append(d.ThreadList, thread)
	}
}

// readProportional adds what smaps_rollup sums up (proc_pid_smaps(5), Linux 4.14).
func readProportional(dir int, buf []byte, d *process.Detail) {
	if pss, ok := procfs.ValueOf(readPart(dir, "smaps_rollup", buf), procfs.PSSKey); ok {
		memory := maps.Clone(d.Memory)
		if memory == nil {
			memory = make(map[string]uint64)
		}
		memory["proportional"] = pss << 10
		d.Memory = memory
	}
}

// numbersIn returns the first limit names in a directory that are numbers, sorted.
func numbersIn(dir int, buf []byte, limit int) []int {
	var numbers []int
	for len(numbers) < limit {
		n, err := unix.Getdents(dir, buf)
		if errors.Is(err, unix.EINTR) {
			continue
		}
		if err != nil || n == 0 {
			break
		}
		for name := range procfs.DirentNames(buf[:n]) {
			if number, err := strconv.Atoi(string(name)); err == nil && len(numbers) < limit {
				numbers = append(numbers, number)
			}
		}
	}
	slices.Sort(numbers)
	return numbers
}
