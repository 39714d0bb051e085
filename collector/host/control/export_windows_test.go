package control

import "golang.org/x/sys/windows"

// SetCritical replaces the question whether Windows stops without a process.
func (a *Actor) SetCritical(ask func(windows.Handle) (bool, error)) { a.isCritical = ask }
