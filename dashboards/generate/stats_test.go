package main

import "testing"

// TestCoursesStayBelowDigits: Grafana draws the course of a value in the lower half of its panel
// and the digits in the middle. On a scale that ends at twice the largest value, the line stays
// below them.
func TestCoursesStayBelowDigits(t *testing.T) {
	seen := false
	for _, d := range read(t) {
		for _, p := range d.all() {
			if p.Type != "stat" || p.Options.GraphMode != "area" {
				continue
			}
			seen = true
			scale := p.FieldConfig.Defaults
			if scale.Unit != string(share) || scale.Min == nil || *scale.Min != 0 || scale.Max == nil || *scale.Max != 2 {
				t.Errorf("%s: %s: the course can strike out the digits", d.Title, p.Title)
			}
		}
	}
	if !seen {
		t.Error("no panel has a course")
	}
}
