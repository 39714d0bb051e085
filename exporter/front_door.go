package main

import (
	"io/fs"
	"net"
	"net/http"
	"os"
	"slices"
	"sync"

	"github.com/go-kit/log/level"
)

// frontDoor is the file that exporter-toolkit reads in place of --web.config.file: what was
// accepted last.
type frontDoor struct {
	*privateFile
	e *exporter

	// mu is held while the file changes, by a reload or with a certificate.
	mu sync.Mutex
	// seen is how the certificates were when they were last read.
	seen []fileState
}

// openFrontDoor returns nil where there is no --web.config.file.
func (e *exporter) openFrontDoor() (*frontDoor, error) {
	if *e.settings.web.WebConfigFile == "" {
		return nil, nil //nolint:nilnil // There is none.
	}
	file, err := newPrivateFile()
	if err != nil {
		return nil, err
	}
	d := &frontDoor{privateFile: file, e: e}
	if err := d.use(&e.current.Load().front); err != nil {
		file.close()
		return nil, err
	}
	return d, nil
}

// close removes the file.
func (d *frontDoor) close() {
	if d != nil {
		d.privateFile.close()
	}
}

// use lets the toolkit ask what a front says.
func (d *frontDoor) use(f *front) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.seen = f.files
	return d.put(f.copied)
}

// apply is use for what a reload has accepted. What becomes stricter does so before the rest of
// the program relies on it, and what becomes laxer when nothing relies on it any more: no
// passwords any more, or nothing at all.
func (d *frontDoor) apply(before, next *configuration, store func()) error {
	if d == nil {
		store()
		return nil
	}
	if len(next.front.Users) > 0 || next.front.closed() && len(before.front.Users) == 0 {
		err := d.use(&next.front)
		store()
		return err
	}
	store()
	return d.use(&next.front)
}

// state is http.Server.ConnState. It is called before the handshake of TLS.
func (d *frontDoor) state(_ net.Conn, state http.ConnState) {
	if state == http.StateNew {
		d.rotate()
	}
}

// rotate takes over certificates that were replaced, as the toolkit does, but only if they are
// valid: half of a pair is none.
func (d *frontDoor) rotate() {
	d.mu.Lock()
	defer d.mu.Unlock()
	now := make([]fileState, len(d.seen))
	for i := range d.seen {
		now[i] = stateOf(d.seen[i].path)
	}
	if slices.EqualFunc(now, d.seen, fileState.same) {
		return
	}
	d.seen = now
	path := *d.e.settings.web.WebConfigFile
	next, err := d.e.files.accept(path, d.e.current.Load().front.text)
	if err == nil {
		err = d.put(next.copied)
	}
	if err != nil {
		level.Error(d.e.loggers.root).Log("msg", "a certificate was rejected; the previous one stays active", "file", path, "err", err)
		return
	}
	level.Info(d.e.loggers.root).Log("msg", "certificates reloaded", "file", path)
}

// fileState tells whether a file was replaced. A nil info is a file that is not there.
type fileState struct {
	path string
	info fs.FileInfo
}

func stateOf(path string) fileState {
	info, err := os.Stat(path)
	if err != nil {
		return fileState{path: path}
	}
	return fileState{path, info}
}

func (s fileState) same(other fileState) bool {
	if s.info == nil || other.info == nil {
		return s.info == nil && other.info == nil
	}
	return os.SameFile(s.info, other.info) && s.info.ModTime().Equal(other.info.ModTime()) && s.info.Size() == other.info.Size()
}
