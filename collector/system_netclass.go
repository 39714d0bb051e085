package collector

import "proctree/collector/host/system"

func newSystemNetClass(o Options) Collector {
	const dev = "device"
	return newValues(o, system.NetClass,
		o.valueGauge("network_up", "1 if a network device is operational.", dev),
		o.valueGauge("network_info", "1, with what of a network device is no number.",
			"address", "adminstate", "broadcast", dev, "duplex", "ifalias", "operstate"),
		o.valueGauge("network_address_assign_type", "How a network device got its address.", dev),
		o.valueGauge("network_carrier", "1 if a network device has a link.", dev),
		o.valueCounter("network_carrier_changes_total", "How often the link of a network device changed.", dev),
		o.valueCounter("network_carrier_up_changes_total", "How often the link of a network device came up.", dev),
		o.valueCounter("network_carrier_down_changes_total", "How often the link of a network device went down.", dev),
		o.valueGauge("network_device_id", "Number that tells devices with one address apart.", dev),
		o.valueGauge("network_dormant", "1 if a network device waits for an event, such as authentication.", dev),
		o.valueGauge("network_flags", "Flags of a network device (netdevice(7)).", dev),
		o.valueGauge("network_iface_id", "Index of a network device.", dev),
		o.valueGauge("network_iface_link", "Index of the device below a network device.", dev),
		o.valueGauge("network_iface_link_mode", "Link mode of a network device: 0 default, 1 dormant.", dev),
		o.valueGauge("network_mtu_bytes", "Largest packet of a network device.", dev),
		o.valueGauge("network_name_assign_type", "How a network device got its name.", dev),
		o.valueGauge("network_net_dev_group", "Group of a network device.", dev),
		o.valueGauge("network_speed_bytes", "Speed of a network device in bytes per second; negative if the device does not know it.", dev),
		o.valueGauge("network_transmit_queue_length", "Packets that the transmit queue of a network device can hold.", dev),
		o.valueGauge("network_protocol_type", "Protocol of a network device (ARPHRD_ in if_arp.h).", dev),
	)
}
