package collector

import (
	"regexp"
	"strconv"

	"proctree/collector/host/system"
)

func newSystemUname(o Options) Collector {
	info := o.systemGauge("uname_info", "What uname(2) says, as labels.",
		"domainname", "machine", "nodename", "release", "sysname", "version")

	collect := func(r system.Reader, send emit) error {
		u, err := r.Uname()
		if err != nil {
			return err
		}
		send(info.sample(1, pair("domainname", u.Domainname), pair("machine", u.Machine), pair("nodename", u.Nodename),
			pair("release", u.Release), pair("sysname", u.Sysname), pair("version", u.Version)))
		return nil
	}
	return newSystem(o, collect, info)
}

// majorMinor is the number that os_version shows.
var majorMinor = regexp.MustCompile(`^[0-9]+(\.[0-9]+)?`)

func newSystemOS(o Options) Collector {
	info := o.systemGauge("os_info", "What os-release(5) says, as labels.",
		"build_id", "id", "id_like", "image_id", "image_version", "name", "pretty_name",
		"variant", "variant_id", "version", "version_codename", "version_id")
	version := o.systemGauge("os_version", "Major and minor number of the operating system's version.",
		"id", "id_like", "name")
	end := o.systemGauge("os_support_end_timestamp_seconds", "When support of the operating system ends, in seconds since 1970.")

	collect := func(r system.Reader, send emit) error {
		release, err := r.OS()
		if release == nil {
			return err
		}
		id, idLike, name := pair("id", release.ID), pair("id_like", release.IDLike), pair("name", release.Name)
		send(info.sample(1, pair("build_id", release.BuildID), id, idLike, pair("image_id", release.ImageID),
			pair("image_version", release.ImageVersion), name, pair("pretty_name", release.PrettyName),
			pair("variant", release.Variant), pair("variant_id", release.VariantID), pair("version", release.Version),
			pair("version_codename", release.VersionCodename), pair("version_id", release.VersionID)))
		if number, err := strconv.ParseFloat(majorMinor.FindString(release.VersionID), 64); err == nil && number > 0 {
			send(version.sample(number, id, idLike, name))
		}
		if !release.SupportEnd.IsZero() {
			send(end.sample(unix(release.SupportEnd)))
		}
		return err
	}
	return newSystem(o, collect, info, version, end)
}

func newSystemTime(o Options) Collector {
	now := o.systemGauge("time_seconds", "The wall clock, in seconds since 1970.")
	zone := o.systemGauge("time_zone_offset_seconds", "Seconds by which the local time is ahead of UTC.", "time_zone")
	available := o.systemGauge("time_clocksource_available_info", "The clock sources there are.", "clocksource", "device")
	current := o.systemGauge("time_clocksource_current_info", "The clock source in use.", "clocksource", "device")

	collect := func(r system.Reader, send emit) error {
		clock, err := r.Clock()
		if clock != nil {
			name, offset := clock.Now.Zone()
			send(now.sample(float64(clock.Now.UnixNano()) / 1e9))
			send(zone.sample(float64(offset), pair("time_zone", name)))
			for _, s := range clock.Sources {
				device := pair("device", s.Device)
				for _, source := range s.Available {
					send(available.sample(1, pair("clocksource", source), device))
				}
				if s.Current != "" {
					send(current.sample(1, pair("clocksource", s.Current), device))
				}
			}
		}
		return err
	}
	return newSystem(o, collect, now, zone, available, current)
}
