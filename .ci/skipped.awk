# Reads what `go test -v` prints of several packages. Of a package that passes it shows one
# line for everything that its tests had to skip, and why; of one that fails all.
{ held[n++] = $0 }
/^(ok|\?) *\t/ {
	for (i = 0; i < n - 1; i++)
		if (held[i] ~ /^ *[a-z0-9_]+\.go:[0-9]+: (SKIP|NOT TESTED)/ && !told[held[i]]++) {
			sub(/^ */, "", held[i])
			print held[i]
		}
	print
	n = 0
}
/^FAIL\t/ {
	for (i = 0; i < n; i++)
		if (held[i] !~ /^=== /) print held[i]
	n = 0
}
END { for (i = 0; i < n; i++) if (held[i] !~ /^(===|(ok|FAIL)$)/) print held[i] }
