package system

import "proctree/collector/host/procfile"

// Damage collects what of a subject cannot be read or parsed. A method of a Reader that reads
// several lines, fields or files does so as follows, so that none of them costs another:
//
//	var d Damage
//	// A file that is not there is absent, which costs nothing. A panic costs this file only.
//	readPart(&d, path, func(text string) {
//		// A last line without an end is lost.
//		for line := range procfile.Lines(d.WholeLines("/proc/file", text)) {
//			key, value, _ := strings.Cut(line, " ")
//			if n, ok := d.Counter("/proc/file: "+key, value); ok {
//				answer.Key = &n // A value that is unknown, or impossible, stays nil.
//			}
//		}
//	})
//	d.Part(func() error { … }) // Whatever is no file, such as a parser of another project.
//	return &answer, d.Err()
//
// The answer goes with the error: a collector sends what it has and returns the error, which
// counts in proctree_scrape_collector_errors_total and is logged once.
type Damage = procfile.Damage

// PartialError is the error of a subject of which a part was lost, and the rest is right.
type PartialError = procfile.PartialError

// MemoryField is one field of proc_meminfo(5), or one of the same name elsewhere.
type MemoryField = procfile.MemoryField
