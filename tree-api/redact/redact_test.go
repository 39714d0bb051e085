package redact_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"proctree/tree-api/redact"
)

func TestCases(t *testing.T) {
	r := redact.New()
	for _, c := range cases {
		args := strings.Split(c.given, "|")
		before := slices.Clone(args)
		want := c.shown
		if want == "" {
			want = c.given
		}
		got := r.Args(args)
		if shown := strings.Join(got, "|"); shown != want {
			t.Errorf("%s\n  is shown as %s\n  want        %s", c.given, shown, want)
		}
		if !slices.Equal(args, before) {
			t.Errorf("%s: the arguments themselves were changed", c.given)
		}
		if c.shown == "" && &got[0] != &args[0] {
			t.Errorf("%s: copied although nothing is masked", c.given)
		}
	}
}

func TestMaskingTwiceChangesNothing(t *testing.T) {
	r := redact.New()
	for _, c := range cases {
		once := r.Args(strings.Split(c.given, "|"))
		if twice := r.Args(once); !slices.Equal(once, twice) {
			t.Errorf("%q becomes %q", once, twice)
		}
	}
	for _, file := range []string{"secret.txt", "heldout-secret.txt"} {
		for _, l := range readCorpus(t, file) {
			once := r.Args(l.args)
			if twice := r.Args(once); !slices.Equal(once, twice) {
				t.Errorf("%q becomes %q", once, twice)
			}
		}
	}
}

func TestExtraPatterns(t *testing.T) {
	r := redact.New(regexp.MustCompile(`--seed=(\d+)`), regexp.MustCompile(`cust-\d+`), regexp.MustCompile(`x*(q)?`))
	got := r.Args([]string{"app", "--seed=42 --seed=43", "cust-1,cust-2", "xxx", "--password=hunter2"})
	want := []string{"app", "--seed=*** --seed=***", "***,***", "xxx", "--password=***"}
	if !slices.Equal(got, want) {
		t.Errorf("shown as %q, want %q", got, want)
	}
	if got := r.Args(nil); len(got) != 0 {
		t.Errorf("nothing becomes %q", got)
	}
}

// FuzzArgs holds that no input breaks it, that the number of arguments stays, and that a
// secret in a plain place never shows, whatever else is on the line.
func FuzzArgs(f *testing.F) {
	for _, c := range cases {
		f.Add(c.given)
	}
	r := redact.New()
	f.Fuzz(func(t *testing.T, line string) {
		const secret = "Zq9-correct-horse"
		args := append(strings.Split(line, "|"), "--verbose", "--password="+secret)
		got := r.Args(args)
		if len(got) != len(args) {
			t.Fatalf("%d arguments became %d", len(args), len(got))
		}
		if strings.Contains(got[len(got)-1], secret) {
			t.Errorf("the secret shows: %q", got)
		}
	})
}

func BenchmarkArgs(b *testing.B) {
	plain := []string{"/usr/bin/python3", "-m", "service", "--instance", "17", "--config=/etc/service.yml", "--listen=:8080"}
	secret := append(slices.Clone(plain), "--url=postgres://me:hunter2@db/x", "--password", "hunter2")
	r := redact.New()
	for name, args := range map[string][]string{"plain": plain, "secret": secret, "long": {strings.Repeat("a=", 50_000)}} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				r.Args(args)
			}
		})
	}
}
