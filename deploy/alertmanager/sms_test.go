package alertmanager

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// gsm is the basic character set of 3GPP TS 23.038, without line ends: 160 of these are one SMS.
const gsm = "@£$¥èéùìòÇØøÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?" +
	"¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"

func firing(labels, annotations map[string]string) alert {
	return alert{Status: "firing", Labels: labels, Annotations: annotations}
}

func summary(text string) map[string]string { return map[string]string{"summary": text} }

// linked is a critical alert that began at 2026-03-02T14:03:20Z and leads to its processes.
func linked(treeURL, text string) alert {
	a := firing(map[string]string{"severity": "critical"}, map[string]string{"summary": text, "tree_url": treeURL})
	a.StartsAt = "2026-03-02T14:03:20Z"
	return a
}

func TestSMSIsOneMessage(t *testing.T) {
	t.Parallel()
	critical := map[string]string{"alertname": "A", "severity": "critical", "group": "nginx", "instance": "web-1:10056"}
	one := firing(critical, summary("nginx is gone on web-1:10056"))
	over := alert{Status: "resolved", Labels: critical, Annotations: summary("nginx is gone on web-1:10056")}
	tests := []struct {
		name string
		data data
		want string
	}{
		{"one alert", data{Status: "firing", Alerts: []alert{one}}, "CRITICAL: nginx is gone on web-1:10056"},
		{"several", data{Status: "firing", Alerts: []alert{over, one, one}}, "CRITICAL (1 of 2): nginx is gone on web-1:10056"},
		{"two hundred", data{Status: "firing", Alerts: slices.Repeat([]alert{one}, 200)}, "CRITICAL (1 of 200): nginx is gone on web-1:10056"},
		{"it is over", data{Status: "resolved", Alerts: []alert{over}}, "RESOLVED: nginx is gone on web-1:10056"},
		{"several are over", data{Status: "resolved", Alerts: []alert{over, over}}, "RESOLVED (1 of 2): nginx is gone on web-1:10056"},
		{"no summary", data{Status: "firing", Alerts: []alert{firing(critical, nil)}}, "CRITICAL: A: nginx on web-1:10056"},
		{"no labels", data{Status: "firing", Alerts: []alert{firing(nil, summary("down"))}}, "FIRING: down"},
		{
			"the processes of the moment",
			data{Status: "firing", Alerts: []alert{linked("https://web-1:10056/#group=a%26b", "down")}},
			"CRITICAL: down https://web-1:10056/#group=a%26b&time=1772460200",
		},
		{
			"a link that does not fit is left out as a whole",
			data{Status: "firing", Alerts: []alert{linked("https://web-1:10056/", strings.Repeat("a", 114))}},
			"CRITICAL: " + strings.Repeat("a", 114),
		},
		{
			"one that just fits",
			data{Status: "firing", Alerts: []alert{linked("https://web-1:10056/", strings.Repeat("a", 113))}},
			"CRITICAL: " + strings.Repeat("a", 113) + " https://web-1:10056/#time=1772460200",
		},
		{
			"Grafana's address is too long",
			data{Status: "firing", Alerts: []alert{linked("https://grafana/d/proctree-host?var-instance=web-1", "down")}},
			"CRITICAL: down",
		},
		{
			"what no SMS can say is no link",
			data{Status: "firing", Alerts: []alert{linked("https://web-1/~tree", "down")}},
			"CRITICAL: down",
		},
		{
			"160 characters are not cut",
			data{Status: "firing", Alerts: []alert{firing(critical, summary(strings.Repeat("a", 150)))}},
			"CRITICAL: " + strings.Repeat("a", 150),
		},
		{
			"161 are",
			data{Status: "firing", Alerts: []alert{firing(critical, summary(strings.Repeat("a", 151)))}},
			"CRITICAL: " + strings.Repeat("a", 147) + "...",
		},
		{
			"letters of two bytes count once",
			data{Status: "firing", Alerts: []alert{firing(critical, summary(strings.Repeat("ä", 5000)))}},
			"CRITICAL: " + strings.Repeat("ä", 147) + "...",
		},
		{
			"what counts twice is replaced",
			data{Status: "firing", Alerts: []alert{firing(critical, summary("[a]{b}|c\\d^e~f€g `h`\n\ti"))}},
			"CRITICAL: (a)(b)/c/d'e-fEURg 'h' i",
		},
		{
			"so is what no SMS can say",
			data{Status: "firing", Alerts: []alert{firing(critical, summary("数据库 🔥 on “h” – 3 × 4 …\u0000\u200b"))}},
			"CRITICAL: ??? ? on \"h\" - 3 x 4 ...??",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got := render(t, "proctree.sms", write(t, test.data))
			if got != test.want {
				t.Errorf("got  %q\nwant %q", got, test.want)
			}
			if n := utf8.RuneCountInString(got); n > 160 {
				t.Errorf("%d characters: %q", n, got)
			}
			for _, r := range got {
				if !strings.ContainsRune(gsm, r) {
					t.Errorf("%q is not in the alphabet of an SMS: %q", r, got)
				}
			}
		})
	}
}
