#!/usr/bin/env bash
# Builds the tools that go.mod beside this script pins (prometheus, promtool, alertmanager,
# amtool) into the folder given, unless they are there. Service discoveries that our
# examples do not use are left out: they are most of the build.
set -euo pipefail
dir=${1:?usage: build.sh FOLDER}
[ -e "$dir/complete" ] && exit 0
echo "building prometheus, promtool, alertmanager, amtool into $dir (once; takes minutes)" >&2
cd "$(dirname "$0")"
mkdir -p "$dir"
GOBIN=$dir CGO_ENABLED=0 GOFLAGS=-mod=readonly go install -trimpath -ldflags '-s -w' \
	-tags remove_all_sd,enable_kubernetes_sd,enable_consul_sd,enable_dns_sd tool
touch "$dir/complete"
