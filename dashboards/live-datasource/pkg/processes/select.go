package processes

// Selection is what a query takes from a table.
type Selection struct {
	*Table
	// Rows are those to show, in the order of the table.
	Rows []int32
	// Matched is how many processes pass the filter, before any limit and without the
	// ancestors.
	Matched int
}

// Select returns the processes that pass a filter with their ancestors; with a limit above 0
// the largest so many by CPU.
func (t *Table) Select(f *Filter, limit int) *Selection {
	rows := t.Matches(f)
	matched := len(rows)
	if limit > 0 && matched > limit {
		rows = t.Top(rows, &byCPU, limit)
	}
	return &Selection{Table: t, Rows: t.WithAncestors(rows), Matched: matched}
}

// byCPU is the order in which a limit takes processes.
var byCPU = Ranking{Number: CPU}
