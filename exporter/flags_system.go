package main

import (
	"fmt"
	"regexp"
	"time"

	"github.com/alecthomas/kingpin/v2"

	"proctree/collector"
	"proctree/collector/host"
	"proctree/collector/host/sockets"
	"proctree/collector/host/system"
)

// systemSettings are the settings of the collectors of the host's own values.
type systemSettings struct {
	sysPath                                           string
	namespace                                         string
	mountTimeout                                      time.Duration
	filters                                           []*filterFlag
	textfiles                                         []string
	ignoreInvalidSpeed, interruptZeros, processStates bool
	gpuHelper                                         string
	socketBudget, gpuBudget                           time.Duration
}

// filterFlag is a regular expression that filters what one collector shows.
type filterFlag struct {
	name, value string
	// into is where the expression goes.
	into func(*system.Config) **regexp.Regexp
}

// nodeNamespace is node_exporter's namespace.
const nodeNamespace = "node"

// namespacePattern is what the beginning of a metric's name may be.
var namespacePattern = regexp.MustCompile(`^[a-zA-Z_][a-zA-Z0-9_]*$`)

func (s *systemSettings) addFlags(app *kingpin.Application) {
	app.Flag("path.sysfs", "Mount point of the host's sys filesystem.").
		Default("/sys").StringVar(&s.sysPath)
	app.Flag("collector.system.namespace",
		"Prefix of the metric names of the system collectors; \"node\" gives the names of node_exporter.").
		Default(collector.SystemNamespace).StringVar(&s.namespace)
	app.Flag("collector.system_filesystem.mount-timeout",
		"Maximum time to read the usage of a mount; after that, the mount is reported as an error.").
		Default(system.DefaultMountTimeout.String()).DurationVar(&s.mountTimeout)
	app.Flag("collector.group_sockets.budget",
		"Maximum time per scrape to read descriptors, and again to read sockets, if the collector group_sockets is enabled.").
		Default(sockets.DefaultBudget.String()).DurationVar(&s.socketBudget)
	app.Flag("collector.group_gpu.budget",
		"Maximum time per scan to search the descriptors of processes for GPUs, if the collector group_gpu or process_gpu is enabled and the host has a GPU.").
		Default(host.DefaultGPUBudget.String()).DurationVar(&s.gpuBudget)
	app.Flag("collector.group_gpu.nvidia-helper",
		"Path of proctree_nvidia_helper, which the exporter then runs to read the use of NVIDIA's GPUs. Linux only.").
		PlaceHolder("FILE").StringVar(&s.gpuHelper)
	app.Flag("collector.textfile.directory",
		"Directory of files NAME.prom with further metrics; may be a glob pattern. Repeatable. Example: /var/lib/proctree/textfile.").
		PlaceHolder("DIRECTORY").
		StringsVar(&s.textfiles)

	const include, exclude = "Regexp of %s to include.", "Regexp of %s to exclude."
	s.addFilter(app, "diskstats.device-include", include, "disks", "",
		func(c *system.Config) **regexp.Regexp { return &c.Disks.Include })
	s.addFilter(app, "diskstats.device-exclude", exclude, "disks", system.DefaultDisksExclude,
		func(c *system.Config) **regexp.Regexp { return &c.Disks.Exclude })
	s.addFilter(app, "filesystem.mount-points-include", include, "mount points", "",
		func(c *system.Config) **regexp.Regexp { return &c.MountPoints.Include })
	s.addFilter(app, "filesystem.mount-points-exclude", exclude, "mount points", system.DefaultMountPointsExclude,
		func(c *system.Config) **regexp.Regexp { return &c.MountPoints.Exclude })
	s.addFilter(app, "filesystem.fs-types-include", include, "filesystem types", "",
		func(c *system.Config) **regexp.Regexp { return &c.FSTypes.Include })
	s.addFilter(app, "filesystem.fs-types-exclude", exclude, "filesystem types", system.DefaultFSTypesExclude,
		func(c *system.Config) **regexp.Regexp { return &c.FSTypes.Exclude })
	s.addFilter(app, "netdev.device-include", include, "network devices", "",
		func(c *system.Config) **regexp.Regexp { return &c.NetworkDevices.Include })
	s.addFilter(app, "netdev.device-exclude", exclude, "network devices", "",
		func(c *system.Config) **regexp.Regexp { return &c.NetworkDevices.Exclude })
	s.addFilter(app, "vmstat.fields", include, "fields of /proc/vmstat", system.DefaultVMStatInclude,
		func(c *system.Config) **regexp.Regexp { return &c.VMStat.Include })
	s.addFilter(app, "netstat.fields", include, "fields of the network protocols, as PROTOCOL_NAME,", system.DefaultNetstatInclude,
		func(c *system.Config) **regexp.Regexp { return &c.Netstat.Include })
	s.addFilter(app, "netclass.ignored-devices", exclude, "network devices", "",
		func(c *system.Config) **regexp.Regexp { return &c.NetClass.Exclude })
	app.Flag("collector.system_netclass.ignore-invalid-speed", "Omit the speed of network devices that report an invalid speed.").
		BoolVar(&s.ignoreInvalidSpeed)
	s.addFilter(app, "arp.device-include", include, "network devices", "",
		func(c *system.Config) **regexp.Regexp { return &c.ARP.Include })
	s.addFilter(app, "arp.device-exclude", exclude, "network devices", "",
		func(c *system.Config) **regexp.Regexp { return &c.ARP.Exclude })
	s.addFilter(app, "powersupply.ignored-supplies", exclude, "power supplies", "",
		func(c *system.Config) **regexp.Regexp { return &c.PowerSupplies.Exclude })
	s.addFilter(app, "infiniband.device-include", include, "InfiniBand devices", "",
		func(c *system.Config) **regexp.Regexp { return &c.InfiniBand.Include })
	s.addFilter(app, "infiniband.device-exclude", exclude, "InfiniBand devices", "",
		func(c *system.Config) **regexp.Regexp { return &c.InfiniBand.Exclude })
	s.addFilter(app, "tapestats.ignored-devices", exclude, "tape drives", "",
		func(c *system.Config) **regexp.Regexp { return &c.Tapes.Exclude })
	s.addFilter(app, "interrupts.name-include", include, "interrupts, as NAME;INFO;DEVICES,", "",
		func(c *system.Config) **regexp.Regexp { return &c.Interrupts.Include })
	s.addFilter(app, "interrupts.name-exclude", exclude, "interrupts, as NAME;INFO;DEVICES,", "",
		func(c *system.Config) **regexp.Regexp { return &c.Interrupts.Exclude })
	app.Flag("collector.system_interrupts.include-zeros", "Include interrupts with a count of 0.").
		Default("true").BoolVar(&s.interruptZeros)
	app.Flag("collector.system_processes.states", "Also count processes and threads by state, as node_exporter's collector processes does; reads one file per thread.").
		BoolVar(&s.processStates)
	s.addFilter(app, "hwmon.chip-include", include, "hardware monitors", "",
		func(c *system.Config) **regexp.Regexp { return &c.Chips.Include })
	s.addFilter(app, "hwmon.chip-exclude", exclude, "hardware monitors", "",
		func(c *system.Config) **regexp.Regexp { return &c.Chips.Exclude })
	s.addFilter(app, "hwmon.sensor-include", include, "sensors, as CHIP;SENSOR,", "",
		func(c *system.Config) **regexp.Regexp { return &c.Sensors.Include })
	s.addFilter(app, "hwmon.sensor-exclude", exclude, "sensors, as CHIP;SENSOR,", "",
		func(c *system.Config) **regexp.Regexp { return &c.Sensors.Exclude })
}

