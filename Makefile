# Thin: every target is one or two commands you could type yourself.
# CARGO_TARGET_DIR may point elsewhere; nothing here depends on where it is.
TARGET ?= $(or $(CARGO_TARGET_DIR),$(CURDIR)/target)
export CARGO_TARGET_DIR := $(TARGET)
DEMO ?= $(TARGET)/demo
SERVE ?= 1

.DEFAULT_GOAL := help

.PHONY: help
help: ## show this
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: build
build: ## build both binaries and all tests in the one profile
	cargo build --locked --workspace --all-targets

.PHONY: demo
demo: build ## the whole job on practice data; ends with the address of the pages (SERVE=0 stops after publishing)
	$(TARGET)/debug/demo --bin $(TARGET)/debug --dir $(DEMO) $(if $(filter 0,$(SERVE)),--no-serve)

.PHONY: test
test: build ## everything that needs no more than Rust, make and a C compiler
	cargo test --locked --workspace
	$(MAKE) --no-print-directory boundaries

.PHONY: test-all
test-all: ## test, and what needs Python peers, chromium or a long breath; installs them
	sh tests/all.sh

.PHONY: server
server: ## omgangsmonitor as it runs at the centre: optimised, and a panic does not end it
	cargo build --locked --profile server --workspace --bin omgangsmonitor

.PHONY: browser
browser: ## the page that checks a file in the browser: controleren.html beside the build output
	sh crates/browser/build-page.sh

.PHONY: windows
windows: ## uitvraag.exe, as an aanbieder on Windows gets it
	sh crates/exporter/build-windows.sh release

.PHONY: fuzz
fuzz: ## feed every reader what nobody would write, MINUTES=30 each (needs cargo-fuzz)
	sh fuzz/run.sh $(or $(MINUTES),30)

.PHONY: bench
bench: ## measure against the peers, side by side in one run (RECORD=1 keeps the ratios to compare with)
	sh tests/bench.sh

.PHONY: generate
generate: ## make the artefacts that follow from the definitions
	cargo run --locked -q -p schema --bin generate

.PHONY: boundaries
boundaries: ## prove which crate may reach what
	sh tests/boundaries.sh

.PHONY: check
check: ## formatting and lints
	cargo fmt --all --check
	cargo clippy --locked --workspace --all-targets -- -D warnings
