package procfs

import (
	"bytes"
	"math"
	"slices"
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
	const statKnown = process.HasCPU | process.HasChildCPU | process.HasMemory | process.HasFaults | process.HasThreads | process.HasNice
	want := Stat{
		known: statKnown, State: 'S', ppid: 1, nice: -5, threads: 7, minorFaults: 1011, majorFaults: 3, UserTicks: 1500, SystemTicks: 250,
		childUserTicks: 77, childSystemTicks: 33, StartTicks: 123456, virtual: 6295552, residentPages: 845,
	}
	kworker := Stat{known: statKnown, State: 'I', kernel: true, ppid: 2, nice: -20, threads: 1, SystemTicks: 17, StartTicks: 12}
	tests := []struct {
		name, file string
		want       Stat
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
			var got Stat
			if !got.Parse([]byte(test.file)) {
				t.Fatal("refused")
			}
			if string(got.Name) != test.wantName {
				t.Errorf("name %q, want %q", got.Name, test.wantName)
			}
			got.Name = nil
			if diff := cmp.Diff(test.want, got, cmp.AllowUnexported(Stat{})); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestParsePIDStatRefuses(t *testing.T) {
	for name, file := range map[string]string{
		"empty":              "",
		"no name":            "4242 S 1 2 3",
		"one parenthesis":    "4242 (bash",
		"reversed":           "4242 )( S",
		"ends at name":       "4242 (bash)",
		"few fields":         "4242 (bash) S 1 4242 4242 34816",
		"start of letters":   "4242 (bash) " + strings.Replace(statFields, "123456", "never", 1),
		"start with letters": "4242 (bash) " + strings.Replace(statFields, "123456", "123x456", 1),
		"start too long":     "4242 (bash) " + strings.Replace(statFields, "123456", strings.Repeat("1", 40), 1),
		"start below zero":   "4242 (bash) " + strings.Replace(statFields, "123456", "-123456", 1),
		"start of 2^64 - 1":  "4242 (bash) " + strings.Replace(statFields, "123456", "18446744073709551615", 1),
	} {
		if new(Stat).Parse([]byte(file)) {
			t.Errorf("%s: %q was taken", name, file)
		}
	}
}

// TestParsePIDStatCut: a number at the end of the file may be a part of one.
func TestParsePIDStatCut(t *testing.T) {
	whole := "4242 (bash) " + statFields + "\n"
	var all Stat
	if !all.Parse([]byte(whole)) || all.odd != 0 {
		t.Fatalf("%+v", all)
	}
	for end := range len(whole) {
		var got Stat
		if !got.Parse([]byte(whole[:end])) {
			continue
		}
		if got.StartTicks != all.StartTicks || got.known.Has(process.HasVirtual) && got.virtual != all.virtual ||
			got.known.Has(process.HasResident) && got.residentPages != all.residentPages {
			t.Errorf("%q: %+v", whole[:end], got)
		}
		if got.known != all.known && got.odd == 0 {
			t.Errorf("%q: known %b, and nothing is odd", whole[:end], got.known)
		}
		if waited, ok := parseBlockIO([]byte(whole[:end])); ok {
			if want, _ := parseBlockIO([]byte(whole)); waited != want {
				t.Errorf("%q: waited %v, want %v", whole[:end], waited, want)
			}
		}
	}
}

// TestParsePIDStatFieldByField: a field that is odd costs its value and no other.
func TestParsePIDStatFieldByField(t *testing.T) {
	var whole Stat
	if !whole.Parse([]byte("4242 (bash) " + statFields)) {
		t.Fatal("refused")
	}
	fieldsOf := strings.Fields(statFields) // from the third on
	for field, metric := range map[int]process.Fields{
		statPPID: 0, statFlags: 0, statMinorFaults: process.HasMinorFaults, statMajorFaults: process.HasMajorFaults,
		statUser: process.HasUserTime, statSystem: process.HasSystemTime,
		statChildUser: process.HasChildCPU, statChildSystem: process.HasChildCPU,
		statNice: process.HasNice, statThreads: process.HasThreads,
		statVirtual: process.HasVirtual, statResident: process.HasResident,
	} {
		for _, value := range []string{"x", "12x", "-", "1-2", "99999999999999999999", "1e3", "\x00", "\xff"} {
			odd := slices.Clone(fieldsOf)
			odd[field-3] = value
			var got Stat
			if !got.Parse([]byte("4242 (bash) " + strings.Join(odd, " "))) {
				t.Errorf("field %d is %q: refused", field, value)
				continue
			}
			if got.known != whole.known&^metric || got.odd != 1 || got.where == "" {
				t.Errorf("field %d is %q: known %b, odd %d (%s); want %b", field, value, got.known, got.odd, got.where, whole.known&^metric)
			}
		}
	}
	for _, state := range []string{"1", "SS", "99999999999999999999999", "\x00", "#"} {
		odd := slices.Clone(fieldsOf)
		odd[0] = state
		var got Stat
		if !got.Parse([]byte("4242 (bash) "+strings.Join(odd, " "))) || got.odd != 1 || got.State != 0 || got.StartTicks != whole.StartTicks {
			t.Errorf("state %q: %+v", state, got)
		}
	}
	for field, value := range map[int]string{
		statUser: "1844674407370", statChildSystem: "-1", statMinorFaults: "18446744073709551615", statThreads: "4294967295",
		statVirtual: "18446744073709551615", statResident: "-1", statNice: "-21", statPPID: "4294967295",
	} {
		odd := slices.Clone(fieldsOf)
		odd[field-3] = value
		var got Stat
		if !got.Parse([]byte("4242 (bash) "+strings.Join(odd, " "))) || got.odd != 1 {
			t.Errorf("field %d is %s: odd %d", field, value, got.odd)
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
	const all = process.HasUID | process.HasResident | process.HasSwap | process.HasSwitches
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
			pidStatus{uid: 1001, voluntary: 123, involuntary: 45, noMemory: true, known: process.HasUID | process.HasSwitches},
		},
		{"no swap counted", without("VmSwap"), pidStatus{
			uid: 1001, resident: 3500 << 10, voluntary: 123, involuntary: 45, known: all &^ process.HasSwap,
		}},
		{"no switches counted", without("voluntary_ctxt_switches", "nonvoluntary_ctxt_switches"), pidStatus{
			uid: 1001, resident: 3500 << 10, swap: 12 << 10, known: all &^ process.HasSwitches,
		}},
		{"a sandbox without user", without("Uid", "Gid"), pidStatus{
			resident: 3500 << 10, swap: 12 << 10, voluntary: 123, involuntary: 45, known: all &^ process.HasUID,
		}},
		{"a part is missing", without("RssFile"), pidStatus{
			uid: 1001, resident: 4000 << 10, swap: 12 << 10, voluntary: 123, involuntary: 45, known: all,
		}},
		{"a part and the sum are missing", without("RssFile", "VmRSS"), pidStatus{
			uid: 1001, swap: 12 << 10, voluntary: 123, involuntary: 45, known: all &^ process.HasResident,
		}},
		{"a part is odd", strings.Replace(statusFile, "RssAnon:\t    1000", "RssAnon:\t    much", 1), pidStatus{
			uid: 1001, resident: 4000 << 10, swap: 12 << 10, voluntary: 123, involuntary: 45, known: all, odd: 1, where: "status: RssAnon",
		}},
		{"user is none", strings.Replace(statusFile, "\nUid:\t1000\t1001", "\nUid:\t1000\tx", 1), pidStatus{
			resident: 3500 << 10, swap: 12 << 10, voluntary: 123, involuntary: 45, known: all &^ process.HasUID, odd: 1, where: "status: Uid",
		}},
		{"switches below zero, swap wrapped", strings.NewReplacer("\t123\n", "\t-123\n", "12 kB", "18446744073709551612 kB").Replace(statusFile), pidStatus{
			uid: 1001, resident: 3500 << 10, involuntary: 45, known: all &^ (process.HasSwap | process.HasVoluntary), odd: 2, where: "status: VmSwap",
		}},
		{"CR LF and a line of 1 MiB", strings.Replace(strings.ReplaceAll(statusFile, "\n", "\r\n"), "4 24 27", strings.Repeat("1 ", 1<<19), 1), pidStatus{
			uid: 1001, resident: 3500 << 10, swap: 12 << 10, voluntary: 123, involuntary: 45, known: all,
		}},
		{"lines twice", statusFile + "VmSwap:\t 99 kB\nRssAnon:\t 99 kB\nvoluntary_ctxt_switches:\t999\nUid:\t9\t9\n", pidStatus{
			uid: 1001, resident: 3500 << 10, swap: 12 << 10, voluntary: 123, involuntary: 45, known: all,
		}},
		{"cut in a number", statusFile[:strings.Index(statusFile, "45\n")+1], pidStatus{
			uid: 1001, resident: 3500 << 10, swap: 12 << 10, voluntary: 123, known: all &^ process.HasInvoluntary,
			odd: 1, where: "status: the last line has no end",
		}},
		{"empty", "", pidStatus{noMemory: true}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var got pidStatus
			got.parse([]byte(test.file))
			if got != test.want {
				t.Errorf("got  %+v\nwant %+v", got, test.want)
			}
		})
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
	for file, want := range map[string]pidIO{
		ioFile:                                {read: 4096, written: 8192, known: process.HasIO},
		"write_bytes: 1\r\nread_bytes: 2\r\n": {read: 2, written: 1, known: process.HasIO},
		"":                                    {odd: 2, where: "io: read_bytes"},
		"rchar: 1\n":                          {odd: 2, where: "io: read_bytes"},
		"read_bytes: 1\ncancelled_write_bytes: 5\n":      {read: 1, known: process.HasReadBytes, odd: 1, where: "io: write_bytes"},
		"read_bytes: 1\nwrite_bytes: 81":                 {read: 1, known: process.HasReadBytes, odd: 1, where: "io: write_bytes"},
		"read_bytes: 1\nwrite_bytes: 2\ncancelled_write": {read: 1, written: 2, known: process.HasIO, odd: 1, where: "io: the last line has no end"},
		"read_bytes: 4":                                       {odd: 2, where: "io: read_bytes"},
		"read_bytes: x\nwrite_bytes: 1\n":                     {written: 1, known: process.HasWrittenBytes, odd: 1, where: "io: read_bytes"},
		"read_bytes: -1\nwrite_bytes: 18446744073709551615\n": {odd: 2, where: "io: read_bytes"},
	} {
		var got pidIO
		got.parse([]byte(file))
		if !got.known.Has(process.HasReadBytes) {
			got.read = 0
		}
		if !got.known.Has(process.HasWrittenBytes) {
			got.written = 0
		}
		if got != want {
			t.Errorf("%q: got %+v, want %+v", file, got, want)
		}
	}
}

func FuzzParsePIDStat(f *testing.F) {
	f.Add([]byte("4242 (a) S 1 (b) " + statFields + "\n"))
	f.Add([]byte("7 (kworker/0:1H+kblockd) " + kworkerFields + "\n"))
	f.Fuzz(func(t *testing.T, file []byte) {
		var s Stat
		if !s.Parse(file) {
			return
		}
		if s.kernel && len(s.Name) > maxName {
			t.Errorf("the kernel thread %q is longer than %d", s.Name, maxName)
		}
		if s.UserTicks > maxTicks || s.minorFaults > math.MaxInt64 || s.residentPages > MaxMemory {
			t.Errorf("impossible: %+v", s)
		}
		if (s.odd > 0) != (s.where != "") {
			t.Errorf("%d odd fields, the first is %q", s.odd, s.where)
		}
	})
}

func FuzzParsePIDStatus(f *testing.F) {
	f.Add([]byte(statusFile))
	f.Fuzz(func(t *testing.T, file []byte) {
		var s pidStatus
		s.parse(file)
		for key, metric := range map[string]process.Fields{
			"Uid:": process.HasUID, "VmSwap:": process.HasSwap, "voluntary_ctxt_switches:": process.HasVoluntary,
		} {
			if s.known.Has(metric) && !bytes.Contains(file, []byte(key)) {
				t.Errorf("%s is known and not there", key)
			}
		}
	})
}

func FuzzParsePIDIO(f *testing.F) {
	f.Add([]byte(ioFile))
	f.Fuzz(func(t *testing.T, file []byte) {
		var i pidIO
		if i.parse(file); i.known.Has(process.HasWrittenBytes) && !bytes.Contains(file, []byte("write_bytes:")) {
			t.Error("taken without a metric")
		}
	})
}
