package history

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"time"

	"proctree/collector/history/segment"
)

// Damage is a part of a recording that cannot be read.
type Damage struct {
	// Path is the file.
	Path string
	segment.Damage
}

// Verified is what Verify has read.
type Verified struct {
	Segments, Frames, Tables int
	Bytes                    int64
}

// Verify decodes each frame of a recording and shows what is damaged. It changes nothing and takes no lock,
// so that it can read a copy, and a recording that an exporter writes to.
func Verify(ctx context.Context, dir string, see func(*Damage) error) (Verified, error) {
	var v Verified
	files, err := listSegments(dir)
	if err != nil {
		return v, err
	}
	for i, f := range files {
		if err := ctx.Err(); err != nil {
			return v, fmt.Errorf("verify the recording: %w", err)
		}
		found, err := v.file(ctx, f, i == len(files)-1)
		if err != nil {
			return v, err
		}
		for i := range found {
			if err := see(&Damage{f.path, found[i]}); err != nil {
				return v, err
			}
		}
	}
	return v, nil
}

// tailWait is how long an exporter may take to write the frame that it has begun.
const tailWait = 200 * time.Millisecond

// file verifies one file. The end of the last one may be a frame that an exporter is writing.
func (v *Verified) file(ctx context.Context, f file, last bool) ([]segment.Damage, error) {
	found, whole, err := v.readAgain(f, last, func() error {
		select {
		case <-ctx.Done():
			return fmt.Errorf("verify the recording: %w", ctx.Err())
		case <-time.After(tailWait):
			return nil
		}
	})
	if err != nil || whole == nil {
		return found, err
	}
	defer whole.Close()
	v.Segments++
	v.Frames += len(whole.Frames)
	v.Tables += whole.Len()
	found = whole.Check()
	slices.SortStableFunc(found, func(a, b segment.Damage) int { return cmp.Compare(a.Offset, b.Offset) })
	return found, nil
}

// readAgain opens a segment, a second time if it ends within a frame and may still be written to. A file that
// cannot be opened is damage, and one that was removed meanwhile is nothing.
func (v *Verified) readAgain(f file, last bool, wait func() error) ([]segment.Damage, *segment.Segment, error) {
	for attempt := 0; ; attempt++ {
		data, err := readSegment(f.path)
		if errors.Is(err, fs.ErrNotExist) {
			return nil, nil, nil
		}
		if err != nil {
			return nil, nil, err
		}
		s, err := segment.Open(data)
		torn := err != nil || s.Whole < len(data)
		if last && torn && attempt == 0 {
			if err == nil {
				s.Close()
			}
			if err := wait(); err != nil {
				return nil, nil, err
			}
			continue
		}
		v.Bytes += int64(len(data))
		if err != nil && len(data) == 0 {
			return nil, nil, nil // An exporter has begun the file and written nothing yet.
		}
		if err != nil {
			return []segment.Damage{{Bytes: len(data), Err: err}}, nil, nil //nolint:nilerr // The error is the damage.
		}
		return nil, s, nil
	}
}
