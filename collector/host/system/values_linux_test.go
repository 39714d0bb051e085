package system

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"proctree/collector/host/system/systemtest"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"
)

// lineOf writes a value as a metric would be.
func lineOf(v Value) string {
	labels := make([]string, len(v.Labels))
	for i, l := range v.Labels {
		labels[i] = l.Name + "=" + l.Value
	}
	return fmt.Sprintf("%s{%s} %v", v.Name, strings.Join(labels, ","), v.Number)
}

// linesOf reads a subject of the host below root.
func linesOf(t *testing.T, root string, subject Subject) ([]string, error) {
	t.Helper()
	r, err := NewReader(Config{ProcFS: filepath.Join(root, "proc"), SysFS: filepath.Join(root, "sys"), RootFS: root, ProcessStates: true})
	if err != nil {
		t.Fatal(err)
	}
	list, err := r.Values(subject)
	lines := make([]string, len(list))
	for i := range list {
		lines[i] = lineOf(list[i])
	}
	return lines, err
}

// writeTree writes files below a new root that has a proc and a sys.
func writeTree(t *testing.T, files map[string]string) string {
	t.Helper()
	root := t.TempDir()
	for name, text := range files {
		path := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"proc", "sys"} {
		if err := os.MkdirAll(filepath.Join(root, name), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

// TestOddLines: what is odd costs what is derived from it, is an error, and costs no more.
func TestOddLines(t *testing.T) {
	const udpHead = "  sl  local_address rem_address   st tx_queue rx_queue\n"
	for name, c := range map[string]struct {
		subject Subject
		files   map[string]string
		want    []string
		err     string
		lost    int
	}{
		"arp": {
			ARP,
			map[string]string{"proc/net/arp": "IP\n192.0.2.1 0x1 0x2 02:00 * eth0\n\nhalf a line\n192.0.2.2 0x1 0x2 02:00 * eth0\n"},
			[]string{"arp_entries{device=eth0} 2"},
			"fewer than 6 columns", 1,
		},
		"arp with a blank line, and an odd device": {
			ARP,
			map[string]string{"proc/net/arp": "\nIP address\n192.0.2.1 0x1 0x2 02:00 * eth0\n192.0.2.2 0x1 0x2 02:00 * \xff\xfe\nodd line of six or seven columns\n192.0.2.3 0x1 0x2 02:00 * a:b/\n"},
			[]string{"arp_entries{device=eth0} 1"},
			"not a device", 3,
		},
		"bonding of odd states": {
			Bonding,
			map[string]string{
				"sys/class/net/bonding_masters": "a b c\n", "sys/class/net/c/x": "",
				"sys/class/net/a/bonding/slaves": "x\n", "sys/class/net/a/lower_x/bonding_slave/mii_status": "u#p\n",
				"sys/class/net/b/bonding/slaves": "y\n", "sys/class/net/b/lower_y/bonding_slave/mii_status": "",
			},
			[]string{"bonding_slaves{master=a} 1", "bonding_slaves{master=b} 1"},
			"a: x: no mii_status", 2,
		},
		"governor that there is not": {
			CPUFreq,
			map[string]string{
				"sys/devices/system/cpu/cpu0/cpufreq/scaling_governor": "power#save\n", "sys/devices/system/cpu/cpu0/cpufreq/scaling_available_governors": "performance powersave\n",
				"sys/devices/system/cpu/cpu1/cpufreq/scaling_governor": "powersave\n", "sys/devices/system/cpu/cpu1/cpufreq/scaling_available_governors": "performance powersave\n",
				"sys/devices/system/cpu/cpu2/cpufreq/scaling_governor": "\n", "sys/devices/system/cpu/cpu2/cpufreq/scaling_available_governors": "performance powersave\n",
				"sys/devices/system/cpu/cpu3/cpufreq/scaling_governor": "powersave\n", "sys/devices/system/cpu/cpu3/cpufreq/scaling_available_governors": "\n",
			},
			[]string{"cpu_scaling_governor{cpu=1,governor=performance} 0", "cpu_scaling_governor{cpu=1,governor=powersave} 1"},
			"cpu0/cpufreq/scaling_governor: none of", 3,
		},
		"paths of odd states": {
			DMMultipath,
			map[string]string{
				"sys/block/dm-0/dm/uuid": "mpath-1\n", "sys/block/dm-0/dm/name": "m\n", "sys/block/dm-0/dm/suspended": "7\n",
				"sys/block/dm-0/slaves/sda/x": "", "sys/block/dm-0/slaves/sdb/x": "", "sys/block/sda/device/state": "running\n", "sys/block/sdb/device/state": "run\x00ning\n",
			},
			[]string{
				"dmmultipath_device_info{device=m,sysfs_name=dm-0,uuid=mpath-1} 1", "dmmultipath_path_state{device=m,path=sda,state=running} 1",
				"dmmultipath_device_paths{device=m,sysfs_name=dm-0} 2",
			},
			"suspended: unknown word", 2,
		},
		"state of a device": {
			NetClass,
			map[string]string{
				"sys/class/net/a/operstate": "u\x00p\n", "sys/class/net/b/operstate": "", "sys/class/net/c/operstate": "up\r\n", "sys/class/net/d/operstate": "dormant\n",
			},
			[]string{
				"network_info{address=,adminstate=unknown,broadcast=,device=a,duplex=,ifalias=,operstate=} 1",
				"network_info{address=,adminstate=unknown,broadcast=,device=b,duplex=,ifalias=,operstate=} 1",
				"network_up{device=c} 1", "network_info{address=,adminstate=unknown,broadcast=,device=c,duplex=,ifalias=,operstate=up} 1",
				"network_up{device=d} 0", "network_info{address=,adminstate=unknown,broadcast=,device=d,duplex=,ifalias=,operstate=dormant} 1",
			},
			"a/operstate: unknown word", 2,
		},
		"speed below zero": {
			NetClass,
			map[string]string{"sys/class/net/a/speed": "-1\n", "sys/class/net/b/speed": "-1000\n"},
			[]string{
				"network_speed_bytes{device=a} -125000", "network_info{address=,adminstate=unknown,broadcast=,device=a,duplex=,ifalias=,operstate=} 1",
				"network_info{address=,adminstate=unknown,broadcast=,device=b,duplex=,ifalias=,operstate=} 1",
			},
			"b/speed: below zero", 1,
		},
		"energy without a name": {
			RAPL,
			map[string]string{"sys/class/powercap/a/name": "\n", "sys/class/powercap/a/energy_uj": "5\n", "sys/class/powercap/b/energy_uj": "5\n", "sys/class/powercap/c/name": "core\n", "sys/class/powercap/c/energy_uj": "x\n"},
			nil, "a/name: not a name", 2,
		},
		"udp with a blank line": {
			UDPQueues,
			map[string]string{"proc/net/udp": "\n" + udpHead + "0: a b 07 10:0f 0\n", "proc/net/udp6": "\n"},
			[]string{"udp_queues{ip=v4,queue=tx} 16", "udp_queues{ip=v4,queue=rx} 15"},
			"net/udp6: empty file", 1,
		},
		"conntrack with a blank line": {
			Conntrack,
			map[string]string{"proc/net/stat/nf_conntrack": "\nentries found drop\n1 0a 2\n", "proc/sys/net/netfilter/nf_conntrack_max": ""},
			[]string{"nf_conntrack_stat_found{} 10", "nf_conntrack_stat_drop{} 2"},
			"nf_conntrack_max: not a number", 1,
		},
		"bonding without a slave's state": {
			Bonding,
			map[string]string{
				"sys/class/net/bonding_masters": "a b gone\n", "sys/class/net/a/bonding/slaves": "x\n",
				"sys/class/net/b/bonding/slaves": "y z\n", "sys/class/net/b/slave_y/bonding_slave/mii_status": "up\n",
				"sys/class/net/b/lower_z/bonding_slave/mii_status": "down\n",
			},
			[]string{"bonding_slaves{master=a} 1", "bonding_slaves{master=b} 2", "bonding_active{master=b} 1"},
			"a: x: no mii_status", 2,
		},
		"conntrack with a garbled number": {
			Conntrack,
			map[string]string{
				"proc/sys/net/netfilter/nf_conntrack_count": "7\n", "proc/sys/net/netfilter/nf_conntrack_max": "no\n",
				"proc/net/stat/nf_conntrack": "entries found drop\n1 0a zz\n\n1 0b 3\n",
			},
			[]string{"nf_conntrack_entries{} 7", "nf_conntrack_stat_found{} 21"},
			"nf_conntrack_max", 2,
		},
		"conntrack with a short line": {
			Conntrack, map[string]string{"proc/net/stat/nf_conntrack": "entries found drop\n1 0a\n1 0b 3\n"}, nil, "another length", 1,
		},
		"interrupts": {
			Interrupts,
			map[string]string{"proc/interrupts": " CPU0 CPU1\n 5: 1 x PCI eth0\n\nERR: 0\nLOC: 3 4 Local timer\n"},
			[]string{
				"interrupts_total{cpu=0,devices=eth0,info=PCI,type=5} 1",
				"interrupts_total{cpu=0,devices=,info=Local timer,type=LOC} 3",
				"interrupts_total{cpu=1,devices=,info=Local timer,type=LOC} 4",
			},
			"5: not a number", 1,
		},
		"interrupts with odd lines before the CPUs": {
			Interrupts,
			map[string]string{"proc/interrupts": "\n\x00 \xff\n CPU0 C#PU1\n 5: 1 2 PCI eth0\n"},
			[]string{
				"interrupts_total{cpu=0,devices=eth0,info=PCI,type=5} 1", "interrupts_total{cpu=1,devices=eth0,info=PCI,type=5} 2",
			},
			"an odd line of CPUs", 2,
		},
		"interrupts without CPUs": {
			Interrupts, map[string]string{"proc/interrupts": " 5: 1 2 PCI eth0\n"}, nil, "no line of CPUs", 1,
		},
		"mdstat with an odd array": {
			MDAdm,
			map[string]string{"proc/mdstat": "Personalities : [raid1]\nrubbish\nmd0 : active raid1 a[0] b[1](F)\n      x blocks [2/1] [U_]\n\n" +
				"md1 : active raid0 a[0]\n      100 blocks super 1.2\n\nmd2 : active raid1 a[0]\n      50 blocks [1/1] [U]\n      [>..] resync = 1% (half)\nmd3 : inactive\n"},
			[]string{
				"md_state{device=md0,state=active} 1", "md_disks{device=md0,state=failed} 1", "md_disks{device=md0,state=spare} 0",
				"md_disks{device=md0,state=active} 1", "md_disks_required{device=md0} 2",
				"md_state{device=md1,state=active} 1", "md_disks{device=md1,state=failed} 0", "md_disks{device=md1,state=spare} 0",
				"md_disks{device=md1,state=active} 1", "md_disks_required{device=md1} 1", "md_blocks{device=md1} 100", "md_blocks_synced{device=md1} 100",
				"md_state{device=md2,state=resync} 1", "md_disks{device=md2,state=failed} 0", "md_disks{device=md2,state=spare} 0",
				"md_disks{device=md2,state=active} 1", "md_disks_required{device=md2} 1", "md_blocks{device=md2} 50",
				"md_state{device=md3,state=inactive} 1", "md_disks{device=md3,state=failed} 0", "md_disks{device=md3,state=spare} 0",
			},
			"names no array", 4,
		},
		"netstat": {
			Netstat,
			map[string]string{
				"proc/net/netstat": "A: x y\nA: 1 2\n\nB: x y\nB: 1\nC: x\nD: x\nD: 9\nE: 4\nF: x y\nF: 5 z\n",
				"proc/net/snmp6":   "Ip6InOctets 7\nIp6OutOctets x\nodd\n",
			},
			[]string{"netstat_A_x{} 1", "netstat_A_y{} 2", "netstat_D_x{} 9", "netstat_F_x{} 5", "netstat_Ip6_InOctets{} 7"},
			"B: ", 6,
		},
		"nfs": {
			NFS,
			map[string]string{"proc/net/rpc/nfs": "net 1 2\n\nrpc 3 x 5\nproc2 3 1 2\nproc4 2 8 x\nodd x\n"},
			append([]string{
				"nfs_rpcs_total{} 3", "nfs_rpc_authentication_refreshes_total{} 5",
				"nfs_requests_total{method=Null,proto=4} 8", // Of Read it is not known.
			}, zeros(nfs4ClientMethods[2:])...), "rpc: not a number", 5,
		},
		"schedstat": {
			Schedstat,
			map[string]string{"proc/schedstat": "version 15\ncpu0 1 2 3 4 5 6 2000000000 x 9\ncpu1 1\ncpu\ndomain0 1\n"},
			[]string{"schedstat_running_seconds_total{cpu=0} 2", "schedstat_timeslices_total{cpu=0} 9"},
			"cpu0: not a number", 2,
		},
		"sockstat": {
			Sockstat,
			map[string]string{"proc/net/sockstat": "sockets: used 3\nTCP: inuse x tw 4 new 5\nUDP: inuse\n\nFRAG:\nRAW: inuse -14\n"},
			[]string{"sockstat_sockets_used{} 3", "sockstat_TCP_tw{} 4"},
			"TCP inuse", 4,
		},
		"softnet of an old kernel": {
			Softnet,
			map[string]string{"proc/net/softnet_stat": "0a 1 2\n0b z 3\n"},
			[]string{
				"softnet_processed_total{cpu=0} 10", "softnet_dropped_total{cpu=0} 1", "softnet_times_squeezed_total{cpu=0} 2",
				"softnet_processed_total{cpu=1} 11", "softnet_times_squeezed_total{cpu=1} 3",
			},
			"not a number", 1,
		},
		"softnet with an odd line between two CPUs": {
			Softnet,
			map[string]string{"proc/net/softnet_stat": "a 1 2\nodd 1\n\nb 3 4\n", "sys/devices/system/cpu/online": "0-1\n"},
			[]string{
				"softnet_processed_total{cpu=0} 10", "softnet_dropped_total{cpu=0} 1", "softnet_times_squeezed_total{cpu=0} 2",
				"softnet_processed_total{cpu=1} 11", "softnet_dropped_total{cpu=1} 3", "softnet_times_squeezed_total{cpu=1} 4",
			},
			"another form", 1,
		},
		"softnet with an odd line in the place of a CPU": {
			Softnet,
			map[string]string{"proc/net/softnet_stat": "odd\nb 3 4\n", "proc/stat": "cpu0 1 2 3 4\ncpu1 1 2 3 4\n"},
			[]string{"softnet_processed_total{cpu=1} 11", "softnet_dropped_total{cpu=1} 3", "softnet_times_squeezed_total{cpu=1} 4"},
			"another form", 1,
		},
		"softnet with an odd line, and nobody knows the CPUs": {
			Softnet,
			map[string]string{"proc/net/softnet_stat": "a 1 2\nodd\nb 3 4\n"},
			[]string{"softnet_processed_total{cpu=0} 10", "softnet_dropped_total{cpu=0} 1", "softnet_times_squeezed_total{cpu=0} 2"},
			"another form", 2,
		},
		"softnet with an offline CPU": {
			Softnet,
			map[string]string{"proc/net/softnet_stat": "1 2 3\n1 2 3 0 0 0 0 0 5 6 7 8 4\n1 2 3 0 0 0 0 0 5 6 7 8 x\n"},
			[]string{
				"softnet_processed_total{cpu=4} 1", "softnet_dropped_total{cpu=4} 2", "softnet_times_squeezed_total{cpu=4} 3",
				"softnet_cpu_collision_total{cpu=4} 5", "softnet_received_rps_total{cpu=4} 6", "softnet_flow_limit_count_total{cpu=4} 7",
				"softnet_backlog_len{cpu=4} 8",
			},
			"another form", 2,
		},
		"udp": {
			UDPQueues,
			map[string]string{"proc/net/udp": udpHead + "0: a b 07 x:y\n", "proc/net/udp6": udpHead + "0: a b 07 10:0f 0\n"},
			[]string{"udp_queues{ip=v6,queue=tx} 16", "udp_queues{ip=v6,queue=rx} 15"},
			"net/udp", 1,
		},
		"thermal": {
			ThermalZone,
			map[string]string{
				"sys/class/thermal/thermal_zone0/temp": "hot\n", "sys/class/thermal/thermal_zone1/temp": "1500\n",
				"sys/class/thermal/thermal_zoneX/temp": "1\n", "sys/class/thermal/thermal_zone0/type": "acpitz\n",
				"sys/class/thermal/cooling_device0/cur_state": "3\n",
			},
			[]string{"thermal_zone_temp{type=,zone=1} 1.5", "cooling_device_cur_state{name=0,type=} 3"},
			"temp", 3,
		},
		"power supply": {
			PowerSupply,
			map[string]string{"sys/class/power_supply/B/temp": "x\n", "sys/class/power_supply/B/voltage_now": "1500000\n", "sys/class/power_supply/B/type": "Battery\n"},
			[]string{"power_supply_voltage_volt{power_supply=B} 1.5", "power_supply_info{power_supply=B,type=Battery} 1"},
			"temp", 1,
		},
		"ipvs": {
			IPVS,
			map[string]string{
				"proc/net/ip_vs_stats": "Conns Packets Packets Bytes Bytes\nodd\n 1 2 x 4 5\n\nConns/s Pkts/s Pkts/s Bytes/s Bytes/s\n 6 7 8 9 A\n",
				"proc/net/ip_vs": "Prot LocalAddress:Port\nTCP C0000201:0050 wlc\n  -> C0000202:0051 Masq 1 2 x\n  -> odd Masq 1 2 3\n" +
					"UDP odd wlc\n  -> C0000203:0051 Masq 1 2 3\n",
			},
			[]string{
				"ipvs_connections_total{} 1", "ipvs_incoming_packets_total{} 2", "ipvs_incoming_bytes_total{} 4", "ipvs_outgoing_bytes_total{} 5",
				"ipvs_backend_weight{local_address=192.0.2.1,local_mark=,local_port=80,proto=TCP,remote_address=192.0.2.2,remote_port=81} 1",
				"ipvs_backend_connections_active{local_address=192.0.2.1,local_mark=,local_port=80,proto=TCP,remote_address=192.0.2.2,remote_port=81} 2",
			},
			"ip_vs_stats: not a number", 4,
		},
		"nfsd": {
			NFSd,
			map[string]string{"proc/net/rpc/nfsd": "rc 1\nth 8 0 0.5\nio x 2\nproc4ops 2 1 2\nwdeleg_getattr 3\nwdeleg_getattr 4\n"},
			[]string{"nfsd_disk_bytes_written_total{} 2", "nfsd_server_threads{} 8", "nfsd_requests_total{method=WdelegGetattr,proto=4} 3"},
			"io: not a number", 4,
		},
		"xfs without any line": {
			XFS, map[string]string{"sys/fs/xfs/sda1/stats/stats": "\n", "sys/fs/xfs/sdb1/stats/stats": "d#ir 1 2 3 4\n"}, nil, "empty file", 2,
		},
		"I/O of a pool without heading": {
			ZFS, map[string]string{"proc/spl/kstat/zfs/p/io": "", "proc/spl/kstat/zfs/q/io": "nr#ead\n4\n"}, nil, "no heading", 2,
		},
		"schedstat of odd lines": {
			Schedstat, map[string]string{"proc/schedstat": "version 15\n#cpu0 1 2 3 4 5 6 7 8 9\ndomain0 1\n"}, nil, "without name", 1,
		},
		"rpc of an odd line": {
			NFSd,
			map[string]string{"proc/net/rpc/nfsd": "r#c 1 2 3\nio 1 2\n"},
			[]string{"nfsd_disk_bytes_read_total{} 1", "nfsd_disk_bytes_written_total{} 2"},
			"without name", 1,
		},
		"netstat with odd lines between names and values": {
			Netstat,
			map[string]string{"proc/net/snmp": "Tcp: x MaxConn\n7 8 9\nTcp: 1 -1\nIcmp:\nUdp: x y\nUdp: -1 5\n"},
			[]string{"netstat_Tcp_x{} 1", "netstat_Tcp_MaxConn{} -1", "netstat_Udp_y{} 5"},
			"without protocol", 3,
		},
		"xfs": {
			XFS,
			map[string]string{"sys/fs/xfs/sda1/stats/stats": "rw 1\ndir 1 2 x 4\nnew 5\n\nabt 1 2 3 4\n", "sys/fs/xfs/stats/stats": "rw 1 2\n"},
			[]string{
				"xfs_directory_operation_lookup_total{device=sda1} 1", "xfs_directory_operation_create_total{device=sda1} 2",
				"xfs_directory_operation_getdents_total{device=sda1} 4", "xfs_allocation_btree_lookups_total{device=sda1} 1",
				"xfs_allocation_btree_compares_total{device=sda1} 2", "xfs_allocation_btree_records_inserted_total{device=sda1} 3",
				"xfs_allocation_btree_records_deleted_total{device=sda1} 4",
			},
			"rw: fewer columns", 2,
		},
		"zfs": {
			ZFS,
			map[string]string{
				"proc/spl/kstat/zfs/arcstats":    "1 2\nname type data\nhits 4 x\nneed 3 -5\nmode 7 some\nodd\nmisses 4 6\n",
				"proc/spl/kstat/zfs/zil":         "zil_commit_count 4 7\n",
				"proc/spl/kstat/zfs/p/io":        "nread nwritten\n1 2 3\n4 y\n",
				"proc/spl/kstat/zfs/p/objset-1":  "name type data\nwrites 4 1\n",
				"proc/spl/kstat/zfs/p/objset-2":  "name type data\ndataset_name 7 a b\nwrites 4 1\n",
				"proc/spl/kstat/zfs/p/something": "else\n",
			},
			[]string{
				"zfs_arc_need{} -5", "zfs_arc_misses{} 6", "zfs_zpool_nread{zpool=p} 4", "zfs_zpool_dataset_writes{dataset=a b,zpool=p} 1",
			},
			"arcstats: hits: not a number", 5,
		},
		"fibre channel": {
			FibreChannel,
			map[string]string{"sys/class/fc_host/h/statistics/rx_frames": "0xg\n", "sys/class/fc_host/h/statistics/tx_frames": "0x10\n", "sys/class/fc_host/h/statistics/rx_words": "0xffffffffffffffff\n", "sys/class/fc_host/h/port_id": "x\n"},
			[]string{
				"fibrechannel_info{dev_loss_tmo=,fabric_name=,fc_host=h,port_id=x,port_name=,port_state=,port_type=,speed=,supported_classes=,supported_speeds=,symbolic_name=} 1",
				"fibrechannel_tx_frames_total{fc_host=h} 16",
			},
			"rx_frames: not a number", 1,
		},
		"infiniband": {
			InfiniBand,
			map[string]string{"sys/class/infiniband/m/ports/1/state": "ACTIVE\n", "sys/class/infiniband/m/ports/1/phys_state": "5: LinkUp\n", "sys/class/infiniband/m/ports/1/rate": "fast\n", "sys/class/infiniband/m/ports/1/counters/symbol_error": "N/A (no PMA)\n", "sys/class/infiniband/m/ports/x/state": "1: DOWN\n"},
			[]string{"infiniband_info{board_id=,device=m,firmware_version=,hca_type=} 1", "infiniband_physical_state_id{device=m,port=1} 5"},
			"state: not a number", 2,
		},
		"nvme": {
			NVMe,
			map[string]string{"sys/class/nvme/nvme0/nvme0n1/size": "8\n", "sys/class/nvme/nvme0/nvme0n1/nuse": "x\n", "sys/class/nvme/nvme0/nvme0n1/queue/logical_block_size": "512\n", "sys/class/nvme/nvme0/nvme0c0n1/size": "1\n", "sys/class/nvme/nvme0/nvme0n1p1/size": "1\n"},
			[]string{
				"nvme_info{cntlid=,device=nvme0,firmware_revision=,model=,serial=,state=} 1", "nvme_namespace_info{ana_state=unknown,device=nvme0,nsid=1} 1",
				"nvme_namespace_logical_block_size_bytes{device=nvme0,nsid=1} 512", "nvme_namespace_size_bytes{device=nvme0,nsid=1} 4096",
				"nvme_namespace_capacity_bytes{device=nvme0,nsid=1} 4096",
			},
			"nuse: not a number", 1,
		},
		"a device without anything": {
			NetClass,
			map[string]string{"sys/class/net/x/flags": "?\n"},
			[]string{"network_info{address=,adminstate=unknown,broadcast=,device=x,duplex=,ifalias=,operstate=} 1"},
			"flags", 1,
		},
		"processes": {
			Processes,
			map[string]string{
				"proc/7/stat": "7 (a) b) S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 2 0", "proc/7/task/7/stat": "", "proc/7/task/8/stat": "8 (x) R",
				"proc/9/stat": "9 (odd", "proc/10/comm": "x",
			},
			[]string{"processes_pids{} 1", "processes_threads{} 2", "processes_state{state=S} 1", "processes_threads_state{thread_state=S} 1"},
			"a task", 2,
		},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := linesOf(t, writeTree(t, c.files), c.subject)
			// The other states are 0.
			got = slices.DeleteFunc(got, func(l string) bool { return strings.HasPrefix(l, "md_state") && strings.HasSuffix(l, " 0") })
			if diff := cmp.Diff(c.want, got); diff != "" && len(c.want)+len(got) > 0 {
				t.Errorf("(-want +got):\n%s", diff)
			}
			var partial *PartialError
			if !errors.As(err, &partial) || !strings.Contains(err.Error(), c.err) || partial.Count != c.lost {
				t.Errorf("error %v (%+v), want one that says %q and counts %d", err, partial, c.err, c.lost)
			}
		})
	}
}

func zeros(methods []string) []string {
	all := make([]string, len(methods))
	for i, m := range methods {
		all[i] = "nfs_requests_total{method=" + m + ",proto=4} 0"
	}
	return all
}

// TestEmptyFiles: a file that no kernel leaves empty is an error, as is a FIFO in its place; a device
// is what hides it from a container.
func TestEmptyFiles(t *testing.T) {
	of := func(subject Subject) func(*reader) error {
		return func(r *reader) error { _, err := r.Values(subject); return err }
	}
	for file, read := range map[string]func(*reader) error{
		"proc/vmstat":                 func(r *reader) error { _, err := r.VMStat(); return err },
		"proc/diskstats":              func(r *reader) error { _, err := r.Disks(); return err },
		"proc/net/dev":                func(r *reader) error { _, err := r.NetworkDevices(); return err },
		"proc/meminfo":                func(r *reader) error { _, err := r.Memory(); return err },
		"proc/loadavg":                func(r *reader) error { _, err := r.Load(); return err },
		"proc/1/mountinfo":            func(r *reader) error { _, err := r.Filesystems(); return err },
		"proc/net/snmp":               of(Netstat),
		"proc/net/snmp6":              of(Netstat),
		"proc/net/netstat":            of(Netstat),
		"proc/net/sockstat":           of(Sockstat),
		"proc/net/softnet_stat":       of(Softnet),
		"proc/net/stat/nf_conntrack":  of(Conntrack),
		"proc/net/arp":                of(ARP),
		"proc/net/udp":                of(UDPQueues),
		"proc/net/ip_vs":              of(IPVS),
		"proc/net/rpc/nfs":            of(NFS),
		"proc/net/rpc/nfsd":           of(NFSd),
		"proc/interrupts":             of(Interrupts),
		"proc/mdstat":                 of(MDAdm),
		"proc/schedstat":              of(Schedstat),
		"sys/class/net/a/operstate":   of(NetClass),
		"sys/class/hwmon/hwmon0/name": func(r *reader) error { _, err := r.Chips(); return err },
	} {
		root := writeTree(t, map[string]string{file: "", "sys/block/sda/size": "1\n"})
		r := newReader(t, root)
		path := filepath.Join(root, file)
		if err := read(r); !isPartial(err) {
			t.Errorf("%s is empty: error %v", file, err)
		}
		replace(t, path, func() error { return unix.Mkfifo(path, 0o600) })
		if err := read(r); err == nil || errors.Is(err, errors.ErrUnsupported) {
			t.Errorf("%s is a FIFO: error %v", file, err)
		}
		replace(t, path, func() error { return os.Symlink(os.DevNull, path) })
		if err := read(r); err != nil && !errors.Is(err, errors.ErrUnsupported) {
			t.Errorf("%s is hidden: error %v", file, err)
		}
	}
	if _, err := newReader(t, writeTree(t, map[string]string{"proc/diskstats": ""})).Disks(); err != nil {
		t.Errorf("a host without block devices: error %v", err)
	}
	// lxcfs shows a container none of the host's devices, which are in sysfs all the same.
	r := newReader(t, writeTree(t, map[string]string{"proc/diskstats": "", "sys/block/sda/size": "1\n"}))
	r.fileSystem = func(string) int64 { return unix.FUSE_SUPER_MAGIC }
	if disks, err := r.Disks(); err != nil || len(disks) > 0 {
		t.Errorf("a container of LXC without devices: %v, error %v", disks, err)
	}
}

func isPartial(err error) bool { return errors.As(err, new(*PartialError)) }

// replace puts something else in the place of a file.
func replace(t *testing.T, path string, put func() error) {
	t.Helper()
	if err := errors.Join(os.Remove(path), put()); err != nil {
		t.Fatal(err)
	}
}

// newReader returns the reader of the host below root.
func newReader(t *testing.T, root string) *reader {
	t.Helper()
	r, err := NewReader(Config{ProcFS: filepath.Join(root, "proc"), SysFS: filepath.Join(root, "sys"), RootFS: root})
	if err != nil {
		t.Fatal(err)
	}
	return r.(*reader)
}

// TestOddThrottles: what cannot be read of one CPU costs this CPU, and is counted.
func TestOddThrottles(t *testing.T) {
	const cpu = "sys/devices/system/cpu/cpu"
	for _, tt := range []struct {
		file, text      string
		cores, packages int
		lost            int
	}{
		{file: "0/topology/core_id", text: "\n", cores: 1, packages: 1, lost: 1},
		{file: "0/topology/core_id", text: "#0\n", cores: 1, packages: 1, lost: 1},
		{file: "0/topology/core_id", text: "-1\n", cores: 2, packages: 2},
		{file: "1/topology/physical_package_id", text: "-7\n", cores: 1, packages: 1, lost: 1},
		{file: "1/thermal_throttle/core_throttle_count", text: "", cores: 1, packages: 2, lost: 1},
		{file: "1/thermal_throttle/package_throttle_count", text: "x", cores: 2, packages: 1, lost: 1},
	} {
		files := map[string]string{}
		for _, n := range []string{"0", "1"} {
			files[cpu+n+"/topology/core_id"], files[cpu+n+"/topology/physical_package_id"] = n+"\n", n+"\n"
			files[cpu+n+"/thermal_throttle/core_throttle_count"], files[cpu+n+"/thermal_throttle/package_throttle_count"] = "3\n", "4\n"
		}
		files[cpu+tt.file] = tt.text
		var d Damage
		cores, packages := newReader(t, writeTree(t, files)).throttles(&d)
		if len(cores) != tt.cores || len(packages) != tt.packages {
			t.Errorf("%s is %q: %v, %v", tt.file, tt.text, cores, packages)
		}
		wantLost(t, &d, tt.lost)
	}
}

// TestOddSELinuxMode: SELinux is on, in a mode that is not known.
func TestOddSELinuxMode(t *testing.T) {
	root := writeTree(t, map[string]string{"sys/fs/selinux/enforce": "odd", "proc/self/attr/current": "system_u:r:init_t:s0"})
	got, err := linesOf(t, root, SELinux)
	if !cmp.Equal(got, []string{"selinux_enabled{} 1"}) || err == nil {
		t.Errorf("%v, error %v; want enabled, and an error", got, err)
	}
}

// TestMissingSubjects: what a host does not have is no failure.
func TestMissingSubjects(t *testing.T) {
	root := writeTree(t, nil)
	for subject := range subjects {
		got, err := linesOf(t, root, subject)
		switch subject {
		case Timex, TCPStat: // Of the kernel itself.
			continue
		case SELinux:
			if !cmp.Equal(got, []string{"selinux_enabled{} 0"}) {
				t.Errorf("SELinux: %v, error %v", got, err)
			}
			continue
		}
		if len(got) > 0 || !errors.Is(err, errors.ErrUnsupported) {
			t.Errorf("%s: %v, error %v", subject, got, err)
		}
	}
	if _, err := linesOf(t, root, "no such subject"); !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("an unknown subject: error %v", err)
	}
}

