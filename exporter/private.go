package main

import (
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// privateFile is a file that only this account can read, and whose content changes at once. It
// is in memory where that is possible: there may be no directory that can be written to.
type privateFile struct {
	memory *memoryFile
	// dir is that of the file on disk.
	dir string
}

func newPrivateFile() (*privateFile, error) {
	if memory, err := newMemoryFile(); err == nil {
		return &privateFile{memory: memory}, nil
	}
	dir, err := os.MkdirTemp("", program) // With the mode 0700.
	if err != nil {
		return nil, fmt.Errorf("make a private file: %w", err)
	}
	return &privateFile{dir: dir}, nil
}

// path is where others in this program can open the file.
func (p *privateFile) path() string {
	if p.memory != nil {
		return p.memory.path()
	}
	return filepath.Join(p.dir, "file")
}

// renameTries and renamePause are for Windows, which replaces no file that is open.
const (
	renameTries = 50
	renamePause = 10 * time.Millisecond
)

// put replaces the content. A reader gets either the old one or the new one as a whole.
func (p *privateFile) put(content []byte) error {
	if p.memory != nil {
		return p.memory.put(content)
	}
	next := filepath.Join(p.dir, "next")
	err := os.WriteFile(next, content, 0o600)
	for try := 0; err == nil && try < renameTries; try++ {
		if err = os.Rename(next, p.path()); err == nil {
			return nil
		}
		if try < renameTries-1 {
			err = nil
			time.Sleep(renamePause)
		}
	}
	return fmt.Errorf("write a private file: %w", err)
}

func (p *privateFile) close() {
	if p.memory != nil {
		p.memory.close()
		return
	}
	_ = os.RemoveAll(p.dir)
}
