package main

import (
	"bytes"
	"io"
	"path/filepath"
	"time"

	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
)

// imageEnding is that of the archives that `docker load` and `podman load` read.
const imageEnding = ".image.tar"

// writeImage writes the image of a target, the same that deploy/Dockerfile describes, as an
// archive. It needs no container engine.
func (r *release) writeImage(t target, binary, path string) error {
	layer, err := r.imageLayer(binary)
	if err != nil {
		return err
	}
	image, err := mutate.Append(empty.Image, mutate.Addendum{
		Layer:   layer,
		History: v1.History{Created: v1.Time{Time: r.time}, CreatedBy: "make release"},
	})
	if err != nil {
		return err
	}
	version := packageVersion(r.version, r.time)
	config, err := image.ConfigFile()
	if err != nil {
		return err
	}
	if image, err = mutate.ConfigFile(image, r.imageConfig(t, config.DeepCopy(), version)); err != nil {
		return err
	}
	tag, err := name.NewTag(program + ":" + imageTag(version))
	if err != nil {
		return err
	}
	return tarball.WriteToFile(path+imageEnding, tag, image)
}

// imageConfig adds what deploy/Dockerfile says besides its files.
func (r *release) imageConfig(t target, config *v1.ConfigFile, version string) *v1.ConfigFile {
	config.Created = v1.Time{Time: r.time}
	config.OS, config.Architecture = "linux", t.arch
	if t.arm != "" {
		config.Variant = "v" + t.arm
	}
	config.Config = v1.Config{
		User:         "65532:65532",
		ExposedPorts: map[string]struct{}{"10056/tcp": {}},
		Entrypoint:   []string{"/" + program},
		WorkingDir:   "/",
		Healthcheck: &v1.HealthConfig{
			Test:     []string{"CMD", "/" + program, "--web.check=http://127.0.0.1:10056/-/healthy"},
			Interval: 30 * time.Second, Timeout: 6 * time.Second, StartPeriod: 15 * time.Second, Retries: 3,
		},
		Labels: map[string]string{
			"org.opencontainers.image.title":       program,
			"org.opencontainers.image.description": "Prometheus exporter of the processes of a host, and their live tree",
			"org.opencontainers.image.licenses":    "Apache-2.0",
			"org.opencontainers.image.version":     version,
		},
	}
	return config
}

// imageLayer has the program and its licenses.
func (r *release) imageLayer(binary string) (v1.Layer, error) {
	var files bytes.Buffer
	err := writeTarFiles(&files, []member{
		{name: "LICENSE", source: filepath.Join(r.root, "LICENSE"), mode: 0o644},
		{name: licensesFile, source: licensesOf(binary), mode: 0o644},
		{name: program, source: binary, mode: 0o755},
	}, r.time)
	if err != nil {
		return nil, err
	}
	return tarball.LayerFromOpener(func() (io.ReadCloser, error) {
		return io.NopCloser(bytes.NewReader(files.Bytes())), nil
	})
}
