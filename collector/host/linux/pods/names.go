// Package pods names Kubernetes pods and their containers by the two directories of logs that the
// kubelet keeps on each node. It needs no API server, no token and no socket of a runtime.
package pods

import "strings"

// Pod is a pod, and the container in it, if that is known.
type Pod struct{ Namespace, Name, Container string }

// maxName is the length of the longest name (RFC 1123, as Kubernetes checks the names of objects).
const maxName = 253

// parseLink reads the name of a link in /var/log/containers, POD_NAMESPACE_CONTAINER-ID.log (kubelet,
// legacyLogSymlink).
func parseLink(name string) (id string, pod Pod, ok bool) {
	name, ok = strings.CutSuffix(name, ".log")
	if !ok {
		return "", Pod{}, false
	}
	at := strings.LastIndexByte(name, '-')
	if at < 0 {
		return "", Pod{}, false
	}
	name, id = name[:at], name[at+1:]
	parts := strings.Split(name, "_")
	if len(parts) != 3 || id == "" || len(id) > maxName {
		return "", Pod{}, false
	}
	pod = Pod{Name: parts[0], Namespace: parts[1], Container: parts[2]}
	return id, pod, isName(pod.Name) && isName(pod.Namespace) && isName(pod.Container) && isID(id)
}

// parseFolder reads the name of a directory in /var/log/pods, NAMESPACE_POD_UID (kubelet,
// BuildPodLogsDirectory).
func parseFolder(name string) (uid string, pod Pod, ok bool) {
	parts := strings.Split(name, "_")
	if len(parts) != 3 {
		return "", Pod{}, false
	}
	uid, pod = parts[2], Pod{Namespace: parts[0], Name: parts[1]}
	return uid, pod, isName(pod.Namespace) && isName(pod.Name) && isName(uid)
}

// isName reports whether a name is one that Kubernetes allows: no other can be in these directories,
// unless somebody else writes there.
func isName(s string) bool {
	if s == "" || len(s) > maxName {
		return false
	}
	for _, c := range []byte(s) {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' && c != '.' {
			return false
		}
	}
	return isAlphanumeric(s[0]) && isAlphanumeric(s[len(s)-1])
}

func isID(s string) bool {
	for _, c := range []byte(s) {
		if !isAlphanumeric(c) {
			return false
		}
	}
	return true
}

func isAlphanumeric(c byte) bool { return c >= 'a' && c <= 'z' || c >= '0' && c <= '9' }
