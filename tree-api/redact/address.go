package redact

import (
	"slices"
	"strings"
)

// maskAddresses masks the passwords in addresses (RFC 3986, section 3.2.1) and connection
// strings, and the parts of addresses that are themselves secrets.
func maskAddresses(text string) string {
	if strings.Contains(text, "://") {
		text = maskUserInfo(maskServices(text))
	}
	if strings.Contains(text, "://") || strings.Contains(text, ".com/") {
		text = maskSecretPaths(text)
	}
	if strings.IndexByte(text, '@') > 0 {
		text = maskConnections(text)
	}
	return maskBots(text)
}

// maskUserInfo masks "secret" in every scheme://user:secret@host, and "token" in
// scheme://token@host if it looks like one. The secret may hold any sign but blanks and quotes.
func maskUserInfo(text string) string {
	out := edit{text: text}
	for at := 0; ; {
		i := strings.Index(text[at:], "://")
		if i < 0 {
			break
		}
		at += i + len("://")
		end := authorityEnd(text, at)
		if start, stop := userSecret(text[:at-len("://")], text[at:end]); start < stop {
			out.replace(at+start, at+stop, Mask)
		}
		at = end
	}
	return out.String()
}

// authorityEnd returns how far a password may reach: to a blank, a quote or the next address.
func authorityEnd(text string, at int) int {
	end := len(text)
	if i := strings.IndexAny(text[at:], blanks+"\"'<>`\\"); i >= 0 {
		end = at + i
	}
	if i := strings.Index(text[at:end], "://"); i >= 0 {
		end = at + i
		for end > at && (isWord(text[end-1]) || strings.IndexByte("+.-", text[end-1]) >= 0) {
			end--
		}
	}
	return end
}

// userSecret returns where the secret is in what follows "://".
func userSecret(scheme, rest string) (start, end int) {
	first := strings.IndexAny(rest, ":@/?#[")
	if first < 0 {
		return 0, 0
	}
	switch rest[first] {
	case '@':
		if isTokenUser(scheme, rest[:first], rest[first+1:]) {
			return 0, first
		}
		return 0, 0
	case ':':
	default:
		return 0, 0
	}
	start = first + 1
	if isPort(rest[start:]) {
		return 0, 0
	}
	// The password ends at the last @ of the authority, which ends before the path. If there
	// is none, the password holds a slash.
	authority := len(rest)
	if i := strings.IndexAny(rest[start:], "/?#"); i >= 0 {
		authority = start + i
	}
	end = strings.LastIndexByte(rest[:authority], '@')
	if end < start {
		if end = strings.IndexByte(rest[authority:], '@'); end < 0 {
			return 0, 0
		}
		end += authority
	}
	if start == end {
		// With an empty password, the user may be a token: https://TOKEN:@host.
		if isTokenUser(scheme, rest[:first], rest[end+1:]) {
			return 0, first
		}
		return 0, 0
	}
	if isPlaceholder(rest[start:end]) {
		return 0, 0
	}
	return start, end
}

// isTokenUser reports whether the user of an address is a token, as there is no password: it
// looks like a generated one, it has digits between letters, or the address is a DSN of Sentry,
// https://KEY@host/PROJECT, where the project is a number. text is what ends with the scheme.
func isTokenUser(text, user, rest string) bool {
	if looksRandom(user) {
		return true
	}
	if slices.Contains(tokenSchemes, schemeOf(text)) && user != "" && !isPlaceholder(user) {
		return true
	}
	if user == "" || strings.HasSuffix(text, "ssh") || isPlaceholder(user) || strings.ContainsAny(user, ".@") {
		return false
	}
	host, project, ok := strings.Cut(rest, "/")
	if isDSN := ok && project != "" && strings.Trim(project, "0123456789") == ""; isDSN || strings.Contains(host, "sentry") {
		return true
	}
	const least = 8
	inner := strings.TrimRight(user, "0123456789")
	return len(user) >= least && strings.ContainsAny(inner, "0123456789") && strings.IndexByte(inner, '-') < 0
}

// tokenSchemes are the schemes of addresses of which the user is a password, when there is no other.
var tokenSchemes = []string{"trojan", "hysteria", "hysteria2", "hy2", "anytls", "snell", "vless", "splunkhec"}

