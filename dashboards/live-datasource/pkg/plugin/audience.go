package plugin

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"

	"github.com/grafana/grafana-plugin-sdk-go/backend"

	"proctree/dashboards/live-datasource/pkg/settings"
)

// audience is all who see the same: Viewer, who see no command lines, or the least role that
// does. It is a part of a channel's name, so that nobody hears what is for others, and those
// who listen under an older rule hear no more once an administrator makes it stricter.
type audience string

// viewers is the audience without command lines.
const viewers audience = "Viewer"

// audienceOf says to whom a user belongs; no user at all is a viewer.
func (d *Datasource) audienceOf(user *backend.User) audience {
	if user != nil && d.settings.CommandLines.Admits(user.Role) {
		return audience(d.settings.CommandLines)
	}
	return viewers
}

// exists says whether the configuration has such an audience.
func (d *Datasource) exists(a audience) bool {
	return a == viewers || d.settings.CommandLines != settings.Nobody && a == audience(d.settings.CommandLines)
}

func (a audience) commandLines() bool { return a != viewers }

// channel is the path of the stream of a query: the audience, and a digest of what is asked,
// which is checked against what the subscriber says. It cannot be guessed into another's.
func (a audience) channel(q *query) string {
	text, err := json.Marshal(q)
	if err != nil {
		// A struct of texts and numbers, read from JSON, can be written as JSON.
		return ""
	}
	digest := sha256.Sum256(text)
	return "tree/" + string(a) + "/" + hex.EncodeToString(digest[:16])
}
