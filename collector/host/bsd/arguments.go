// Package bsd reads the process table of macOS and FreeBSD. Its parsers are pure functions
// of bytes, and are built and tested on every system.
package bsd

import (
	"bytes"
	"encoding/binary"
	"errors"
)

// errTruncated is returned for what ends too early.
var errTruncated = errors.New("truncated")

// parseArguments parses what sysctl kern.procargs2 of macOS gives: the number of arguments,
// the path of the executable, NULs, the arguments, and the environment, which is passed
// over, for secrets are kept there (sysctl(3); xnu, bsd/kern/kern_sysctl.c).
func parseArguments(buf []byte) (exe string, args []string, err error) {
	if len(buf) < 4 {
		return "", nil, errTruncated
	}
	count := int(int32(binary.LittleEndian.Uint32(buf)))
	path, rest, ok := bytes.Cut(buf[4:], []byte{0})
	if !ok {
		return "", nil, errTruncated
	}
	rest = bytes.TrimLeft(rest, "\x00")
	for len(args) < count {
		arg, after, ok := bytes.Cut(rest, []byte{0})
		if !ok {
			return string(path), args, errTruncated
		}
		args, rest = append(args, string(arg)), after
	}
	return string(path), args, nil
}

// parseList parses what sysctl kern.proc.args of FreeBSD gives: the arguments, each ended
// by a NUL.
func parseList(buf []byte) []string {
	var args []string
	for len(buf) > 0 {
		arg, rest, _ := bytes.Cut(buf, []byte{0})
		args, buf = append(args, string(arg)), rest
	}
	return args
}
