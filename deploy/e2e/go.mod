module proctree/deploy/e2e

go 1.26

require (
	go.yaml.in/yaml/v3 v3.0.6
	proctree/deploy/stack v0.0.0
)

require (
	github.com/emersion/go-sasl v0.0.0-20241020182733-b788ff22d5a6 // indirect
	github.com/emersion/go-smtp v0.25.1 // indirect
	proctree/deploy/programs v0.0.0
)

replace proctree/deploy/stack => ../stack

replace proctree/deploy/programs => ../programs
