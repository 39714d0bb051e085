package main

import (
	"strconv"

	"github.com/alecthomas/kingpin/v2"
	"github.com/prometheus/exporter-toolkit/web/kingpinflag"

	"proctree/collector"
	"proctree/collector/group"
	"proctree/collector/host"
	"proctree/tree-api/access"
	"proctree/tree-api/stream"
)

// defaultAddress is where the exporter listens unless it is told.
const defaultAddress = ":10056"

func (s *settings) addWebFlags(app *kingpin.Application) {
	s.web = kingpinflag.AddFlags(app, defaultAddress)
	app.Flag("web.telemetry-path", "Path under which to expose metrics.").
		Default("/metrics").StringVar(&s.telemetryPath)
	wholeNumberVar(app.Flag("web.max-requests", "Maximum number of parallel scrape requests. Use 0 to disable.").
		Default("40"), 0, &s.maxRequests)
	app.Flag("web.disable-exporter-metrics",
		"Exclude metrics about the exporter itself (promhttp_*, process_*, go_*).").
		BoolVar(&s.disableExporterMetrics)
	app.Flag("web.check", "Ask a running exporter whether it is healthy, and exit.").
		PlaceHolder(exampleHealthy).StringVar(&s.healthCheck)
	app.Flag("web.enable-lifecycle", "Enable reload by HTTP: POST or PUT /-/reload.").
		BoolVar(&s.enableLifecycle)
	app.Flag("web.enable-pprof", "Serve profiles of the exporter under /debug/pprof/.").
		BoolVar(&s.enablePprof)
}

func (s *settings) addTreeFlags(app *kingpin.Application) {
	app.Flag("api.token-file",
		"File with the tokens that let their owners see the process tree (YAML). Without one, only this host may.").
		PlaceHolder("tokens.yml").StringVar(&s.tokenFile)
	app.Flag("api.new-token", "Make a token of this name, print it and its entry for the token file, and exit.").
		PlaceHolder("NAME").StringVar(&s.newTokenName)
	app.Flag("api.role", "Role of the new token: viewer (no command lines, no paths), operator, or controller (may also act on processes).").
		Default(access.Viewer.String()).StringVar(&s.newTokenRole)
	app.Flag("api.enable-control",
		"Let controllers send signals to processes and change their priority, where \"control\" in the configuration file allows it.").
		BoolVar(&s.enableControl)
	app.Flag("api.allowed-origin",
		"Origin whose pages may read the process tree, such as https://grafana.example. Repeatable.").
		StringsVar(&s.allowedOrigins)
	wholeNumberVar(app.Flag("api.max-streams", "How many live streams of the process tree there may be at once; further ones get 503.").
		Default(strconv.Itoa(stream.DefaultMaxStreams)), 1, &s.maxStreams)
	app.Flag("web.grafana-url", "Where the page of the process tree links to for history.").
		StringVar(&s.grafanaURL)
}

func (s *settings) addConfigFlags(app *kingpin.Application) {
	app.Flag("config.file", "File with rules for groups, exclusions and privacy (YAML). Read again on SIGHUP.").
		PlaceHolder("proctree.yml").StringVar(&s.configFile)
	app.Flag("config.check", "Check the configuration files and exit.").
		BoolVar(&s.configCheck)
}

func (s *settings) addScanFlags(app *kingpin.Application) {
	app.Flag("path.procfs", "Where the proc file system of the host is mounted.").
		Default("/proc").StringVar(&s.procPath)
	app.Flag("path.rootfs", "Where the root file system of the host is mounted.").
		Default("/").StringVar(&s.rootPath)
	app.Flag("host.reader",
		"How to read the process table on Linux: auto, which is the first of these that the kernel and the rights permit: walk (writes only what has changed, Linux 6.7), iterator (Linux 5.8), procfs; bpf is walk or iterator.").
		Default(host.ReaderAuto).EnumVar(&s.reader, host.ReaderModes()...)
	app.Flag("host.exits",
		"Where the CPU of processes that end between two scans comes from on Linux: bpf, taskstats, children "+
			"(given to the parents), or auto, which is the first of them that the kernel and the rights permit.").
		Default(host.ExitsAuto).EnumVar(&s.exits, host.ExitModes()...)
	app.Flag("host.bpf-pin", "Iterator that a privileged loader has left in a bpf file system, read without any capability.").
		PlaceHolder("/sys/fs/bpf/proctree_tasks").StringVar(&s.bpfPin)
	app.Flag("host.bpf-pin-create", "Leave such an iterator there, as root, and exit.").
		PlaceHolder("/sys/fs/bpf/proctree_tasks").StringVar(&s.bpfPinCreate)
	wholeNumberVar(app.Flag("host.bpf-pin-gid", "The number of the group that may read it.").
		Default("0"), 0, &s.bpfPinGID)
	app.Flag("scan.max-age", "How old a scan of the process table may be and still answer a request.").
		Default(host.DefaultMaxAge.String()).DurationVar(&s.maxAge)
	app.Flag("scan.process-deadline",
		"How long the files of one process may take, before it is reported without what they say.").
		Default(host.DefaultDeadline.String()).DurationVar(&s.deadline)
	app.Flag("scan.proportional-budget",
		"Time per scan for reading proportional memory, if the collector group_proportional_memory is on.").
		Default("50ms").DurationVar(&s.proportionalBudget)
}

