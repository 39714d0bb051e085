package mailbox

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"html/template"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
)

//go:embed page.html
var pageText string

var page = template.Must(template.New("page").Parse(pageText))

// Handler takes web hooks by POST: at /sns as Amazon SNS does, anywhere else whatever comes,
// answered as Slack would. By GET it shows what has arrived, mails included; a message is at
// /messages/NUMBER, all are at /api/messages as JSON.
func (m *Mailbox) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /sns", m.publish)
	mux.HandleFunc("POST /{kind}/{to...}", m.hook)
	mux.HandleFunc("GET /{$}", m.list)
	mux.HandleFunc("GET /messages/{number}", m.show)
	mux.HandleFunc("GET /api/messages", m.listJSON)
	return mux
}

// publish is the action Publish of SNS
// (https://docs.aws.amazon.com/sns/latest/api/API_Publish.html).
func (m *Mailbox) publish(w http.ResponseWriter, r *http.Request) {
	raw, err := io.ReadAll(http.MaxBytesReader(w, r.Body, limit))
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	form, err := url.ParseQuery(string(raw))
	if err != nil || form.Get("Action") != "Publish" {
		http.Error(w, "only the action Publish is known", http.StatusBadRequest)
		return
	}
	text := form.Get("Message")
	message := Message{Kind: "sns", To: form.Get("PhoneNumber") + form.Get("TopicArn"), Subject: firstLine(text), Text: text}
	if err := m.add(message, []byte(text+"\n"), ".txt"); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/xml")
	_, _ = fmt.Fprint(w, `<PublishResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><PublishResult>`+
		`<MessageId>1</MessageId></PublishResult></PublishResponse>`)
}

// kinds are what the name of a file may hold.
var kinds = regexp.MustCompile(`^[a-z]{1,20}$`)

func (m *Mailbox) hook(w http.ResponseWriter, r *http.Request) {
	if !kinds.MatchString(r.PathValue("kind")) {
		http.NotFound(w, r)
		return
	}
	raw, err := io.ReadAll(http.MaxBytesReader(w, r.Body, limit))
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	message := Message{Kind: r.PathValue("kind"), To: r.PathValue("to"), Subject: hookSubject(raw), Text: string(raw)}
	if err := m.add(message, raw, ".json"); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	_, _ = io.WriteString(w, "ok")
}

// hookSubject returns what a web hook says first: the title of a Slack attachment or of a
// Teams card, or the summary of the first of Alertmanager's alerts.
func hookSubject(raw []byte) string {
	var body struct {
		Status      string
		Alerts      []struct{ Annotations map[string]string }
		Attachments []struct {
			Title   string
			Content struct{ Body []struct{ Text string } }
		}
	}
	if err := json.Unmarshal(raw, &body); err != nil {
		return firstLine(string(raw))
	}
	for _, attachment := range body.Attachments {
		if attachment.Title != "" {
			return firstLine(attachment.Title)
		}
		for _, block := range attachment.Content.Body {
			return firstLine(block.Text)
		}
	}
	if len(body.Alerts) == 0 {
		return ""
	}
	return firstLine(body.Status + ": " + body.Alerts[0].Annotations["summary"])
}

func (m *Mailbox) list(w http.ResponseWriter, _ *http.Request) {
	messages, _ := m.Messages()
	slices.Reverse(messages)
	w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")
	if err := page.Execute(w, messages); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
	}
}

func (m *Mailbox) listJSON(w http.ResponseWriter, _ *http.Request) {
	messages, _ := m.Messages()
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(messages)
}

// show is the message as a mail program would show it: without scripts or anything from elsewhere.
func (m *Mailbox) show(w http.ResponseWriter, r *http.Request) {
	messages, _ := m.Messages()
	number, err := strconv.Atoi(r.PathValue("number"))
	at := slices.IndexFunc(messages, func(m Message) bool { return m.Number == number })
	if err != nil || at < 0 {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; sandbox allow-popups allow-top-navigation-by-user-activation")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	body := messages[at].Text
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	if messages[at].HTML != "" {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		body = messages[at].HTML
	}
	_, _ = io.WriteString(w, body)
}
