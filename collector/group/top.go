package group

import "proctree/collector/host"

func (t *Tracker) selectTop(*host.Snapshot) []Top { return nil }
