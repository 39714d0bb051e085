//go:build amd64 || arm64

package windows

import (
	"errors"
	"fmt"
	"time"

	"golang.org/x/sys/windows"

	"proctree/collector/host/portable"
	"proctree/collector/host/stall"
	"proctree/collector/host/users"
	"proctree/collector/process"
)

// readFacts reads what Windows tells of one process to those whom it permits: to
// administrators nearly everything, to others what is their own.
func (r *Reader) readFacts(id process.ID, into *portable.Known) {
	handle, err := windows.OpenProcess(windows.PROCESS_QUERY_LIMITED_INFORMATION, false, uint32(id.PID))
	if err == nil {
		defer func() { _ = windows.CloseHandle(handle) }()
		err = checkCreated(handle, id)
	}
	if err != nil {
		into.Refused = reasonOfWindows(err)
		return
	}
	var facts process.Facts
	facts.Exe, err = imagePath(handle)
	var cmdlineErr, userErr error
	facts.Cmdline, cmdlineErr = commandLine(handle, id.PID)
	facts.User, userErr = r.users.account(handle)
	into.Facts, into.Refused = &facts, reasonOfWindows(errors.Join(err, cmdlineErr, userErr))
}

// errReused is returned for a number that belongs to another process by now.
var errReused = errors.New("another process has this number")

// checkCreated makes sure that the handle is of the process that the table had.
func checkCreated(process windows.Handle, id process.ID) error {
	var created, exited, kernel, user windows.Filetime
	if err := windows.GetProcessTimes(process, &created, &exited, &kernel, &user); err != nil {
		return fmt.Errorf("times of process %d: %w", id.PID, err)
	}
	if uint64(created.HighDateTime)<<32|uint64(created.LowDateTime) != id.StartTicks {
		return fmt.Errorf("process %d: %w", id.PID, errReused)
	}
	return nil
}

func imagePath(process windows.Handle) (string, error) {
	buffer := make([]uint16, windows.MAX_LONG_PATH)
	size := uint32(len(buffer))
	if err := windows.QueryFullProcessImageName(process, 0, &buffer[0], &size); err != nil {
		return "", fmt.Errorf("path of the image: %w", err)
	}
	return windows.UTF16ToString(buffer[:size]), nil
}

// reasonOfWindows names an error for Snapshot.Errors; it is empty for a process that has
// vanished, which is ERROR_INVALID_PARAMETER when it is opened.
func reasonOfWindows(err error) string {
	switch {
	case err == nil, errors.Is(err, windows.ERROR_INVALID_PARAMETER), errors.Is(err, errReused):
		return ""
	case errors.Is(err, windows.ERROR_ACCESS_DENIED), errors.Is(err, windows.STATUS_ACCESS_DENIED):
		return process.ReasonPermission
	case errors.Is(err, stall.ErrOverdue), errors.Is(err, stall.ErrTooMany):
		return process.ReasonDeadline
	}
	return process.ReasonOther
}

// maxHangingAccounts bounds the lookups that wait for a domain controller.
const maxHangingAccounts = 2

// accountNames remembers the accounts of security identifiers. A name that does not come
// in time is asked for again later; until then the identifier stands for it.
type accountNames struct {
	guard *stall.Guard
	known map[string]accountName
}

type accountName struct {
	name  string
	until time.Time
}

func newAccountNames(deadline time.Duration) *accountNames {
	return &accountNames{guard: stall.NewGuard(deadline, maxHangingAccounts), known: make(map[string]accountName)}
}

// account returns the account that a process runs under, as DOMAIN\NAME.
func (a *accountNames) account(process windows.Handle) (string, error) {
	var token windows.Token
	if err := windows.OpenProcessToken(process, windows.TOKEN_QUERY, &token); err != nil {
		return "", fmt.Errorf("token: %w", err)
	}
	defer func() { _ = token.Close() }()
	user, err := token.GetTokenUser()
	if err != nil {
		return "", fmt.Errorf("user of the token: %w", err)
	}
	return a.name(user.User.Sid), nil
}

func (a *accountNames) name(sid *windows.SID) string {
	text, now := sid.String(), time.Now()
	if found, ok := a.known[text]; ok && now.Before(found.until) {
		return found.name
	}
	found := accountName{name: text, until: now.Add(users.UnknownFresh)}
	if name, ok := a.ask(text); ok {
		found = accountName{name: name, until: now.Add(users.Fresh)}
	}
	if len(a.known) >= users.Max {
		clear(a.known)
	}
	a.known[text] = found
	return found.name
}

// ask works on a copy of the identifier: an answer that comes too late comes after the
// token is closed.
func (a *accountNames) ask(text string) (string, bool) {
	type answer struct {
		name string
		err  error
	}
	result := make(chan answer, 1)
	_, err := a.guard.Do(func() {
		var got answer
		var sid *windows.SID
		if sid, got.err = windows.StringToSid(text); got.err == nil {
			var account, domain string
			account, domain, _, got.err = sid.LookupAccount("")
			got.name = domain + `\` + account
		}
		result <- got
	})
	if err != nil {
		return "", false
	}
	got := <-result
	return got.name, got.err == nil
}

func (a *accountNames) close() { a.guard.Close() }
