package textfile

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"proctree/collector/host/procfile"
)

// found is a file with its content, or the error of reading it.
type found struct {
	File
	content []byte
	err     error
}

// find reads the files of the directories that match a pattern, within the limits. It
// returns no error, because each file has its own.
func (l Limits) find(pattern string) ([]found, error) {
	directories, err := filepath.Glob(pattern)
	if err != nil || len(directories) == 0 {
		// A pattern without a match is taken for a path; opening it gives the right error.
		directories = []string{pattern}
	}
	if len(directories) > l.Files {
		return []found{{err: fmt.Errorf("%s: matches more than %d directories", pattern, l.Files)}}, nil
	}
	var files []found
	for _, directory := range directories {
		files = l.findIn(directory, files)
	}
	return files, nil
}

// findIn appends the files of one directory.
func (l Limits) findIn(directory string, files []found) []found {
	entries, err := l.entries(directory)
	if err != nil {
		return append(files, found{err: err})
	}
	room := l.Bytes
	for i := range files {
		room -= len(files[i].content)
	}
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), suffix) {
			continue
		}
		if len(files) >= l.Files {
			return append(files, found{err: fmt.Errorf("%s: more than %d files", directory, l.Files)})
		}
		f := found{File: File{Path: filepath.Join(directory, e.Name())}}
		f.content, f.Modified, f.err = readFile(f.Path, min(l.FileBytes, room))
		room -= len(f.content)
		files = append(files, f)
	}
	return files
}

// entries returns what is in a directory, sorted by name. It refuses a directory with so many
// entries that listing them takes long.
func (l Limits) entries(directory string) ([]os.DirEntry, error) {
	d, err := procfile.OpenDir(directory)
	if err != nil {
		return nil, fmt.Errorf("read directory: %w", err)
	}
	defer func() { _ = d.Close() }()
	entries, err := d.ReadDir(l.Entries + 1)
	switch {
	case errors.Is(err, io.EOF):
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("read directory: %w", err)
	case len(entries) > l.Entries:
		return nil, fmt.Errorf("%s: more than %d entries", directory, l.Entries)
	}
	slices.SortFunc(entries, func(a, b os.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return entries, nil
}

// readFile reads a regular file of at most limit bytes.
func readFile(path string, limit int) ([]byte, time.Time, error) {
	f, err := procfile.Open(path)
	if err != nil {
		return nil, time.Time{}, fmt.Errorf("open file: %w", err)
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err != nil {
		return nil, time.Time{}, fmt.Errorf("stat file: %w", err)
	}
	content, err := io.ReadAll(io.LimitReader(f, int64(limit)+1))
	switch {
	case err != nil:
		return nil, time.Time{}, fmt.Errorf("read file: %w", err)
	case len(content) > limit:
		return nil, time.Time{}, errTooLarge(path, limit)
	}
	return content, info.ModTime(), nil
}

func errTooLarge(path string, limit int) error {
	return fmt.Errorf("%s: larger than %d bytes", path, limit)
}
