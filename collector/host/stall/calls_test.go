package stall

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// TestSlowAnswerIsShared: who comes while something is being asked waits for the same answer,
// and not longer than the one who asked.
func TestSlowAnswerIsShared(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var asked atomic.Int32
		calls := Calls[string, int]{Timeout: time.Second, Call: func(string, func(int)) (int, error) {
			asked.Add(1)
			time.Sleep(900 * time.Millisecond)
			return 1, nil
		}}
		began, done := time.Now(), make(chan error, 2)
		for range 2 {
			go func() {
				_, err := calls.Ask("/slow")[0].Answer()
				done <- err
			}()
			time.Sleep(500 * time.Millisecond)
		}
		for range 2 {
			if err := <-done; err != nil {
				t.Error(err)
			}
		}
		if took := time.Since(began); took > 1100*time.Millisecond || asked.Load() != 1 {
			t.Errorf("asked %d times in %v", asked.Load(), took)
		}
	})
}

// TestCallShowsWhatItHas: to all who ask while it goes on, at once after the first timeout.
func TestCallShowsWhatItHas(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		calls := Calls[string, int]{Timeout: time.Second, Limit: 1, Call: func(key string, show func(int)) (int, error) {
			if key != "stuck" {
				return 3, nil
			}
			show(1)
			<-release
			return 2, nil
		}}
		ask := func(key string, want int, wantErr error, wantTook time.Duration) {
			t.Helper()
			began := time.Now()
			got, err := calls.Ask(key)[0].Answer()
			if took := time.Since(began); got != want || !errors.Is(err, wantErr) || took != wantTook {
				t.Errorf("%s: got %d, %v in %v; want %d, %v in %v", key, got, err, took, want, wantErr, wantTook)
			}
		}
		ended, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := calls.AskUntil(ended, "stuck")[0].Answer(); !errors.Is(err, ErrTimeout) {
			t.Errorf("asked by a client that has disconnected: %v", err)
		}
		ask("other", 3, nil, 0)
		ask("stuck", 1, ErrTimeout, time.Second)
		ask("stuck", 1, ErrTimeout, 0)
		ask("other", 0, ErrTooMany, 0)
		close(release)
		synctest.Wait()
		ask("stuck", 2, nil, 0)
		ask("other", 3, nil, 0)
	})
}
