//go:build !linux

package main

import "errors"

// memoryFile is for Linux.
type memoryFile struct{}

func newMemoryFile() (*memoryFile, error) { return nil, errors.ErrUnsupported }

func (*memoryFile) path() string { return "" }

func (*memoryFile) put([]byte) error { return errors.ErrUnsupported }

func (*memoryFile) close() {}
