package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"
)

// healthTimeout is how long an exporter may take to say that it is healthy.
const healthTimeout = 5 * time.Second

// exampleHealthy is where an exporter with the default address answers.
const exampleHealthy = "http://localhost:10056/-/healthy"

// checkHealth is --web.check: it asks a running exporter whether it is healthy, so that an
// image without shell and curl can have a health check. An exporter that asks for a
// password is one that answers. Nothing secret is sent and nothing that is received is
// believed further, so any certificate will do.
func checkHealth(ctx context.Context, address string, stdout io.Writer) error {
	ctx, cancel := context.WithTimeout(ctx, healthTimeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, http.NoBody)
	if err != nil {
		return fmt.Errorf("--web.check: %w", err)
	}
	client := &http.Client{
		Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}},
		CheckRedirect: func(*http.Request, []*http.Request) error {
			return errors.New("it points elsewhere")
		},
	}
	defer client.CloseIdleConnections()
	response, err := client.Do(request)
	if err != nil {
		return fmt.Errorf("--web.check: %w", err)
	}
	defer func() { _ = response.Body.Close() }()
	switch response.StatusCode {
	case http.StatusOK, http.StatusUnauthorized:
		_, err := fmt.Fprintln(stdout, "healthy")
		return err
	}
	return fmt.Errorf("--web.check: %s: %s", address, response.Status)
}
