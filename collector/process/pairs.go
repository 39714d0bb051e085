package process

// Pairs calls each with the place of every process in now and what previous has of the
// same process, a zero Process if nothing. Both are sorted by PID.
func Pairs(previous, now []*Process, each func(i int, before *Process)) {
	var none Process
	cursor := NewCursor(previous)
	for i := range now {
		before := cursor.Find(now[i].ID)
		if before == nil {
			before = &none
		}
		each(i, before)
	}
}
