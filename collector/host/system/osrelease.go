package system

import (
	"strings"
	"time"
)

// parseOSRelease parses os-release(5): shell assignments, whose values may be quoted.
// Lines that are none are passed over, as the page asks.
func parseOSRelease(text string) *OS {
	values := make(map[string]string)
	for line := range strings.Lines(text) {
		key, value, ok := strings.Cut(strings.TrimSpace(line), "=")
		if ok && !strings.HasPrefix(key, "#") {
			values[key] = osText(unquote(value))
		}
	}
	o := &OS{
		BuildID:         values["BUILD_ID"],
		ID:              values["ID"],
		IDLike:          values["ID_LIKE"],
		ImageID:         values["IMAGE_ID"],
		ImageVersion:    values["IMAGE_VERSION"],
		Name:            values["NAME"],
		PrettyName:      values["PRETTY_NAME"],
		Variant:         values["VARIANT"],
		VariantID:       values["VARIANT_ID"],
		Version:         values["VERSION"],
		VersionCodename: values["VERSION_CODENAME"],
		VersionID:       values["VERSION_ID"],
	}
	if end, err := time.Parse(time.DateOnly, values["SUPPORT_END"]); err == nil {
		o.SupportEnd = end
	}
	return o
}

// maxOSText is far above what any release says of itself.
const maxOSText = 512

func osText(s string) string {
	if len(s) > maxOSText {
		return ""
	}
	return s
}

// unquote takes the quotes off a value; inside double quotes a backslash keeps the next
// character as it is.
func unquote(s string) string {
	if len(s) < 2 || s[0] != s[len(s)-1] || (s[0] != '"' && s[0] != '\'') {
		return s
	}
	inner := s[1 : len(s)-1]
	if s[0] == '\'' || !strings.Contains(inner, `\`) {
		return inner
	}
	var b strings.Builder
	escaped := false
	for _, c := range []byte(inner) {
		if c == '\\' && !escaped {
			escaped = true
			continue
		}
		escaped = false
		b.WriteByte(c)
	}
	return b.String()
}
