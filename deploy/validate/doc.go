// Package validate tests what is deployed: the image, the compose file, the Kubernetes
// manifests and the Helm chart. Each is held against its own schema, by the libraries of
// the programs that will read it, and the exporter is really started the way they say, by
// the kernel's own means instead of a container engine's.
package validate
