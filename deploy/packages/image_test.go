package main

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
	"github.com/google/go-containerregistry/pkg/v1/validate"
)

// checkImage compares an image's archive with deploy/Dockerfile.
func checkImage(t *testing.T, path string) {
	t.Helper()
	tag, err := name.NewTag(program + ":1.0.0")
	if err != nil {
		t.Fatal(err)
	}
	image, err := tarball.ImageFromPath(path, &tag)
	if err != nil {
		t.Fatal(err)
	}
	if err := validate.Image(image); err != nil {
		t.Error(err)
	}
	config, err := image.ConfigFile()
	if err != nil {
		t.Fatal(err)
	}
	checkAsDockerfile(t, config)
	if config.Architecture != "amd64" || config.OS != "linux" || !config.Created.Equal(commitTime) {
		t.Errorf("the image is of %s/%s, %v", config.OS, config.Architecture, config.Created)
	}
}

// checkAsDockerfile looks for what the last stage of the Dockerfile says.
func checkAsDockerfile(t *testing.T, config *v1.ConfigFile) {
	t.Helper()
	data, err := os.ReadFile("../Dockerfile")
	if err != nil {
		t.Fatal(err)
	}
	_, stage, _ := strings.Cut(strings.ReplaceAll(string(data), "\\\n", " "), "FROM scratch")
	said := map[string]string{}
	for line := range strings.Lines(stage) {
		word, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		said[word] = strings.TrimSpace(rest)
	}
	if said["USER"] != config.Config.User {
		t.Errorf("user %q, the Dockerfile has %q", config.Config.User, said["USER"])
	}
	if _, ok := config.Config.ExposedPorts[said["EXPOSE"]+"/tcp"]; !ok {
		t.Errorf("ports %v, the Dockerfile has %s", config.Config.ExposedPorts, said["EXPOSE"])
	}
	checkCommand(t, "ENTRYPOINT", config.Config.Entrypoint, said["ENTRYPOINT"])
	options, command, _ := strings.Cut(said["HEALTHCHECK"], "CMD ")
	health := config.Config.Healthcheck
	checkCommand(t, "HEALTHCHECK", health.Test[1:], command)
	want := []string{"--interval=" + health.Interval.String(), "--timeout=" + health.Timeout.String(), "--start-period=" + health.StartPeriod.String(), "--retries=3"}
	if got := strings.Fields(options); !slices.Equal(got, want) || health.Retries != 3 {
		t.Errorf("health check %q, the Dockerfile has %q", want, got)
	}
	for key, value := range config.Config.Labels {
		if key != "org.opencontainers.image.version" && !strings.Contains(said["LABEL"], key+"=\""+value+"\"") {
			t.Errorf("label %s=%q is not in the Dockerfile: %s", key, value, said["LABEL"])
		}
	}
}

func checkCommand(t *testing.T, what string, got []string, want string) {
	t.Helper()
	var list []string
	if err := json.Unmarshal([]byte(want), &list); err != nil {
		t.Fatalf("%s of the Dockerfile: %v", what, err)
	}
	if !slices.Equal(got, list) {
		t.Errorf("%s %q, the Dockerfile has %q", what, got, list)
	}
}

func TestImageTag(t *testing.T) {
	for version, want := range map[string]string{"0.9.0": "0.9.0", "1.0.0~rc.1": "1.0.0-rc.1", "0.9.0+git3.abc": "0.9.0-git3.abc"} {
		if got := imageTag(version); got != want {
			t.Errorf("imageTag(%q) = %q, want %q", version, got, want)
		}
	}
}
