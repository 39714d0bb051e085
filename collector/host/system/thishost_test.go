package system

import (
	"errors"
	"testing"
)

// thisHost returns the reader of the host on which the test runs, and what judges a
// subject: it may be unsupported, and has to be plausible otherwise.
func thisHost(t *testing.T) (r Reader, check func(subject string, err error, ok bool)) {
	t.Helper()
	r, err := NewReader(Config{})
	if err != nil {
		t.Fatal(err)
	}
	return r, func(subject string, err error, ok bool) {
		t.Helper()
		switch {
		case errors.Is(err, errors.ErrUnsupported):
			t.Logf("%s: %v", subject, err)
		case err != nil || !ok:
			t.Errorf("%s: error %v, plausible %v", subject, err, ok)
		}
	}
}
