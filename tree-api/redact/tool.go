package redact

import (
	"slices"
	"strings"
)

// tool is a program whose options say nothing by their names.
type tool struct {
	// names are those of the program; one that ends in * is a beginning.
	names []string
	// attached are options with the secret right behind them: -pSECRET.
	attached []string
	// separate are options with the secret in the next argument.
	separate []string
	// pairs are options whose value is "user:secret", next or right behind.
	pairs []string
	// bundled is a letter of pairs that may stand behind other letters: curl -su.
	bundled string
	// between divides user and secret in a pair; ":" if empty.
	between string
	// after is a word without which the rules do not hold: "docker login".
	after string
}

var tools = []tool{
	{names: []string{"mysql*", "mariadb*"}, attached: []string{"-p"}},
	{names: []string{"mysqladmin", "mariadb-admin"}, attached: []string{"-p"}, separate: []string{"password"}},
	{names: []string{"twine", "cqlsh", "rdesktop"}, separate: []string{"-p"}},
	{names: []string{"ssh-keygen"}, attached: []string{"-N", "-P"}, separate: []string{"-N", "-P"}},
	{names: []string{"aws"}, separate: []string{"aws_secret_access_key", "aws_session_token"}},
	{names: []string{"ngrok"}, separate: []string{"authtoken", "add-authtoken"}},
	{names: []string{"sshpass"}, attached: []string{"-p"}, separate: []string{"-p"}},
	{names: []string{"mongo*"}, attached: []string{"-p"}, separate: []string{"-p"}},
	{names: []string{"redis-cli", "valkey-cli"}, separate: []string{"-a"}},
	{
		names: []string{"curl"}, pairs: []string{"-u", "--user", "-U", "--proxy-user", "-E", "--cert"},
		separate: []string{"-b", "--oauth2-bearer"}, bundled: "u",
	},
	{names: []string{"http", "https", "xh"}, pairs: []string{"-a", "--auth"}},
	{names: []string{"ldap*"}, attached: []string{"-w"}, separate: []string{"-w"}},
	{names: []string{"smbclient", "rpcclient", "net", "winexe"}, pairs: []string{"-U", "--user"}, between: "%"},
	{names: []string{"lftp"}, pairs: []string{"-u", "--user"}, between: ","},
	{names: []string{"docker", "podman", "helm", "skopeo", "buildah", "az", "oc"}, separate: []string{"-p"}, after: "login"},
	{names: []string{"nmcli"}, separate: []string{"password"}},
	{names: []string{"ipmitool", "mosq*", "zip", "unzip", "sqlcmd", "bcp", "isql"}, attached: []string{"-P"}, separate: []string{"-P"}},
	{names: []string{"snmpget*", "snmpbulk*", "snmpwalk", "snmpset", "snmptable", "snmptrap"}, attached: []string{"-c", "-A", "-X"}, separate: []string{"-c", "-A", "-X"}},
	{names: []string{"7z*", "rar", "unrar"}, attached: []string{"-hp", "-p"}},
	{names: []string{"xfreerdp*", "wlfreerdp*", "mstsc"}, attached: []string{"/p:"}},
	{names: []string{"openssl"}, separate: []string{"-k", "-K"}},
	{names: []string{"sqlplus", "sqlldr", "expdp", "impdp", "rman"}, pairs: []string{""}, between: "/"},
}

// toolsByName are the tools whose names are given in full.
var toolsByName = func() map[string]*tool {
	index := map[string]*tool{}
	for i := range tools {
		for _, name := range tools[i].names {
			index[name] = &tools[i]
		}
	}
	return index
}()

// toolBeginnings are the names that are only beginnings, without the *.
var toolBeginnings = func() (list []string) {
	for name := range toolsByName {
		if beginning, ok := strings.CutSuffix(name, "*"); ok {
			list = append(list, beginning)
		}
	}
	slices.Sort(list)
	return list
}()

// toolOf returns the rules for a program, given its path or name; nil if there are none.
func toolOf(arg string) *tool {
	name := strings.TrimSuffix(arg[strings.LastIndexAny(arg, `/\`)+1:], ".exe")
	if t := toolsByName[name]; t != nil {
		return t
	}
	for _, beginning := range toolBeginnings {
		if strings.HasPrefix(name, beginning) {
			return toolsByName[beginning+"*"]
		}
	}
	return nil
}

// toolOption masks an argument by the rules of the program; false if it has none for it.
func (s *scanner) toolOption(arg string) (string, bool) {
	t := s.tool
	if t == nil {
		return arg, false
	}
	if t.after != "" && !s.begun {
		s.begun = arg == t.after
		return arg, s.begun
	}
	if slices.Contains(t.separate, arg) {
		s.valueNext = maskAll
		return arg, true
	}
	for _, option := range t.attached {
		if len(arg) > len(option) && strings.HasPrefix(arg, option) && !strings.HasPrefix(arg, "--") {
			return option + Mask, true
		}
	}
	for _, option := range t.pairs {
		if arg == option || t.isBundle(arg) {
			s.valueNext = t.maskPair
			return arg, true
		}
		if value, ok := strings.CutPrefix(arg, option); ok && !strings.HasPrefix(option, "--") {
			if changed := t.maskPair(value); changed != value {
				return option + changed, true
			}
		}
		if value, ok := strings.CutPrefix(arg, option+"="); ok && option != "" {
			return option + "=" + t.maskPair(value), true
		}
	}
	return arg, false
}

// isBundle reports whether an argument is several letters, the last of which takes a pair.
func (t *tool) isBundle(arg string) bool {
	const most = 8
	return t.bundled != "" && len(arg) > 2 && len(arg) <= most && arg[0] == '-' && arg[1] != '-' &&
		strings.HasSuffix(arg, t.bundled) && !strings.ContainsAny(arg[1:], "-:=/.")
}

func maskAll(arg string) string {
	if arg == "" {
		return arg
	}
	return Mask
}

// maskPair masks what is behind the user's name, and in front of the name of a database.
func (t *tool) maskPair(value string) string {
	between := t.between
	if between == "" {
		between = ":"
	}
	user, secret, ok := strings.Cut(value, between)
	if !ok || user == "" || secret == "" || strings.HasPrefix(value, "-") {
		return value
	}
	rest := ""
	if at := strings.LastIndexByte(secret, '@'); at >= 0 && between == "/" {
		rest = secret[at:]
	} else if between == "/" {
		// Without a database behind it this may as well be a path.
		return value
	}
	return user + between + Mask + rest
}