// serviceSchemes are the schemes that notifiers such as Apprise and Shoutrrr, and proxies, use for
// addresses of which each part may be a token.
var serviceSchemes = []string{
	"tgram", "telegram", "slack", "discord", "pover", "pushover", "pbul", "pushbullet", "gotify", "gotifys", "mmost", "mmosts", "mattermost",
	"rocket", "rockets", "rocketchat", "msteams", "teams", "ifttt", "opsgenie", "pagerduty", "prowl", "spush", "simplepush", "sinch", "twilio", "wxteams",
	"webexteams", "zulip", "bark", "line", "lark", "feishu", "dingtalk", "sendgrid", "mailgun", "sparkpost", "nexmo", "vonage", "clickatell", "join",
	"pushed", "pushy", "pushme", "guilded", "revolt", "ryver", "flock", "gchat", "googlechat", "hangouts", "vmess", "ssr", "ss", "victorops", "msgbird", "pritunl",
}

// schemeOf returns the scheme that a text ends with, in lower case.
func schemeOf(text string) string {
	start := len(text)
	for start > 0 && (isLetter(text[start-1]) || isDigit(text[start-1])) {
		start--
	}
	return strings.ToLower(text[start:])
}

// maskServices masks the addresses of services whose parts are tokens.
func maskServices(text string) string {
	out := edit{text: text}
	for at := 0; ; {
		i := strings.Index(text[at:], "://")
		if i < 0 {
			break
		}
		before := text[max(0, at+i-maxName) : at+i]
		at += i + len("://")
		if !slices.Contains(serviceSchemes, schemeOf(before)) {
			continue
		}
		end := authorityEnd(text, at)
		parts := strings.FieldsFunc(text[at:end], func(r rune) bool { return strings.ContainsRune("/@:?&=#", r) })
		bot := len(parts) > 1 && isNumber(parts[0]) && strings.HasPrefix(text[at:], parts[0]+":")
		if bot || slices.ContainsFunc(parts, func(part string) bool { return strings.IndexByte(part, '.') < 0 && looksSecret(part) }) {
			out.replace(at, end, Mask)
		}
		at = end
	}
	return out.String()
}

// maskHook masks the path of an address of a webhook, from the first segment that looks generated.
func maskHook(value string) string {
	_, rest, ok := strings.Cut(value, "://")
	if !ok || !strings.HasPrefix(value, "http") {
		return value
	}
	at := len(value) - len(rest)
	path := strings.IndexByte(rest, '/')
	for path >= 0 {
		start := at + path + 1
		end := len(value)
		if i := strings.IndexAny(value[start:], "/?#"); i >= 0 {
			end = start + i
		}
		if looksGenerated(value[start:end]) || isUUID(value[start:end]) {
			return value[:start] + Mask
		}
		if path = strings.IndexByte(rest[path+1:], '/'); path >= 0 {
			path += start - at
		}
	}
	return value
}

// isPort reports whether a text begins with a port and the end of the authority.
func isPort(text string) bool {
	digits := 0
	for digits < len(text) && isDigit(text[digits]) {
		digits++
	}
	return digits == len(text) || digits > 0 && strings.IndexByte("/?#,", text[digits]) >= 0
}

// secretPath is an address that is itself a secret: what follows it, from a given segment on.
type secretPath struct {
	// hint precedes the secret.
	hint string
	// skip is how many segments precede the secret; colon says that one ends with a colon.
	skip  int
	colon bool
	// random requires that the segment looks like a secret, as the hint alone is common.
	random bool
}

var secretPaths = []secretPath{
	{hint: "hooks.slack.com/services/"},
	{hint: "hooks.slack.com/workflows/"},
	{hint: "hooks.slack.com/triggers/"},
	{hint: "/api/webhooks/", skip: 1},
	{hint: "api.telegram.org/bot", colon: true},
	{hint: "api.telegram.org/file/bot", colon: true},
	{hint: "office.com/webhook/"},
	{hint: "office.com/webhookb2/"},
	{hint: "logic.azure.com/workflows/"},
	{hint: "open.feishu.cn/open-apis/bot/v2/hook/"},
	{hint: "open.larksuite.com/open-apis/bot/v2/hook/"},
	{hint: "hooks.zapier.com/hooks/catch/"},
	{hint: "maker.ifttt.com/trigger/", skip: 3},
	{hint: "hc-ping.com/"},
	{hint: "logs-01.loggly.com/inputs/"},
	{hint: "sumologic.com/receiver/v1/http/"},
	{hint: "events.pagerduty.com/integration/"},
	{hint: "alert.victorops.com/integrations/generic/", skip: 2},
	{hint: "api.opsgenie.com/v1/json/", skip: 1},
	{hint: "infura.io/v3/"},
	{hint: "alchemy.com/v2/"},
	{hint: "/live2/"},
	{hint: "twitch.tv/app/"},
	{hint: "facebook.com:443/rtmp/"},
	{hint: "facebook.com:80/rtmp/"},
	{hint: "anaconda.org/t/"},
	{hint: "/with/key/"},
	{hint: "/v10/webhooks/", skip: 1},
	{hint: "webhook.site/", random: true},
	{hint: "api.day.app/", random: true},
	{hint: "sctapi.ftqq.com/"},
	{hint: "nosnch.in/"},
	{hint: "cronitor.link/p/"},
	{hint: "honeybadger.io/v1/check_in/"},
	{hint: "make.com/", random: true},
	{hint: "/build_hooks/"},
	{hint: "integrations/deploy/", skip: 1},
	{hint: "/api/push/"},
	{hint: "/heartbeat/", random: true},
	{hint: "/ping/", random: true},
	{hint: "/trigger/", random: true},
	{hint: "/api/webhooks/", random: true},
	{hint: "/hooks/", random: true},
	{hint: "/webhook/", random: true},
	{hint: "/live/", random: true},
}

