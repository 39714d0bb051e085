/**
 * What runs on the made-up host. Each list is a chain of parents and children; `copies`
 * is the most siblings of a kind, `memory` is in MiB.
 * @type {readonly (readonly {name: string, user: string, group: string, cmdline: string[], memory: number,
 *   unit?: string, container?: string, copies?: number, threads?: number, fds?: number}[])[]}
 */
export const SERVICES = [
  [
    { name: 'nginx', user: 'root', group: 'nginx', unit: 'nginx.service', cmdline: ['/usr/sbin/nginx', '-g', 'daemon on; master_process on;'], memory: 6 },
    { name: 'nginx', user: 'www-data', group: 'nginx', unit: 'nginx.service', cmdline: ['nginx: worker process'], copies: 8, memory: 24, fds: 400 },
  ],
  [
    { name: 'postgres', user: 'postgres', group: 'postgres', unit: 'postgresql@16-main.service', cmdline: ['/usr/lib/postgresql/16/bin/postgres', '-D', '/var/lib/postgresql/16/main'], memory: 160 },
    { name: 'postgres', user: 'postgres', group: 'postgres', unit: 'postgresql@16-main.service', cmdline: ['postgres: 16/main: shop shop 10.0.3.%d idle'], copies: 24, memory: 70, fds: 90 },
  ],
  [
    { name: 'sshd', user: 'root', group: 'sshd', unit: 'ssh.service', cmdline: ['sshd: deploy [priv]'], memory: 9 },
    { name: 'sshd', user: 'deploy', group: 'sshd', unit: 'ssh.service', cmdline: ['sshd: deploy@pts/1'], memory: 7 },
    { name: 'bash', user: 'deploy', group: 'shell', cmdline: ['-bash'], memory: 5 },
    { name: 'make', user: 'deploy', group: 'build', cmdline: ['make', '-j8', 'all'], memory: 4 },
    { name: 'cc1plus', user: 'deploy', group: 'build', cmdline: ['/usr/lib/gcc/x86_64-linux-gnu/12/cc1plus', '-quiet', '-O2', 'src/tree/node_%d.cc', '-o', '/tmp/cc%d.s'], copies: 6, memory: 140 },
  ],
  [
    { name: 'containerd-shim', user: 'root', group: 'containerd', unit: 'containerd.service', cmdline: ['/usr/bin/containerd-shim-runc-v2', '-namespace', 'k8s.io', '-id', '8c1f%d'], threads: 12, memory: 14 },
    { name: 'java', user: 'app', group: 'orders', container: '8c1f0e6a9b', cmdline: ['/opt/java/bin/java', '-Xmx2g', '-XX:+UseZGC', '-jar', '/srv/orders/orders-%d.jar', '--server.port=80%d'], threads: 64, memory: 900, fds: 600 },
  ],
  [
    { name: 'containerd-shim', user: 'root', group: 'containerd', unit: 'containerd.service', cmdline: ['/usr/bin/containerd-shim-runc-v2', '-namespace', 'k8s.io', '-id', 'b41d%d'], threads: 12, memory: 14 },
    { name: 'node', user: 'app', group: 'storefront', container: 'b41d77c2e0', cmdline: ['node', '/srv/storefront/server.js', '--cluster'], threads: 11, memory: 120 },
    { name: 'node', user: 'app', group: 'storefront', container: 'b41d77c2e0', cmdline: ['/usr/bin/node', '/srv/storefront/worker.js', '--shard=%d'], copies: 4, threads: 11, memory: 180 },
  ],
  [{ name: 'cron', user: 'root', group: 'cron', unit: 'cron.service', cmdline: ['/usr/sbin/cron', '-f', '-P'], memory: 3 },
    { name: 'sh', user: 'backup', group: 'backup', cmdline: ['/bin/sh', '-c', '/usr/local/bin/backup --target s3://archive/%d'], memory: 2 },
    { name: 'restic', user: 'backup', group: 'backup', cmdline: ['restic', 'backup', '--one-file-system', '/srv', '/etc'], threads: 9, memory: 210 }],
  [{ name: 'python3', user: 'app', group: 'worker', unit: 'worker@%d.service', cmdline: ['/usr/bin/python3', '-m', 'celery', '--app', 'shop.tasks', 'worker'], threads: 3, memory: 80 },
    { name: 'python3', user: 'app', group: 'worker', cmdline: ['/usr/bin/python3', '-m', 'celery', '--app', 'shop.tasks', 'worker'], copies: 10, memory: 95 }],
  [{ name: 'systemd-journal', user: 'root', group: 'systemd', unit: 'systemd-journald.service', cmdline: ['/lib/systemd/systemd-journald'], memory: 40 }],
  [{ name: 'dbus-daemon', user: 'messagebus', group: 'dbus', unit: 'dbus.service', cmdline: ['/usr/bin/dbus-daemon', '--system', '--address=systemd:', '--nofork'], memory: 4 }],
];
