package main

import (
	"strings"

	"github.com/grafana/grafana-foundation-sdk/go/cog"
	"github.com/grafana/grafana-foundation-sdk/go/common"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
	"github.com/grafana/grafana-foundation-sdk/go/logs"
	"github.com/grafana/grafana-foundation-sdk/go/table"
	"github.com/grafana/grafana-foundation-sdk/go/timeseries"
)

// incident is what happened on one host in a time: the host's numbers from Prometheus, all else from the
// recording of its exporter, which is asked once somebody opens this.
func incident() board {
	return board{
		folder: folderHosts,
		uid:    uidIncident,
		title:  "Proctree / Incident",
		description: "One host between two moments: who used most, what crashed, restarted, started, ended and grew, every event, and the process tree at the end. " +
			"The exporter needs a recording (--history.dir).",
		from:      "15m",
		host:      "instance",
		treeGroup: true,
		variables: variables(
			instance(),
			liveSource(),
			treeGroup(),
			dashboard.NewTextBoxVariableBuilder("process").
				Label("Process").
				Description("The id of a process, such as 4711-981234: a click on a process in a table sets it."),
		),
		annotations: []cog.Builder[dashboard.AnnotationQuery]{
			alertEvents(hostsSelector), rebootEvents(), restartEvents(),
			recordedEvents("Other abnormal exits", "light-orange", otherFails),
			recordedEvents("Crashes and OOM kills", "dark-red", faults),
		},
		rows: []row{incidentHost(), incidentUsers(), incidentFaults(), incidentTree(), incidentProcess(), incidentCourse(), incidentEvents()},
	}
}

// The ends of processes that are marked: those that mean a fault, and the others, apart from them. An answer has the
// newest hundred, and programs whose exit codes are ordinary answers would crowd the crashes out.
const (
	faults     = "oom_kill SIGSEGV SIGABRT SIGBUS SIGILL SIGFPE SIGSYS SIGTRAP"
	otherFails = "exit_code SIGKILL SIGTERM SIGHUP SIGINT SIGQUIT SIGPIPE SIGALRM SIGUSR1 SIGUSR2 SIGXCPU SIGXFSZ"
)

// recordedEvents marks ends of processes at the second at which they happened.
func recordedEvents(name, color string, status separated) cog.Builder[dashboard.AnnotationQuery] {
	source := live()
	return dashboard.NewAnnotationQueryBuilder().
		Name(name).
		Datasource(source).
		Enable(true).
		IconColor(color).
		Target(liveQuery{RefID: "Anno", Datasource: source, QueryType: "events", Instance: "$instance", Status: status, Format: "annotations"})
}

func incidentHost() row {
	third := func(panel *timeseries.PanelBuilder) cog.Builder[dashboard.Panel] {
		return panel.Span(gridWidth / 3).Height(7)
	}
	return open("What the host did",
		third(graph("CPU used", "Share of all CPUs that worked. Waiting for a disk does not count.", share, collectors("system_cpu"),
			series(usedCPU, "used")).Max(1)),
		third(graph("Memory used", "Share of memory that is not available to programs; caches are available.", share, collectors("system_meminfo"),
			series(usedMemory, "used")).Max(1)),
		third(graph("Pressure", "Share of time in which at least one task waited.", share, collectors("system_pressure"),
			series(`rate(proctree_system_pressure_cpu_waiting_seconds_total{HOSTS}[$__rate_interval])`, "CPU"),
			series(`rate(proctree_system_pressure_memory_waiting_seconds_total{HOSTS}[$__rate_interval])`, "memory"),
			series(`rate(proctree_system_pressure_io_waiting_seconds_total{HOSTS}[$__rate_interval])`, "I/O"),
		).AxisSoftMax(0.1)),
	)
}

func incidentUsers() row {
	return open("Who used most",
		part("CPU time", "The processes that used most CPU time in this time, those that have ended too.", "top_cpu").Span(gridWidth).Height(8),
		part("Memory", "The processes that had most resident memory at one moment of this time.", "top_memory").Height(8),
		part("Written", "The processes that wrote most in this time.", "top_written").Height(8),
	)
}

// part is a table of a part of the report.
func part(title, description, section string) *table.PanelBuilder {
	return recordedProcesses(title, description, liveQuery{QueryType: "report", Section: section}, count)
}

func incidentFaults() row {
	return open("What went wrong",
		part("Crashed", "Processes that ended by a signal that means a fault.", "crashed").Span(gridWidth).Height(7),
		part("OOM kills", "Processes that the kernel killed because memory ran out.", "oom_kills").Span(gridWidth).Height(7),
		part("Restarted", "Processes that ended and were started again within two minutes.", "restarted").Height(7),
		part("Grew", "Processes whose resident memory grew by 1 MiB or more.", "grew").Height(7),
	)
}

func incidentTree() row {
	return open("Processes at the end of this time", tree("Process tree", treeDescription))
}

