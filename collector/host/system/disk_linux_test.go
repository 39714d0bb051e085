package system

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseDiskstats(t *testing.T) {
	tests := []struct {
		name, line string
		want       map[DiskMetric]float64
		lost       int
	}{
		{
			name: "11 columns of old kernels", line: "8 0 sda 1 2 3 4 5 6 7 8 9 10 11",
			want: map[DiskMetric]float64{
				ReadsCompleted: 1, ReadsMerged: 2, BytesRead: 1536, ReadSeconds: 0.004,
				WritesCompleted: 5, WritesMerged: 6, BytesWritten: 3584, WriteSeconds: 0.008,
				InFlight: 9, BusySeconds: 0.01, WeightedSeconds: 0.011,
			},
		},
		{
			name: "an odd column, and requests in flight below zero", line: "8 0 sda 1 x -3 4 5 6 7 8 4294967295 10 18446744073709551615",
			want: map[DiskMetric]float64{
				ReadsCompleted: 1, ReadSeconds: 0.004,
				WritesCompleted: 5, WritesMerged: 6, BytesWritten: 3584, WriteSeconds: 0.008, BusySeconds: 0.01,
			},
			lost: 4,
		},
		{name: "cut short", line: "8 0 sda 1 2", want: map[DiskMetric]float64{ReadsCompleted: 1, ReadsMerged: 2}, lost: 1},
		{name: "odd numbers of the device", line: "8 ../.. sda 1 2 3 4 5 6 7 8 9 10 x", want: map[DiskMetric]float64{
			ReadsCompleted: 1, ReadsMerged: 2, BytesRead: 1536, ReadSeconds: 0.004,
			WritesCompleted: 5, WritesMerged: 6, BytesWritten: 3584, WriteSeconds: 0.008,
			InFlight: 9, BusySeconds: 0.01,
		}, lost: 2},
		{name: "a partition before 2.6.25", line: "8 1 sda1 1 2 3 4"},
		{name: "no device", line: "8 0", lost: 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var d Damage
			r := &reader{cfg: Config{RootFS: t.TempDir(), SysFS: t.TempDir()}}
			disks := r.parseDiskstats(tt.line+"\n8 0 other 1 2 3 4 5 6 7 8 9 10 11\n", &d)
			if len(disks) == 0 || disks[len(disks)-1].Device != "other" {
				t.Fatalf("the line behind it is lost: %+v", disks)
			}
			got := map[DiskMetric]float64{}
			for f := range diskMetrics {
				if v, ok := disks[0].Value(f); ok && disks[0].Device != "other" {
					got[f] = v
				}
			}
			if diff := cmp.Diff(tt.want, got); diff != "" && len(tt.want)+len(got) > 0 {
				t.Errorf("(-want +got):\n%s", diff)
			}
			wantLost(t, &d, tt.lost)
		})
	}
}
