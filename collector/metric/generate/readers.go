package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"slices"
	"strconv"
)

// readerFields are the members of a row that read a value from a process.
var readerFields = []string{"Uint", "Int", "Duration", "Moment", "Text", "List", "Flag"}

// readReaders returns the function literals of the rows by name, as they stand in the source.
// Generated code calls them in path, so that the compiler can inline them.
func readReaders(path string) (map[string]string, error) {
	src, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, path, src, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	readers := make(map[string]string)
	ast.Inspect(file, func(n ast.Node) bool {
		row, ok := n.(*ast.CompositeLit)
		if !ok {
			return true
		}
		var name, reader string
		for _, element := range row.Elts {
			member, ok := element.(*ast.KeyValueExpr)
			if !ok {
				continue
			}
			key, _ := member.Key.(*ast.Ident)
			switch value := member.Value.(type) {
			case *ast.BasicLit:
				if key != nil && key.Name == "Name" {
					name, err = strconv.Unquote(value.Value)
				}
			case *ast.FuncLit:
				if key != nil && slices.Contains(readerFields, key.Name) {
					reader = string(src[files.Position(value.Pos()).Offset:files.Position(value.End()).Offset])
				}
			}
		}
		if name != "" && reader != "" {
			readers[name] = reader
		}
		return true
	})
	if err == nil && len(readers) == 0 {
		err = fmt.Errorf("%s: no row with a reader", path)
	}
	return readers, err
}
