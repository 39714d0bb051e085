package redact_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"proctree/tree-api/redact"
)

// corpus is a file of command lines, one a line, with secrets between « and ».
type corpus struct {
	file string
	// least is the share of secrets, in percent, that must be masked.
	least float64
}

// line is a command line of a corpus.
type line struct {
	text    string
	args    []string
	secrets []string
}

// readCorpus reads the command lines of a file. Quotes are those of a shell, without escapes
// but \" between double quotes.
func readCorpus(t *testing.T, file string) []line {
	t.Helper()
	data, err := os.ReadFile("testdata/" + file)
	if err != nil {
		t.Fatal(err)
	}
	var lines []line
	for text := range strings.Lines(string(data)) {
		if text = strings.TrimSpace(text); text != "" && text[0] != '#' {
			lines = append(lines, parseLine(text))
		}
	}
	return lines
}

func parseLine(text string) line {
	l := line{text: text}
	var arg, secret strings.Builder
	quote, open, begun := rune(0), false, false
	runes := []rune(text)
	for i := 0; i <= len(runes); i++ {
		end := i == len(runes)
		switch {
		case end || quote == 0 && runes[i] == ' ':
			if begun {
				l.args = append(l.args, arg.String())
			}
			arg.Reset()
			begun = false
			continue
		case runes[i] == '«':
			open = true
		case runes[i] == '»':
			l.secrets = append(l.secrets, secret.String())
			secret.Reset()
			open = false
		case quote == 0 && (runes[i] == '"' || runes[i] == '\''):
			quote = runes[i]
		case quote != 0 && runes[i] == quote:
			quote = 0
		default:
			if quote == '"' && runes[i] == '\\' && i+1 < len(runes) && runes[i+1] == '"' {
				i++
			}
			arg.WriteRune(runes[i])
			if open {
				secret.WriteRune(runes[i])
			}
		}
		begun = true
	}
	return l
}

func TestSecretsOfTheCorpus(t *testing.T) {
	r := redact.New()
	for _, c := range []corpus{{"secret.txt", 99.5}, {"heldout-secret.txt", 98}, {"nested-secret.txt", 99.5}, {"fresh-secret.txt", 99.5}, {"typed-secret.txt", 99}, {"families-secret.txt", 96}, {"families2-secret.txt", 99.5}, {"families3-secret.txt", 98}, {"many-secret.txt", 94}, {"many2-secret.txt", 98}, {"many3-secret.txt", 96}, {"many4-secret.txt", 99}, {"many5-secret.txt", 97}, {"many6-secret.txt", 95}, {"many7-secret.txt", 97}, {"outside-secret.txt", 99}} {
		t.Run(c.file, func(t *testing.T) {
			masked, all := 0, 0
			for _, l := range readCorpus(t, c.file) {
				shown := strings.Join(r.Args(l.args), "\x00")
				for _, secret := range l.secrets {
					all++
					if !strings.Contains(shown, secret) {
						masked++
						continue
					}
					t.Logf("shown: %s\n  as %q", l.text, shown)
				}
			}
			t.Logf("%d of %d secrets masked", masked, all)
			if share := 100 * float64(masked) / float64(all); share < c.least {
				t.Errorf("%.1f %% of the secrets are masked, want at least %.1f %%", share, c.least)
			}
		})
	}
}

func TestHarmlessLinesOfTheCorpus(t *testing.T) {
	const most = 2.0
	r := redact.New()
	for _, file := range []string{"harmless.txt", "heldout-harmless.txt", "nested-harmless.txt", "fresh-harmless.txt", "typed-harmless.txt", "families-harmless.txt", "families2-harmless.txt", "families3-harmless.txt", "many-harmless.txt", "many2-harmless.txt", "many3-harmless.txt", "many5-harmless.txt", "many6-harmless.txt", "many7-harmless.txt", "outside-harmless.txt"} {
		t.Run(file, func(t *testing.T) {
			lines := readCorpus(t, file)
			altered := 0
			for _, l := range lines {
				if got := r.Args(l.args); !slices.Equal(got, l.args) {
					altered++
					t.Logf("altered: %s\n  to %q", l.text, got)
				}
			}
			t.Logf("%d of %d lines altered", altered, len(lines))
			if share := 100 * float64(altered) / float64(len(lines)); share > most {
				t.Errorf("%.1f %% of the lines are altered, want at most %.1f %%", share, most)
			}
		})
	}
}
