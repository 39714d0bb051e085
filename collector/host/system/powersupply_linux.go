package system

// powerAttributes are the numbers of /sys/class/power_supply/NAME
// (Documentation/ABI/testing/sysfs-class-power) and what divides them into the metric's
// unit: the kernel's are millionths, of temperatures tenths.
var powerAttributes = []struct {
	file, metric string
	divisor      float64
}{
	{"authentic", "authentic", 1},
	{"calibrate", "calibrate", 1},
	{"capacity", "capacity", 1},
	{"capacity_alert_max", "capacity_alert_max", 1},
	{"capacity_alert_min", "capacity_alert_min", 1},
	{"charge_control_limit", "charge_control_limit", microseconds},
	{"charge_control_limit_max", "charge_control_limit_max", microseconds},
	{"charge_counter", "charge_counter", microseconds},
	{"charge_empty", "charge_empty", microseconds},
	{"charge_empty_design", "charge_empty_design", microseconds},
	{"charge_full", "charge_full", microseconds},
	{"charge_full_design", "charge_full_design", microseconds},
	{"charge_now", "charge_ampere", microseconds},
	{"charge_term_current", "charge_term_current", microseconds},
	{"constant_charge_current", "constant_charge_current", microseconds},
	{"constant_charge_current_max", "constant_charge_current_max", microseconds},
	{"constant_charge_voltage", "constant_charge_voltage", microseconds},
	{"constant_charge_voltage_max", "constant_charge_voltage_max", microseconds},
	{"current_boot", "current_boot", microseconds},
	{"current_max", "current_max", microseconds},
	{"current_now", "current_ampere", microseconds},
	{"cycle_count", "cyclecount", 1},
	{"energy_empty", "energy_empty", microseconds},
	{"energy_empty_design", "energy_empty_design", microseconds},
	{"energy_full", "energy_full", microseconds},
	{"energy_full_design", "energy_full_design", microseconds},
	{"energy_now", "energy_watthour", microseconds},
	{"input_current_limit", "input_current_limit", microseconds},
	{"online", "online", 1},
	{"power_now", "power_watt", microseconds},
	{"precharge_current", "precharge_current", microseconds},
	{"present", "present", 1},
	{"temp", "temp_celsius", 10},
	{"temp_alert_max", "temp_alert_max_celsius", 10},
	{"temp_alert_min", "temp_alert_min_celsius", 10},
	{"temp_ambient", "temp_ambient_celsius", 10},
	{"temp_ambient_max", "temp_ambient_max_celsius", 10},
	{"temp_ambient_min", "temp_ambient_min_celsius", 10},
	{"temp_max", "temp_max_celsius", 10},
	{"temp_min", "temp_min_celsius", 10},
	{"time_to_empty_now", "time_to_empty_seconds", 1},
	{"time_to_full_now", "time_to_full_seconds", 1},
	{"voltage_boot", "voltage_boot", microseconds},
	{"voltage_max", "voltage_max", microseconds},
	{"voltage_max_design", "voltage_max_design", microseconds},
	{"voltage_min", "voltage_min", microseconds},
	{"voltage_min_design", "voltage_min_design", microseconds},
	{"voltage_now", "voltage_volt", microseconds},
	{"voltage_ocv", "voltage_ocv", microseconds},
}

// powerTexts are the files whose text becomes a label of the same name, sorted.
var powerTexts = []string{
	"capacity_level", "charge_type", "health", "manufacturer", "model_name", "scope", "serial_number", "status",
	"technology", "type", "usb_type",
}

func (r *reader) powerSupply(out *values) {
	class := r.sysPath("class/power_supply")
	for _, name := range out.devices(class, "") {
		if !r.cfg.PowerSupplies.Allows(name) {
			continue
		}
		label := Label{"power_supply", name}
		for _, a := range powerAttributes {
			if n, ok := out.signed(join(class, name, a.file)); ok {
				out.add("power_supply_"+a.metric, float64(n)/a.divisor, label)
			}
		}
		info := []Label{label}
		for _, file := range powerTexts {
			if text := out.text(join(class, name, file)); text != "" {
				info = append(info, Label{file, text})
			}
		}
		out.add("power_supply_info", 1, info...)
	}
}