// incidentProcess is the course of one process; nothing is asked while none is chosen.
func incidentProcess() row {
	course := func(title, description, metric string, u unit) cog.Builder[dashboard.Panel] {
		source := live()
		return graph(title, description, u, chooseProcess).
			Datasource(source).
			WithTarget(liveQuery{RefID: "A", Datasource: source, QueryType: "process", Instance: "$instance", Process: "$process", Metric: metric}).
			Span(gridWidth / 4).Height(7)
	}
	return open("The process chosen above",
		course("CPU of the process (cores)", "Cores that the process used.", "cpu", cores),
		course("Memory of the process", "Resident memory of the process.", "memory", size),
		course("Written by the process", "Bytes per second that will reach storage.", "written", byteRate),
		course("Open descriptors of the process", "Open file descriptors of the process.", "open_fds", count),
	)
}

var chooseProcess = needs{long: "Click a process in a table above, or enter its id. A process that was not recorded in this time has no data.", short: "none chosen"}

func incidentCourse() row {
	return closed("What started and ended",
		part("Started", "Processes that started in this time and were there at its end.", "started"),
		part("Ended", "Processes that were there when this time began, and ended in it.", "ended"),
		part("Short-lived", "Processes that started and ended in this time, those that used most first.", "short_lived"),
		part("Started most often", "Programs of which most processes started.", "most_started"),
		part("Exit codes", "Processes that ended with an exit code other than 0.", "failed"),
		part("Ended by other signals", "Processes that somebody ended by a signal, such as SIGTERM or SIGKILL.", "killed"),
		part("Limits nearly reached", "Processes that came near a limit of theirs.", "limits_nearly_reached"),
		recorded("Peaks of the host", "When each number of the host was worst. Shares are from 0 to 1.", liveQuery{QueryType: "report", Section: "peaks"}, count),
	)
}

func incidentEvents() row {
	source := live()
	return closed("Every event",
		logs.NewPanelBuilder().
			Title("Events").
			Description("Starts, exits and OOM kills, the newest first. The exporter has those of the last ten minutes without a recording.").
			Datasource(source).
			WithTarget(liveQuery{RefID: "A", Datasource: source, QueryType: "events", Instance: "$instance"}).
			Unit(string(count)).
			NoValue(unrecorded.long).
			ShowTime(true).
			SortOrder(common.LogsSortOrderDescending).
			EnableLogDetails(true).
			Span(gridWidth).Height(14),
	)
}

// unrecorded is what panels say where the recording has nothing.
var unrecorded = needs{long: "None in this time. If the panel has a warning, the exporter has no recording of it: see --history.dir.", short: "none"}

// recorded is a table of what a query of the live data source returns.
func recorded(title, description string, q liveQuery, u unit) *table.PanelBuilder {
	source := live()
	q.RefID, q.Datasource, q.Instance = "A", source, "$instance"
	cells := func(more ...any) []dashboard.DynamicConfigValue {
		return set(append([]any{"noValue", "–"}, more...)...)
	}
	panel := table.NewPanelBuilder().
		Title(title).
		Description(description).
		Datasource(source).
		WithTarget(q).
		Unit(string(u)).
		NoValue(unrecorded.long).
		Span(gridWidth/2).
		Height(9).
		CellHeight(common.TableCellHeightSm).
		MinWidth(70).
		Thresholds(plain()).
		OverrideByName("pid", cells("unit", string(words), "custom.width", 80)).
		OverrideByName("id", cells("custom.hideFrom.viz", true))
	// By name: an expression would be compared with the titles that the data source gives to its fields.
	each := func(names string, options []dashboard.DynamicConfigValue) {
		for name := range strings.FieldsSeq(names) {
			panel.OverrideByName(name, options)
		}
	}
	each("start_time end_time restarted_time time last_time", cells("unit", "time:HH:mm:ss", "custom.width", 90))
	each("cmdline", cells("custom.minWidth", 300, "custom.tooltip", map[string]any{"field": "Command line", "placement": "auto"}))
	each("parent_cmdline", cells("custom.minWidth", 300))
	each("user group unit parent reason what", cells("unit", string(words), "custom.width", 110))
	each("value", cells("custom.width", 120))
	each("run_seconds cpu_seconds memory grown read_bytes written_bytes limit times processes cpu written", cells("custom.width", 100))
	return panel
}

// recordedProcesses is recorded, where the rows are processes: a click on one shows its course below, or the
// history of its group.
func recordedProcesses(title, description string, q liveQuery, u unit) *table.PanelBuilder {
	return recorded(title, description, q, u).
		OverrideByName("name", append(set("noValue", "–", "unit", string(words), "custom.width", 150), linked(
			to(uidIncident, "Course of ${__data.fields.name}", ofRow, variable{name: "instance"}, variable{"process", "id"}),
			to(uidHistory, "History of the group ${__data.fields.group}", ofRow, variable{name: "instance"}, variable{"group", "group"}),
		)...))
}
