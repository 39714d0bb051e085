// Generate writes what follows from the table of metrics in other languages and in hot paths:
// "make generate" runs it in the root of the checkout.
package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"proctree/collector/metric"
)

func main() {
	if err := run(".", os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "generate:", err)
		os.Exit(1) //nolint:forbidigo // A program reports failure to make in no other way.
	}
}

// output is one file that follows from the table.
type output struct {
	path string
	// make returns the new text; before is the present one, nil for a file that does not exist.
	make func(t *table, before []byte) ([]byte, error)
}

// outputs is every generated file.
var outputs = []output{
	{"collector/metric/sizes.gen.go", sizes},
	{"tree-api/tree/node.gen.go", nodeEncoder},
	{"tree-api/openapi/openapi.json", openAPI},
	{"docs/api.md", apiTable},
	{"tree-api/web/model/columns.gen.js", pageColumns},
	{"dashboards/live-datasource/pkg/processes/columns.gen.go", dataSourceColumns},
	{"dashboards/live-datasource/pkg/exporter/node.gen.go", dataSourceNode},
	{"dashboards/live-datasource/src/query/choices.gen.ts", dataSourceChoices},
	{"dashboards/tree-panel/src/frame/known.gen.ts", panelFields},
}

// table is the metrics with the source text of their readers.
type table struct {
	metrics []metric.Metric
	// readers are the function literals of the rows, by the name of the metric.
	readers map[string]string
}

// readTable reads the table of a checkout. The metrics themselves are those that this program was
// compiled with.
func readTable(root string) (*table, error) {
	readers, err := readReaders(filepath.Join(root, "collector/metric/table.go"))
	if err != nil {
		return nil, err
	}
	return &table{metrics: metric.All(), readers: readers}, nil
}

// run writes the files that differ.
func run(root string, out io.Writer) error {
	stale, err := staleFiles(root)
	if err != nil {
		return err
	}
	for path, text := range stale {
		if err := os.WriteFile(filepath.Join(root, path), text, 0o644); err != nil {
			return err
		}
		if _, err := fmt.Fprintln(out, "wrote", path); err != nil {
			return err
		}
	}
	return nil
}

// staleFiles returns the text of the files that differ from what follows from the table.
func staleFiles(root string) (map[string][]byte, error) {
	t, err := readTable(root)
	if err != nil {
		return nil, err
	}
	stale := make(map[string][]byte)
	for _, o := range outputs {
		before, err := os.ReadFile(filepath.Join(root, o.path))
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			return nil, err
		}
		text, err := o.make(t, before)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", o.path, err)
		}
		if !bytes.Equal(text, before) {
			stale[o.path] = text
		}
	}
	return stale, nil
}
