package discovery

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

// fake is a source that tests change.
type fake struct {
	targets []Target
	err     error
	asked   int
}

func (f *fake) Targets(context.Context) ([]Target, error) {
	f.asked++
	return f.targets, f.err
}

func TestResolver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		one := Target{"web1", "http", "10.0.0.1:10056"}
		source := &fake{targets: []Target{one, one, {"twice", "http", "10.0.0.2:1"}, {"twice", "http", "10.0.0.3:1"}}}
		r := NewResolver(source, time.Minute)
		check := func(instance string, want error, asked int) {
			t.Helper()
			target, err := r.Resolve(t.Context(), instance)
			if !errors.Is(err, want) || err == nil && target.Instance != instance || source.asked != asked {
				t.Errorf("%s: %v, %v after %d questions; want %v after %d", instance, target, err, source.asked, want, asked)
			}
		}
		check("web1", nil, 1)
		check("web1", nil, 1)
		check("twice", ErrAmbiguous, 1)
		// A host that has just come: it is looked for, but not at every glance.
		check("web2", ErrUnknown, 1)
		time.Sleep(again)
		check("web2", ErrUnknown, 2)
		check("web2", ErrUnknown, 2)
		source.targets = append(source.targets, Target{"web2", "http", "10.0.0.4:1"})
		time.Sleep(again)
		check("web2", nil, 3)

		// The source is down: what is known is good for a while.
		source.err = errors.New("down")
		time.Sleep(time.Minute)
		check("web1", nil, 4)
		check("web1", nil, 4)
		time.Sleep(keep)
		check("web1", source.err, 5)
		source.err = nil
		time.Sleep(again)
		check("web1", nil, 6)

		got, err := r.Instances(t.Context())
		if want := []string{"twice", "web1", "web2"}; !slices.Equal(got, want) || err != nil {
			t.Errorf("instances %q, %v", got, err)
		}
	})
}

func TestTheFirstFailureIsTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		source := &fake{err: errors.New("down")}
		r := NewResolver(source, time.Minute)
		for range 3 {
			if _, err := r.Resolve(t.Context(), "web1"); !errors.Is(err, source.err) {
				t.Error(err)
			}
		}
		if source.asked != 1 {
			t.Errorf("asked %d times", source.asked)
		}
	})
}

// TestNoTargetsAreNotKept starts with Prometheus: it lists its targets some seconds later.
func TestNoTargetsAreNotKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		source := &fake{}
		r := NewResolver(source, time.Minute)
		for want, targets := range [][]Target{nil, {{"web1", "http", "10.0.0.1:10056"}}} {
			source.targets = targets
			for range 3 {
				got, err := r.Instances(t.Context())
				if len(got) != want || source.asked != want+1 || err != nil {
					t.Errorf("instances %q, %v after %d questions; want %d after %d", got, err, source.asked, want, want+1)
				}
			}
			time.Sleep(again)
		}
	})
}
