package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"proctree/deploy/scaling/parts"
)

// diskHosts and diskTime are how much is written: two hours are a block of Prometheus, the
// first that reaches the disk.
const (
	diskHosts = 2
	diskTime  = 2 * time.Hour
)

// disk measures what a sample takes in a block of Prometheus and in VictoriaMetrics, by
// giving both the same two hours of samples.
func (b *bench) disk() error {
	text := filepath.Join(b.dir, "samples")
	// A block of two hours begins at an even hour. The samples are older than any retention
	// would forgive, unless they are of today.
	from := time.Now().UTC().Truncate(diskTime).Add(-diskTime)
	samples, err := b.writeSamples(text, from)
	if err != nil {
		return err
	}
	b.head("on disk, two hours of "+strconv.Itoa(diskHosts)+" hosts every 15 s", "samples", "size", "bytes per sample")
	blocks := filepath.Join(b.dir, "blocks")
	backfill := exec.CommandContext(b.ctx, "promtool", "tsdb", "create-blocks-from", "openmetrics", "--quiet", text, blocks)
	if out, err := backfill.CombinedOutput(); err != nil {
		return fmt.Errorf("promtool: %w: %s", err, out)
	}
	written, err := folderSize(blocks)
	if err != nil {
		return err
	}
	b.row("Prometheus, blocks with index", strconv.Itoa(samples), size(written), fmt.Sprintf("%.2f", written/float64(samples)))
	return b.diskOfStore(text, samples)
}

// writeSamples writes OpenMetrics, series by series as the format wants it.
func (b *bench) writeSamples(path string, from time.Time) (int, error) {
	file, err := os.Create(path)
	if err != nil {
		return 0, err
	}
	defer func() { _ = file.Close() }()
	w := bufio.NewWriter(file)
	var buffer []byte
	lines := make([][]byte, b.template.Len())
	n := 0
	for host := range diskHosts {
		label := fmt.Sprintf(`instance="host-%05d"`, host)
		for i := range lines {
			lines[i] = lines[i][:0]
		}
		for since := time.Duration(0); since < diskTime; since += realInterval {
			buffer = b.template.Append(buffer[:0], host, since)
			i := 0
			for line := range bytes.Lines(buffer) {
				if line[0] == '#' {
					continue
				}
				lines[i] = appendSample(lines[i], line, label, from.Add(since))
				i++
				n++
			}
		}
		for _, line := range lines {
			if _, err := w.Write(line); err != nil {
				return 0, err
			}
		}
	}
	if _, err := w.WriteString("# EOF\n"); err != nil {
		return 0, err
	}
	return n, w.Flush()
}

// appendSample adds a line of a scrape, with a label and a time in seconds.
func appendSample(to, line []byte, label string, at time.Time) []byte {
	i := bytes.LastIndexByte(line, ' ')
	name, value := line[:i], bytes.TrimSpace(line[i+1:])
	if bare, labels, ok := bytes.Cut(name, []byte("{")); ok {
		to = append(append(append(append(append(to, bare...), '{'), label...), ','), labels...)
	} else {
		to = append(append(append(append(to, name...), '{'), label...), '}')
	}
	to = append(append(append(to, ' '), value...), ' ')
	return append(strconv.AppendInt(to, at.Unix(), 10), '\n')
}

// diskOfStore sends the same to VictoriaMetrics, whose times are milliseconds.
func (b *bench) diskOfStore(text string, samples int) error {
	data := filepath.Join(b.dir, "disk-store")
	store, err := parts.VictoriaMetrics(b.ctx, data)
	if err != nil {
		return err
	}
	defer store.Stop()
	file, err := os.Open(text)
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	lines := bufio.NewScanner(file)
	var part strings.Builder
	send := func() error {
		request, err := http.NewRequestWithContext(b.ctx, http.MethodPost, store.URL+"/api/v1/import/prometheus", strings.NewReader(part.String()))
		if err != nil {
			return err
		}
		part.Reset()
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			return err
		}
		return response.Body.Close()
	}
	for lines.Scan() {
		if lines.Text() == "# EOF" {
			continue
		}
		part.WriteString(lines.Text() + "000\n")
		if part.Len() > 8<<20 {
			if err := send(); err != nil {
				return err
			}
		}
	}
	if err := send(); err != nil {
		return err
	}
	if _, err := store.Get(b.ctx, "/internal/force_flush"); err != nil {
		return err
	}
	if err := b.untilMerged(store, samples); err != nil {
		return err
	}
	rows, err := b.value(store, "vm_rows", `type="storage/`)
	if err != nil {
		return err
	}
	written, err := b.value(store, "vm_data_size_bytes", `type="storage/`)
	if err != nil {
		return err
	}
	index, err := b.value(store, "vm_data_size_bytes", `type="indexdb`)
	if err != nil {
		return err
	}
	b.row("VictoriaMetrics, data", fmt.Sprintf("%.0f", rows), size(written), fmt.Sprintf("%.2f", written/rows))
	b.row("VictoriaMetrics, index of the series", "", size(index), fmt.Sprintf("%.2f", index/rows))
	return nil
}

// untilMerged waits until all samples are in parts that nothing merges any more.
func (b *bench) untilMerged(store *parts.Part, samples int) error {
	return parts.Eventually(b.ctx, func() error {
		rows, err := b.value(store, "vm_rows", `type="storage/`)
		if err != nil {
			return err
		}
		pending, err := b.value(store, "vm_pending_rows", `type="storage"`)
		if err != nil {
			return err
		}
		merges, err := b.value(store, "vm_active_merges", `type="storage/`)
		if err == nil && (int(rows) != samples || pending > 0 || merges > 0) {
			err = fmt.Errorf("%.0f of %d samples, %.0f pending, %.0f merges", rows, samples, pending, merges)
		}
		return err
	})
}

// folderSize is the sum of its files.
func folderSize(dir string) (float64, error) {
	total := 0.0
	err := filepath.WalkDir(dir, func(_ string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		info, err := entry.Info()
		if err == nil {
			total += float64(info.Size())
		}
		return err
	})
	return total, err
}
