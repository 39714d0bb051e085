package main

import (
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"

	"github.com/alecthomas/kingpin/v2"
	"github.com/go-kit/log"
	"github.com/go-kit/log/level"
	promconfig "github.com/prometheus/common/config"

	"proctree/tree-api/alerts"
)

// prometheusFlags say where the alerts of this host are to be had.
type prometheusFlags struct{ url, instance, configFile string }

func (f *prometheusFlags) addFlags(app *kingpin.Application) {
	app.Flag("web.prometheus-url", "Address of Prometheus, from which the page of the process tree gets the alerts of this host that are firing. Example: http://127.0.0.1:9090.").
		PlaceHolder("URL").StringVar(&f.url)
	app.Flag("web.prometheus-instance", "Value of the label instance of this host's alerts. By default the name of the host, with or without its domain and a port. Example: web-1:10056.").
		PlaceHolder("NAME").StringVar(&f.instance)
	app.Flag("web.prometheus-config", "File with the HTTP client configuration for --web.prometheus-url, as Prometheus has it: basic_auth, authorization, tls_config (YAML). Example: prometheus.yml.").
		PlaceHolder("FILE").StringVar(&f.configFile)
}

func (f *prometheusFlags) validate() error {
	if f.url == "" && (f.instance != "" || f.configFile != "") {
		return errors.New("--web.prometheus-instance and --web.prometheus-config need --web.prometheus-url; set it, or remove them")
	}
	_, err := f.newSource("", log.NewNopLogger())
	return err
}

// yamlValue is what an error of the YAML reader quotes: it can be a password.
var yamlValue = regexp.MustCompile("`[^`]*`")

// newClient returns the client that the file describes.
func (f *prometheusFlags) newClient() (*http.Client, error) {
	client := &promconfig.DefaultHTTPClientConfig
	if f.configFile != "" {
		err := checkNoPipe(f.configFile)
		if err != nil {
			return nil, fmt.Errorf("--web.prometheus-config: %s: %w", f.configFile, err)
		}
		if client, _, err = promconfig.LoadHTTPConfigFile(f.configFile); err != nil {
			return nil, fmt.Errorf("--web.prometheus-config: %s: %s", f.configFile, yamlValue.ReplaceAllString(oneLine(err), "…"))
		}
	}
	asker, err := promconfig.NewClientFromConfig(*client, "prometheus")
	if err != nil {
		return nil, fmt.Errorf("--web.prometheus-config: %s: %w", f.configFile, err)
	}
	return asker, nil
}

// oneLine joins the lines of an error.
func oneLine(err error) string { return strings.Join(strings.Fields(err.Error()), " ") }

// newSource returns what asks Prometheus; nil without an address.
func (f *prometheusFlags) newSource(hostName string, logger log.Logger) (*alerts.Source, error) {
	if f.url == "" {
		return nil, nil //nolint:nilnil // There is no Prometheus.
	}
	asker, err := f.newClient()
	if err != nil {
		return nil, err
	}
	source, err := alerts.New(alerts.Config{
		URL: f.url, Instance: f.instance, Host: hostName, Client: asker,
		OnChange: func(err error) { logPrometheus(logger, err) },
	})
	if err != nil {
		return nil, fmt.Errorf("--web.prometheus-url: %w", err)
	}
	return source, nil
}

// logPrometheus writes one line when Prometheus fails, and one when it answers again.
func logPrometheus(logger log.Logger, err error) {
	if err == nil {
		level.Info(logger).Log("msg", "Prometheus returns alerts again")
		return
	}
	fields := []any{"msg", "Prometheus returns no alerts", "err", err}
	if failure, ok := errors.AsType[*alerts.Error](err); ok && failure.Cause != nil {
		fields = append(fields, "cause", failure.Cause)
	}
	level.Warn(logger).Log(fields...)
}
