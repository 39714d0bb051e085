package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// grafana is a Grafana by its HTTP API.
type grafana struct {
	address               *url.URL
	token, user, password string
	dryRun                bool
	teamIDs               map[string]int64
	changes               []string
}

func newGrafana(address string, env func(string) string) (*grafana, error) {
	parsed, err := url.Parse(address)
	if err != nil || parsed.Host == "" {
		return nil, fmt.Errorf("must be an address such as http://127.0.0.1:3000, not %q", address)
	}
	g := &grafana{address: parsed, teamIDs: make(map[string]int64)}
	g.token, g.user, g.password, err = credentials(env)
	return g, err
}

// apply makes everything as the file says and tells what it changed.
func (g *grafana) apply(ctx context.Context, want access) ([]string, error) {
	for _, t := range want.Teams {
		if err := g.applyTeam(ctx, t); err != nil {
			return g.changes, fmt.Errorf("team %s: %w", t.Name, err)
		}
	}
	for _, f := range want.Folders {
		if err := g.applyFolder(ctx, f); err != nil {
			return g.changes, fmt.Errorf("folder %s: %w", f.Title, err)
		}
	}
	return g.changes, nil
}

// change does something that is told, unless this is a dry run.
func (g *grafana) change(ctx context.Context, told, method, path string, body, answer any) error {
	g.changes = append(g.changes, told)
	if g.dryRun {
		return nil
	}
	return g.call(ctx, method, path, body, answer)
}

func (g *grafana) get(ctx context.Context, path string, answer any) error {
	return g.call(ctx, http.MethodGet, path, nil, answer)
}

func (g *grafana) call(ctx context.Context, method, path string, body, answer any) error {
	var content io.Reader
	if body != nil {
		encoded, err := json.Marshal(body)
		if err != nil {
			return err
		}
		content = bytes.NewReader(encoded)
	}
	target := strings.TrimSuffix(g.address.String(), "/") + path
	request, err := http.NewRequestWithContext(ctx, method, target, content)
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/json")
	if g.token != "" {
		request.Header.Set("Authorization", "Bearer "+g.token)
	} else {
		request.SetBasicAuth(g.user, g.password)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }()
	said, err := io.ReadAll(io.LimitReader(response.Body, 10<<20))
	if err != nil {
		return err
	}
	if response.StatusCode != http.StatusOK {
		var problem struct{ Message string }
		_ = json.Unmarshal(said, &problem)
		return fmt.Errorf("%s %s: %s: %s", method, path, response.Status, problem.Message)
	}
	if answer == nil {
		return nil
	}
	return json.Unmarshal(said, answer)
}