// TestSubjectsOfRoot: each subject has values on the host of the tests.
func TestSubjectsOfRoot(t *testing.T) {
	root := systemtest.Root(t)
	for subject := range subjects {
		got, err := linesOf(t, root, subject)
		if err != nil || len(got) == 0 {
			t.Errorf("%s: %d values, error %v", subject, len(got), err)
		}
	}
}

// TestSubjectsOfThisHost reads everything of the kernel on which the test runs.
func TestSubjectsOfThisHost(t *testing.T) {
	r, check := thisHost(t)
	for subject := range subjects {
		_, err := r.Values(subject)
		check(string(subject), err, true)
	}
}

func TestPanicIsAnError(t *testing.T) {
	const broken Subject = "broken"
	subjects := map[Subject]func(*reader, *values){broken: func(*reader, *values) { panic("a mistake") }}
	list, err := (&reader{}).valuesOf(subjects, broken)
	if list != nil || err == nil || !strings.Contains(err.Error(), "a mistake") {
		t.Errorf("%v, %v", list, err)
	}
}

func TestRAPLNames(t *testing.T) {
	used := make(map[string]int)
	for i, c := range []struct {
		name, want string
		index      int
	}{
		{"package-0", "package", 0},
		{"core", "core", 0},
		{"package-1", "package", 1},
		{"core", "core", 1},
		{"package-0-die-1", "package_0_die_1", 0},
		{"dram-x", "dram_x", 0},
	} {
		index, name := raplIndex(c.name, used)
		if index != c.index || raplName(name) != c.want {
			t.Errorf("%d: %s is %s %d, want %s %d", i, c.name, raplName(name), index, c.want, c.index)
		}
	}
}

