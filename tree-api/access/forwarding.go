package access

import (
	"slices"
	"strings"
)

// Proxies and content delivery networks tell by a header for whom they forward: the caller
// behind one is not on this host, even where the proxy is. There are too many for a list,
// so the names are known by their parts. A proxy that adds no header cannot be told from a
// local caller.
var (
	// forwardingBeginnings are what names begin with, in lower case.
	forwardingBeginnings = []string{
		"akamai-", "ali-", "azure-", "cdn-", "cf-", "cloudfront-", "do-connecting-", "eagleid", "eagleeye-", "edge-", "fastly-",
		"fly-", "front-end-", "incap-", "ms-", "proxy-", "remote-", "sec-forwarded", "ssl-client-", "tailscale-", "true-client-", "wl-proxy-",
		"x-akamai-", "x-amz-", "x-amzn-", "x-appengine-", "x-appgw-", "x-arr-", "x-auth-request-", "x-auth-user",
		"x-authenticated-", "x-authentik-", "x-azure-",
		"x-bluecoat-", "x-cdn", "x-client-", "x-cloud-trace-", "x-cluster-", "x-coming-", "x-edge-", "x-envoy-", "x-external-", "x-fastly-",
		"x-forward", "x-goog-", "x-google-", "x-grafana-device", "x-grafana-user", "x-haproxy-", "x-host", "x-http-destination", "x-http-host", "x-istio-",
		"x-kubernetes-", "x-ms-", "x-netlify-", "x-nf-", "x-nginx-", "x-origin-", "x-original-", "x-originating-", "x-outgoing-",
		"x-proxy", "x-real-", "x-remote-", "x-request-start", "x-rewrite-", "x-scheme", "x-sucuri-", "x-tailscale-", "x-traefik-", "x-url-scheme",
		"x-ssl-client", "x-user", "x-varnish", "x-vercel-", "x-wap-", "x-webauth-", "x-zscaler-", "z-forwarded-",
	}
	// forwardingParts are what stands anywhere in a name.
	forwardingParts = []string{"forwarded", "forwarding", "client-ip", "clientip", "connecting-ip", "proxied", "proxyuser", "reverse-proxy"}
	// forwardingEndings are its last word: the address of somebody else.
	forwardingEndings = []string{"ip", "ips", "ipaddress", "addr", "address"}
	// forwardingNames are whole names.
	forwardingNames = []string{
		"via", // RFC 9110, section 7.6.3
		"max-forwards", "surrogate-capability", "x-via", "x-cache", "x-served-by", "x-bproxy", "x-gateway", "x-hop-count",
	}
)

// isForwarding reports whether a header says that somebody forwards the request.
func isForwarding(name string) bool {
	name = strings.ToLower(strings.ReplaceAll(name, "_", "-"))
	if slices.Contains(forwardingNames, name) || slices.Contains(forwardingEndings, name[strings.LastIndexByte(name, '-')+1:]) {
		return true
	}
	return slices.ContainsFunc(forwardingBeginnings, func(s string) bool { return strings.HasPrefix(name, s) }) ||
		slices.ContainsFunc(forwardingParts, func(s string) bool { return strings.Contains(name, s) })
}
