package procfs

import (
	"bytes"
	"iter"
	"math"

	"proctree/collector/host/procfile"
	"proctree/collector/process"
)

// pidIO holds what is used of /proc/PID/io, in bytes.
type pidIO struct {
	read, written uint64
	known         process.Fields
	// odd is how many lines that are used are missing or cannot be parsed, and where names
	// the first.
	odd   uint32
	where string
}

// parse reads what went to and came from storage (proc_pid_io(5)). Both lines are in every
// such file.
func (i *pidIO) parse(file []byte) {
	*i = pidIO{}
	file, all := procfile.WholeLines(file)
	var ok bool
	if i.read, ok = counterOf(file, "read_bytes:"); ok {
		i.known |= process.HasReadBytes
	} else {
		i.lost("io: read_bytes")
	}
	if i.written, ok = counterOf(file, "write_bytes:"); ok {
		i.known |= process.HasWrittenBytes
	} else {
		i.lost("io: write_bytes")
	}
	if !all && i.odd == 0 {
		i.lost("io: the last line has no end")
	}
}

func (i *pidIO) lost(where string) {
	if i.odd == 0 {
		i.where = where
	}
	i.odd++
}

// KeyedLines yields the lines of "KEY:VALUE" in a file, but for one without an end.
func KeyedLines(file []byte) iter.Seq2[[]byte, []byte] {
	return func(yield func(key, value []byte) bool) {
		file, _ := procfile.WholeLines(file)
		for line := range bytes.Lines(file) {
			key, value, ok := bytes.Cut(line, []byte(":"))
			if ok && !yield(key, value) {
				return
			}
		}
	}
}

// ValueOf reads the number behind key.
func ValueOf(file []byte, key string) (uint64, bool) {
	i := bytes.Index(file, []byte(key))
	if i < 0 {
		return 0, false
	}
	f := Numbers{Rest: file[i+len(key):]}
	n := f.Uint()
	return n, !f.Bad
}

// counterOf reads the counter behind key, which begins a line.
func counterOf(file []byte, key string) (uint64, bool) {
	at := 0
	for {
		i := bytes.Index(file[at:], []byte(key))
		if i < 0 {
			return 0, false
		}
		at += i
		if at == 0 || file[at-1] == '\n' {
			break
		}
		at += len(key)
	}
	f := Numbers{Rest: file[at+len(key):]}
	n := f.Uint()
	return n, !f.Bad && n <= math.MaxInt64
}
