package terminal

// canvas is a screen to draw on.
type canvas interface {
	// Size returns how many cells there are.
	Size() (width, height int)
	// Put writes a text from a cell on. The text is plain, and fits.
	Put(x, y int, text string, as style)
	// Cursor shows the cursor at a cell.
	Cursor(x, y int)
}

// style is what a text means; the screen decides how that looks. Each differs from styleNormal
// without colours too, where that matters.
type style uint8

const (
	styleNormal style = iota
	styleStrong
	styleDim
	// styleBar is for headings and the keys.
	styleBar
	styleSelected
	styleGood
	styleBad
)
