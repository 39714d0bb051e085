package bpf

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// Pin leaves an iterator over the process table at path, in a mounted bpf file system,
// for exporters that may not use BPF themselves (Config.BPFPin). Members of the group gid
// may read it, and who reads it sees the I/O of all processes; nobody else but root may.
// An iterator that is there already is replaced. It needs CAP_BPF,
// CAP_PERFMON and the right to write there.
func Pin(path string, gid int) error {
	if err := inBPFFS(filepath.Dir(path)); err != nil {
		return err
	}
	tasks, err := LoadTasks(nil)
	if err != nil {
		return err
	}
	err = pinTasks(tasks, path, gid)
	return errors.Join(err, tasks.Close())
}

// pinTasks gives the pin its owner under another name, so that path is never one that the
// group cannot read.
func pinTasks(tasks *Tasks, path string, gid int) error {
	fresh := path + "_new"
	if err := os.Remove(fresh); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("remove what an earlier attempt left: %w", err)
	}
	if err := tasks.Pin(fresh); err != nil {
		return err
	}
	if err := os.Chown(fresh, -1, gid); err != nil {
		return errors.Join(fmt.Errorf("give the pin to group %d: %w", gid, err), os.Remove(fresh))
	}
	if err := os.Chmod(fresh, 0o440); err != nil {
		return errors.Join(fmt.Errorf("let group %d read the pin: %w", gid, err), os.Remove(fresh))
	}
	if err := os.Rename(fresh, path); err != nil {
		return errors.Join(fmt.Errorf("rename the pin: %w", err), os.Remove(fresh))
	}
	return nil
}

// inBPFFS checks the file system of a path, so that nothing else is ever overwritten or
// taken for an iterator.
func inBPFFS(path string) error {
	var fs unix.Statfs_t
	if err := unix.Statfs(path, &fs); err != nil {
		return fmt.Errorf("examine %s: %w", path, err)
	}
	// The field is signed and as wide as a word; the number needs all of 32 bits.
	if uint32(fs.Type) != unix.BPF_FS_MAGIC {
		return fmt.Errorf("%s is not in a bpf file system (mount -t bpf bpf /sys/fs/bpf)", path)
	}
	return nil
}
