# Two commands matter: `make run` and `make test`. `make help` lists the rest.

SHELL         := /usr/bin/env bash -o pipefail
GO            ?= go
GOLANGCI_LINT := $(GO) run github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
LISTEN        ?= 127.0.0.1:10056
# Where "make run" records the process table; nowhere if it is empty.
HISTORY       ?= .cache/history
VERSION       ?= $(shell cat VERSION)
REVISION      := $(shell git rev-parse --short HEAD 2>/dev/null)
PKG_VERSION   := github.com/prometheus/common/version
LDFLAGS       := -s -w -X $(PKG_VERSION).Version=$(VERSION) -X $(PKG_VERSION).Revision=$(REVISION)
# The race detector needs a C compiler.
RACE          ?= $(if $(shell command -v gcc || command -v cc || command -v clang),-race)

# need PROGRAM,SUBJECT: succeeds where the program is, and says otherwise what is not tested.
need = command -v $(1) >/dev/null || { echo "NOT TESTED: $(2), for $(1) is not installed"; exit 0; }

# Installs what the tests of a folder import, unless it is there.
NPM_CI        := { [ node_modules/.package-lock.json -nt package-lock.json ] || { npm ci --silent --no-audit --no-fund && touch node_modules/.package-lock.json; }; }

# A browser for the page, the Grafana plugins and the links of mails; empty where there is none.
test-web test-plugins test-grafana bench-web bench-panel e2e: export PROCTREE_CHROMIUM = $(shell .ci/chromium)

# Prometheus, promtool, Alertmanager and amtool, pinned in deploy/tools/go.mod; a build of
# them takes minutes, so it is kept outside the checkout under the checksum of the pins.
TOOLS_PINS    := $(shell cat deploy/tools/go.mod deploy/tools/build.sh | sha256sum | cut -c1-12)
TOOLS         ?= $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/proctree/tools-$(TOOLS_PINS)

.DEFAULT_GOAL := help

##@ The two commands

.PHONY: run
run: build ## Build the exporter and start it on loopback (LISTEN=address, HISTORY=directory, ARGS="more flags")
	@echo "metrics       http://$(LISTEN)/metrics"
	@echo "process tree  http://$(LISTEN)/"
	@echo "as JSON       http://$(LISTEN)/api/v1/tree"
	@exec bin/proctree_exporter --web.listen-address=$(LISTEN) $(if $(HISTORY),--history.dir=$(HISTORY)) $(ARGS)

.PHONY: test
test: setup ## Run all tests, set-up included; ends with one line for each part
	@MAKE="$(MAKE)" .ci/test $(TEST_PARTS)

TEST_PARTS    ?= test-go test-live test-web test-plugins test-dashboards test-grafana

.PHONY: setup
setup: ## Install what the tests run (root on Debian or Ubuntu), or list what is missing
	@.ci/setup

.PHONY: quick
quick: ## Check what most changes need, in under a minute once caches are warm
	@$(GO) vet ./... && $(GO) test -short ./... 2>&1 | awk -f .ci/skipped.awk | grep -v 'no test files'
	@$(GOLANGCI_LINT) run
	@$(call need,node,the page); cd tree-api/web/test && $(NPM_CI) && npm run --silent typecheck && npm run --silent test:unit

##@ The whole stack

STACK_FLAGS = -dir "$(CURDIR)/.stack"

# Grafana runs here, so that it needs the backend for this platform alone.
stack test-grafana: LIVE_PLATFORMS = $(shell $(GO) env GOOS)/$(shell $(GO) env GOARCH)

.PHONY: stack
stack: stack-begins build tools $(if $(or $(GRAFANA_HOME),$(shell command -v grafana)),grafana-plugins) ## Start exporter, Prometheus, Alertmanager, Grafana (if installed) on loopback
	@$(GO) -C deploy/stack build -o "$(CURDIR)/bin/stack" .
	@bin/stack start $(STACK_FLAGS) -tools "$(TOOLS)" -grafana-home "$(GRAFANA_HOME)" \
		$(if $(EXPORTER_PORT),-exporter-port $(EXPORTER_PORT)) $(if $(PROMETHEUS_PORT),-prometheus-port $(PROMETHEUS_PORT)) \
		$(if $(ALERTMANAGER_PORT),-alertmanager-port $(ALERTMANAGER_PORT)) $(if $(GRAFANA_PORT),-grafana-port $(GRAFANA_PORT)) \
		$(if $(MAILBOX_PORT),-mailbox-port $(MAILBOX_PORT)) $(if $(SMTP_PORT),-smtp-port $(SMTP_PORT))

