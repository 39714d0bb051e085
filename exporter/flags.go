package main

import (
	"strconv"
	"strings"

	"github.com/alecthomas/kingpin/v2"
	"github.com/prometheus/exporter-toolkit/web/kingpinflag"

	"proctree/collector"
	"proctree/collector/group"
	"proctree/collector/host"
	"proctree/tree-api/access"
	"proctree/tree-api/stream"
)

// defaultAddress is where the exporter listens by default.
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
	app.Flag("web.check", "Check the health of a running exporter, and exit. Example: "+exampleHealthy+".").
		PlaceHolder("URL").StringVar(&s.healthCheck)
	app.Flag("web.enable-lifecycle", "Enable reload of the configuration with POST or PUT /-/reload.").
		BoolVar(&s.enableLifecycle)
	app.Flag("web.enable-pprof", "Serve runtime profiles of the exporter under /debug/pprof/, for operators.").
		BoolVar(&s.enablePprof)
}

func (s *settings) addTreeFlags(app *kingpin.Application) {
	app.Flag("api.token-file",
		"File with the tokens of clients that may read the process tree (YAML). Without it, only clients on this host may. Example: tokens.yml.").
		PlaceHolder("FILE").StringVar(&s.tokenFile)
	app.Flag("api.new-token", "Create a token with this name, print the token and its entry for the token file, and exit.").
		PlaceHolder("NAME").StringVar(&s.newTokenName)
	app.Flag("api.role", "Role of the new token: viewer (no command lines, no paths), operator, or controller (may also act on processes).").
		Default(access.Viewer.String()).StringVar(&s.newTokenRole)
	app.Flag("api.enable-control",
		"Let controllers send signals to processes and change their priority, where \"control\" in the configuration file allows it.").
		BoolVar(&s.enableControl)
	app.Flag("api.allowed-origin",
		"Origin whose pages may read the process tree. Repeatable. Example: https://grafana.example.").
		PlaceHolder("ORIGIN").
		StringsVar(&s.allowedOrigins)
	app.Flag("web.external-url",
		"Address at which browsers reach the exporter through a proxy. Controllers can only act on processes from pages of this address, "+
			"or of the exporter's own. Example: https://proctree.example.").
		PlaceHolder("URL").StringVar(&s.externalURL)
	wholeNumberVar(app.Flag("api.max-streams", "Maximum number of parallel live streams of the process tree; further requests get status 503.").
		Default(strconv.Itoa(stream.DefaultMaxStreams)), 1, &s.maxStreams)
	app.Flag("web.grafana-url", "Address of Grafana, to which the page of the process tree links for history. "+
		"It can have placeholders for a process after \"?\": {"+strings.Join(linkPlaceholders(), "}, {")+"}. Example: https://grafana.example.").
		PlaceHolder("URL").
		StringVar(&s.grafanaURL)
	s.prometheus.addFlags(app)
}

func (s *settings) addConfigFlags(app *kingpin.Application) {
	app.Flag("config.file", "Configuration file with rules for groups, exclusions and privacy (YAML); SIGHUP reloads it. Example: proctree.yml.").
		PlaceHolder("FILE").StringVar(&s.configFile)
	app.Flag("config.check", "Check the configuration files and exit.").
		BoolVar(&s.configCheck)
}

