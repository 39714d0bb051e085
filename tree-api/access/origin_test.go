package access

import "testing"

func TestParseOrigin(t *testing.T) {
	for text, want := range map[string]string{
		"https://Grafana.example":     "https://grafana.example",
		"https://grafana.example:443": "https://grafana.example",
		"http://grafana.example:443":  "http://grafana.example:443",
		"http://[::1]:80/":            "http://[::1]",
		"http://:80":                  "",
		"http://":                     "",
		"http://[fe80::1%25eth0]":     "",
		"http://ann@grafana.example":  "",
		"http://grafana.example/path": "",
		"ftp://grafana.example":       "",
		"null":                        "",
	} {
		got, err := parseOrigin(text)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%q is %q, %v; want %q", text, got, err, want)
		}
	}
}

// FuzzParseOrigin: what is accepted is an origin already when it is read again.
func FuzzParseOrigin(f *testing.F) {
	f.Add("https://Grafana.example:443/")
	f.Add("http://[::1]:80")
	f.Add("http://:80")
	f.Fuzz(func(t *testing.T, text string) {
		origin, err := parseOrigin(text)
		if err != nil {
			return
		}
		if again, err := parseOrigin(origin); again != origin || err != nil {
			t.Errorf("%q is %q, and that is %q, %v", text, origin, again, err)
		}
	})
}