.PHONY: stack-begins
stack-begins:
	@echo "building the exporter; the first time that takes a minute"

.PHONY: stack-stop
stack-stop: ## Stop what make stack has started; the data stay in .stack/
	@$(GO) -C deploy/stack build -o "$(CURDIR)/bin/stack" .
	@bin/stack stop $(STACK_FLAGS)

##@ Building

.PHONY: build
build: ## Build bin/proctree_exporter, static and stripped
	@CGO_ENABLED=0 $(GO) build -trimpath -ldflags "$(LDFLAGS)" -o bin/proctree_exporter ./exporter

.PHONY: nvidia-helper
nvidia-helper: ## Build bin/proctree_nvidia_helper, which reads NVIDIA's GPUs for the exporter (docs/gpu.md)
	@CGO_ENABLED=0 $(GO) -C exporter/nvidia build -trimpath -ldflags '-s -w' -o "$(CURDIR)/bin/proctree_nvidia_helper" .

.PHONY: cross
cross: ## Build and vet for the other systems
	@for target in linux/arm64 linux/arm windows/amd64 windows/arm64 darwin/amd64 darwin/arm64 freebsd/amd64 freebsd/arm64; do \
		echo "cross $$target"; \
		GOOS=$${target%/*} GOARCH=$${target#*/} CGO_ENABLED=0 $(GO) vet ./... || exit 1; \
		GOOS=$${target%/*} GOARCH=$${target#*/} CGO_ENABLED=0 $(GO) build -o /dev/null ./exporter || exit 1; \
	done

.PHONY: grafana-plugins
grafana-plugins: grafana-npm grafana-backend ## Build the Grafana plugins into dashboards/*/dist
	cd dashboards && npm run --silent build

.PHONY: grafana-npm
grafana-npm: dashboards/node_modules/.package-lock.json
dashboards/node_modules/.package-lock.json: dashboards/package-lock.json
	@command -v node >/dev/null || { echo "the Grafana plugins need node 20 or newer" >&2; exit 1; }
	@echo "installing what the Grafana plugins import (once, about a minute)"
	@cd dashboards && npm ci --silent --no-audit --no-fund && touch node_modules/.package-lock.json

.PHONY: release
release: ## Build packages, image archives, checksums and SBOMs of all platforms into dist/, reproducibly
	@$(GO) -C deploy/packages run . -version "$(VERSION)" -ldflags "$(LDFLAGS)" -out "$(CURDIR)/dist" -only "$(PACKAGES)" \
		$(if $(MAINTAINER),-maintainer "$(MAINTAINER)")

.PHONY: packages
packages: release ## The same as release (PACKAGES=linux/amd64 for one platform)

LIVE           := dashboards/live-datasource
LIVE_PLATFORMS ?= linux/amd64 linux/arm64 windows/amd64 darwin/amd64 darwin/arm64

