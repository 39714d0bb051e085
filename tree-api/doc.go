// Package treeapi shows the process table as a tree: over REST, as a WebSocket stream
// and as a page. It reads reports that others made and writes nothing on the host.
package treeapi
