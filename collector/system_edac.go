package collector

import "proctree/collector/host/system"

func newSystemEDAC(o Options) Collector {
	const mc, row, channel, dimm = "controller", "csrow", "channel", "dimm_label"
	return newValues(o, system.EDAC,
		o.valueCounter("edac_correctable_errors_total", "Memory errors that a controller corrected.", mc),
		o.valueCounter("edac_uncorrectable_errors_total", "Memory errors that a controller could not correct.", mc),
		o.valueCounter("edac_csrow_correctable_errors_total", "Corrected memory errors per row of chips.", mc, row),
		o.valueCounter("edac_csrow_uncorrectable_errors_total", "Uncorrected memory errors per row of chips.", mc, row),
		o.valueCounter("edac_channel_correctable_errors_total", "Corrected memory errors per channel.", channel, mc, row, dimm),
		o.valueCounter("edac_channel_uncorrectable_errors_total", "Uncorrected memory errors per channel.", channel, mc, row, dimm),
	)
}
