package system

import "proctree/collector/host/procfile"

// readFile reads a file of procfs or sysfs; it never waits.
func readFile(path string) ([]byte, error) { return procfile.Read(path) }

// readPart reads a file that is one part of a subject, and has it parsed.
func readPart(d *Damage, path string, parse func(text string)) {
	d.Part(func() error {
		text, err := readFile(path)
		if err == nil {
			parse(string(text))
		}
		return err
	})
}

// readText is readFile without the white space around.
func readText(path string) (string, error) { return procfile.ReadText(path) }
