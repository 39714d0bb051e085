package system

import (
	"os"
	"strconv"
	"strings"
)

// edac reads the errors of memory that its controllers found and corrected, or could not
// correct (Documentation/admin-guide/ras.rst).
func (r *reader) edac(out *values) {
	dir := r.sysPath("devices/system/edac/mc")
	for _, name := range out.numbered(dir, "mc") {
		mc, controller := join(dir, name), Label{"controller", strings.TrimPrefix(name, "mc")}
		unknown := Label{"csrow", "unknown"}
		out.addUnsigned("edac_correctable_errors_total", join(mc, "ce_count"), controller)
		out.addUnsigned("edac_csrow_correctable_errors_total", join(mc, "ce_noinfo_count"), controller, unknown)
		out.addUnsigned("edac_uncorrectable_errors_total", join(mc, "ue_count"), controller)
		out.addUnsigned("edac_csrow_uncorrectable_errors_total", join(mc, "ue_noinfo_count"), controller, unknown)
		for _, row := range out.numbered(mc, "csrow") {
			csrow := Label{"csrow", strings.TrimPrefix(row, "csrow")}
			out.addUnsigned("edac_csrow_correctable_errors_total", join(mc, row, "ce_count"), controller, csrow)
			out.addUnsigned("edac_csrow_uncorrectable_errors_total", join(mc, row, "ue_count"), controller, csrow)
			out.channels(join(mc, row), controller, csrow)
		}
	}
}

// channels shows the errors per channel of a row of chips.
func (v *values) channels(row string, controller, csrow Label) {
	entries, err := os.ReadDir(row)
	if err != nil {
		return
	}
	for _, e := range entries {
		number, ok := strings.CutSuffix(strings.TrimPrefix(e.Name(), "ch"), "_ce_count")
		if _, err := strconv.ParseUint(number, 10, 32); !ok || err != nil {
			continue
		}
		ch := join(row, "ch"+number)
		labels := []Label{{"channel", number}, controller, csrow, {"dimm_label", v.dimm(ch + "_dimm_label")}}
		v.addUnsigned("edac_channel_correctable_errors_total", ch+"_ce_count", labels...)
		v.addUnsigned("edac_channel_uncorrectable_errors_total", ch+"_ue_count", labels...)
	}
}

// dimmName turns the kernel's "mc#0csrow#1channel#0" into "mc0_csrow1_channel0".
var dimmName = strings.NewReplacer("#", "", "csrow", "_csrow", "channel", "_channel")

func (v *values) dimm(path string) string {
	if text, ok := v.attribute(path); ok {
		return dimmName.Replace(label(text))
	}
	return "unknown"
}
