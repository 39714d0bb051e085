package system

import (
	"math"
	"strconv"
)

// fibreCounters are the files of /sys/class/fc_host/HOST/statistics
// (drivers/scsi/scsi_transport_fc.c).
var fibreCounters = []struct{ file, metric string }{
	{"dumped_frames", "fibrechannel_dumped_frames_total"},
	{"error_frames", "fibrechannel_error_frames_total"},
	{"fcp_packet_aborts", "fibrechannel_fcp_packet_aborts_total"},
	{"invalid_crc_count", "fibrechannel_invalid_crc_total"},
	{"invalid_tx_word_count", "fibrechannel_invalid_tx_words_total"},
	{"link_failure_count", "fibrechannel_link_failure_total"},
	{"loss_of_signal_count", "fibrechannel_loss_of_signal_total"},
	{"loss_of_sync_count", "fibrechannel_loss_of_sync_total"},
	{"nos_count", "fibrechannel_nos_total"},
	{"rx_frames", "fibrechannel_rx_frames_total"},
	{"rx_words", "fibrechannel_rx_words_total"},
	{"seconds_since_last_reset", "fibrechannel_seconds_since_last_reset_total"},
	{"tx_frames", "fibrechannel_tx_frames_total"},
	{"tx_words", "fibrechannel_tx_words_total"},
}

func (r *reader) fibreChannel(out *values) {
	class := r.sysPath("class/fc_host")
	for _, name := range out.devices(class, "") {
		dir, host := join(class, name), Label{"fc_host", name}
		// Those are numbers in hexadecimal, and shown without "0x".
		number := func(file string) string {
			text := out.text(join(dir, file))
			if len(text) > 2 {
				return text[2:]
			}
			return text
		}
		out.add("fibrechannel_info", 1, Label{"dev_loss_tmo", out.text(join(dir, "dev_loss_tmo"))},
			Label{"fabric_name", number("fabric_name")}, host, Label{"port_id", number("port_id")},
			Label{"port_name", number("port_name")}, Label{"port_state", out.text(join(dir, "port_state"))},
			Label{"port_type", out.text(join(dir, "port_type"))}, Label{"speed", out.text(join(dir, "speed"))},
			Label{"supported_classes", out.text(join(dir, "supported_classes"))},
			Label{"supported_speeds", out.text(join(dir, "supported_speeds"))},
			Label{"symbolic_name", out.text(join(dir, "symbolic_name"))})
		for _, c := range fibreCounters {
			path := join(dir, "statistics", c.file)
			text, ok := out.attribute(path)
			if !ok {
				continue
			}
			n, err := strconv.ParseUint(text, 0, 64)
			switch {
			case err != nil:
				out.Lost(path, "not a number")
			case n != math.MaxUint64: // That one says that the adapter does not count it.
				out.add(c.metric, float64(n), host)
			}
		}
	}
}
