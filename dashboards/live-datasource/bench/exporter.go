//go:build linux

package main

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
)

// fakeExporter answers /api/v1/processes as a host with many processes does.
type fakeExporter struct {
	*httptest.Server
	plain, packed []byte
	asked         atomic.Int64
}

func newExporter(size int) *fakeExporter {
	e := &fakeExporter{plain: answer(size)}
	var packed bytes.Buffer
	// The exporter compresses at the fastest level.
	writer, _ := gzip.NewWriterLevel(&packed, gzip.BestSpeed)
	_, _ = writer.Write(e.plain)
	_ = writer.Close()
	e.packed = packed.Bytes()
	e.Server = httptest.NewServer(e)
	return e
}

func (e *fakeExporter) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	e.asked.Add(1)
	w.Header().Set("Content-Type", "application/json")
	if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		w.Header().Set("Content-Encoding", "gzip")
		_, _ = w.Write(e.packed)
		return
	}
	_, _ = w.Write(e.plain)
}

// kinds are processes as a recorded answer had them, one in so many of each.
var kinds = []struct{ name, exe, cmdline, user, unit string }{
	{"nginx", "/usr/sbin/nginx", `"nginx: worker process"`, "www-data", "nginx.service"},
	{"postgres", "/usr/lib/postgresql/17/bin/postgres", `"postgres: shop: app shop 10.0.0.17(51234) idle"`, "postgres", "postgresql@17-main.service"},
	{"java", "/usr/lib/jvm/java-21/bin/java", `"/usr/lib/jvm/java-21/bin/java","-Xmx2g","-Dspring.profiles.active=production","-jar","/srv/shop/shop.jar"`, "shop", "shop.service"},
	{"kworker/3:1-mm_percpu_wq", "", "", "root", ""},
	{"sh", "/usr/bin/dash", `"/bin/sh","-c","sleep 60; run-parts --report /etc/cron.hourly"`, "root", "cron.service"},
	{"node", "/usr/bin/node", `"node","--max-old-space-size=512","/srv/front/server.js"`, "front", "front.service"},
}

// answer writes the flat list of a host.
func answer(size int) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, `{"status":"success","data":{"host":"bench","time":1700000000,"interval_seconds":2,"total":%d,"matched":%[1]d,"role":"operator","processes":[`, size)
	for i := range size {
		kind := kinds[i%len(kinds)]
		if i > 0 {
			b.WriteByte(',')
		}
		pid := i + 1
		fmt.Fprintf(&b, `{"id":"%d-%d","pid":%[1]d,"ppid":%[3]d,"start_time":16999%05[1]d.12,"name":%[4]q,`, pid, 100*pid, i/8, kind.name)
		if kind.exe != "" {
			fmt.Fprintf(&b, `"exe":%q,"cmdline":[%s,"--worker=%d"],"unit":%q,`, kind.exe, kind.cmdline, i, kind.unit)
		}
		fmt.Fprintf(&b, `"user":%q,"state":"sleeping","threads":%d,"nice":0,"cpu":{"user_seconds":%d.17,"system_seconds":%d.03,"cores":0.%04d},`,
			kind.user, 1+i%40, i%977, i%311, i%9973)
		fmt.Fprintf(&b, `"memory":{"resident_bytes":%d,"virtual_bytes":%d,"swap_bytes":0},`, 4096*(i%100_003), 65536*(i%100_003))
		fmt.Fprintf(&b, `"io":{"read_bytes":%d,"written_bytes":%d,"read_bytes_per_second":%d,"written_bytes_per_second":0},`, 512*i, 1024*i, i%4096)
		fmt.Fprintf(&b, `"open_fds":%d,"group":%q,"subtree":{"processes":1,"cores":0.1,"resident_bytes":%d}}`, i%512, kind.name, 4096*i)
	}
	b.WriteString("]}}")
	return b.Bytes()
}
