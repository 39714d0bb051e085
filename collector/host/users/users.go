// Package users looks up the names of users and remembers them.
package users

import (
	"bytes"
	"os/user"
	"path/filepath"
	"strconv"
	"time"

	"proctree/collector/host/procfile"
	"proctree/collector/host/stall"
)

const (
	// Fresh is how long a user's name is believed.
	Fresh = 5 * time.Minute
	// UnknownFresh is the same for a number without a name: it is asked for again
	// sooner, as an account is made before its processes start.
	UnknownFresh = time.Minute
	// Max bounds the cache against hosts on which numbers without end come and go.
	Max = 10_000
	// maxHangingLookups bounds the lookups that wait for a directory server.
	maxHangingLookups = 2
)

// Names remembers the names of users, unknown ones too: a lookup reads the whole user
// database, and on hosts with containers half the processes can run under numbers that no
// database knows. A name that comes over the network too late counts as unknown. Not safe
// for concurrent use.
type Names struct {
	lookup func(uid uint32) (name string, ok bool)
	guard  *stall.Guard
	known  map[uint32]userName
}

type userName struct {
	name  string
	until time.Time
}

// New looks names up as os/user does for the host's own root, and in
// etc/passwd below any other root.
func New(root string, deadline time.Duration) *Names {
	lookup := lookupUser
	if filepath.Clean(root) != "/" {
		path := filepath.Join(root, "etc/passwd")
		lookup = func(uid uint32) (string, bool) { return lookupPasswd(path, uid) }
	}
	return &Names{
		lookup: lookup,
		guard:  stall.NewGuard(deadline, maxHangingLookups),
		known:  make(map[uint32]userName),
	}
}

// Name returns the user's name, or the number as text.
func (u *Names) Name(uid uint32, now time.Time) string {
	if found, ok := u.known[uid]; ok && now.Before(found.until) {
		return found.name
	}
	name, ok := u.ask(uid)
	fresh := Fresh
	if !ok {
		name, fresh = strconv.FormatUint(uint64(uid), 10), UnknownFresh
	}
	if len(u.known) >= Max {
		clear(u.known)
	}
	u.known[uid] = userName{name: name, until: now.Add(fresh)}
	return name
}

func (u *Names) ask(uid uint32) (string, bool) {
	var name string
	var ok bool
	if _, err := u.guard.Do(func() { name, ok = u.lookup(uid) }); err != nil {
		return "", false
	}
	return name, ok
}

// Close frees what the lookups hold.
func (u *Names) Close() { u.guard.Close() }

func lookupUser(uid uint32) (string, bool) {
	found, err := user.LookupId(strconv.FormatUint(uint64(uid), 10))
	if err != nil || found.Username == "" {
		return "", false
	}
	return found.Username, true
}

func lookupPasswd(path string, uid uint32) (string, bool) {
	content, err := procfile.Read(path)
	if err != nil {
		return "", false
	}
	for line := range bytes.Lines(content) {
		if name, id, ok := parsePasswdLine(line); ok && id == uid {
			return name, true
		}
	}
	return "", false
}

// parsePasswdLine reads "NAME:PASSWORD:UID:…" (passwd(5)).
func parsePasswdLine(line []byte) (name string, uid uint32, ok bool) {
	fields := bytes.SplitN(line, []byte(":"), 4)
	if len(fields) < 4 || len(fields[0]) == 0 || fields[0][0] == '#' {
		return "", 0, false
	}
	id, err := strconv.ParseUint(string(fields[2]), 10, 32)
	if err != nil {
		return "", 0, false
	}
	return string(fields[0]), uint32(id), true
}
