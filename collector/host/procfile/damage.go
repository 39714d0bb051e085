package procfile

import (
	"errors"
	"fmt"
	"io/fs"
	"syscall"
)

// Damage collects what of one subject cannot be read or parsed. The zero value is ready for
// use. Not safe for concurrent use.
type Damage struct {
	first  string
	count  int
	parts  int
	absent error
	whole  error
}

// Lost adds one thing that cannot be parsed and is lost for that: where names it, such as
// "/proc/stat: btime", and why says what is wrong. Neither may hold what changes from one
// reading to the next, such as the odd value itself: the text is logged once, and then
// whenever it is another one.
func (d *Damage) Lost(where, why string) {
	if d.count == 0 {
		d.first = where + ": " + why
	}
	d.count++
}

// Part reads one part of the subject. What fails, or panics, costs only this part. A part
// that the host does not have is absent and costs nothing.
func (d *Damage) Part(read func() error) {
	d.parts++
	err := Guard(read)
	var partial *PartialError
	switch {
	case err == nil:
	case IsAbsent(err):
		d.absent = err
		d.parts--
	case errors.As(err, &partial):
		if d.count == 0 {
			d.first = partial.first
		}
		d.count += partial.Count
	default:
		d.parts--
		if d.count == 0 {
			d.first = err.Error()
		}
		d.count++
		d.whole = errors.Join(d.whole, err)
	}
}

// Err returns nil if nothing was lost, a PartialError if something was, and an error that
// matches errors.ErrUnsupported if the host has none of the parts. If no part could be read
// at all, it is the errors of the parts.
func (d *Damage) Err() error {
	switch {
	case d.parts == 0 && d.whole != nil:
		return d.whole
	case d.count > 0:
		return &PartialError{Count: d.count, first: d.first}
	case d.parts == 0 && d.absent != nil:
		return fmt.Errorf("%w: %w", errors.ErrUnsupported, d.absent)
	}
	return nil
}

// PartialError says that a part of a subject could not be parsed. What is returned beside it
// is right.
type PartialError struct {
	// Count is how many lines, fields and files were lost.
	Count int
	first string
}

// Error names the first thing that was lost. It leaves out the number, which may change from
// one reading to the next.
func (e *PartialError) Error() string { return e.first }

// IsAbsent reports whether err says that the host does not have what was to be read: there is
// no such file or device, or the kernel has it switched off.
func IsAbsent(err error) bool {
	return errors.Is(err, errors.ErrUnsupported) || errors.Is(err, fs.ErrNotExist) ||
		errors.Is(err, syscall.ENODEV) || errors.Is(err, syscall.ENXIO) || errors.Is(err, syscall.EOPNOTSUPP)
}

// Guard calls read and returns its error. A panic, such as that of a third-party parser that
// meets a line it does not expect, becomes an error: no input may end the program.
func Guard(read func() error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%w: %v", ErrPanic, r)
		}
	}()
	return read()
}

// ErrPanic is the error of a read that panicked.
var ErrPanic = errors.New("panic in a parser")
