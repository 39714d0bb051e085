package main

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-kit/log"
	"github.com/prometheus/client_golang/prometheus/testutil"
)

func TestReloadIsMeasured(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var err error
		r := newReloads(log.NewNopLogger(), func() error { return err })
		started := float64(time.Now().Unix())
		check := func(success, timestamp float64) {
			t.Helper()
			if got := testutil.ToFloat64(r.success); got != success {
				t.Errorf("success %v, want %v", got, success)
			}
			if got := testutil.ToFloat64(r.timestamp); got != timestamp {
				t.Errorf("timestamp %v, want %v", got, timestamp)
			}
		}
		check(1, started)

		time.Sleep(time.Minute)
		err = errors.New("line 1: no")
		w := httptest.NewRecorder()
		r.ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/-/reload", http.NoBody))
		if w.Code != http.StatusInternalServerError || !strings.Contains(w.Body.String(), "line 1: no") {
			t.Errorf("%d %q", w.Code, w.Body)
		}
		check(0, started)

		err = nil
		w = httptest.NewRecorder()
		r.ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/-/reload", http.NoBody))
		if w.Code != http.StatusOK {
			t.Errorf("%d %q", w.Code, w.Body)
		}
		check(1, started+60)
	})
}