// maskSecretPaths masks the paths of addresses that are secrets.
func maskSecretPaths(text string) string {
	for _, p := range secretPaths {
		i := strings.Index(text, p.hint)
		if i < 0 {
			continue
		}
		start, end := p.secret(text, i+len(p.hint))
		if start < end && text[start:end] != Mask {
			return text[:start] + Mask + text[end:]
		}
	}
	return text
}

// secret returns where the secret is behind the hint.
func (p secretPath) secret(text string, at int) (start, end int) {
	end = at + len(text[at:])
	if i := strings.IndexAny(text[at:], blanks+"\"'?#\\<>`"); i >= 0 {
		end = at + i
	}
	start = at
	for range p.skip {
		i := strings.IndexByte(text[start:end], '/')
		if i < 0 {
			return 0, 0
		}
		start += i + 1
	}
	if p.colon {
		i := strings.IndexByte(text[start:end], ':')
		if i < 0 {
			return 0, 0
		}
		start += i + 1
		if i := strings.IndexByte(text[start:end], '/'); i >= 0 {
			end = start + i
		}
	}
	if p.random && !slices.ContainsFunc(strings.Split(text[start:end], "/"), looksRandom) {
		return 0, 0
	}
	return start, end
}

// maskConnections masks the secrets of connection strings without a scheme:
// user:secret@tcp(host:port)/name as Go's driver for MySQL has it, user:secret@host:port/name,
// and user/secret@host behind jdbc:oracle:thin:.
func maskConnections(text string) string {
	const oracle = "jdbc:oracle:"
	if i := strings.Index(text, oracle); i >= 0 {
		text = maskOracle(text, i+len(oracle))
	}
	at := strings.IndexByte(text, '@')
	// Only the first @ that follows a colon counts; others are rare and cost time.
	colon := strings.LastIndexByte(text[:at], ':')
	if colon <= 0 || !connects(text[at+1:]) && !strings.HasPrefix(text, ":pserver:") {
		return text
	}
	user := colon
	for user > 0 && (isWord(text[user-1]) || strings.IndexByte(".-\\", text[user-1]) >= 0) {
		user--
	}
	secret := text[colon+1 : at]
	if user == colon || secret == "" || strings.ContainsAny(secret, blanks+`/"'`) || isPlaceholder(secret) {
		return text
	}
	return text[:colon+1] + Mask + text[at:]
}

// connects reports whether a text begins with an address in the form of a database's driver,
// or with host:port.
func connects(text string) bool {
	for _, network := range []string{"tcp(", "tcp6(", "unix(", "("} {
		if strings.HasPrefix(text, network) {
			return true
		}
	}
	host := 0
	for host < len(text) && (isWord(text[host]) || text[host] == '.' || text[host] == '-') {
		host++
	}
	return host > 0 && host+1 < len(text) && text[host] == ':' && isDigit(text[host+1]) && isPort(text[host+1:])
}

// maskBots masks the token of a bot of Telegram: its number, a colon and 35 characters.
func maskBots(text string) string {
	const begins, least = ":AA", 30
	at := strings.Index(text, begins)
	if at <= 0 || !isDigit(text[at-1]) {
		return text
	}
	end := at + 1
	for end < len(text) && (isWord(text[end]) || text[end] == '-') {
		end++
	}
	if end-at < least {
		return text
	}
	return text[:at+1] + Mask + text[end:]
}

func maskOracle(text string, at int) string {
	end := strings.IndexByte(text[at:], '@')
	slash := strings.IndexByte(text[at:], '/')
	if end < 0 || slash < 0 || slash+1 >= end {
		return text
	}
	return text[:at+slash+1] + Mask + text[at+end:]
}
