package exporter

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"proctree/dashboards/live-datasource/pkg/discovery"
	"proctree/dashboards/live-datasource/pkg/settings"
)

var limits = settings.Limits{Timeout: 5 * time.Second, Cache: time.Second, Concurrency: 2}

func newTestShared() *shared[int32] {
	return newShared[int32](make(chan struct{}, limits.Concurrency), limits)
}

func TestManyViewersAreOneRequest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var asked atomic.Int32
		s := newTestShared()
		ask := func(context.Context) (int32, error) {
			time.Sleep(300 * time.Millisecond)
			return asked.Add(1), nil
		}
		look := func(want int32) {
			var viewers sync.WaitGroup
			for range 200 {
				viewers.Go(func() {
					if got, err := s.get(t.Context(), question{Target: discovery.Target{Instance: "web1"}}, ask); got != want || err != nil {
						t.Errorf("answer %d, %v; want %d", got, err, want)
					}
				})
			}
			viewers.Wait()
		}
		look(1)
		time.Sleep(900 * time.Millisecond)
		look(1)
		time.Sleep(200 * time.Millisecond)
		look(2)
		time.Sleep(2 * time.Second)
		synctest.Wait()
		if len(s.answers) != 0 {
			t.Errorf("%d answers are kept", len(s.answers))
		}
	})
}

func TestFailuresAreSharedToo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		failure, asked := errors.New("down"), 0
		s := newTestShared()
		for range 10 {
			_, err := s.get(t.Context(), question{}, func(context.Context) (int32, error) {
				asked++
				return 0, failure
			})
			if !errors.Is(err, failure) {
				t.Error(err)
			}
		}
		if asked != 1 {
			t.Errorf("asked %d times", asked)
		}
		time.Sleep(2 * time.Second)
	})
}

func TestWhoLeavesTakesNothingFromTheOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newTestShared()
		ask := func(ctx context.Context) (int32, error) {
			select {
			case <-time.After(time.Second):
				return 7, nil
			case <-ctx.Done():
				return 0, ctx.Err()
			}
		}
		var viewers sync.WaitGroup
		viewers.Go(func() {
			ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
			defer cancel()
			if _, err := s.get(ctx, question{}, ask); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("who leaves gets %v", err)
			}
		})
		viewers.Go(func() {
			time.Sleep(10 * time.Millisecond)
			if got, err := s.get(t.Context(), question{}, ask); got != 7 || err != nil {
				t.Errorf("who stays gets %d, %v", got, err)
			}
		})
		viewers.Wait()
		time.Sleep(2 * time.Second)
	})
}

func TestExportersAskedAtOnceAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var now, most atomic.Int32
		s := newTestShared()
		var viewers sync.WaitGroup
		for instance := range strings.SplitSeq("abcdefgh", "") {
			viewers.Go(func() {
				_, err := s.get(t.Context(), question{Target: discovery.Target{Instance: instance}}, func(context.Context) (int32, error) {
					most.Store(max(most.Load(), now.Add(1)))
					time.Sleep(2 * time.Second)
					return now.Add(-1), nil
				})
				// Two at a time within five seconds: that is six.
				if err != nil && !strings.Contains(err.Error(), "2 other exporters are being asked") {
					t.Errorf("%s: %v", instance, err)
				}
			})
		}
		viewers.Wait()
		if most.Load() != 2 {
			t.Errorf("%d were asked at once", most.Load())
		}
		time.Sleep(2 * time.Second)
	})
}
