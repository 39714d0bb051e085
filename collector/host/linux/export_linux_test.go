package linux

// ReadAll makes a Reader of the proc file system read every process at every scan.
func ReadAll(r *Reader) { r.scanner.ReadAll() }
