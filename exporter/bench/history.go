//go:build linux

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"proctree/collector/history/segment"
)

// What a recording is measured with.
const (
	// historyWake is the share of the processes that wake each second, in percent.
	historyWake = 60
	// historySettle is until all programs have made their first samples.
	historySettle = 15 * time.Second
	// shortestHistory has two key periods.
	shortestHistory = 130 * time.Second
	// textsEvery is how often the texts are written: once in each segment.
	textsEvery = 10 * time.Minute
	day        = 24 * time.Hour
)

// historyRun is what the programs took while they ran side by side over the same load.
type historyRun struct {
	size, processes int
	own, atop       recordingCost
	// plain is the exporter without a recording, which scans as often.
	plain recordingCost
	// noAtop is why there is no atop.
	noAtop string
}

// recordingCost is what one program took.
type recordingCost struct {
	cpu     time.Duration
	over    time.Duration
	samples float64
	// bytesPerSample is on disk.
	bytesPerSample float64
	memory         memory
}

func (c *recordingCost) cpuPerSample() float64 { return c.cpu.Seconds() * 1e3 / max(c.samples, 1) }

func (c *recordingCost) cores() float64 { return c.cpu.Seconds() / c.over.Seconds() }

// historyPart measures a recording by the second at every size.
func (b *bench) historyPart(ctx context.Context) error {
	var all []target
	for _, size := range b.options.sizes {
		run, err := b.recordAt(ctx, size)
		if err != nil {
			return fmt.Errorf("%d processes: %w", size, err)
		}
		b.showHistory(run)
		all = append(all, run.targets()...)
	}
	b.report.heading("Targets: recording")
	b.report.targets(all)
	return nil
}

