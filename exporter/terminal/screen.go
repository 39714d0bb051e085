package terminal

import (
	"errors"
	"fmt"
	"os"

	"github.com/gdamore/tcell/v3"
	"github.com/gdamore/tcell/v3/color"
	"golang.org/x/term"
)

// screen is a terminal as a canvas.
type screen struct{ tcell.Screen }

// newScreen takes over the terminal. What it shows is filtered twice: names are escaped before
// they are drawn, and the library drops what is left of control characters.
func newScreen(stdin *os.File, stdout any) (*screen, error) {
	out, ok := stdout.(*os.File)
	switch name := os.Getenv("TERM"); {
	case !ok || !term.IsTerminal(int(out.Fd())) || !term.IsTerminal(int(stdin.Fd())):
		return nil, errors.New("top needs a terminal; for pipes and files use ps or tree")
	case name == "dumb":
		return nil, errors.New("top needs a terminal that can move the cursor, and TERM is dumb; use ps or tree")
	}
	s, err := tcell.NewScreen(tcell.OptSanitizeContent(true))
	if err == nil {
		err = s.Init()
	}
	if err != nil {
		return nil, fmt.Errorf("open the terminal: %w", err)
	}
	return &screen{s}, nil
}

// look is how styles look. They differ without colours too (NO_COLOR).
var look = [...]tcell.Style{
	styleNormal:   tcell.StyleDefault,
	styleStrong:   tcell.StyleDefault.Bold(true),
	styleDim:      tcell.StyleDefault.Dim(true),
	styleBar:      tcell.StyleDefault.Reverse(true),
	styleSelected: tcell.StyleDefault.Reverse(true).Bold(true),
	styleGood:     tcell.StyleDefault.Foreground(color.Green),
	styleBad:      tcell.StyleDefault.Foreground(color.Red).Bold(true),
}

// Put is canvas.Put.
func (s *screen) Put(x, y int, text string, as style) { s.PutStrStyled(x, y, text, look[as]) }

// Cursor is canvas.Cursor.
func (s *screen) Cursor(x, y int) { s.ShowCursor(x, y) }

// keyNames are the keys that are not characters.
var keyNames = map[tcell.Key]string{
	tcell.KeyUp: "Up", tcell.KeyDown: "Down", tcell.KeyLeft: "Left", tcell.KeyRight: "Right",
	tcell.KeyPgUp: "PgUp", tcell.KeyPgDn: "PgDn", tcell.KeyHome: "Home", tcell.KeyEnd: "End",
	tcell.KeyEnter: "Enter", tcell.KeyEsc: "Esc", tcell.KeyBackspace: "Backspace",
	tcell.KeyCtrlC: "Ctrl-C", tcell.KeyCtrlZ: "Ctrl-Z", tcell.KeyCtrlL: "Ctrl-L", tcell.KeyCtrlU: "Ctrl-U",
	tcell.KeyF1: "F1", tcell.KeyF2: "F2", tcell.KeyF3: "F3", tcell.KeyF4: "F4", tcell.KeyF5: "F5",
	tcell.KeyF6: "F6", tcell.KeyF7: "F7", tcell.KeyF8: "F8", tcell.KeyF9: "F9", tcell.KeyF10: "F10",
}

// nameOf returns what a key is called; "" for one that means nothing here.
func nameOf(e *tcell.EventKey) string {
	if e.Key() == tcell.KeyRune && e.Modifiers()&(tcell.ModAlt|tcell.ModCtrl|tcell.ModMeta) == 0 {
		return e.Str()
	}
	return keyNames[e.Key()]
}
