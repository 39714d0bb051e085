package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
)

// holder is who has a permission: a team, a role or a user.
type holder struct {
	team, user int64
	role       string
}

// item is a permission as Grafana lists it.
type item struct {
	TeamID     int64  `json:"teamId,omitempty"`
	UserID     int64  `json:"userId,omitempty"`
	Role       string `json:"role,omitempty"`
	Permission int    `json:"permission"`
	Inherited  bool   `json:"inherited,omitempty"`
}

// applyFolder gives a folder exactly the permissions that are wanted.
func (g *grafana) applyFolder(ctx context.Context, want folder) error {
	uid, err := g.folderUID(ctx, want.Title)
	if err != nil {
		return err
	}
	path := "/api/folders/" + uid + "/permissions"
	var listed []item
	if err := g.get(ctx, path, &listed); err != nil {
		return err
	}
	have := make(map[holder]int)
	for _, i := range listed {
		// Administrators have every permission; Grafana lists that, and it cannot be taken away.
		if !i.Inherited && i.Role != "Admin" {
			have[holder{i.TeamID, i.UserID, i.Role}] = i.Permission
		}
	}
	wanted, items := make(map[holder]int), []item{}
	for _, p := range want.Permissions {
		i := item{Role: p.Role, Permission: levels[p.May]}
		if p.Team != "" {
			id, found, err := g.teamID(ctx, p.Team)
			if err != nil {
				return err
			}
			if !found {
				return fmt.Errorf("there is no team %s", p.Team)
			}
			i.TeamID = id
		}
		wanted[holder{i.TeamID, 0, i.Role}] = i.Permission
		items = append(items, i)
	}
	if maps.Equal(have, wanted) {
		return nil
	}
	told := fmt.Sprintf("set the %d permissions of the folder %s", len(items), want.Title)
	return g.change(ctx, told, http.MethodPost, path, map[string]any{"items": items}, nil)
}

// folderUID finds a folder by its title.
func (g *grafana) folderUID(ctx context.Context, title string) (string, error) {
	var folders []struct{ UID, Title string }
	if err := g.get(ctx, "/api/folders?limit=1000", &folders); err != nil {
		return "", err
	}
	for _, f := range folders {
		if f.Title == title {
			return f.UID, nil
		}
	}
	return "", errors.New("there is no such folder; is provisioning done?")
}
