package main

import (
	"errors"
	"fmt"
	"io"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/alecthomas/kingpin/v2"
	"github.com/go-kit/log"
	"github.com/prometheus/common/version"
	"github.com/prometheus/exporter-toolkit/web"

	"proctree/collector"
	"proctree/collector/group"
	"proctree/collector/host"
)

// settings are what the command line says.
type settings struct {
	web                    *web.FlagConfig
	telemetryPath          string
	maxRequests            int
	disableExporterMetrics bool
	enableLifecycle        bool
	enablePprof            bool
	healthCheck            string

	tokenFile      string
	allowedOrigins []string
	externalURL    string
	grafanaURL     string
	prometheus     prometheusFlags
	maxStreams     int
	newTokenName   string
	newTokenRole   string
	enableControl  bool

	configFile  string
	configCheck bool

	// collectors are the names of those that are on.
	collectors     []string
	processCmdline bool
	system         systemSettings

	procPath, rootPath string
	reader, bpfPin     string
	exits              string
	bpfPinCreate       string
	bpfPinGID          int
	maxAge             time.Duration
	deadline           time.Duration
	proportionalBudget time.Duration

	groupMax    int
	groupExpire time.Duration
	processTop  int
	processHold time.Duration
	processMax  int

	history historySettings
	events  eventSettings

	logLevel, logFormat string
	logFile             string
	maxProcs            int
}

// errAnswered is returned when the command line was a question, such as --help, and has
// been answered.
var errAnswered = errors.New("answered")

// parseSettings reads the command line. Answers to --help and --version go to stdout.
func parseSettings(args []string, stdout io.Writer) (*settings, error) {
	s := &settings{}
	app, collectors := s.newApp()
	answered := false
	app.Terminate(func(int) { answered = true })
	app.UsageWriter(stdout)
	app.ErrorWriter(io.Discard)

	_, err := app.Parse(args)
	switch {
	case answered:
		return nil, errAnswered
	case err != nil:
		return nil, fmt.Errorf("%w, try --help", namedFlagError(app, args, err))
	}
	s.collectors = collectors.enabled()
	return s, s.validate()
}

// newApp returns the command line, which fills in the settings when it is parsed.
func (s *settings) newApp() (*kingpin.Application, *collectorFlags) {
	app := kingpin.New(program, "Prometheus exporter for the processes of this host, with a live process tree.\n\n"+
		"The commands top, ps and tree show the processes in the terminal, and history reads a recording; each has its own --help.")
	app.HelpFlag.Short('h')
	app.Version(version.Print(program))
	s.addWebFlags(app)
	s.addTreeFlags(app)
	s.addConfigFlags(app)
	s.addScanFlags(app)
	s.addBudgetFlags(app)
	s.history.addFlags(app)
	s.events.addFlags(app)
	s.addProgramFlags(app)
	s.system.addFlags(app)
	collectors := addCollectorFlags(app)
	addNodeExporterFlags(app, collectors)
	return app, collectors
}

// telemetryPath is what --web.telemetry-path may be: no wildcards of http.ServeMux, and
// no slash at the end, for that would be a whole tree of paths.
var telemetryPath = regexp.MustCompile(`^(/[A-Za-z0-9._~-]+)+$`)

// ownPaths are the first parts of paths that serve something else.
func ownPaths() []string { return []string{"-", "api", "debug", "login", "logout"} }

func (s *settings) validate() error {
	first, _, _ := strings.Cut(strings.TrimPrefix(s.telemetryPath, "/"), "/")
	switch {
	case !telemetryPath.MatchString(s.telemetryPath) || strings.Contains(s.telemetryPath, "/."):
		return fmt.Errorf("--web.telemetry-path: %q is not a path; set one such as /metrics", s.telemetryPath)
	case slices.Contains(ownPaths(), first):
		return fmt.Errorf("--web.telemetry-path: %q is not allowed, because /%s serves something else; set a path such as /metrics", s.telemetryPath, first)
	case s.maxAge < 0:
		return fmt.Errorf("--scan.max-age: %v is not allowed; set a duration of 0s or more", s.maxAge)
	case s.deadline <= 0:
		return fmt.Errorf("--scan.process-deadline: %v is not allowed; set a duration above 0, such as 100ms", s.deadline)
	case s.groupExpire < 0:
		return fmt.Errorf("--group.expire: %v is not allowed; set a duration of 0s or more", s.groupExpire)
	case s.processHold < 0:
		return fmt.Errorf("--process.hold: %v is not allowed; set a duration of 0s or more", s.processHold)
	}
	// Only such an address becomes a link on the page.
	if err := checkGrafanaURL(s.grafanaURL); err != nil {
		return err
	}
	if err := s.prometheus.validate(); err != nil {
		return err
	}
	if err := checkWebAddress("web.check", s.healthCheck, exampleHealthy); err != nil {
		return err
	}
	if err := s.history.validate(); err != nil {
		return err
	}
	if err := s.events.validate(); err != nil {
		return err
	}
	return s.system.validate()
}

// checkWebAddress lets a flag have web addresses only; none is right, too.
func checkWebAddress(flag, address, example string) error {
	if address == "" {
		return nil
	}
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return fmt.Errorf("--%s: %q is not a URL; set one such as %s", flag, address, example)
	}
	return nil
}

// groupConfig sets up the tracker. A flag of 0 means none, where a zero field means the
// default.
func (s *settings) groupConfig(c *configuration) group.Config {
	return group.Config{
		Rules:        c.rules,
		MaxGroups:    noneIfZero(s.groupMax),
		Expire:       noneIfZero(s.groupExpire),
		Top:          noneIfZero(s.processTop),
		Hold:         noneIfZero(s.processHold),
		MaxProcesses: noneIfZero(s.processMax),
		Shown:        c.shown(),
	}
}

// hostConfig sets up the reader of the process table.
func (s *settings) hostConfig(logger log.Logger) host.Config {
	c := host.Config{
		ProcPath: s.procPath,
		RootPath: s.rootPath,
		Logger:   logger,
		Deadline: s.deadline,
		Reader:   s.reader,
		BPFPin:   s.bpfPin,
		Exits:    s.exits,
		SysPath:  s.system.sysPath,
	}
	if slices.Contains(s.collectors, collector.GroupProportionalMemory) {
		c.ProportionalBudget = s.proportionalBudget
	}
	if slices.Contains(s.collectors, collector.GroupGPU) || slices.Contains(s.collectors, collector.ProcessGPU) {
		c.GPUBudget, c.GPUHelper = s.system.gpuBudget, s.system.gpuHelper
	}
	c.Network = slices.Contains(s.collectors, collector.GroupNetwork) || slices.Contains(s.collectors, collector.ProcessNetwork)
	return c
}

func noneIfZero[T int | time.Duration](n T) T {
	if n == 0 {
		return -1
	}
	return n
}
