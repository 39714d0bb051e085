// Package hosttest helps the tests of every package: it builds snapshots in memory, and
// it writes fake /proc trees for the tests of the reader itself.
package hosttest
