//go:build !unix

package eventfile

const openFlags = 0