func (s *systemSettings) addFilter(app *kingpin.Application, name, help, of, value string, into func(*system.Config) **regexp.Regexp) {
	f := &filterFlag{name: "collector.system_" + name, into: into}
	s.filters = append(s.filters, f)
	flag := app.Flag(f.name, fmt.Sprintf(help, of))
	if value == "" {
		flag.PlaceHolder("REGEXP")
	} else {
		flag.Default(value)
	}
	flag.StringVar(&f.value)
}

// validate names the flag that is wrong.
func (s *systemSettings) validate() error {
	if !namespacePattern.MatchString(s.namespace) {
		return fmt.Errorf("--collector.system.namespace: %q is not the prefix of a metric name; use letters, digits and _, not starting with a digit", s.namespace)
	}
	if s.socketBudget <= 0 {
		return fmt.Errorf("--collector.group_sockets.budget: %v is not allowed; set a duration above 0, such as 100ms", s.socketBudget)
	}
	if s.gpuBudget <= 0 {
		return fmt.Errorf("--collector.group_gpu.budget: %v is not allowed; set a duration above 0, such as 20ms, or --no-collector.group_gpu and --no-collector.process_gpu", s.gpuBudget)
	}
	if s.mountTimeout <= 0 {
		return fmt.Errorf("--collector.system_filesystem.mount-timeout: %v is not allowed; set a duration above 0, such as 100ms", s.mountTimeout)
	}
	for _, f := range s.filters {
		if _, err := regexp.Compile(f.value); err != nil {
			return fmt.Errorf("--%s: %w", f.name, err)
		}
	}
	return nil
}

// config sets up the reader of the host's own values. The settings have to be valid.
func (s *systemSettings) config(procPath, rootPath string) system.Config {
	c := system.Config{
		ProcFS:       procPath,
		SysFS:        s.sysPath,
		RootFS:       rootPath,
		MountTimeout: s.mountTimeout,

		IgnoreInvalidSpeed:     s.ignoreInvalidSpeed,
		InterruptsWithoutZeros: !s.interruptZeros,
		ProcessStates:          s.processStates,
	}
	for _, f := range s.filters {
		if f.value != "" {
			*f.into(&c) = regexp.MustCompile(f.value)
		}
	}
	return c
}
