// Package scaling tests what goes beyond one Prometheus: agents that share the hosts, a site
// that sends on what it has aggregated, a store for all, and tenants who see their own. All
// of it is real: Prometheus, VictoriaMetrics and prom-label-proxy; only the hosts are not.
package scaling
