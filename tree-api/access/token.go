package access

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// A secret is 256 random bits, so that a plain SHA-256 of it is safe to keep: there is
// nothing to guess, and a slow hash would only make every request slow.
const (
	secretBytes = 32
	// secretPrefix lets scanners for leaked secrets know one.
	secretPrefix = "proctree_"
	hashPrefix   = "sha256:"
)

// digest is the SHA-256 of a secret.
type digest [sha256.Size]byte

// token is one entry of the token file.
type token struct {
	name string
	role Role
	hash digest
}

// tokenName is what a token may be called; it appears in the log.
var tokenName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$`)

// NewToken makes a token. The secret is for its owner alone and kept nowhere; entry is
// the text to add below "tokens:" in the token file.
func NewToken(name string, role Role) (secret, entry string, err error) {
	if err := checkName(name); err != nil {
		return "", "", err
	}
	if role != Viewer && role != Operator && role != Controller {
		return "", "", errors.New("a token needs the role viewer, operator or controller")
	}
	random := make([]byte, secretBytes)
	rand.Read(random)
	secret = secretPrefix + base64.RawURLEncoding.EncodeToString(random)
	hash := sha256.Sum256([]byte(secret))
	entry = fmt.Sprintf("  - name: %s\n    role: %s\n    hash: %s%x\n", name, role, hashPrefix, hash)
	return secret, entry, nil
}

func checkName(name string) error {
	if !tokenName.MatchString(name) {
		return fmt.Errorf("token name %q: must be up to 64 letters, digits and . _ @ -", name)
	}
	return nil
}

// parseHash reads "sha256:" and 64 hexadecimal digits.
func parseHash(text string) (hash digest, err error) {
	digits, ok := strings.CutPrefix(text, hashPrefix)
	if !ok || len(digits) != hex.EncodedLen(len(hash)) {
		return hash, errors.New("must be sha256: and 64 hexadecimal digits")
	}
	if _, err := hex.Decode(hash[:], []byte(digits)); err != nil {
		return hash, fmt.Errorf("must be sha256: and 64 hexadecimal digits: %w", err)
	}
	return hash, nil
}

// Tokens are those of one token file. They never change. A nil one has none.
type Tokens struct{ list []token }

// find returns the token with the secret. It compares with every one, and each in
// constant time, so that the time it takes tells nothing.
func (s *Tokens) find(secret string) (found token, ok bool) {
	return s.findHash(sha256.Sum256([]byte(secret)))
}

// Have reports whether there is a token with a role.
func (s *Tokens) Have(role Role) bool {
	return s != nil && slices.ContainsFunc(s.list, func(t token) bool { return t.role == role })
}

func (s *Tokens) findHash(hash digest) (found token, ok bool) {
	if s == nil {
		return found, false
	}
	for _, t := range s.list {
		if subtle.ConstantTimeCompare(t.hash[:], hash[:]) == 1 {
			found, ok = t, true
		}
	}
	return found, ok
}
