package redact

import "strings"

// shape is the form of a kind of token: a prefix, then at least min further characters.
type shape struct {
	prefix string
	min    int
	// dots says that dots belong to the token.
	dots bool
}

// shapes are the tokens that their issuers made recognizable. Sources are the issuers'
// documents and the patterns of GitHub's secret scanning.
var shapes = []shape{
	{"AKIA", 16, false},
	{"ASIA", 16, false},
	{"ABSK", 40, false},
	{"LTAI", 16, false}, // Amazon, Alibaba
	{"AIza", 35, false},
	{"ya29.", 16, true},
	{"1//0", 16, false},
	{"GOCSPX-", 20, false}, // Google
	{"ghp_", 36, false},
	{"gho_", 36, false},
	{"ghu_", 36, false},
	{"ghs_", 36, false},
	{"ghr_", 36, false}, // GitHub
	{"github_pat_", 22, false},
	{"glpat-", 20, true},
	{"glptt-", 20, false},
	{"gldt-", 20, false},
	{"glrt-", 20, true},
	{"glcbt-", 20, false}, // GitLab
	{"glft-", 20, false},
	{"glimt-", 20, false},
	{"glagent-", 20, false},
	{"gloas-", 20, false},
	{"GR1348941", 16, false},
	{"ATATT3", 40, false},
	{"ATCTT3", 40, false},
	{"ATBB", 28, false}, // Atlassian
	{"xoxa-", 10, false},
	{"xoxb-", 10, false},
	{"xoxe-", 10, false},
	{"xoxe.", 10, true},
	{"xoxo-", 10, false}, // Slack
	{"xoxp-", 10, false},
	{"xoxr-", 10, false},
	{"xoxs-", 10, false},
	{"xoxc-", 10, false},
	{"xoxd-", 10, false},
	{"xapp-", 10, false},
	{"sk_live_", 20, false},
	{"sk_test_", 20, false},
	{"rk_live_", 20, false},
	{"rk_test_", 20, false},
	{"whsec_", 20, false}, // Stripe
	{"sq0atp-", 20, false},
	{"sq0csp-", 20, false},
	{"rzp_live_", 14, false},
	{"FLWSECK_", 20, false}, // payments
	{"shpat_", 32, false},
	{"shpca_", 32, false},
	{"shppa_", 32, false},
	{"shpss_", 32, false},
	{"SG.", 32, true},
	{"xkeysib-", 40, false},
	{"mlsn.", 30, true}, // mail
	{"sk-", 20, false},
	{"gsk_", 40, false},
	{"r8_", 30, false},
	{"nvapi-", 40, false},
	{"pplx-", 40, false}, // models
	{"hf_", 30, false},
	{"api_org_", 30, false},
	{"lsv2_pt_", 30, false},
	{"lsv2_sk_", 30, false},
	{"pcsk_", 40, false},
	{"jina_", 40, false},
	{"tvly-", 20, false},
	{"xai-", 40, false},
	{"hvs.", 20, true},
	{"hvb.", 20, true},
	{"hvr.", 20, true},
	{"dp.pt.", 30, true},
	{"dp.st.", 30, true}, // secrets managers
	{"ops_eyJ", 40, false},
	{"AGE-SECRET-KEY-", 4, false},
	{"AGE-PLUGIN-", 20, false},
	{"eyJ", 20, true},
	{"npm_", 36, false},
	{"pypi-AgE", 16, false},
	{"rubygems_", 40, false},
	{"oy2", 43, false},
	{"cio", 32, false}, // registries
	{"dckr_pat_", 20, false},
	{"dckr_oat_", 20, false},
	{"dop_v1_", 32, false},
	{"doo_v1_", 32, false},
	{"dor_v1_", 32, false},
	{"pul-", 40, false},
	{"tfp_", 40, false}, // hosting
	{"fo1_", 30, false},
	{"fm2_", 30, false},
	{"nfp_", 36, false},
	{"CFPAT-", 40, false},
	{"tskey-", 12, false},
	{"rnd_", 28, false},
	{"HRKU-", 36, false},
	{"dapi", 32, false},
	{"dose_v1_", 32, false},
	{"sbp_", 40, false},
	{"sha256~", 40, false},
	{"SWMTKN-1-", 40, false},
	{"bkua_", 30, false},
	{"CCIPAT_", 30, false},
	{"sgp_", 40, false}, // builds
	{"glsa_", 20, false},
	{"glc_", 40, false},
	{"NRAK-", 20, false},
	{"NRII-", 20, false},
	{"NRJS-", 16, false}, // monitoring
	{"dt0c01.", 40, true},
	{"dt0s01.", 40, true},
	{"sntrys_", 30, false},
	{"sntryu_", 30, false},
	{"proctree_", 43, false},
	{"PMAK-", 40, false},
	{"lin_api_", 32, false},
	{"figd_", 30, false},
	{"ntn_", 40, false}, // others
	{"pat-na1-", 30, false},
	{"pat-eu1-", 30, false},
	{"shippo_live_", 30, false},
	{"EZAK", 50, false},
	{"phx_", 40, false},
	{"syt_", 16, false},
	{"pscale_tkn_", 20, false},
	{"pscale_pw_", 20, false},
	{"pscale_oauth_", 20, false},
	{"EAACEdEose0cBA", 10, false},
	{"amzn.mws.", 20, true},
	{"key-", 32, false},
	{"re_", 28, false},
	{"apify_api_", 30, false},
	{"nsec1", 50, false},
	{"xprv", 90, false},
	{"fc-", 32, false},
	{"csk-", 40, false},
	{"gAAAAA", 60, false},
	{"grub.pbkdf2.sha512.", 30, true},
	{"EZTK", 50, false},
	{"nbp_", 30, false},
	{"tk_", 29, false},
	{"secret_", 40, false},
	{"rk_prod_", 20, false},
	{"sk_prod_", 20, false},
	{"st.", 50, true},
	{"depot_", 40, false},
	{"zpka_", 30, false},
	{"mdb_sa_sk_", 20, false},
	{"cfut_", 30, false},
	{"cfat_", 30, false},
}

// shapesAt are the shapes by the first letter of their prefix.
var shapesAt = func() (table [256][]shape) {
	for _, s := range shapes {
		table[s.prefix[0]] = append(table[s.prefix[0]], s)
	}
	return table
}()

// maskTokens masks what has the form of a known kind of token.
func maskTokens(text string) string {
	out := edit{text: text}
	for at := 0; at < len(text); at++ {
		if shapesAt[text[at]] == nil || at > 0 && isWord(text[at-1]) {
			continue
		}
		end, ok := tokenEnd(text, at)
		if ok {
			out.replace(at, end, Mask)
		}
		at = max(at, end-1)
	}
	return out.String()
}

// tokenEnd returns where the token that begins there ends. If it returns false, there is none
// before that end.
func tokenEnd(text string, at int) (end int, ok bool) {
	for _, s := range shapesAt[text[at]] {
		if !strings.HasPrefix(text[at:], s.prefix) {
			continue
		}
		start := at + len(s.prefix)
		end = start
		dots := 0
		for end < len(text) && (isWord(text[end]) || text[end] == '-' || s.dots && text[end] == '.') {
			if text[end] == '.' {
				dots++
			}
			end++
		}
		// A JWT (RFC 7519) has three parts.
		if end-start >= s.min {
			return end, s.prefix != "eyJ" || dots > 0
		}
	}
	return at, false
}
