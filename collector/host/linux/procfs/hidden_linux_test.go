package procfs

import (
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

func TestHiddenProcesses(t *testing.T) {
	const all = ^uint64(0)
	for _, test := range []struct {
		name string
		held uint64
		path string
		want string
	}{
		{"root", all, "/proc", ""},
		{"ordinary user", all &^ (1 << unix.CAP_SYS_PTRACE), "/proc", ""},
		{"PID namespace", all, t.TempDir(), "--path.procfs"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if test.path == "/proc" && (isPartial("/proc") || hidesProcesses("/proc")) {
				t.Skip("SKIP: this /proc hides processes, which is what would be reported")
			}
			got := Hidden(test.path, "procfs", test.held)
			if (got == "") != (test.want == "") || !strings.Contains(got, test.want) {
				t.Errorf("got %q, want it to say %q", got, test.want)
			}
		})
	}
}