.PHONY: grafana-backend
grafana-backend: ## Build the backend of Grafana's live data source (LIVE_PLATFORMS=linux/amd64 for one)
	@for target in $(LIVE_PLATFORMS); do \
		suffix=; [ $${target%/*} != windows ] || suffix=.exe; \
		echo "grafana-backend $$target"; \
		GOOS=$${target%/*} GOARCH=$${target#*/} CGO_ENABLED=0 $(GO) -C $(LIVE) build -trimpath -ldflags '-s -w' \
			-o dist/gpx_proctree_live_$${target%/*}_$${target#*/}$$suffix ./pkg || exit 1; \
	done

##@ Checking

# The tests that damage thousands of kernel files: one goroutine reads them, and the race detector would take
# most of half an hour.
DAMAGE := ^TestDamage(Of|Stays)

.PHONY: test-go
test-go: tools ## Run the Go tests with the race detector, in random order, and say what was skipped
	@PATH="$(TOOLS):$$PATH" $(GO) test -v -timeout 20m $(RACE) -shuffle=on -skip '$(DAMAGE)' ./... 2>&1 | awk -f .ci/skipped.awk
	@$(GO) test -v -timeout 20m -run '$(DAMAGE)' ./exporter 2>&1 | awk -f .ci/skipped.awk
	@CGO_ENABLED=0 $(GO) -C exporter/nvidia test -v -timeout 5m ./... 2>&1 | awk -f .ci/skipped.awk

.PHONY: test-live
test-live: tools ## Run the tests of the live data source against the real exporter and Prometheus
	PATH="$(TOOLS):$$PATH" $(GO) -C $(LIVE) test $(RACE) -shuffle=on ./...

.PHONY: test-web
test-web: ## Run the tests of the page: the model in node, the whole in Chromium
	@$(call need,node,the page); $(MAKE) --no-print-directory build && cd tree-api/web/test && $(NPM_CI) && npm run --silent typecheck && \
		if [ -n "$$PROCTREE_CHROMIUM" ]; then npm run --silent test; \
		else echo "NOT TESTED: the page in a browser, for there is no Chromium"; npm run --silent test:unit; fi

.PHONY: test-dashboards
test-dashboards: tools ## Test the dashboards: drift, lint, every query in a real Prometheus
	PATH="$(TOOLS):$$PATH" $(GO) -C dashboards/generate test $(RACE) -shuffle=on ./...

.PHONY: test-plugins
test-plugins: ## Run the tests of the Grafana plugins: in node, and in Chromium with React 18 and 19
	@$(call need,node,the Grafana plugins); $(MAKE) --no-print-directory grafana-npm && cd dashboards && npm run --silent typecheck && npm test --silent

.PHONY: test-grafana
test-grafana: $(if $(GRAFANA_HOME),build tools grafana-plugins) ## Test dashboards and plugins in a real Grafana (GRAFANA_HOME=folder of one)
ifeq ($(GRAFANA_HOME),)
	@echo "NOT TESTED in a real Grafana: make test-grafana GRAFANA_HOME=folder, of Grafana 12.3 or newer"
else
	@$(GO) -C deploy/stack build -o "$(CURDIR)/bin/stack" .
	GRAFANA_HOME="$(GRAFANA_HOME)" $(GO) test -v ./deploy/grafana
	cd dashboards && GRAFANA_HOME="$(GRAFANA_HOME)" TOOLS="$(TOOLS)" npm run --silent test:grafana
endif

.PHONY: test-packages
test-packages: ## Test the packages: the same bytes twice, and an installation (root and Debian)
	$(GO) -C deploy/packages test -v -timeout 30m ./...

.PHONY: test-deploy
test-deploy: tools ## Test image, compose, Kubernetes, Helm (as root), and a fleet (minutes the first time)
	$(GO) -C deploy/programs vet ./... && $(GO) -C deploy/programs test $(RACE) ./...
	$(GO) -C deploy/validate vet ./...
	$(GO) -C deploy/validate test -timeout 20m ./...
	$(GO) -C deploy/scaling vet ./...
	PATH="$(TOOLS):$$PATH" $(GO) -C deploy/scaling test -timeout 20m ./...

.PHONY: manifests
manifests: ## Write alerting-rules/ into the Kubernetes manifests and the chart
	$(GO) test ./alerting-rules -count=1 -run TestGeneratedManifests -update

.PHONY: e2e
e2e: tools ## Run alerts from processes to mails: real exporter, Prometheus, Alertmanager (four minutes)
	$(GO) -C deploy/stack vet ./... && $(GO) -C deploy/e2e vet ./...
	PATH="$(TOOLS):$$PATH" $(GO) -C deploy/stack test $(RACE) -shuffle=on ./...
	PATH="$(TOOLS):$$PATH" $(GO) -C deploy/e2e test -count=1 -v -timeout 10m ./...

.PHONY: test-kernels
test-kernels: ## Run what depends on the kernel on Debian's other kernels, in virtual machines (slow)
	@.ci/kernels

.PHONY: tools
tools: ## Build the pinned Prometheus and Alertmanager that the tests run (minutes, once)
	@deploy/tools/build.sh "$(TOOLS)"

.PHONY: lint
lint: cross generate-check ## Run every static check
	$(GO) mod tidy -diff
	$(GO) vet ./...
	$(GOLANGCI_LINT) run
	@# The other modules have the same rules; deploy/tools has pins and no code.
	@for module in $(filter-out deploy/tools,$(patsubst %/go.mod,%,$(wildcard deploy/*/go.mod exporter/*/go.mod dashboards/*/go.mod tree-api/web/*/go.mod))); do \
		echo "lint $$module"; \
		(cd $$module && $(GOLANGCI_LINT) run) || exit 1; \
	done

# The compiled programs depend on the compiler: only the version that made them can tell.
BPF_CLANG := 14

.PHONY: generate
generate: ## Write what follows from the table of metrics; bundle the page; compile the BPF programs (clang $(BPF_CLANG), llvm-strip, libbpf headers)
	$(GO) run ./collector/metric/generate
	$(GO) test ./tree-api/tree -count=1 -run TestNodeBytes -update
	$(GO) -C tree-api/web/bundle run .
	@if clang --version 2>/dev/null | grep -q 'version $(BPF_CLANG)\.'; then \
		$(GO) generate ./collector/host/linux/bpf; \
	else \
		echo "SKIPPED: the BPF programs, which need clang $(BPF_CLANG)"; \
	fi

.PHONY: dashboards
dashboards: ## Write the Grafana dashboards again, from dashboards/generate
	$(GO) -C dashboards/generate run .

.PHONY: generate-check
generate-check: ## Check that the generated files are those of their sources
	$(GO) test ./collector/metric/generate
	$(GO) -C tree-api/web/bundle test ./...
	@if clang --version 2>/dev/null | grep -q 'version $(BPF_CLANG)\.'; then \
		$(GO) generate ./collector/host/linux/bpf && git diff --exit-code --stat -- collector/host/linux/bpf; \
	else \
		echo "SKIPPED: generate-check, which needs clang $(BPF_CLANG)"; \
	fi

.PHONY: fmt
fmt: ## Format the Go code
	$(GOLANGCI_LINT) fmt

.PHONY: bench
bench: bench-host bench-web bench-live bench-panel ## Measure speed, memory and truth beside the peers; the page and the panel in Chromium

.PHONY: bench-host
bench-host: ## Measure the exporter beside its peers (BENCHFLAGS=-quick for two minutes)
	$(GO) run ./exporter/bench $(BENCHFLAGS)

.PHONY: bench-history
bench-history: ## Measure what a recording takes beside atop -w: bytes, CPU, memory (BENCHFLAGS=-quick for one size)
	$(GO) run ./exporter/bench -only history $(BENCHFLAGS)

.PHONY: bench-web
bench-web: build ## Measure the tree model in node and the page in Chromium
	cd tree-api/web/test && npm ci --silent --no-audit --no-fund && npm run bench

.PHONY: bench-live
bench-live: LIVE_PLATFORMS = linux/$(shell $(GO) env GOARCH)
bench-live: grafana-backend ## Measure the backend of the live data source: CPU of a fetch, memory, 50 people at 1,000 hosts (LIVEFLAGS=-only=host)
	$(GO) -C $(LIVE) run ./bench $(LIVEFLAGS)

.PHONY: bench-panel
bench-panel: grafana-npm ## Measure the tree panel in Chromium with 10,000 processes, on React 18 and 19
	cd dashboards/tree-panel && npm run --silent bench

.PHONY: bench-fleet
bench-fleet: build tools ## Measure what a host costs Prometheus and VictoriaMetrics (FLEETFLAGS=-hosts=100)
	@PATH="$(TOOLS):$$PATH" $(GO) -C deploy/scaling run ./bench -exporter "$(CURDIR)/bin/proctree_exporter" $(FLEETFLAGS)

.PHONY: golden
golden: ## Write the golden files again
	$(GO) test ./collector ./exporter -update

##@ Other

.PHONY: clean
clean: ## Remove what was built
	rm -rf bin dist dashboards/*/dist

.PHONY: help
help: ## Show this list
	@awk 'BEGIN {FS = ":.*##"} \
		/^##@/ {printf "\n%s\n", substr($$0, 5)} \
		/^[a-z-]+:.*##/ {printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
