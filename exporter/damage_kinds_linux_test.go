package main

import (
	"bytes"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// damage is one way to damage a file.
type damage struct {
	name string
	// lines changes the lines of a file, and returns them with the numbers of those that are
	// not what they were. Nil for what replaces the whole file.
	lines func(random *rand.Rand, lines [][]byte) (changed [][]byte, touched []int)
	// replace puts something else in the place of a file, and returns what undoes that
	// before the file is written again; nil is nothing.
	replace func(tb testing.TB, path string, content []byte) (undo func())
	// odd tells that what is lost by it is an error: it cannot be taken for something that a
	// host does not have.
	odd bool
	// garbled tells that a field is no longer what a kernel writes: nothing becomes 0 by that.
	garbled bool
	// empties tells that nothing is left of a file, which is no error of some.
	empties bool
	// reorders tells that lines are at other places than before.
	reorders bool
	// unended tells that the last line has no end.
	unended bool
	// unharmed tells that no line says anything else than before.
	unharmed bool
}

// field replaces one field of one line, if there is any.
func field(change func(random *rand.Rand, field []byte) []byte) func(*rand.Rand, [][]byte) ([][]byte, []int) {
	return func(random *rand.Rand, lines [][]byte) ([][]byte, []int) {
		at := random.IntN(len(lines))
		fields := bytes.Fields(lines[at])
		if len(fields) == 0 {
			return lines, nil
		}
		f := fields[random.IntN(len(fields))]
		start := len(lines[at]) - len(bytes.TrimLeft(lines[at], " \t"))
		// The place of the field, which can have the same text as another: any of them will do.
		i := start + bytes.Index(lines[at][start:], f)
		changed := slices.Concat(lines[at][:i], change(random, f), lines[at][i+len(f):])
		lines = slices.Clone(lines)
		lines[at] = changed
		return lines, []int{at}
	}
}

// number is field for fields that are nothing but a number.
func number(change func(random *rand.Rand, field []byte) []byte) func(*rand.Rand, [][]byte) ([][]byte, []int) {
	return field(func(random *rand.Rand, f []byte) []byte {
		if len(digits.Find(f)) != len(f) {
			return f
		}
		return change(random, f)
	})
}

// line replaces one line by others.
func line(change func(random *rand.Rand, line []byte) [][]byte) func(*rand.Rand, [][]byte) ([][]byte, []int) {
	return func(random *rand.Rand, lines [][]byte) ([][]byte, []int) {
		at := random.IntN(len(lines))
		return slices.Concat(lines[:at], change(random, lines[at]), lines[at+1:]), []int{at}
	}
}

// insert adds a line that is none of the file's.
func insert(odd func(random *rand.Rand) []byte) func(*rand.Rand, [][]byte) ([][]byte, []int) {
	return func(random *rand.Rand, lines [][]byte) ([][]byte, []int) {
		return slices.Insert(slices.Clone(lines), random.IntN(len(lines)+1), odd(random)), nil
	}
}

// damages are all ways.
var damages = []damage{
	{name: "line deleted", lines: line(func(*rand.Rand, []byte) [][]byte { return nil })},
	{name: "line cut short", lines: line(func(r *rand.Rand, l []byte) [][]byte { return [][]byte{l[:r.IntN(len(l)+1)]} })},
	{name: "line twice", lines: line(func(_ *rand.Rand, l []byte) [][]byte { return [][]byte{l, l} })},
	{name: "line blanked", lines: line(func(*rand.Rand, []byte) [][]byte { return [][]byte{{}} })},
	{name: "blank line added", lines: insert(func(*rand.Rand) []byte { return nil }), unharmed: true},
	{name: "odd line added", lines: insert(func(*rand.Rand) []byte { return []byte("odd \xff\x00 line - : 1 x") }), odd: true},
	{name: "odd numbers added", lines: insert(func(*rand.Rand) []byte { return []byte("7 8 9") }), odd: true},
	{name: "line of 1 MiB added", lines: insert(func(*rand.Rand) []byte { return bytes.Repeat([]byte("x"), 1<<20) }), odd: true},
	{name: "lines in another order", reorders: true, lines: func(r *rand.Rand, lines [][]byte) ([][]byte, []int) {
		a, b := r.IntN(len(lines)), r.IntN(len(lines))
		lines = slices.Clone(lines)
		lines[a], lines[b] = lines[b], lines[a]
		return lines, []int{a, b}
	}},
	{name: "cut in the last line", odd: true, unended: true, lines: func(r *rand.Rand, lines [][]byte) ([][]byte, []int) {
		last := len(lines) - 1
		if len(lines[last]) == 0 {
			return lines, nil
		}
		lines = slices.Clone(lines)
		lines[last] = lines[last][:1+r.IntN(len(lines[last]))]
		return lines, []int{last}
	}},
	{name: "field dropped", lines: field(func(*rand.Rand, []byte) []byte { return nil })},
	{name: "field negated", lines: field(func(_ *rand.Rand, f []byte) []byte { return append([]byte("-"), f...) }), garbled: true},
	// Not of a key: a line of another key is one that no parser knows.
	{name: "number too large", lines: number(func(*rand.Rand, []byte) []byte {
		return []byte("99999999999999999999999")
	}), odd: true, garbled: true},
	{name: "number below zero", lines: number(func(_ *rand.Rand, f []byte) []byte { return append([]byte("-"), f...) }), odd: true, garbled: true},
	{name: "number garbled", lines: number(func(r *rand.Rand, f []byte) []byte {
		return slices.Insert(slices.Clone(f), r.IntN(len(f)+1), "#x%\x00\xff"[r.IntN(5)])
	}), odd: true, garbled: true},
	{name: "field wrapped", lines: field(func(*rand.Rand, []byte) []byte { return []byte("18446744073709551615") }), garbled: true},
	{name: "field garbled", lines: field(func(r *rand.Rand, f []byte) []byte {
		return slices.Insert(slices.Clone(f), r.IntN(len(f)+1), "#x%"[r.IntN(3)])
	}), garbled: true},
	{name: "NUL in a field", lines: field(func(r *rand.Rand, f []byte) []byte { return slices.Insert(slices.Clone(f), r.IntN(len(f)+1), 0) }), garbled: true},
	{name: "field not UTF-8", lines: field(func(r *rand.Rand, f []byte) []byte {
		return slices.Insert(slices.Clone(f), r.IntN(len(f)+1), 0xff, 0xfe)
	}), garbled: true},
	{name: "CR LF", lines: func(_ *rand.Rand, lines [][]byte) ([][]byte, []int) {
		lines = slices.Clone(lines)
		for i := range lines {
			lines[i] = append(slices.Clone(lines[i]), '\r')
		}
		return lines, nil
	}, unharmed: true},

	{name: "file empty", odd: true, empties: true, replace: func(tb testing.TB, path string, _ []byte) func() {
		tb.Helper()
		must(tb, os.WriteFile(path, nil, 0o600))
		return nil
	}},
	{name: "file missing", replace: func(tb testing.TB, path string, _ []byte) func() {
		tb.Helper()
		must(tb, os.Remove(path))
		return nil
	}},
	// Root may read everything that has a mode, but not what leads nowhere.
	{name: "file unreadable", odd: true, replace: func(tb testing.TB, path string, _ []byte) func() {
		tb.Helper()
		must(tb, os.Remove(path))
		must(tb, os.Symlink(filepath.Base(path), path))
		return nil
	}},
	{name: "file is a directory", odd: true, replace: func(tb testing.TB, path string, _ []byte) func() {
		tb.Helper()
		must(tb, os.Remove(path))
		must(tb, os.Mkdir(path, 0o700))
		return nil
	}},
	{name: "file cut short", replace: func(tb testing.TB, path string, content []byte) func() {
		tb.Helper()
		must(tb, os.WriteFile(path, content[:len(content)/2], 0o600))
		return nil
	}},
	{name: "file changes while it is read", replace: flicker},
	{name: "file is a FIFO", odd: true, replace: fifo},
}

func must(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}

// flicker writes a file again and again: whole, half, and of other text.
func flicker(tb testing.TB, path string, content []byte) func() {
	tb.Helper()
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		for i := 0; ; i++ {
			select {
			case <-stop:
				return
			default:
				_ = os.WriteFile(path, [][]byte{content, content[:len(content)/2], []byte("odd\n")}[i%3], 0o600)
				time.Sleep(time.Millisecond)
			}
		}
	}()
	return func() { close(stop); <-stopped }
}

// fifo puts a FIFO in the place of a file. A reader that waits for it goes on in the end.
func fifo(tb testing.TB, path string, _ []byte) func() {
	tb.Helper()
	must(tb, os.Remove(path))
	must(tb, unix.Mkfifo(path, 0o600))
	return func() {
		writer, err := os.OpenFile(path, os.O_RDWR|unix.O_NONBLOCK, 0)
		must(tb, err)
		_, err = writer.WriteString("\n")
		must(tb, err)
		time.Sleep(time.Millisecond)
		must(tb, writer.Close())
	}
}
