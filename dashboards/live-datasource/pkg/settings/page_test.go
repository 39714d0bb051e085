package settings

import (
	"strings"
	"testing"
)

func TestPage(t *testing.T) {
	for _, test := range []struct{ template, instance, want string }{
		{"", "web1:10056", ""},
		{"https://{instance}", "web1:10056", "https://web1:10056/"},
		{" https://{instance}/ ", "[2001:db8::1]:10056", "https://[2001:db8::1]:10056/"},
		{"https://{host}:8443/proctree", "web1:10056", "https://web1:8443/proctree/"},
		{"https://{host}/", "web1", "https://web1/"},
		{"https://{host}/", "[::1]:10056", "https://[::1]/"},
		{"https://proctree.example/{host}/", "web1.example:10056", "https://proctree.example/web1.example/"},
		{"https://proctree.example/", "anything:1", "https://proctree.example/"},
		{"https://{instance}/", "evil.example/?x=", ""},
		{"https://{instance}/", "user@evil.example", ""},
		{"https://{instance}/", "a\nb", ""},
		{"https://{instance}/", "", ""},
	} {
		page, err := readPage(test.template)
		if err != nil {
			t.Errorf("%q: %v", test.template, err)
		} else if got := page.Of(test.instance); got != test.want {
			t.Errorf("%q of %q is %q, want %q", test.template, test.instance, got, test.want)
		}
	}
}

func TestBadPages(t *testing.T) {
	for _, template := range []string{
		"web1:10056", "javascript:alert(1)", "//web1/", "https://", "https://{instance", "https://{name}/", "https://${instance}/",
		"https://ann:pw@web1/", "https://web1/?a=b", "https://web1/#x", "https://web1/{x}", "https://{instance}/{{host}}", "ftp://web1/", "https://we b1/",
	} {
		_, err := readPage(template)
		if err == nil || !strings.HasPrefix(err.Error(), "pageUrl: ") || strings.Contains(err.Error(), "pw") || strings.Contains(err.Error(), "\n") {
			t.Errorf("%q: error %v", template, err)
		}
	}
}
