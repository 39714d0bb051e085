package mailbox

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/smtp"
	"os"
	"strings"
	"testing"
)

func newMailbox(t *testing.T, dir string) *Mailbox {
	t.Helper()
	m, err := New(dir)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// last returns the only message that is new.
func last(t *testing.T, m *Mailbox) Message {
	t.Helper()
	messages, _ := m.Messages()
	if len(messages) != 1 {
		t.Fatalf("messages: %+v", messages)
	}
	return messages[0]
}

// TestMail sends a mail as Alertmanager does, by the same package of the standard library.
func TestMail(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	m := newMailbox(t, dir)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := m.SMTP()
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(func() { _ = server.Close() })

	_, changed := m.Messages()
	mail := strings.ReplaceAll(`Subject: =?UTF-8?q?f=C3=BCr_dich?=
Content-Type: multipart/alternative; boundary=b

--b
Content-Type: text/plain; charset=UTF-8
Content-Transfer-Encoding: quoted-printable

1 =3D 1
--b
Content-Type: text/html; charset=UTF-8

<b>1</b>
--b--
`, "\n", "\r\n")
	to := []string{"a@example.org", "b@example.org"}
	if err := smtp.SendMail(listener.Addr().String(), nil, "me@example.org", to, []byte(mail)); err != nil {
		t.Fatal(err)
	}
	<-changed
	got := last(t, m)
	if got.Kind != "mail" || got.Subject != "für dich" || got.To != "a@example.org, b@example.org" || got.Text != "1 = 1" || got.HTML != "<b>1</b>" {
		t.Errorf("got %+v", got)
	}
	if err := smtp.SendMail(listener.Addr().String(), nil, "me@example.org", to, []byte("no header\r\n")); err == nil {
		t.Error("took what is no mail")
	}
	files, err := os.ReadDir(dir)
	if err != nil || len(files) != 1 || !strings.HasSuffix(files[0].Name(), "-001-mail.eml") {
		t.Errorf("files %v, %v", files, err)
	}
}

func post(t *testing.T, m *Mailbox, path, body string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, path, strings.NewReader(body))
	w := httptest.NewRecorder()
	m.Handler().ServeHTTP(w, r)
	return w
}

func TestHooks(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, path, body string
		status           int
		want             Message
	}{
		{
			"SNS", "/sns", "Action=Publish&PhoneNumber=%2B123&Message=down%0Anow", http.StatusOK,
			Message{Kind: "sns", To: "+123", Subject: "down", Text: "down\nnow"},
		},
		{
			"Slack", "/slack/chat", `{"attachments":[{"title":"T"}]}`, http.StatusOK,
			Message{Kind: "slack", To: "chat", Subject: "T"},
		},
		{
			"Teams", "/teams/db", `{"attachments":[{"content":{"body":[{"text":"T"},{"text":"more"}]}}]}`, http.StatusOK,
			Message{Kind: "teams", To: "db", Subject: "T"},
		},
		{
			"Alertmanager's own", "/webhook/on-call", `{"status":"firing","alerts":[{"annotations":{"summary":"S"}}]}`, http.StatusOK,
			Message{Kind: "webhook", To: "on-call", Subject: "firing: S"},
		},
		{"another action of SNS", "/sns", "Action=Subscribe", http.StatusBadRequest, Message{}},
		{"a kind that could be a path", "/..%2Fx/a", "{}", http.StatusNotFound, Message{}},
		{"too large", "/webhook/a", strings.Repeat(" ", limit+1), http.StatusBadRequest, Message{}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			m := newMailbox(t, t.TempDir())
			if got := post(t, m, test.path, test.body).Code; got != test.status {
				t.Fatalf("status %d, want %d", got, test.status)
			}
			if test.status != http.StatusOK {
				if messages, _ := m.Messages(); len(messages) > 0 {
					t.Errorf("took %+v", messages)
				}
				return
			}
			got := last(t, m)
			if test.want.Text == "" {
				test.want.Text = test.body
			}
			if got.Kind != test.want.Kind || got.To != test.want.To || got.Subject != test.want.Subject || got.Text != test.want.Text {
				t.Errorf("got %+v, want %+v", got, test.want)
			}
		})
	}
}

func TestPages(t *testing.T) {
	t.Parallel()
	m := newMailbox(t, "")
	if err := m.add(Message{Kind: "mail", Subject: "<b>", HTML: "<i>text</i>"}, nil, ".eml"); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(m.Handler())
	t.Cleanup(server.Close)
	for path, want := range map[string]string{
		"/": "&lt;b&gt;", "/messages/1": "<i>text</i>", "/messages/2": "404 page not found", "/api/messages": `"Subject":"\u003cb\u003e"`,
	} {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL+path, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(response.Body)
		_ = response.Body.Close()
		if err != nil || !strings.Contains(string(body), want) {
			t.Errorf("%s: %v: %s", path, err, body)
		}
	}
}
