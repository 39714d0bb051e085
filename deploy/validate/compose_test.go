package validate

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/compose-spec/compose-go/v2/cli"
	"github.com/compose-spec/compose-go/v2/types"

	"proctree/deploy/programs"
)

// composeDir has the compose file and what belongs to it.
const composeDir = checkout + "/deploy/compose"

// loadCompose reads a compose file as docker compose does, schema and all.
func loadCompose(ctx context.Context, file string, env ...string) (*types.Project, error) {
	options, err := cli.NewProjectOptions([]string{file}, cli.WithEnv(env))
	if err != nil {
		return nil, err
	}
	return options.LoadProject(ctx)
}

func theProject(t *testing.T, env ...string) *types.Project {
	t.Helper()
	project, err := loadCompose(t.Context(), composeDir+"/compose.yaml", env...)
	if err != nil {
		t.Fatal(err)
	}
	return project
}

func TestComposeServicesAreConfined(t *testing.T) {
	project := theProject(t)
	if got := project.ServiceNames(); !slices.Equal(got, []string{"alertmanager", "exporter", "grafana", "prometheus"}) {
		t.Fatalf("the services are %q", got)
	}
	for name, s := range project.Services {
		if !pinned.MatchString(s.Image) {
			t.Errorf("%s: the image %s is not pinned by its version", name, s.Image)
		}
		if !s.ReadOnly || !slices.Equal(s.CapDrop, []string{"ALL"}) || !slices.Equal(s.SecurityOpt, []string{"no-new-privileges:true"}) {
			t.Errorf("%s: read-only %v, capabilities dropped %v, %v", name, s.ReadOnly, s.CapDrop, s.SecurityOpt)
		}
		if s.HealthCheck == nil || s.HealthCheck.Test[0] != "CMD" {
			t.Errorf("%s has no health check, or one by a shell", name)
		}
		if s.MemLimit == 0 || s.PidsLimit == 0 || s.Privileged || s.Restart != types.RestartPolicyUnlessStopped {
			t.Errorf("%s: memory %d, processes %d, privileged %v, restart %q", name, s.MemLimit, s.PidsLimit, s.Privileged, s.Restart)
		}
		for _, port := range s.Ports {
			if port.HostIP != "127.0.0.1" {
				t.Errorf("%s: port %s is published on %q", name, port.Published, port.HostIP)
			}
		}
		if name == "exporter" {
			continue // See TestComposeExporter.
		}
		if s.User == "" || strings.HasPrefix(s.User, "0") || len(s.CapAdd) > 0 || s.Pid != "" || s.NetworkMode != "" {
			t.Errorf("%s: user %q, capabilities %v, PID namespace %q, network %q", name, s.User, s.CapAdd, s.Pid, s.NetworkMode)
		}
	}
}

// TestComposeMountsWhatIsThere looks at every path on the host that a service is given.
func TestComposeMountsWhatIsThere(t *testing.T) {
	project := theProject(t)
	for name, s := range project.Services {
		for _, v := range s.Volumes {
			switch {
			case v.Type == types.VolumeTypeVolume:
				if _, ok := project.Volumes[v.Source]; !ok {
					t.Errorf("%s: volume %s is not declared", name, v.Source)
				}
			case !v.ReadOnly:
				t.Errorf("%s may write to %s", name, v.Source)
			default:
				// What is built is not there before it is.
				if _, err := os.Stat(strings.TrimSuffix(v.Source, "/dist")); err != nil {
					t.Errorf("%s: %v", name, err)
				}
			}
		}
	}
	for name, secret := range project.Secrets {
		if filepath.Base(filepath.Dir(secret.File)) != "secrets" {
			t.Errorf("secret %s is in %s", name, secret.File)
		}
	}
}

func TestComposeWithErrors(t *testing.T) {
	good, err := os.ReadFile(composeDir + "/compose.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for name, edit := range map[string][2]string{
		"unknown key":            {"read_only: true", "readonly: true"},
		"wrong type":             {"pids_limit: 200", "pids_limit: [many]"},
		"undefined volume":       {"- grafana:/var/lib/grafana", "- graphana:/var/lib/grafana"},
		"undefined secret":       {"secrets: [exporter_tokens]", "secrets: [tokens]"},
		"dependency upon nobody": {"prometheus: {condition: service_healthy}", "prometeus: {condition: service_healthy}"},
	} {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "compose.yaml")
			bad := strings.Replace(string(good), edit[0], edit[1], 1)
			if bad == string(good) {
				t.Fatalf("no %q to replace", edit[0])
			}
			if err := os.WriteFile(file, []byte(bad), 0o600); err != nil {
				t.Fatal(err)
			}
			if _, err := loadCompose(t.Context(), file); err == nil {
				t.Error("accepted")
			}
		})
	}
}

// TestComposeExporter starts the image as the compose file says.
func TestComposeExporter(t *testing.T) {
	project := theProject(t, "PROCTREE_GATEWAY=127.0.0.1")
	s := project.Services["exporter"]
	if s.Pid != "host" || s.NetworkMode != "host" || s.Cgroup != "host" {
		t.Errorf("namespaces: PID %q, network %q, control groups %q", s.Pid, s.NetworkMode, s.Cgroup)
	}
	i, address := theImage(t), programs.Address(t)
	c := container{Root: i.rootOf(t), User: s.User, Capabilities: s.CapAdd, Args: slices.Clone(i.entrypoint)}
	for _, arg := range s.Command {
		c.Args = append(c.Args, strings.ReplaceAll(arg, "127.0.0.1:10056", address))
	}
	recording := t.TempDir()
	for _, v := range s.Volumes {
		m := mount{v.Source, v.Target, v.Type == types.VolumeTypeVolume}
		if m.Writable {
			m.Source = recording
		}
		c.Mounts = append(c.Mounts, m)
	}
	for _, secret := range s.Secrets {
		c.Mounts = append(c.Mounts, mount{tokenFile(t), "/run/secrets/" + secret.Source, false})
	}
	r := c.start(t, address)
	r.hasRights(c)
	r.showsHost(true)
	r.usesBPF()
	awaitRecording(t, recording)
	health := strings.ReplaceAll(strings.Join(s.HealthCheck.Test[1:], " "), "127.0.0.1:10056", address)
	if err := c.healthy(t, strings.Split(health, " ")); err != nil {
		t.Error(err)
	}
}

// awaitRecording waits until the exporter has its recording below a directory, for nobody else to read. Whether
// there is room for tables is up to the machine of the test.
func awaitRecording(t *testing.T, dir string) {
	t.Helper()
	recording := filepath.Join(dir, "history")
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(100 * time.Millisecond) {
		lock, err := os.Stat(filepath.Join(recording, "lock"))
		if err == nil {
			if folder, err := os.Stat(recording); err != nil || folder.Mode().Perm() != 0o700 || lock.Mode().Perm() != 0o600 {
				t.Errorf("others may read the recording: %v, %v", lock.Mode(), err)
			}
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("nothing is recorded: %v", err)
		}
	}
}

// tokenFile has the token of somebody who may see the tree.
func tokenFile(t *testing.T) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "tokens.yml")
	text := "tokens:\n- name: grafana\n  role: viewer\n  hash: sha256:" + strings.Repeat("ab", 32) + "\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}
