package faster

import (
	"os"
	"strings"
	"testing"
)

func TestExpression(t *testing.T) {
	t.Parallel()
	tests := []struct{ expr, want string }{
		{`rate(x_total[5m])`, `rate(x_total[14000ms])`},
		{`rate(x_total[1h30m])`, `rate(x_total[120000ms])`},
		{`quantile_over_time(0.5, x[1d])`, `quantile_over_time(0.5, x[120000ms])`},
		{`max_over_time(rate(x[5m])[1h:1m])`, `max_over_time(rate(x[14000ms])[120000ms:2000ms])`},
		{`x offset 1h - x offset  -30m`, `x offset 120000ms - x offset  -60000ms`},
		{`x[15m] offset 23h30m`, `x[34000ms] offset 2820000ms`},
		{`{__name__="instance:x:rate5m"}`, `{__name__="instance:x:rate5m"}`},
		{`a:b:rate5m > 5`, `a:b:rate5m > 5`},
		{`a:b:5m`, `a:b:5m`},
		{`x{a="[5m]", b='\'[5m]'} or y{c=~"1h"}`, `x{a="[5m]", b='\'[5m]'} or y{c=~"1h"}`},
		{"x{a=`[5m]`}[5m]", "x{a=`[5m]`}[14000ms]"},
	}
	for _, test := range tests {
		got, err := Expression(test.expr)
		if err != nil || got != test.want {
			t.Errorf("%s becomes %s (%v), want %s", test.expr, got, err, test.want)
		}
	}
}

func TestRules(t *testing.T) {
	t.Parallel()
	got, err := Rules([]byte(`groups:
- name: a
  interval: 4m
  rules:
  - record: limit:samples
    expr: "180"
  - alert: A
    expr: x[5m] > 0
    for: 30m
    keep_firing_for: 5m
    labels: {severity: info}
    annotations: {summary: "for 30 minutes [5m]"}
`), map[string]string{"limit:samples": "3"})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"interval: 8000ms", `expr: "3"`, "expr: x[14000ms] > 0", "for: 64000ms", "keep_firing_for: 14000ms", `summary: "for 30 minutes [5m]"`,
	} {
		if !strings.Contains(string(got), want) {
			t.Errorf("no %s in\n%s", want, got)
		}
	}
	for _, bad := range []string{"groups: [", "groups: [{rules: [{for: soon}]}]"} {
		if _, err := Rules([]byte(bad), nil); err == nil {
			t.Errorf("took %s", bad)
		}
	}
}

func TestRoutes(t *testing.T) {
	t.Parallel()
	config, err := os.ReadFile("../../alertmanager/alertmanager.yml")
	if err != nil {
		t.Fatal(err)
	}
	got, err := Routes(config)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"group_wait: 1s", "group_interval: 3s", "repeat_interval: 12h", "start_time: \"08:00\""} {
		if !strings.Contains(string(got), want) {
			t.Errorf("no %s in\n%s", want, got)
		}
	}
	for _, gone := range []string{"group_wait: 30s", "group_wait: 2m", "group_interval: 5m"} {
		if strings.Contains(string(got), gone) {
			t.Errorf("%s is still in\n%s", gone, got)
		}
	}
}