func (s *settings) addBudgetFlags(app *kingpin.Application) {
	wholeNumberVar(app.Flag("group.max", "Maximum number of groups; what finds no room is in the group \"other\".").
		Default(strconv.Itoa(group.DefaultMaxGroups)), 0, &s.groupMax)
	app.Flag("group.expire", "How long a group that the configuration does not name outlives its last process.").
		Default(group.DefaultExpire.String()).DurationVar(&s.groupExpire)
	wholeNumberVar(app.Flag("process.top", "How many processes to show one by one for each of CPU, memory and I/O.").
		Default(strconv.Itoa(group.DefaultTop)), 0, &s.processTop)
	app.Flag("process.hold", "How long to go on showing a process after it was last among the top.").
		Default(group.DefaultHold.String()).DurationVar(&s.processHold)
	wholeNumberVar(app.Flag("process.max", "Maximum number of processes shown one by one, ancestors included.").
		Default(strconv.Itoa(group.DefaultMaxProcesses)), 0, &s.processMax)
}

func (s *settings) addProgramFlags(app *kingpin.Application) {
	app.Flag("log.level", "Only log messages with the given severity or above: debug, info, warn, error.").
		Default("info").EnumVar(&s.logLevel, "debug", "info", "warn", "error")
	app.Flag("log.file", "File to append log messages to, instead of standard error or a service's event log.").
		StringVar(&s.logFile)
	app.Flag("log.format", "Output format of log messages: logfmt, json.").
		Default("logfmt").EnumVar(&s.logFormat, "logfmt", "json")
	// One, as node_exporter does it: a scan is one thread of system calls, and on a host
	// of many CPUs a garbage collector with as many workers costs more than it gains for
	// a heap of megabytes. Who serves many streams may want more.
	wholeNumberVar(app.Flag("runtime.gomaxprocs", "The target number of CPUs the exporter will run on (GOMAXPROCS).").
		Envar("GOMAXPROCS").Default("1"), 1, &s.maxProcs)
	app.Flag("collector.process.cmdline",
		"Add the label cmdline to process_info, with secrets masked as the configuration says.").
		BoolVar(&s.processCmdline)
}

// collectorFlags are the switches of all collectors.
type collectorFlags struct {
	disableDefaults bool
	specs           []collector.Spec
	// on and set are parallel to specs: the value, and whether somebody gave it.
	on, set []bool
}

// addCollectorFlags makes --[no-]collector.NAME from the table of collectors.
func addCollectorFlags(app *kingpin.Application) *collectorFlags {
	specs := collector.Table()
	f := &collectorFlags{specs: specs, on: make([]bool, len(specs)), set: make([]bool, len(specs))}
	for i, spec := range specs {
		state := "disabled"
		if spec.Default {
			state = "enabled"
		}
		app.Flag("collector."+spec.Name, spec.Help+" (default: "+state+")").
			Default(strconv.FormatBool(spec.Default)).IsSetByUser(&f.set[i]).BoolVar(&f.on[i])
	}
	app.Flag("collector.disable-defaults", "Set all collectors to disabled by default.").
		BoolVar(&f.disableDefaults)
	return f
}

// enabled returns the names of the collectors that are on.
func (f *collectorFlags) enabled() []string {
	var names []string
	for i, spec := range f.specs {
		if f.on[i] && (f.set[i] || !f.disableDefaults) {
			names = append(names, spec.Name)
		}
	}
	return names
}
