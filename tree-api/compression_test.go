package treeapi

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"strings"
	"testing"
)

func TestCompression(t *testing.T) {
	api := apiOf(t, bigHost(t))
	plain := ask(t, api, "/api/v1/tree").Body
	if len(plain) < 64<<10 || !json.Valid(plain) {
		t.Fatalf("the answer of %d bytes goes out in one piece, or is no JSON", len(plain))
	}
	for accept, compressed := range map[string]bool{
		"": false, "gzip": true, "gzip, deflate, br, zstd": true, "gzip;q=0.5": true, "gzip;q=0": false, "identity": false,
	} {
		response := ask(t, api, "/api/v1/tree", header("Accept-Encoding", accept))
		if got := response.Header.Get("Content-Encoding") == "gzip"; got != compressed {
			t.Errorf("Accept-Encoding %q: compressed %v, want %v", accept, got, compressed)
		}
		if !strings.Contains(response.Header.Get("Vary"), "Accept-Encoding") {
			t.Errorf("Accept-Encoding %q: Vary is %q", accept, response.Header.Get("Vary"))
		}
		body := response.Body
		if compressed {
			body = unzip(t, body)
		}
		if !bytes.Equal(body, plain) {
			t.Errorf("Accept-Encoding %q gives another answer", accept)
		}
	}
}

func unzip(tb testing.TB, data []byte) []byte {
	tb.Helper()
	r, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		tb.Fatal(err)
	}
	plain, err := io.ReadAll(r)
	if err != nil {
		tb.Fatal(err)
	}
	return plain
}
