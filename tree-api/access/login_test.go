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
	path, viewer, _ := twoTokens(t)
	synctest.Test(t, func(t *testing.T) {
		control := controlOf(t, access.Config{TokenFile: path})
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
	path, viewer, _ := twoTokens(t)
	control := controlOf(t, access.Config{TokenFile: path})
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
	path, viewer, _ := twoTokens(t)
	control := controlOf(t, access.Config{TokenFile: path})
	cookie := login(t, control, request(t, remote, "host.example"), viewer)
	_, entry := newToken(t, "grafana", access.Operator)
	write(t, path, "tokens:\n"+entry)
	if err := control.Reload(); err != nil {
		t.Fatal(err)
	}
	checkStatus(t, control, with(t, cookie), http.StatusUnauthorized)
}

func TestSecureCookie(t *testing.T) {
	path, viewer, _ := twoTokens(t)
	control := controlOf(t, access.Config{TokenFile: path})
	r := request(t, remote, "host.example", "X-Forwarded-Proto", "https")
	if !login(t, control, r, viewer).Secure {
		t.Error("behind a proxy with TLS the cookie is not Secure")
	}
}

func TestSessionsAreBounded(t *testing.T) {
	path, viewer, _ := twoTokens(t)
	synctest.Test(t, func(t *testing.T) {
		control := controlOf(t, access.Config{TokenFile: path})
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

func TestWrongLoginsAreSlowedDown(t *testing.T) {
	path, viewer, _ := twoTokens(t)
	synctest.Test(t, func(t *testing.T) {
		control := controlOf(t, access.Config{TokenFile: path})
		attempt := func(from, secret string, want int) time.Duration {
			t.Helper()
			_, err := control.Login(request(t, from, "host.example"), secret)
			status, wait := http.StatusOK, time.Duration(0)
			if refusal, ok := errors.AsType[*access.RefusalError](err); ok {
				status, wait = refusal.Status, refusal.RetryAfter
			}
			if status != want {
				t.Fatalf("%q from %s: %d (%v), want %d", secret, from, status, err, want)
			}
			return wait
		}
		for range 6 {
			attempt(remote, "wrong", http.StatusUnauthorized)
		}
		// From here on even the right one has to wait, and the wait doubles.
		for _, wait := range []int{1, 2, 4, 8, 16, 32, 60, 60} {
			got := attempt(remote, viewer, http.StatusTooManyRequests)
			if got.Seconds() != float64(wait) {
				t.Errorf("wait is %s, want %ds", got, wait)
			}
			attempt("192.0.2.8:1", viewer, http.StatusOK)
			checkStatus(t, control, request(t, remote, "h", "Authorization", "Bearer wrong"), http.StatusTooManyRequests)
			checkStatus(t, control, request(t, remote, "h", "Authorization", "Bearer "+viewer), http.StatusOK)
			time.Sleep(got)
			attempt(remote, "wrong", http.StatusUnauthorized)
		}
		time.Sleep(time.Minute)
		attempt(remote, viewer, http.StatusOK)
		attempt(remote, "wrong", http.StatusUnauthorized)
		attempt(remote, viewer, http.StatusOK)
	})
}

func TestThrottleCountsNetworksOfIPv6(t *testing.T) {
	path, viewer, _ := twoTokens(t)
	control := controlOf(t, access.Config{TokenFile: path})
	for i := range 6 {
		from := fmt.Sprintf("[2001:db8::%x]:1", i+1)
		if _, err := control.Login(request(t, from, "h"), "wrong"); err == nil {
			t.Fatal("a wrong token is accepted")
		}
	}
	if _, err := control.Login(request(t, "[2001:db8::ffff]:1", "h"), viewer); err == nil {
		t.Error("a host escapes by taking another address of its own")
	}
	login(t, control, request(t, "[2001:db8:0:1::1]:1", "h"), viewer)
}

func TestThrottleIsBounded(t *testing.T) {
	path, viewer, _ := twoTokens(t)
	synctest.Test(t, func(t *testing.T) {
		control := controlOf(t, access.Config{TokenFile: path})
		for range 6 {
			if _, err := control.Login(request(t, remote, "h"), "wrong"); err == nil {
				t.Fatal("a wrong token is accepted")
			}
		}
		time.Sleep(time.Millisecond)
		for i := range 4096 {
			from := fmt.Sprintf("10.%d.%d.1:1", i/256, i%256)
			if _, err := control.Login(request(t, from, "h"), "wrong"); err == nil {
				t.Fatal("a wrong token is accepted")
			}
		}
		// The first address was quiet longest, so it was forgotten for the last one.
		login(t, control, request(t, remote, "h"), viewer)
	})
}

func TestLoginWithoutTokens(t *testing.T) {
	control := controlOf(t, access.Config{})
	if _, err := control.Login(request(t, local, "localhost"), ""); err == nil || control.NeedsToken() {
		t.Error("one can log in although there are no tokens")
	}
}
