module proctree/exporter/nvidia

go 1.26.0

require github.com/ebitengine/purego v0.11.2
