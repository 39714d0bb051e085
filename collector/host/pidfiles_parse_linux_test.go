package host

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"proctree/collector/process"
)

const (
	// statFields are fields 3 to 52 of a stat file; kworkerFields those of a kernel thread.
	statFields = "S 1 4242 4242 34816 4250 4194560 1011 22 3 4 1500 250 77 33 20 -5 7 0 123456 6295552 845 " +
		"18446744073709551615 1 1 0 0 0 0 65536 3670020 1266777851 0 0 0 17 1 0 0 0 0 0 0 0 0 0 0 0 0 0"
	kworkerFields = "I 2 0 0 0 -1 69238880 0 0 0 0 0 17 0 0 0 -20 1 0 12 0 0 " +
		"18446744073709551615 0 0 0 0 0 0 0 2147483647 0 0 0 0 17 0 0 0 0 0 0 0 0 0 0 0 0 0 0"
)

func TestParsePIDStat(t *testing.T) {
	want := pidStat{
		state: 'S', ppid: 1, nice: -5, threads: 7, minorFaults: 1011, majorFaults: 3, userTicks: 1500, systemTicks: 250,
		childUserTicks: 77, childSystemTicks: 33, startTicks: 123456, virtual: 6295552, residentPages: 845,
	}
	kworker := pidStat{state: 'I', kernel: true, ppid: 2, nice: -20, threads: 1, systemTicks: 17, startTicks: 12}
	tests := []struct {
		name, file string
		want       pidStat
		wantName   string
	}{
		{"plain", "4242 (bash) " + statFields + "\n", want, "bash"},
		{"name that ends like a field", "4242 (a) S 1 (b) " + statFields + "\n", want, "a) S 1 (b"},
		{"name of parentheses", "4242 (((()))) " + statFields + "\n", want, "((()))"},
		{"no name", "4242 () " + statFields + "\n", want, ""},
		{"newline", "4242 (a\nb) " + statFields + "\n", want, "a\nb"},
		{"invalid UTF-8", "4242 (\xff\xfe) " + statFields + "\n", want, "\xff\xfe"},
		{"kernel thread", "7 (kthreadd) " + kworkerFields + "\n", kworker, "kthreadd"},
		{"worker and its last work", "7 (kworker/u8:1-events_unbound) " + kworkerFields + "\n", kworker, "kworker/u8:1"},
		{"worker and its present work", "7 (kworker/0:1H+kblockd) " + kworkerFields + "\n", kworker, "kworker/0:1H"},
		{"rescuer of workers", "7 (kworker/R-mm_percpu_wq) " + kworkerFields + "\n", kworker, "kworker/R-mm_pe"},
		{"long name of a kernel thread", "7 (rcu_tasks_kthread_long) " + kworkerFields + "\n", kworker, "rcu_tasks_kthre"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var got pidStat
			if !got.parse([]byte(test.file)) {
				t.Fatal("refused")
			}
			if string(got.name) != test.wantName {
				t.Errorf("name %q, want %q", got.name, test.wantName)
			}
			got.name = nil
			if diff := cmp.Diff(test.want, got, cmp.AllowUnexported(pidStat{})); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestParsePIDStatRefuses(t *testing.T) {
	for name, file := range map[string]string{
		"empty":           "",
		"no name":         "4242 S 1 2 3",
		"one parenthesis": "4242 (bash",
		"reversed":        "4242 )( S",
		"ends at name":    "4242 (bash)",
		"few fields":      "4242 (bash) S 1 4242 4242 34816",
		"letters":         "4242 (bash) " + strings.Replace(statFields, "123456", "never", 1),
		"number too long": "4242 (bash) " + strings.Replace(statFields, "123456", strings.Repeat("1", 40), 1),
	} {
		if new(pidStat).parse([]byte(file)) {
			t.Errorf("%s: %q was taken", name, file)
		}
	}
}

const statusFile = `Name:	a\nUid:	7	7	7	7
Umask:	0022
State:	S (sleeping)
Tgid:	4242
Pid:	4242
PPid:	1
TracerPid:	0
Uid:	1000	1001	1002	1003
Gid:	100	100	100	100
FDSize:	256
Groups:	4 24 27 
VmPeak:	   10000 kB
VmSize:	    9000 kB
VmHWM:	    5000 kB
VmRSS:	    4000 kB
RssAnon:	    1000 kB
RssFile:	    2000 kB
RssShmem:	     500 kB
VmData:	     400 kB
VmSwap:	      12 kB
Threads:	7
voluntary_ctxt_switches:	123
nonvoluntary_ctxt_switches:	45
`

func TestParsePIDStatus(t *testing.T) {
	without := func(keys ...string) string {
		file := statusFile
		for _, key := range keys {
			start := strings.Index(file, "\n"+key+":") + 1
			file = file[:start] + file[start+strings.IndexByte(file[start:], '\n')+1:]
		}
		return file
	}
	const all = process.HasMemory | process.HasSwap | process.HasSwitches
	tests := []struct {
		name, file string
		want       pidStatus
	}{
		{"whole", statusFile, pidStatus{
			uid: 1001, resident: 3500 << 10, swap: 12 << 10, voluntary: 123, involuntary: 45, known: all,
		}},
		{"before Linux 4.5", without("RssAnon", "RssFile", "RssShmem"), pidStatus{
			uid: 1001, resident: 4000 << 10, swap: 12 << 10, voluntary: 123, involuntary: 45, known: all,
		}},
		{
			"kernel thread", without("VmPeak", "VmSize", "VmHWM", "VmRSS", "RssAnon", "RssFile", "RssShmem", "VmData", "VmSwap"),
			pidStatus{uid: 1001, voluntary: 123, involuntary: 45, known: all},
		},
		{"no swap counted", without("VmSwap"), pidStatus{
			uid: 1001, resident: 3500 << 10, voluntary: 123, involuntary: 45, known: process.HasMemory | process.HasSwitches,
		}},
		{"no switches counted", without("voluntary_ctxt_switches", "nonvoluntary_ctxt_switches"), pidStatus{
			uid: 1001, resident: 3500 << 10, swap: 12 << 10, known: process.HasMemory | process.HasSwap,
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var got pidStatus
			if !got.parse([]byte(test.file)) {
				t.Fatal("refused")
			}
			if got != test.want {
				t.Errorf("got  %+v\nwant %+v", got, test.want)
			}
		})
	}
	for name, file := range map[string]string{
		"empty":         "",
		"no user":       without("Uid"),
		"user is none":  strings.Replace(statusFile, "\nUid:\t1000\t1001", "\nUid:\t1000\tx", 1),
		"memory is not": strings.Replace(statusFile, "RssAnon:\t    1000", "RssAnon:\t    much", 1),
	} {
		if new(pidStatus).parse([]byte(file)) {
			t.Errorf("%s: taken", name)
		}
	}
}

const ioFile = `rchar: 1
wchar: 2
syscr: 3
syscw: 4
read_bytes: 4096
write_bytes: 8192
cancelled_write_bytes: 1024
`

func TestParsePIDIO(t *testing.T) {
	read, written, ok := parsePIDIO([]byte(ioFile))
	if !ok || read != 4096 || written != 8192 {
		t.Errorf("got %d, %d, %t", read, written, ok)
	}
	for _, file := range []string{"", "rchar: 1\n", "\nread_bytes: 1\n", "\nread_bytes: x\nwrite_bytes: 1\n"} {
		if _, _, ok := parsePIDIO([]byte(file)); ok {
			t.Errorf("%q was taken", file)
		}
	}
}

func FuzzParsePIDStat(f *testing.F) {
	f.Add([]byte("4242 (a) S 1 (b) " + statFields + "\n"))
	f.Add([]byte("7 (kworker/0:1H+kblockd) " + kworkerFields + "\n"))
	f.Fuzz(func(t *testing.T, file []byte) {
		var s pidStat
		if s.parse(file) && s.kernel && len(s.name) > maxName {
			t.Errorf("the kernel thread %q is longer than %d", s.name, maxName)
		}
	})
}

func FuzzParsePIDStatus(f *testing.F) {
	f.Add([]byte(statusFile))
	f.Fuzz(func(t *testing.T, file []byte) {
		var s pidStatus
		if s.parse(file) && !s.known.Has(process.HasMemory) {
			t.Error("taken without memory")
		}
	})
}

func FuzzParsePIDIO(f *testing.F) {
	f.Add([]byte(ioFile))
	f.Fuzz(func(t *testing.T, file []byte) {
		if _, _, ok := parsePIDIO(file); ok && !bytes.Contains(file, []byte("\nwrite_bytes: ")) {
			t.Error("taken without a figure")
		}
	})
}