func (s *settings) addScanFlags(app *kingpin.Application) {
	app.Flag("path.procfs", "Mount point of the host's proc filesystem.").
		Default("/proc").StringVar(&s.procPath)
	app.Flag("path.rootfs", "Mount point of the host's root filesystem.").
		Default("/").StringVar(&s.rootPath)
	app.Flag("host.reader",
		"Method to read the process table on Linux: walk (BPF, reads only processes that changed, Linux 6.7), iterator (BPF, Linux 5.8), procfs, "+
			"bpf (walk or iterator), auto (the first of walk, iterator and procfs that works with this kernel and these permissions).").
		Default(host.ReaderAuto).EnumVar(&s.reader, host.ReaderModes()...)
	app.Flag("host.exits",
		"Source of the CPU time of processes that exit between two scans, on Linux: bpf, taskstats, children "+
			"(child times of the parents), auto (the first of these that works with this kernel and these permissions).").
		Default(host.ExitsAuto).EnumVar(&s.exits, host.ExitModes()...)
	app.Flag("host.bpf-pin", "Pinned BPF iterator from which to read the process table without any capability. Example: /sys/fs/bpf/proctree_tasks.").
		PlaceHolder("FILE").StringVar(&s.bpfPin)
	app.Flag("host.bpf-pin-create", "As root, pin a BPF iterator for --host.bpf-pin at this path, and exit. Example: /sys/fs/bpf/proctree_tasks.").
		PlaceHolder("FILE").StringVar(&s.bpfPinCreate)
	wholeNumberVar(app.Flag("host.bpf-pin-gid", "GID of the group that may read the iterator of --host.bpf-pin-create.").
		Default("0"), 0, &s.bpfPinGID)
	app.Flag("scan.max-age", "Maximum age of a scan of the process table; an older one is repeated on request.").
		Default(host.DefaultMaxAge.String()).DurationVar(&s.maxAge)
	app.Flag("scan.process-deadline",
		"Maximum time to read the files of one process; after that, the process is reported without their values.").
		Default(host.DefaultDeadline.String()).DurationVar(&s.deadline)
	app.Flag("scan.proportional-budget",
		"Maximum time per scan to read proportional memory, if the collector group_proportional_memory is enabled.").
		Default("50ms").DurationVar(&s.proportionalBudget)
}

func (s *settings) addBudgetFlags(app *kingpin.Application) {
	wholeNumberVar(app.Flag("group.max", "Maximum number of groups; further processes are counted in the group \"other\".").
		Default(strconv.Itoa(group.DefaultMaxGroups)), 0, &s.groupMax)
	app.Flag("group.expire", "How long to keep a group after its last process exits, unless the configuration file names the group.").
		Default(group.DefaultExpire.String()).DurationVar(&s.groupExpire)
	wholeNumberVar(app.Flag("process.top", "Number of top processes to show individually, for each of CPU, memory, I/O, network and GPU.").
		Default(strconv.Itoa(group.DefaultTop)), 0, &s.processTop)
	app.Flag("process.hold", "How long to keep showing a process after it was last among the top processes.").
		Default(group.DefaultHold.String()).DurationVar(&s.processHold)
	wholeNumberVar(app.Flag("process.max", "Maximum number of processes shown individually, including ancestors.").
		Default(strconv.Itoa(group.DefaultMaxProcesses)), 0, &s.processMax)
}

func (s *settings) addProgramFlags(app *kingpin.Application) {
	app.Flag("log.level", "Only log messages with the given severity or above: debug, info, warn, error.").
		Default("info").EnumVar(&s.logLevel, "debug", "info", "warn", "error")
	app.Flag("log.file", "File to append log messages to, instead of standard error or the event log of a Windows service.").
		PlaceHolder("FILE").
		StringVar(&s.logFile)
	app.Flag("log.format", "Output format of log messages: logfmt, json.").
		Default("logfmt").EnumVar(&s.logFormat, "logfmt", "json")
	// One, as node_exporter does it: a scan is one thread of system calls, and on a host
	// of many CPUs a garbage collector with as many workers costs more than it gains for
	// a heap of megabytes. Many streams can need more.
	wholeNumberVar(app.Flag("runtime.gomaxprocs", "The target number of CPUs the exporter will run on (GOMAXPROCS).").
		Envar("GOMAXPROCS").Default("1"), 1, &s.maxProcs)
	app.Flag("collector.process.cmdline",
		"Add the label cmdline to proctree_process_info; secrets are masked as set in the configuration file.").
		BoolVar(&s.processCmdline)
}

// collectorFlags are the switches of all collectors.
type collectorFlags struct {
	disableDefaults bool
	specs           []collector.Spec
	// on and set are parallel to specs: the value, and whether the command line sets it.
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