func TestSELinuxConfig(t *testing.T) {
	for text, want := range map[string]int{
		"": selinuxDisabled, "#SELINUX=enforcing\n": selinuxDisabled, "SELINUX=enforcing\n": selinuxEnforcing,
		"SELINUXTYPE=targeted\nSELINUX = Permissive\n": selinuxPermissive, "SELINUX=disabled\n": selinuxDisabled,
	} {
		if got := parseSELinuxConfig(text); got != want {
			t.Errorf("%q: %d, want %d", text, got, want)
		}
	}
}

// TestThreads: without their states, the kernel's own count of threads does.
func TestThreads(t *testing.T) {
	for text, want := range map[string]string{
		"0.1 0.2 0.3 2/1234 999\n": "processes_threads{} 1234", "0.1 0.2 0.3 2 999\n": "", "0.1 0.2\n": "", "": "", "1 1 1 1/-1 5": "",
	} {
		var v values
		v.threads(text)
		got := ""
		if len(v.list) == 1 {
			got = lineOf(v.list[0])
		}
		if got != want || (v.Err() == nil) != (want != "") {
			t.Errorf("%q: %q, error %v, want %q", text, got, v.Err(), want)
		}
	}
}

func TestTimex(t *testing.T) {
	for _, c := range []struct {
		timex unix.Timex
		state int
		want  []string
	}{
		{unix.Timex{Offset: 1500, Status: 0, Maxerror: 16000000, Freq: 65536000}, unix.TIME_ERROR, []string{
			"timex_sync_status{} 0", "timex_offset_seconds{} 0.0015", "timex_maxerror_seconds{} 16", "timex_frequency_adjustment_ratio{} 1.001",
		}},
		{unix.Timex{Offset: 1500, Status: unix.STA_NANO, Jitter: 2000}, unix.TIME_OK, []string{
			"timex_sync_status{} 1", "timex_offset_seconds{} 1.5e-06", "timex_pps_jitter_seconds{} 2e-06",
		}},
	} {
		var v values
		v.timex(&c.timex, c.state)
		var got []string
		for i := range v.list {
			got = append(got, lineOf(v.list[i]))
		}
		for _, line := range c.want {
			if !slices.Contains(got, line) {
				t.Errorf("no %s in %v", line, got)
			}
		}
	}
}

