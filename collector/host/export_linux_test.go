package host

// ErrStuck is for tests of the Reader from outside.
var ErrStuck = errStuck

// ReadAll makes a Reader of the proc file system read every process at every scan.
func ReadAll(r Reader) { r.(*linuxReader).caps.schedstat = false }
