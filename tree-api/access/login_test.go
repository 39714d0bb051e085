package access_test

import (
	"errors"
	"fmt"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"proctree/tree-api/access"
)

// login logs in and returns the cookie.
func login(tb testing.TB, control *access.Control, r *http.Request, secret string) *http.Cookie {
	tb.Helper()
	cookie, err := control.Login(r, secret)
	if err != nil {
		tb.Fatal(err)
	}
	return cookie
}

// with returns a request that brings a cookie.
func with(tb testing.TB, cookie *http.Cookie) *http.Request {
	tb.Helper()
	r := request(tb, remote, "host.example")
	r.AddCookie(cookie)
	return r
}

func TestSession(t *testing.T) {
	files, viewer, _ := twoTokens(t)
	synctest.Test(t, func(t *testing.T) {
		control := controlOf(t, access.Config{Policy: files.policy})
		cookie := login(t, control, request(t, remote, "host.example"), " "+viewer+"\n")
		if !cookie.HttpOnly || cookie.SameSite != http.SameSiteStrictMode || cookie.Secure || cookie.Value == viewer || cookie.MaxAge <= 0 {
			t.Errorf("the cookie is %v", cookie)
		}
		byToken := with(t, cookie)
		byToken.Header.Set("Authorization", "Bearer "+viewer)
		if !control.InSession(with(t, cookie)) || control.InSession(byToken) || control.InSession(request(t, remote, "host.example")) {
			t.Error("only who comes with the cookie alone is in a session")
		}
		grant := checkStatus(t, control, with(t, cookie), http.StatusOK)
		if grant.Role != access.Viewer || grant.Name != "grafana" || !control.Holds(grant) {
			t.Errorf("the grant is %+v", grant)
		}
		time.Sleep(12*time.Hour - time.Second)
		checkStatus(t, control, with(t, cookie), http.StatusOK)
		time.Sleep(time.Second)
		checkStatus(t, control, with(t, cookie), http.StatusUnauthorized)
		if control.Holds(grant) {
			t.Error("the grant outlives its session")
		}
	})
}

func TestLogout(t *testing.T) {
	files, viewer, _ := twoTokens(t)
	control := controlOf(t, access.Config{Policy: files.policy})
	cookie := login(t, control, request(t, remote, "host.example"), viewer)
	grant := checkStatus(t, control, with(t, cookie), http.StatusOK)
	foreign := with(t, cookie)
	foreign.Header.Set("Origin", "https://evil.example")
	if _, err := control.Logout(foreign); err == nil {
		t.Error("another site can log out")
	}
	removal, err := control.Logout(with(t, cookie))
	if err != nil || removal.MaxAge >= 0 || removal.Value != "" {
		t.Errorf("logout gives %v, %v", removal, err)
	}
	checkStatus(t, control, with(t, cookie), http.StatusUnauthorized)
	if control.Holds(grant) {
		t.Error("the grant outlives the logout")
	}
}

func TestSessionEndsWithItsToken(t *testing.T) {
	files, viewer, _ := twoTokens(t)
	control := controlOf(t, access.Config{Policy: files.policy})
	cookie := login(t, control, request(t, remote, "host.example"), viewer)
	_, entry := newToken(t, "grafana", access.Operator)
	files.set(t, "tokens:\n"+entry)
	checkStatus(t, control, with(t, cookie), http.StatusUnauthorized)
}

func TestSecureCookie(t *testing.T) {
	files, viewer, _ := twoTokens(t)
	control := controlOf(t, access.Config{Policy: files.policy})
	r := request(t, remote, "host.example", "X-Forwarded-Proto", "https")
	if !login(t, control, r, viewer).Secure {
		t.Error("behind a proxy with TLS the cookie is not Secure")
	}
}

func TestSessionsAreBounded(t *testing.T) {
	files, viewer, _ := twoTokens(t)
	synctest.Test(t, func(t *testing.T) {
		control := controlOf(t, access.Config{Policy: files.policy})
		first := login(t, control, request(t, remote, "host.example"), viewer)
		time.Sleep(time.Second)
		second := login(t, control, request(t, remote, "host.example"), viewer)
		time.Sleep(time.Second)
		for range 999 {
			login(t, control, request(t, remote, "host.example"), viewer)
		}
		checkStatus(t, control, with(t, first), http.StatusUnauthorized)
		checkStatus(t, control, with(t, second), http.StatusOK)
	})
}