// FuzzSubjects feeds any text to the parsers of the subjects.
func FuzzSubjects(f *testing.F) {
	for _, text := range []string{
		"md0 : active raid1 a[0]\n      1 blocks [1/1] [U]\n      resync=DELAYED\n",
		"Tcp: a b\nTcp: 1 2\n", "TCP: inuse 1 mem 2\n", "rpc 1 2 3\nproc2 1 2\n", "entries found\n1 2\n", "1 (a) S 1\n",
		"a\n0: 1 2 3 1:2\n", "a\nb\n1 2 3 4 5\n", "TCP C0000201:0050\n-> C0000202:0050 Masq 1 2 3\n", "rw 1 2\n", "SELINUX=permissive\n", "Ip6InOctets 1\n", " CPU0\n1: 1 a b\n",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var v values
		v.mdstat(text, true)
		v.netstatPairs("file", text, Filter{})
		v.netstatLines(text, Filter{})
		v.sockstatLines(text)
		v.conntrackStat(text)
		v.rpcLines("file", text)
		v.sumQueues("file", text)
		_, _, _ = parseTask(text)
		_, _ = new(tcpCounts).take([]byte(text))
		v.array(text, nil)
		v.ipvsStats(text)
		v.ipvsBackends(text)
		v.xfsStats("sda1", text)
		v.zfsIO(text, Label{})
		v.zfsObjset(text, Label{})
		parseSELinuxConfig(text)
		v.dropRepeated()
		seen := make(map[string]bool)
		for _, value := range v.list {
			if !isMetricPart(value.Name) {
				t.Errorf("a value of the name %q in %q", value.Name, text)
			}
			if line := fmt.Sprint(value.Name, value.Labels); seen[line] {
				t.Errorf("%s is there twice in %q", line, text)
			} else {
				seen[line] = true
			}
		}
	})
}