// recordAt records one size of the process table with all programs at once.
func (b *bench) recordAt(ctx context.Context, size int) (*historyRun, error) {
	b.progress("history: starting %d processes", size)
	load, err := b.programs.load(ctx, "tree", fmt.Sprintf("processes=%d", size), fmt.Sprintf("wake=%d", historyWake))
	if err != nil {
		return nil, err
	}
	defer func() {
		if err := load.end(); err != nil {
			b.progress("%v", err)
		}
	}()
	dir, err := os.MkdirTemp(b.dir, "history")
	if err != nil {
		return nil, fmt.Errorf("directory of the recording: %w", err)
	}
	recording := filepath.Join(dir, "proctree")
	own, err := b.serveExporter(ctx, "--history.dir="+recording, "--history.interval=1s", "--history.min-free=0%")
	if err != nil {
		return nil, err
	}
	defer func() { _ = own.shut() }()
	plain, err := b.serveExporter(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { _ = plain.shut() }()
	run := &historyRun{size: size}
	file := filepath.Join(dir, "atop")
	atop, err := startAtop(ctx, file)
	if err != nil {
		run.noAtop = err.Error()
	} else {
		defer func() { _ = atop.stop(syscall.SIGTERM) }()
	}
	return run, b.watchRecording(ctx, run, own, plain, atop, recording, file)
}

// startAtop has atop write a sample each second.
func startAtop(ctx context.Context, file string) (*child, error) {
	path, err := exec.LookPath("atop")
	if err != nil {
		return nil, errors.New("atop is not installed")
	}
	return start(ctx, nil, path, "-w", file, "1")
}

// watchRecording measures all programs over the same time.
func (b *bench) watchRecording(ctx context.Context, run *historyRun, own, plain *server, atop *child, recording, file string) error {
	programs := []watched{{&run.own, own.child}, {&run.plain, plain.child}}
	if atop != nil {
		programs = append(programs, watched{&run.atop, atop})
	}
	if err := tick(ctx, plain, historySettle, nil); err != nil {
		return err
	}
	samplesBefore, bytesBefore := atopSamples(ctx, file), sizeOf(file)
	framesBefore, err := framesOf(ctx, own)
	if err != nil {
		return err
	}
	// Both answer as many scrapes: a page of metrics takes memory too.
	if _, err := framesOf(ctx, plain); err != nil {
		return err
	}
	for i := range programs {
		if err := programs[i].begin(); err != nil {
			return err
		}
	}
	b.progress("history: recording %d processes for %s", run.size, b.options.historyFor)
	if err := tick(ctx, plain, b.options.historyFor, &run.plain.samples); err != nil {
		return err
	}
	for i := range programs {
		if err := programs[i].end(); err != nil {
			return err
		}
	}
	framesAfter, err := framesOf(ctx, own)
	if err != nil {
		return err
	}
	run.own.samples = framesAfter - framesBefore
	run.atop.samples = atopSamples(ctx, file) - samplesBefore
	run.atop.bytesPerSample = (sizeOf(file) - bytesBefore) / max(run.atop.samples, 1)
	run.own.bytesPerSample, run.processes, err = recordedPerSample(recording)
	return err
}

// watched is a program and where to put what it took.
type watched struct {
	cost  *recordingCost
	child *child
}

func (w *watched) begin() error {
	used, err := cpuTime(w.child.pid())
	w.cost.cpu, w.cost.over = -used, -time.Duration(time.Now().UnixNano())
	return err
}

func (w *watched) end() error {
	used, err := cpuTime(w.child.pid())
	if err != nil {
		return err
	}
	w.cost.cpu += used
	w.cost.over += time.Duration(time.Now().UnixNano())
	w.cost.memory, err = memoryOf(w.child.pid())
	return err
}

// tick has the exporter without a recording scan each second, and counts.
func tick(ctx context.Context, s *server, over time.Duration, count *float64) error {
	ticker := time.NewTicker(time.Second)
	defer ticker.Stop()
	for end := time.Now().Add(over); time.Now().Before(end); {
		if _, err := s.get(ctx, "/api/v1/host", ""); err != nil {
			return err
		}
		if count != nil {
			*count++
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("wait: %w", ctx.Err())
		case <-ticker.C:
		}
	}
	return nil
}

// framesOf is how many tables an exporter has recorded.
func framesOf(ctx context.Context, s *server) (float64, error) {
	families, err := s.families(ctx)
	if err != nil {
		return 0, err
	}
	return total(families["proctree_history_frames_written_total"]), nil
}

// atopSamples counts the samples of a file of atop: the lines of one resource, of which there is one for
// each.
func atopSamples(ctx context.Context, file string) float64 {
	out, err := exec.CommandContext(ctx, "atop", "-r", file, "-P", "CPU").Output()
	if err != nil {
		return 0
	}
	return float64(bytes.Count(append([]byte("\n"), out...), []byte("\nCPU ")))
}

func sizeOf(path string) float64 {
	info, err := os.Stat(path)
	if err != nil {
		return 0
	}
	return float64(info.Size())
}

// recordedPerSample is what a table takes on average, over whole key periods. Texts are written once in a
// segment, so they are spread over its length.
func recordedPerSample(dir string) (bytesPerTable float64, processes int, err error) {
	paths, err := filepath.Glob(filepath.Join(dir, "*.segment"))
	if err != nil || len(paths) == 0 {
		return 0, 0, fmt.Errorf("%s holds no recording: %w", dir, err)
	}
	data, err := os.ReadFile(paths[0])
	if err != nil {
		return 0, 0, fmt.Errorf("read the recording: %w", err)
	}
	s, err := segment.Open(data)
	if err != nil {
		return 0, 0, fmt.Errorf("read the recording: %w", err)
	}
	defer s.Close()
	if list := s.Summaries(); len(list) > 0 {
		processes = list[len(list)-1].Processes
	}
	texts, rest, tables := sizesOf(s.Frames)
	if tables == 0 {
		return 0, 0, errors.New("the recording is too short: no key period is whole")
	}
	return rest/tables + texts/textsEvery.Seconds(), processes, nil
}

// sizesOf adds up the frames of whole key periods, and all texts.
func sizesOf(frames []segment.Frame) (texts, rest, tables float64) {
	last := 0
	for i := range frames {
		if frames[i].Kind == segment.Header {
			last = i // The period that begins here is not known to be whole.
		}
	}
	for i := range frames {
		f := &frames[i]
		size := float64(segment.HeaderBytes + len(f.Payload))
		switch {
		case f.Kind == segment.Texts:
			texts += size
		case i < last:
			rest += size
			if f.Kind == segment.Key || f.Kind == segment.Difference {
				tables++
			}
		}
	}
	return texts, rest, tables
}

// perDay is what a day takes with a sample each second.
func perDay(bytesPerSample float64) float64 { return bytesPerSample * day.Seconds() }

func (b *bench) showHistory(run *historyRun) {
	b.report.heading("Recording %d processes each second", run.size)
	b.report.line("%d processes, of which %d %% wake each second; %s.", run.processes, historyWake, b.options.historyFor)
	rows := [][]string{run.row("**proctree, recording**", &run.own), run.row("proctree without a recording, a scan each second", &run.plain)}
	if run.noAtop == "" {
		rows = append(rows, run.row("atop -w", &run.atop))
	} else {
		rows = append(rows, []string{"atop -w", run.noAtop, "–", "–", "–", "–", "–"})
	}
	b.report.table([]string{"", "CPU ms per sample", "% of one CPU", "bytes per sample", "bytes per process", "MB per day", "RSS (peak)"}, rows)
}

func (run *historyRun) row(name string, c *recordingCost) []string {
	row := []string{
		name, fmt.Sprintf("%.2f", c.cpuPerSample()), fmt.Sprintf("%.2f", c.cores()*100), "–", "–", "–",
		fmt.Sprintf("%s (%s)", megabytes(c.memory.resident), strings.TrimSuffix(megabytes(c.memory.peak), " MB")),
	}
	if c.bytesPerSample > 0 {
		row[3] = fmt.Sprintf("%.0f", c.bytesPerSample)
		row[4] = fmt.Sprintf("%.2f", c.bytesPerSample/float64(max(run.processes, 1)))
		row[5] = fmt.Sprintf("%.0f", perDay(c.bytesPerSample)/1e6)
	}
	return row
}

// targets are the limits of one size.
func (run *historyRun) targets() []target {
	at := fmt.Sprintf(", at %d", run.size)
	list := []target{
		atMost("recording: MB a day at 1 s"+at, perDay(run.own.bytesPerSample)/1e6, byProcesses(run.size, 85, 300), "%.0f MB"),
		atMost("recording: µs of CPU per process and table"+at,
			(run.own.cpuPerSample()-run.plain.cpuPerSample())*1e3/float64(max(run.processes, 1)), 0.25, "%.2f"),
		atMost("recording: more resident memory at the peak"+at, (float64(run.own.memory.peak)-float64(run.plain.memory.peak))/1e6, 25, "%.1f MB"),
	}
	if run.size >= 10000 {
		list = append(
			list,
			atMost("recording: bytes per process and table"+at, run.own.bytesPerSample/float64(max(run.processes, 1)), 0.35, "%.2f"),
			atMost("recording: scan, encoding and writing, % of one CPU"+at, run.own.cores()*100, 2, "%.2f"),
		)
	}
	smaller, less := "atop -w ÷ recording, bytes per sample"+at, "atop -w ÷ recording, CPU per sample"+at
	if run.noAtop != "" || run.atop.samples == 0 {
		return append(list, notMeasured(smaller, run.noAtop), notMeasured(less, run.noAtop))
	}
	return append(
		list,
		atLeast(smaller, run.atop.bytesPerSample/run.own.bytesPerSample, 40, "%.0f"),
		atLeast(less, run.atop.cpuPerSample()/run.own.cpuPerSample(), 20, "%.0f"),
	)
}
