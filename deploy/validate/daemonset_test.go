package validate

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"proctree/deploy/programs"
)

// daemonSet is what the tests look at of one.
type daemonSet struct {
	Spec struct {
		Template struct {
			Spec struct {
				AutomountServiceAccountToken *bool
				HostPID, HostNetwork         bool
				SecurityContext              securityContext
				Containers                   []podContainer
				Volumes                      []volume
			}
		}
	}
}

type podContainer struct {
	Args            []string
	SecurityContext securityContext
	Resources       struct{ Limits map[string]string }
	VolumeMounts    []struct {
		Name, MountPath string
		ReadOnly        bool
	}
	LivenessProbe, ReadinessProbe, StartupProbe map[string]any
}

type securityContext struct {
	RunAsUser, RunAsGroup    int
	AllowPrivilegeEscalation *bool
	ReadOnlyRootFilesystem   bool
	Privileged               bool
	Capabilities             struct{ Add, Drop []string }
	SeccompProfile           struct{ Type string }
}

type volume struct {
	Name      string
	HostPath  struct{ Path, Type string }
	ConfigMap struct{ Name string }
	Secret    struct{ SecretName string }
}

// theDaemonSet finds the one among the objects, and the text of its configuration file.
func theDaemonSet(t *testing.T, objects []object) (d daemonSet, config string) {
	t.Helper()
	configs := make(map[string]string)
	for _, o := range objects {
		switch o.kind() {
		case "DaemonSet":
			text, err := json.Marshal(o)
			if err != nil {
				t.Fatal(err)
			}
			if err := json.Unmarshal(text, &d); err != nil {
				t.Fatal(err)
			}
		case "ConfigMap":
			data, _ := o["data"].(map[string]any)
			configs[o.name()], _ = data["proctree.yml"].(string)
		}
	}
	if len(d.Spec.Template.Spec.Containers) != 1 {
		t.Fatalf("%d containers", len(d.Spec.Template.Spec.Containers))
	}
	for _, v := range d.Spec.Template.Spec.Volumes {
		if v.ConfigMap.Name != "" {
			config = configs[v.ConfigMap.Name]
		}
	}
	return d, config
}

// recordingMount is the only path to which a variant may write.
const recordingMount = "/var/lib/proctree"

// confined checks what holds for every variant.
func (d daemonSet) confined(t *testing.T) {
	t.Helper()
	pod := d.Spec.Template.Spec
	c := pod.Containers[0]
	s := c.SecurityContext
	if !pod.HostPID || pod.SecurityContext.SeccompProfile.Type != "RuntimeDefault" {
		t.Errorf("host PID %v, seccomp %q", pod.HostPID, pod.SecurityContext.SeccompProfile.Type)
	}
	if pod.AutomountServiceAccountToken == nil || *pod.AutomountServiceAccountToken {
		t.Error("the pods have a token")
	}
	if s.Privileged || !s.ReadOnlyRootFilesystem || s.AllowPrivilegeEscalation == nil || *s.AllowPrivilegeEscalation ||
		!slices.Equal(s.Capabilities.Drop, []string{"ALL"}) {
		t.Errorf("not confined: %+v", s)
	}
	if c.LivenessProbe == nil || c.ReadinessProbe == nil || c.StartupProbe == nil || c.Resources.Limits["memory"] == "" {
		t.Error("a probe or the limit of the memory is missing")
	}
	for _, m := range c.VolumeMounts {
		if !m.ReadOnly && m.MountPath != recordingMount {
			t.Errorf("%s may be written to", m.MountPath)
		}
	}
}

// seesRoot reports whether the host's root is mounted.
func (d daemonSet) seesRoot() bool {
	return slices.ContainsFunc(d.Spec.Template.Spec.Volumes, func(v volume) bool { return v.HostPath.Path == "/" })
}

// run starts the image as the kubelet would, and returns it when it has metrics.
func (d daemonSet) run(t *testing.T, config string) {
	t.Helper()
	i, address := theImage(t), programs.Address(t)
	pod := d.Spec.Template.Spec
	s := pod.Containers[0].SecurityContext
	c := container{
		Root: i.rootOf(t), Capabilities: s.Capabilities.Add, Args: slices.Clone(i.entrypoint),
		User: strings.Join([]string{jsonText(s.RunAsUser), jsonText(s.RunAsGroup)}, ":"),
	}
	listens := false
	for _, arg := range pod.Containers[0].Args {
		if strings.HasPrefix(arg, "--web.listen-address=") {
			arg, listens = "--web.listen-address="+address, true
		}
		c.Args = append(c.Args, arg)
	}
	if !listens {
		c.Args = append(c.Args, "--web.listen-address="+address)
	}
	sources := make(map[string]string)
	for _, v := range pod.Volumes {
		if sources[v.Name] = v.HostPath.Path; v.ConfigMap.Name != "" {
			sources[v.Name] = filepath.Dir(configFile(t, config))
		}
		// The kubelet would make the folder. A test leaves the host as it is, and mounts an empty one.
		if _, err := os.Stat(v.HostPath.Path); v.HostPath.Type == "DirectoryOrCreate" && errors.Is(err, fs.ErrNotExist) {
			sources[v.Name] = t.TempDir()
		}
	}
	for _, m := range pod.Containers[0].VolumeMounts {
		c.Mounts = append(c.Mounts, mount{sources[m.Name], m.MountPath, m.MountPath == recordingMount})
	}
	r := c.start(t, address)
	r.hasRights(c)
	r.showsHost(d.seesRoot())
	if len(c.Capabilities) > 0 {
		r.usesBPF()
	}
	if recording, ok := sources["history"]; ok {
		awaitRecording(t, recording)
	}
}

func jsonText(v any) string { text, _ := json.Marshal(v); return string(text) }

// configFile writes a configuration where every user can read it.
func configFile(t *testing.T, text string) string {
	t.Helper()
	dir := t.TempDir()
	for path := dir; path != filepath.Dir(path) && strings.HasPrefix(path, os.TempDir()+"/"); path = filepath.Dir(path) {
		if err := os.Chmod(path, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	file := filepath.Join(dir, "proctree.yml")
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return file
}
