# Two commands for a newcomer: `make demo` and `make test`. Everything they need is installed by lock file into .venv and
# node_modules; nothing global. `make help` lists the rest.
.DEFAULT_GOAL := help
.NOTPARALLEL:

BIN := .venv/bin
PY := $(BIN)/python
WORKERS ?= auto
# a file's tests share contracts and nodes: they stay with one worker
PYTEST := $(PY) -m pytest -q -n $(WORKERS) --dist loadfile
VYPER_SOURCES = $$(find contracts interfaces -name '*.vy' -o -name '*.vyi')
LINE := 120
# ape looks for vyper and anvil on the path: the pinned ones first. anvil's own binary, since its npm wrapper orphans it.
CALLER_PATH := $(PATH)
export PATH = $(CURDIR)/$(BIN):$(shell ls -d $(CURDIR)/node_modules/@foundry-rs/anvil-*/bin 2>/dev/null | head -n 1):$(CALLER_PATH)
INSTALLED := .venv/.installed node_modules/.installed

.PHONY: help install demo test test-all unit stateful integration fork ape gas gas-update sizes cov cov-contracts bench lint format \
        types compile warm docs docs-serve check lock clean

help:  ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

install: $(INSTALLED)  ## .venv and node_modules from the lock files (every other target does this first)

.venv/.installed: requirements.lock tools/install.sh
	@sh tools/install.sh
	@touch $@

# Not `npm ci`: the lock holds anvil's binary for the platforms it was made on, and another one's is resolved here.
node_modules/.installed: package-lock.json package.json | .venv/.installed
	@npm install --no-save --no-audit --no-fund --loglevel=error
	@touch $@

demo: $(INSTALLED)  ## sell, quote, buy back and redeem bonds on a local EVM; writes a report folder
	@$(BIN)/surety demo

# ---------------------------------------------------------------- tests

warm: $(INSTALLED)  # compiles once, so that the workers of a test run read the cache instead of each compiling
	@$(PY) -m tools.warm

test: warm  ## every test that takes no minutes: unit, fuzz, stateful, integration, fork, ape, gas
	$(PYTEST) -m "not slow"

test-all: warm  ## the slow ones too
	HYPOTHESIS_PROFILE=nightly $(PYTEST)

unit: warm  ## unit and fuzz tests
	$(PYTEST) -m "not slow" tests/unit tests/fuzz

stateful: warm  ## state machines against the exact model
	$(PYTEST) -m "not slow" tests/stateful

integration: warm  ## several contracts over JSON-RPC on a local anvil
	$(PYTEST) -m "not slow" tests/integration

fork: warm  ## on a fork of a local anvil
	$(PYTEST) -m "not slow" tests/fork

ape: warm  ## the scripts under the ape framework
	$(PYTEST) -m "not slow" tests/ape

gas: warm  ## whole cold transactions on anvil against the committed snapshots
	$(PYTEST) tests/gas

gas-update: warm  ## write the gas snapshots anew, and the sizes
	$(PY) -m pytest -q tests/gas --update-snapshots
	$(PY) -m tools.sizes --update

sizes: $(INSTALLED)  ## runtime size of every deployable against the committed ones; fails at 95 % of the limit
	$(PY) -m tools.sizes

cov: warm  ## line coverage of the Python package
	$(PYTEST) -m "not slow" --cov=surety --cov-report=term-missing:skip-covered

cov-contracts: warm  ## statement coverage of the contracts, by titanoboa over unit and fuzz tests
	$(PYTEST) -m "not slow" tests/unit/bonds tests/unit/lib tests/unit/governance tests/unit/slashing tests/unit/restaking tests/unit/commitments tests/fuzz \
	    --cov=contracts --cov-config=tests/contracts.coveragerc --cov-report=term-missing

bench: $(INSTALLED)  ## pyrevm against py-evm on the same trace
	$(PY) -m benchmarks

# ---------------------------------------------------------------- source

lint: $(INSTALLED)  ## ruff and mamushi, nothing written
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mamushi --quiet --check --safe False --line-length $(LINE) $(VYPER_SOURCES)

format: $(INSTALLED)  ## the same, written
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/mamushi --line-length $(LINE) $(VYPER_SOURCES)

types: $(INSTALLED)  ## mypy, strict
	$(BIN)/mypy

compile: $(INSTALLED)  ## every deployable by vyper with warnings as errors, and the project by ape
	$(PY) -m tools.warnings
	$(PY) -W ignore $(BIN)/ape compile

# ---------------------------------------------------------------- docs

docs: $(INSTALLED)  ## the site, strict, into site/
	$(BIN)/mkdocs build --quiet --strict

docs-serve: $(INSTALLED)  ## the site on localhost
	$(BIN)/mkdocs serve

# ---------------------------------------------------------------- whole

check: export HYPOTHESIS_PROFILE ?= ci
check: $(INSTALLED)  ## what CI runs
	@for target in lint types compile test sizes docs; do \
	    printf '\n== %s\n' $$target; start=$$(date +%s); \
	    $(MAKE) --no-print-directory $$target || { echo "== $$target failed"; exit 1; }; \
	    echo "== $$target: $$(( $$(date +%s) - start )) s"; \
	done

lock:  ## resolve requirements.in anew (uv from PATH, or from a throwaway environment)
	@sh tools/lock.sh

clean:  ## everything that was made, the environments too
	rm -rf .venv node_modules .build .cache build site reports .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage*
