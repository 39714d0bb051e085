package pods

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"time"

	"proctree/collector/host/procfile"
)

const (
	// settled is how old the last change of a directory has to be so that a later one has another
	// time: file systems keep it in steps, of some milliseconds to two seconds.
	settled = 3 * time.Second
	// maxEntries bounds the entries that are read of each directory.
	maxEntries = 100_000
)

// Names are the names of the pods of this node. Not safe for concurrent use.
type Names struct {
	links, folders dir
}

// NewNames returns the names in the directories of logs below a root. Nothing is read until Read.
func NewNames(root string) *Names {
	return &Names{
		links:   dir{path: filepath.Join(root, "var/log/containers"), parse: parseLink},
		folders: dir{path: filepath.Join(root, "var/log/pods"), parse: parseFolder},
	}
}

// Read reads the directories again if they have changed, and reports whether any name has.
func (n *Names) Read(now time.Time) (changed bool) {
	links, folders := n.links.read(now), n.folders.read(now)
	return links || folders
}

// Find names a container by its id, or else a pod by its UID. What is not known is empty.
func (n *Names) Find(container, uid string) Pod {
	if pod, ok := n.links.names[container]; ok && container != "" {
		return pod
	}
	if uid == "" {
		return Pod{}
	}
	return n.folders.names[uid]
}

// dir is a directory whose entries name pods.
type dir struct {
	path  string
	parse func(name string) (key string, pod Pod, ok bool)

	names map[string]Pod
	// modified is the time of the last change that was read; zero makes the next scan read again.
	modified time.Time
}

func (d *dir) read(now time.Time) (changed bool) {
	info, err := os.Stat(d.path)
	if err != nil {
		changed = len(d.names) > 0
		d.names, d.modified = nil, time.Time{}
		return changed
	}
	if modified := info.ModTime(); modified.Equal(d.modified) {
		return false
	}
	names, err := d.list()
	if err != nil {
		return false // The next scan tries again.
	}
	if d.modified = info.ModTime(); now.Sub(d.modified).Abs() < settled {
		d.modified = time.Time{}
	}
	changed = !maps.Equal(names, d.names)
	d.names = names
	return changed
}

func (d *dir) list() (map[string]Pod, error) {
	f, err := procfile.OpenDir(d.path)
	if err != nil {
		return nil, fmt.Errorf("open the logs of pods: %w", err)
	}
	defer func() { _ = f.Close() }()
	entries, err := f.Readdirnames(maxEntries)
	if err != nil && len(entries) == 0 && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("list the logs of pods: %w", err)
	}
	names := make(map[string]Pod, len(entries))
	for _, entry := range entries {
		if key, pod, ok := d.parse(entry); ok {
			names[key] = pod
		}
	}
	return names, nil
}
