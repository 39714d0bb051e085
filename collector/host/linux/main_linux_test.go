package linux

import (
	"context"
	"encoding/json"
	"os"
	"testing"

	"go.uber.org/goleak"

	"proctree/collector/process"
)

// readAsEnv makes the test program read the tree that it names, print what it saw, and end:
// a test starts it so as another user.
const readAsEnv = "PROCTREE_TEST_READ"

func TestMain(m *testing.M) {
	if root := os.Getenv(readAsEnv); root != "" {
		if err := printSnapshot(root); err != nil {
			panic(err)
		}
		return
	}
	goleak.VerifyTestMain(m)
}

func printSnapshot(root string) error {
	reader, err := Open(Config{ProcPath: root})
	if err != nil {
		return err
	}
	defer func() { _ = reader.Close() }()
	snapshots := make([]*process.Snapshot, 2)
	for i := range snapshots {
		if snapshots[i], err = reader.Read(context.Background()); err != nil {
			return err
		}
	}
	return json.NewEncoder(os.Stdout).Encode(snapshots)
}
