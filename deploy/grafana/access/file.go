package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"go.yaml.in/yaml/v3"
)

// access is what the file says: it is made so, and what it does not name stays.
type access struct {
	Teams   []team   `yaml:"teams"`
	Folders []folder `yaml:"folders"`
}

type team struct {
	Name string `yaml:"name"`
	// Members are logins or e-mail addresses of users there are. Without the key the members
	// stay who they are.
	Members *[]string `yaml:"members"`
}

type folder struct {
	Title string `yaml:"title"`
	// Permissions are all there are on the folder; administrators may do everything anyway.
	Permissions []permission `yaml:"permissions"`
}

type permission struct {
	// Team or Role, Viewer or Editor, is who may.
	Team string `yaml:"team"`
	Role string `yaml:"role"`
	// May is View, Edit or Admin.
	May string `yaml:"may"`
}

// levels are Grafana's numbers for permissions.
var levels = map[string]int{"View": 1, "Edit": 2, "Admin": 4}

// readAccess reads and checks a file. The error names what is wrong with it.
func readAccess(path string) (access, error) {
	var want access
	file, err := os.Open(path)
	if err != nil {
		return want, err
	}
	defer func() { _ = file.Close() }()
	decoder := yaml.NewDecoder(file)
	decoder.KnownFields(true)
	if err := decoder.Decode(&want); err != nil && !errors.Is(err, io.EOF) {
		return want, fmt.Errorf("%s: %w", path, err)
	}
	if err := want.check(); err != nil {
		return want, fmt.Errorf("%s: %w", path, err)
	}
	return want, nil
}

func (a access) check() error {
	for i, t := range a.Teams {
		if t.Name == "" {
			return fmt.Errorf("team %d has no name", i+1)
		}
	}
	for i, f := range a.Folders {
		if f.Title == "" {
			return fmt.Errorf("folder %d has no title", i+1)
		}
		for _, p := range f.Permissions {
			switch {
			case (p.Team == "") == (p.Role == ""):
				return fmt.Errorf("folder %s: a permission is for a team or for a role", f.Title)
			case p.Role != "" && !slices.Contains([]string{"Viewer", "Editor"}, p.Role):
				return fmt.Errorf("folder %s: role: must be Viewer or Editor, not %q", f.Title, p.Role)
			case levels[p.May] == 0:
				return fmt.Errorf("folder %s: may: must be View, Edit or Admin, not %q", f.Title, p.May)
			}
		}
	}
	return nil
}
