package discovery

import (
	"context"
	"fmt"
	"net/url"
	"strings"
)

// list is the targets that the configuration lists.
type list []Target

// newList reads targets written as HOST:PORT, URL or INSTANCE=URL.
func newList(lines []string) (list, error) {
	var l list
	for _, line := range lines {
		target, err := parseLine(line)
		if err != nil {
			return nil, fmt.Errorf("targets: %w", err)
		}
		l = append(l, target)
	}
	return l, nil
}

func parseLine(line string) (Target, error) {
	instance, address, named := strings.Cut(line, "=")
	if !named {
		instance, address = "", line
	} else if strings.ContainsAny(instance, "/?#@") {
		// The = is one of an address.
		return Target{}, notATarget(line)
	}
	scheme, host := "http", address
	if strings.Contains(address, "://") {
		u, err := url.Parse(address)
		if err != nil || u.User != nil || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" {
			return Target{}, notATarget(line)
		}
		scheme, host = u.Scheme, u.Host
	}
	return newTarget(instance, scheme, host)
}

func notATarget(line string) error {
	return fmt.Errorf("must be HOST:PORT, URL or INSTANCE=URL without a path, not %q", line)
}

// Targets implements Source.
func (l list) Targets(context.Context) ([]Target, error) { return l, nil }
