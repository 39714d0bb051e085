package validate

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// container is how an engine starts an image. The host's PID namespace is always its own,
// and there is no user namespace: that is how engines run an exporter of the host.
type container struct {
	Root string
	// User is "UID:GID".
	User string
	// Capabilities are names such as BPF. Only root has any, as with every engine.
	Capabilities []string
	Mounts       []mount
	Args         []string
}

// mount shows a file or folder of the host to the container, for reading only unless it says otherwise.
type mount struct {
	Source, Target string
	Writable       bool
}

// containerVariable makes the test's program start a container instead of testing.
const containerVariable = "PROCTREE_TEST_CONTAINER"

func TestMain(m *testing.M) {
	if text := os.Getenv(containerVariable); text != "" {
		var c container
		err := json.Unmarshal([]byte(text), &c)
		if err == nil {
			err = c.enter()
		}
		_, _ = fmt.Fprintln(os.Stderr, "container:", err)
		os.Exit(125) //nolint:forbidigo // What engines say when it was their fault.
	}
	m.Run()
	if built.dir != "" {
		_ = os.RemoveAll(built.dir)
	}
}

// mounts adds what every engine mounts.
func (c container) mounts() []mount {
	return append([]mount{{"/proc", "/proc", false}}, c.Mounts...)
}

// command returns what starts the container.
func (c container) command(t *testing.T) *exec.Cmd {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("NOT TESTED: only root can start a program as a container engine does")
	}
	// Engines make what they mount upon.
	for _, m := range c.mounts() {
		target := filepath.Join(c.Root, m.Target)
		info, err := os.Stat(m.Source)
		if err != nil {
			t.Fatal(err)
		}
		if info.IsDir() {
			err = os.MkdirAll(target, 0o755)
		} else if err = os.MkdirAll(filepath.Dir(target), 0o755); err == nil {
			err = os.WriteFile(target, nil, 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	text, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self)
	cmd.Env = []string{containerVariable + "=" + string(text)}
	return cmd
}

// enter becomes the container's program. It returns only if that fails.
func (c container) enter() error {
	runtime.LockOSThread() // The rights of a thread are what exec hands on.
	if err := unix.Unshare(unix.CLONE_NEWNS); err != nil {
		return fmt.Errorf("unshare: %w", err)
	}
	if err := c.mountAll(); err != nil {
		return err
	}
	if err := unix.Chroot(c.Root); err != nil {
		return fmt.Errorf("chroot: %w", err)
	}
	if err := unix.Chdir("/"); err != nil {
		return err
	}
	if err := c.dropRights(); err != nil {
		return err
	}
	return unix.Exec(c.Args[0], c.Args, nil)
}

func (c container) mountAll() error {
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil {
		return fmt.Errorf("make mounts private: %w", err)
	}
	all := append([]mount{{c.Root, "", false}}, c.mounts()...)
	for _, m := range all {
		target := filepath.Join(c.Root, m.Target)
		if err := unix.Mount(m.Source, target, "", unix.MS_BIND|unix.MS_REC, ""); err != nil {
			return fmt.Errorf("mount %s: %w", m.Target, err)
		}
	}
	// The root last of all, so that what is mounted below it can be.
	for _, m := range slices.Backward(all) {
		if m.Writable {
			continue
		}
		target := filepath.Join(c.Root, m.Target)
		if err := unix.Mount("", target, "", unix.MS_REMOUNT|unix.MS_BIND|unix.MS_RDONLY, ""); err != nil {
			return fmt.Errorf("remount %s: %w", m.Target, err)
		}
	}
	return nil
}

// capabilityNumbers are those of linux/capability.h that our files name.
func capabilityNumbers() map[string]int {
	return map[string]int{
		"DAC_READ_SEARCH": unix.CAP_DAC_READ_SEARCH, "NET_ADMIN": unix.CAP_NET_ADMIN,
		"SYS_PTRACE": unix.CAP_SYS_PTRACE, "PERFMON": unix.CAP_PERFMON, "BPF": unix.CAP_BPF,
	}
}

// capabilityMask returns the set as /proc/PID/status shows it.
func (c container) capabilityMask() (uint64, error) {
	var mask uint64
	for _, name := range c.Capabilities {
		number, ok := capabilityNumbers()[name]
		if !ok {
			return 0, fmt.Errorf("capability %q is not one that an exporter needs", name)
		}
		mask |= 1 << number
	}
	return mask, nil
}

// dropRights leaves the capabilities in the bounding set: exec gives all of them to root,
// and none to others.
func (c container) dropRights() error {
	mask, err := c.capabilityMask()
	if err != nil {
		return err
	}
	for number := range unix.CAP_LAST_CAP + 1 {
		if mask&(1<<number) == 0 {
			// The kernel may know fewer of them than the library.
			if err := unix.Prctl(unix.PR_CAPBSET_DROP, uintptr(number), 0, 0, 0); err != nil && err != unix.EINVAL {
				return fmt.Errorf("drop capability %d: %w", number, err)
			}
		}
	}
	uid, gid, err := c.ids()
	if err != nil {
		return err
	}
	if err := unix.Setgroups(nil); err != nil {
		return err
	}
	if err := unix.Setresgid(gid, gid, gid); err != nil {
		return err
	}
	if err := unix.Setresuid(uid, uid, uid); err != nil {
		return err
	}
	return unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
}

func (c container) ids() (uid, gid int, err error) {
	user, group, _ := strings.Cut(c.User, ":")
	if uid, err = strconv.Atoi(user); err != nil {
		return 0, 0, fmt.Errorf("user: %w", err)
	}
	if gid, err = strconv.Atoi(group); err != nil {
		return 0, 0, fmt.Errorf("group: %w", err)
	}
	return uid, gid, nil
}
