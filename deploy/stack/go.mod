module proctree/deploy/stack

go 1.26

require (
	github.com/emersion/go-smtp v0.25.1
	go.yaml.in/yaml/v3 v3.0.6
)

require (
	github.com/emersion/go-sasl v0.0.0-20241020182733-b788ff22d5a6 // indirect
	proctree/deploy/programs v0.0.0
)

replace proctree/deploy/programs => ../programs
