package redact_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"proctree/tree-api/redact"
)

// cases are command lines and what is shown of them, written with | between arguments.
// In those that are to stay the second is empty.
var cases = []struct{ given, shown string }{
	// Options with the value behind a sign.
	{"app|--password=hunter2", "app|--password=***"},
	{"app|--password=hunter2, with spaces & more", "app|--password=***"},
	{"app|-password=hunter2", "app|-password=***"},
	{"app|--db-password=hunter2|--port=80", "app|--db-password=***|--port=80"},
	{"app|--dbPassword:hunter2", "app|--dbPassword:***"},
	{"app.exe|/password:hunter2", "app.exe|/password:***"},
	{"app|--api-key=abc|--apikey=abc|--api_key=abc|--apiKey=abc", "app|--api-key=***|--apikey=***|--api_key=***|--apiKey=***"},
	{"app|--client-secret=abc|--auth-token=abc|--pass=abc|--pwd=abc", "app|--client-secret=***|--auth-token=***|--pass=***|--pwd=***"},
	{"java|-Djavax.net.ssl.keyStorePassword=changeit|-jar|app.jar", "java|-Djavax.net.ssl.keyStorePassword=***|-jar|app.jar"},
	{"helm|install|--set=db.password=abc", "helm|install|--set=db.password=***"},
	{"app|--password=/looks/like/a/path", "app|--password=***"},
	{"app|--credentials=user", "app|--credentials=***"},

	// Options with the value in the next argument.
	{"app|--password|hunter2|--verbose", "app|--password|***|--verbose"},
	{"app|-password|hunter2", "app|-password|***"},
	{"vault|--token|abcdef", "vault|--token|***"},
	{"openssl|rsa|-passin|pass:abc", "openssl|rsa|-passin|***"},
	{"gpg|--batch|--passphrase|hunter2", "gpg|--batch|--passphrase|***"},
	{"erl|-setcookie|hunter2", "erl|-setcookie|***"},
	{"nmcli|dev|wifi|connect|net|password|hunter2", "nmcli|dev|wifi|connect|net|password|***"},

	// Options of known tools.
	{"mysql|-uroot|-phunter2|db", "mysql|-uroot|-p***|db"},
	{"/usr/bin/mysqldump|-phunter2", "/usr/bin/mysqldump|-p***"},
	{"sudo|-u|app|env|A=1|mysql|-phunter2", "sudo|-u|app|env|A=1|mysql|-p***"},
	{"mysql|-p|db", ""},
	{"sshpass|-p|hunter2|ssh|host", "sshpass|-p|***|ssh|host"},
	{"sshpass|-phunter2|ssh|host", "sshpass|-p***|ssh|host"},
	{"mongosh|-u|me|-p|hunter2", "mongosh|-u|me|-p|***"},
	{"redis-cli|-a|hunter2|ping", "redis-cli|-a|***|ping"},
	{"ldapsearch|-D|cn=me|-w|hunter2", "ldapsearch|-D|cn=me|-w|***"},
	{"smbclient|-U|me%hunter2|//host/share", "smbclient|-U|me%***|//host/share"},
	{"curl|-u|me:hunter2|https://host", "curl|-u|me:***|https://host"},
	{"curl|-ume:hunter2|-sSu|me:hunter2", "curl|-ume:***|-sSu|me:***"},
	{"curl|--user=me:hunter2|--proxy-user|me:hunter2", "curl|--user=me:***|--proxy-user|me:***"},
	{"curl|-b|session=abc|https://host", "curl|-b|***|https://host"},
	{"http|-a|me:hunter2|https://host", "http|-a|me:***|https://host"},
	{"docker|login|-u|me|-p|hunter2|registry", "docker|login|-u|me|-p|***|registry"},
	{"docker|run|-p|80:80|image", ""},
	{"sqlplus|scott/tiger@db", "sqlplus|scott/***@db"},
	{"sqlplus|@/opt/run.sql", ""},
	{"snmpget|-v2c|-c|private|host", "snmpget|-v2c|-c|***|host"},
	{"snmpd|-c|/etc/snmp/snmpd.conf", ""},
	{"7z|a|-phunter2|x.7z", "7z|a|-p***|x.7z"},
	{`C:\tools\mysql.exe|-phunter2`, `C:\tools\mysql.exe|-p***`},
	{"xfreerdp|/u:me|/p:hunter2", "xfreerdp|/u:me|/p:***"},
	{"mount|-o|username=me,password=hunter2,ro|//host/x", "mount|-o|username=me,password=***,ro|//host/x"},

	// Assignments.
	{"env|DB_PASSWORD=hunter2|app", "env|DB_PASSWORD=***|app"},
	{"PGPASSWORD=hunter2|psql", "PGPASSWORD=***|psql"},
	{"GITHUB_TOKEN=abc|STRIPE_KEY=abc|SECRET_KEY_BASE=abc", "GITHUB_TOKEN=***|STRIPE_KEY=***|SECRET_KEY_BASE=abc"},
	{"AWS_SECRET_ACCESS_KEY=abc/def+g|AWS_SESSION_TOKEN=abc", "AWS_SECRET_ACCESS_KEY=***|AWS_SESSION_TOKEN=***"},
	{"psql|host=db user=me password=hunter2 dbname=x", "psql|host=db user=me password=*** dbname=x"},
	{`app|{"user":"me","password":"hun\"ter2","port":1}`, `app|{"user":"me","password":"***","port":1}`},
	{"app|https://host/path?id=1&access_token=abc&x=2", "app|https://host/path?id=1&access_token=***&x=2"},
	{"app|DefaultEndpointsProtocol=https;AccountName=x;AccountKey=abc==;More=1", "app|DefaultEndpointsProtocol=https;AccountName=x;AccountKey=***;More=1"},
	{"app|Server=db;User=sa;Pwd=hunter2;", "app|Server=db;User=sa;Pwd=***;"},

	// Scripts, and command lines in one piece.
	{"sh|-c|export DB_PASSWORD=hunter2; run --fast", "sh|-c|export DB_PASSWORD=***; run --fast"},
	{"sh|-c|mysql -uroot  -phunter2 db", "sh|-c|mysql -uroot  -p*** db"},
	{"sh|-c|app --token abc | tee log", "sh|-c|app --token *** | tee log"},
	{`bash|-c|PASSWORD="two words" TOKEN='x y' run`, `bash|-c|PASSWORD="***`},
	{`bash|-c|cd /x && PASSWORD="two words" TOKEN='x y' run`, `bash|-c|cd /x && PASSWORD="***" TOKEN='***' run`},
	{"worker --password hunter2 --queue mail", "worker --password *** --queue mail"},
	{"ssh|host|curl -H 'Authorization: Bearer abcdef' https://x", "ssh|host|curl -H 'Authorization: Bearer ***' https://x"},

	// URLs.
	{"psql|postgres://me:hunter2@db:5432/x", "psql|postgres://me:***@db:5432/x"},
	{"app|amqp://me:hun@ter2@host/", "app|amqp://me:***@host/"},
	{"app|redis://:hunter2@host:6379/0", "app|redis://:***@host:6379/0"},
	{"app|--url=mongodb+srv://me:hunter2@a.example,b.example/x", "app|--url=mongodb+srv://me:***@a.example,b.example/x"},
	{"app|http://a:b@x,http://c:d@y", "app|http://a:***@x,http://c:***@y"},

	// Headers and tokens of known forms.
	{"curl|-H|Authorization: Bearer abc.def", "curl|-H|Authorization: Bearer ***"},
	{"curl|-HAuthorization: Basic bWU6aHVudGVyMg==", "curl|-HAuthorization: Basic ***"},
	{"curl|-H|authorization:abc", "curl|-H|authorization:***"},
	{"curl|-H|X-Api-Key: abc|-H|Private-Token: abc|-H|Accept: text/html", "curl|-H|X-Api-Key: ***|-H|Private-Token: ***|-H|Accept: text/html"},
	{"curl|-H|Cookie: a=b; c=d", "curl|-H|Cookie: ***"},
	{"app|--header=bearer abcdefgh", "app|--header=bearer ***"},
	{"app|AKIAIOSFODNN7EXAMPLE", "app|***"},
	{"git|clone|https://ghp_0123456789abcdefghij0123456789abcdefghij@github.com/x", "git|clone|https://***@github.com/x"},
	{"app|glpat-0123456789abcdefghij|xoxb-0123456789-abc", "app|***|***"},
	{"app|sk-0123456789abcdefghijklmn", "app|***"},
	{"app|eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl", "app|***"},
	{"app|-----BEGIN RSA PRIVATE KEY-----\nMIIEow\n-----END RSA PRIVATE KEY-----", "app|-----BEGIN RSA PRIVATE KEY-----***-----END RSA PRIVATE KEY-----"},
	{"app|-----BEGIN PRIVATE KEY-----MIIEow", "app|-----BEGIN PRIVATE KEY-----***"},
	{"app|proctree_0123456789abcdefghijklmnopqrstuvwxyz01234567890", "app|***"},

	// What must stay.
	{"app|--password-file=/run/secrets/db|--token-file|/x|--key-file=/k", ""},
	{"chromium|--password-store=basic|--type=renderer", ""},
	{"psql|--no-password|mydb", ""},
	{"app|--ask-password|mydb|--prompt-for-token|x", ""},
	{"app|--password|--verbose", ""},
	{"app|--password", ""},
	{"app|--password=", ""},
	{"app|--enable-token=true|--token=false", ""},
	{"openssl|req|-passin|file:/run/pw|-passout|env:PW", ""},
	{"app|--tls-private-key=/etc/ssl/key.pem|--private-key|/etc/key.pem", ""},
	{"app|--sort-key=name|--key=/etc/x|--key|abc", ""},
	{"ffmpeg|-pass|1|-i|x.mp4", ""},
	{"llm|--max-tokens=100|--max-token|100|--tokenizer=bpe", ""},
	{"env|PWD=/home/me|OLDPWD=/|HOME=/root|PATH=/usr/bin:/bin", ""},
	{"env|PASSWORD=$SECRET|TOKEN=\"$X\"", ""},
	{"app|--compass=north|--bypass=x|--author=me|--monkey=x|--keyboard=us|--passive=x", ""},
	{"app|SSH_PUBLIC_KEY=abc|PUBLIC_KEY=abc", ""},
	{"ssh|me@host|-p|2222", ""},
	{"scp|a:b@c|host:/x", ""},
	{"rsync|rsync://host:873/x@y|https://host:80/?mail=a@b", ""},
	{"app|https://me@host/x|http://[::1]:80/@x", ""},
	{"git|commit|-m|fix the tokenizer: it broke", ""},
	{"nginx: worker process", ""},
	{"postgres: me db 127.0.0.1(5432) idle in transaction", ""},
	{"/usr/lib/systemd/systemd|--switched-root|--system|--deserialize=35", ""},
	{"java|-Xmx4g|-XX:+UseG1GC|-cp|a.jar:b.jar|Main", ""},
	{"grep|-r|bearer|.", ""},
	{"passwd|root", ""},
	{"gpg-agent|--homedir|/x|--daemon", ""},
	{"", ""},
	{"|", ""},
}

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
