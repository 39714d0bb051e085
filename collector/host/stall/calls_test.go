package stall

import (
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
		calls := Calls[int]{Timeout: time.Second, Call: func(string) (int, error) {
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
