package host

import (
	"bytes"
	"iter"
)

// parsePIDIO reads what went to and came from storage out of /proc/PID/io
// (proc_pid_io(5)), in bytes.
func parsePIDIO(file []byte) (read, written uint64, ok bool) {
	read, ok1 := valueOf(file, "\nread_bytes: ")
	written, ok2 := valueOf(file, "\nwrite_bytes: ")
	return read, written, ok1 && ok2
}

// keyedLines yields the lines of "KEY:VALUE" in a file.
func keyedLines(file []byte) iter.Seq2[[]byte, []byte] {
	return func(yield func(key, value []byte) bool) {
		for line := range bytes.Lines(file) {
			key, value, ok := bytes.Cut(line, []byte(":"))
			if ok && !yield(key, value) {
				return
			}
		}
	}
}

// valueOf reads the number behind key.
func valueOf(file []byte, key string) (uint64, bool) {
	i := bytes.Index(file, []byte(key))
	if i < 0 {
		return 0, false
	}
	f := fields{rest: file[i+len(key):]}
	n := f.uint()
	return n, !f.bad
}