// TestSessionsOfOthersStay however often somebody logs in.
func TestSessionsOfOthersStay(t *testing.T) {
	files, viewer, operator := twoTokens(t)
	synctest.Test(t, func(t *testing.T) {
		control := controlOf(t, access.Config{Policy: files.policy})
		first := login(t, control, request(t, remote, "host.example"), operator)
		for range 1100 {
			time.Sleep(time.Second)
			login(t, control, request(t, remote, "host.example"), viewer)
		}
		checkStatus(t, control, with(t, first), http.StatusOK)
	})
}

// statusOf logs in and returns the status, and after how long to try again.
func statusOf(t *testing.T, control *access.Control, from, secret string) (int, time.Duration) {
	t.Helper()
	_, err := control.Login(request(t, from, "host.example"), secret)
	if refusal, ok := errors.AsType[*access.RefusalError](err); ok {
		return refusal.Status, refusal.RetryAfter
	} else if err != nil {
		t.Fatal(err)
	}
	return http.StatusOK, 0
}

// TestWrongSecretsAreSlowedDown, and the right one never is: not by form, not by header, not
// from the same address, which may be a proxy's.
func TestWrongSecretsAreSlowedDown(t *testing.T) {
	files, viewer, _ := twoTokens(t)
	synctest.Test(t, func(t *testing.T) {
		control := controlOf(t, access.Config{Policy: files.policy})
		rightOne := func() {
			t.Helper()
			for _, from := range []string{remote, "192.0.2.8:1"} {
				if status, _ := statusOf(t, control, from, viewer); status != http.StatusOK {
					t.Errorf("the right secret from %s: %d", from, status)
				}
				checkStatus(t, control, request(t, from, "h", "Authorization", "Bearer "+viewer), http.StatusOK)
			}
		}
		for i := range 6 {
			if i%2 == 0 {
				checkStatus(t, control, request(t, remote, "h", "Authorization", "Bearer wrong"), http.StatusUnauthorized)
			} else if status, _ := statusOf(t, control, remote, "wrong"); status != http.StatusUnauthorized {
				t.Errorf("a wrong secret: %d", status)
			}
			rightOne()
		}
		// From here on a wrong one has to wait, and the wait doubles.
		for _, want := range []int{1, 2, 4, 8, 16, 32, 60, 60} {
			status, wait := statusOf(t, control, remote, "wrong")
			if status != http.StatusTooManyRequests || wait.Seconds() != float64(want) {
				t.Errorf("a wrong secret: %d, wait %s, want %ds", status, wait, want)
			}
			checkStatus(t, control, request(t, remote, "h", "Authorization", "Bearer wrong"), http.StatusTooManyRequests)
			rightOne()
			time.Sleep(wait)
			if status, _ := statusOf(t, control, remote, "wrong"); status != http.StatusUnauthorized {
				t.Errorf("a wrong secret after the wait: %d", status)
			}
		}
	})
}

func TestThrottleCountsNetworksOfIPv6(t *testing.T) {
	files, viewer, _ := twoTokens(t)
	control := controlOf(t, access.Config{Policy: files.policy})
	for i := range 6 {
		from := fmt.Sprintf("[2001:db8::%x]:1", i+1)
		if status, _ := statusOf(t, control, from, "wrong"); status != http.StatusUnauthorized {
			t.Fatalf("a wrong token: %d", status)
		}
	}
	if status, _ := statusOf(t, control, "[2001:db8::ffff]:1", "wrong"); status != http.StatusTooManyRequests {
		t.Error("a host escapes by taking another address of its own")
	}
	if status, _ := statusOf(t, control, "[2001:db8:0:1::1]:1", "wrong"); status != http.StatusUnauthorized {
		t.Error("a network is slowed down for another one")
	}
	login(t, control, request(t, "[2001:db8::ffff]:1", "h"), viewer)
}

func TestThrottleIsBounded(t *testing.T) {
	files, _, _ := twoTokens(t)
	synctest.Test(t, func(t *testing.T) {
		control := controlOf(t, access.Config{Policy: files.policy})
		for range 6 {
			statusOf(t, control, remote, "wrong")
		}
		time.Sleep(time.Millisecond)
		for i := range 4096 {
			statusOf(t, control, fmt.Sprintf("10.%d.%d.1:1", i/256, i%256), "wrong")
		}
		// The first address was quiet longest, so it was forgotten for the last one.
		if status, _ := statusOf(t, control, remote, "wrong"); status != http.StatusUnauthorized {
			t.Errorf("a forgotten address is slowed down: %d", status)
		}
	})
}

func TestLoginWithoutTokens(t *testing.T) {
	control := controlOf(t, access.Config{})
	if _, err := control.Login(request(t, local, "localhost"), ""); err == nil || control.NeedsToken() {
		t.Error("one can log in although there are no tokens")
	}
}
