package control

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"sync"
	"time"
)

const (
	// csrfHeader is where the page sends the token that proves that it made the request.
	csrfHeader = "X-CSRF-Token"
	// csrfLifetime is how long a person can look at a dialog.
	csrfLifetime = 10 * time.Minute
	nonceBytes   = 16
	expiryBytes  = 8
	csrfBytes    = nonceBytes + expiryBytes + sha256.Size
)

// csrf makes and checks tokens that hold once, for one session or user, at one Host. They
// are signed, so that only those that were used have to be kept.
type csrf struct {
	key [sha256.Size]byte

	mu sync.Mutex
	// used has the nonces that were used, until they expire. Their number is bounded by the
	// rate of requests.
	used map[[nonceBytes]byte]time.Time
}

func newCSRF() *csrf {
	c := &csrf{used: map[[nonceBytes]byte]time.Time{}}
	rand.Read(c.key[:])
	return c
}

// issue returns a new token.
func (c *csrf) issue(subject, host string, now time.Time) string {
	head := make([]byte, nonceBytes+expiryBytes, csrfBytes)
	rand.Read(head[:nonceBytes])
	binary.BigEndian.PutUint64(head[nonceBytes:], uint64(now.Add(csrfLifetime).Unix()))
	return base64.RawURLEncoding.EncodeToString(append(head, c.sign(head, subject, host)...))
}

func (c *csrf) sign(head []byte, subject, host string) []byte {
	mac := hmac.New(sha256.New, c.key[:])
	for _, part := range [][]byte{head, []byte(subject), []byte(host)} {
		mac.Write(binary.BigEndian.AppendUint32(nil, uint32(len(part))))
		mac.Write(part)
	}
	return mac.Sum(nil)
}

// spend reports whether a token holds, which it does not do again after that.
func (c *csrf) spend(token, subject, host string, now time.Time) bool {
	data, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil || len(data) != csrfBytes {
		return false
	}
	head, signature := data[:nonceBytes+expiryBytes], data[nonceBytes+expiryBytes:]
	expires := time.Unix(int64(binary.BigEndian.Uint64(head[nonceBytes:])), 0)
	if !hmac.Equal(signature, c.sign(head, subject, host)) || !now.Before(expires) {
		return false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for nonce, until := range c.used {
		if !now.Before(until) {
			delete(c.used, nonce)
		}
	}
	nonce := [nonceBytes]byte(head)
	if _, ok := c.used[nonce]; ok {
		return false
	}
	c.used[nonce] = expires
	return true
}
