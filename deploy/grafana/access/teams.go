package main

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// applyTeam makes a team if there is none of its name, and gives it its members.
func (g *grafana) applyTeam(ctx context.Context, want team) error {
	id, found, err := g.teamID(ctx, want.Name)
	if err != nil {
		return err
	}
	if !found {
		var made struct {
			ID int64 `json:"teamId"`
		}
		body := map[string]string{"name": want.Name}
		if err := g.change(ctx, "made the team "+want.Name, http.MethodPost, "/api/teams", body, &made); err != nil {
			return err
		}
		id = made.ID
	}
	g.teamIDs[want.Name] = id
	if want.Members == nil {
		return nil
	}
	// Grafana makes the creator of a team its member; a dry run has made none.
	return g.applyMembers(ctx, want, id, found || !g.dryRun)
}

// teamID finds a team by its name.
func (g *grafana) teamID(ctx context.Context, name string) (id int64, found bool, err error) {
	if id, found := g.teamIDs[name]; found {
		return id, true, nil
	}
	var answer struct {
		Teams []struct {
			ID   int64
			Name string
		}
	}
	if err := g.get(ctx, "/api/teams/search?name="+url.QueryEscape(name), &answer); err != nil {
		return 0, false, err
	}
	for _, t := range answer.Teams {
		if t.Name == name {
			return t.ID, true, nil
		}
	}
	return 0, false, nil
}

// user is one of the organisation's.
type user struct {
	ID           int64 `json:"userId"`
	Login, Email string
}

func (g *grafana) applyMembers(ctx context.Context, want team, id int64, exists bool) error {
	var users, have []user
	if err := g.get(ctx, "/api/org/users", &users); err != nil {
		return err
	}
	path := fmt.Sprintf("/api/teams/%d/members", id)
	if exists {
		if err := g.get(ctx, path, &have); err != nil {
			return err
		}
	}
	leaving := make(map[int64]user)
	for _, u := range have {
		leaving[u.ID] = u
	}
	for _, name := range *want.Members {
		u, found := find(users, name)
		if !found {
			return fmt.Errorf("there is no user %s", name)
		}
		if _, member := leaving[u.ID]; member {
			delete(leaving, u.ID)
			continue
		}
		body := map[string]int64{"userId": u.ID}
		if err := g.change(ctx, fmt.Sprintf("added %s to the team %s", name, want.Name), http.MethodPost, path, body, nil); err != nil {
			return err
		}
	}
	for _, u := range leaving {
		told := fmt.Sprintf("removed %s from the team %s", u.Login, want.Name)
		if err := g.change(ctx, told, http.MethodDelete, fmt.Sprintf("%s/%d", path, u.ID), nil, nil); err != nil {
			return err
		}
	}
	return nil
}

// find gives the user of a login or an e-mail address.
func find(users []user, name string) (user, bool) {
	for _, u := range users {
		if strings.EqualFold(u.Login, name) || strings.EqualFold(u.Email, name) {
			return u, true
		}
	}
	return user{}, false
}
