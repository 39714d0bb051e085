package system

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// processes shows how many threads there are and how many there may be. Config.ProcessStates
// adds the processes, and both by the kernel's letters for their states (proc_pid_stat(5)),
// for which a file for each thread of the host is read.
func (r *reader) processes(out *values) {
	out.addUnsigned("processes_max_threads", r.procPath("sys/kernel/threads-max"))
	out.addUnsigned("processes_max_processes", r.procPath("sys/kernel/pid_max"))
	if r.cfg.ProcessStates {
		r.processStates(out)
	} else if text, ok := out.read(r.procPath("loadavg")); ok {
		out.threads(text)
	}
}

// threadsField is the one of /proc/loadavg that says "RUNNABLE/ALL" (proc_loadavg(5)).
const threadsField = 3

// threads shows the kernel's own count of all threads.
func (v *values) threads(loadavg string) {
	fields := strings.Fields(loadavg)
	if len(fields) <= threadsField {
		v.Lost("/proc/loadavg: threads", "missing")
		return
	}
	_, all, _ := strings.Cut(fields[threadsField], "/")
	if n, ok := v.Tasks("/proc/loadavg: threads", all); ok {
		v.add("processes_threads", float64(n))
	}
}

func (r *reader) processStates(out *values) {
	counts := taskCounts{processes: make(map[string]int), threads: make(map[string]int)}
	for _, pid := range out.numbered(r.cfg.ProcFS, "") {
		counts.process(out, r.procPath(pid), pid)
	}
	if counts.pids == 0 {
		return
	}
	out.add("processes_pids", float64(counts.pids))
	out.add("processes_threads", float64(counts.tasks))
	for _, state := range slices.Sorted(maps.Keys(counts.processes)) {
		out.add("processes_state", float64(counts.processes[state]), Label{"state", state})
	}
	for _, state := range slices.Sorted(maps.Keys(counts.threads)) {
		out.add("processes_threads_state", float64(counts.threads[state]), Label{"thread_state", state})
	}
}

type taskCounts struct {
	pids, tasks        int
	processes, threads map[string]int
}

// process counts a process and its threads. It may end meanwhile.
func (c *taskCounts) process(out *values, dir, pid string) {
	state, threads, err := readTask(dir + "/stat")
	if err != nil {
		out.oddTask(err)
		return
	}
	c.pids++
	c.tasks += threads
	c.processes[state]++
	for _, tid := range out.numbered(dir+"/task", "") {
		if tid == pid {
			c.threads[state]++
			continue
		}
		other, _, err := readTask(dir + "/task/" + tid + "/stat")
		if err != nil {
			out.oddTask(err)
			continue
		}
		c.threads[other]++
	}
}

// oddTask takes down an error that is not the end of the task.
func (v *values) oddTask(err error) {
	if !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, unix.ESRCH) {
		// Without its number: another one would be logged at each scrape.
		v.Lost("a task's stat", "unknown form")
	}
}

// readTask returns the state of a task and how many threads its process has.
func readTask(path string) (state string, threads int, err error) {
	text, err := readFile(path)
	if err != nil {
		return "", 0, err
	}
	state, threads, err = parseTask(string(text))
	if err != nil {
		return "", 0, fmt.Errorf("%s: %w", path, err)
	}
	return state, threads, nil
}

// threadsColumn is the one of num_threads, counted from the state on.
const threadsColumn = 17

// parseTask parses what follows the name, which may hold any character.
func parseTask(text string) (state string, threads int, err error) {
	if !strings.HasSuffix(text, "\n") {
		text = text[:strings.LastIndexByte(text, ' ')+1] // The last number may be a part of one.
	}
	fields := strings.Fields(text[strings.LastIndexByte(text, ')')+1:])
	if len(fields) <= threadsColumn {
		return "", 0, fmt.Errorf("must have %d columns, has %q", threadsColumn+3, text)
	}
	threads, err = strconv.Atoi(fields[threadsColumn])
	if err != nil {
		return "", 0, fmt.Errorf("threads: %w", err)
	}
	if state = fields[0]; len(state) != 1 {
		return "", 0, fmt.Errorf("state %q is not a letter", state)
	}
	return state, threads, nil
}
