# RPC Inspector's tasks. `make` alone lists them; the text beside each target is what it lists.

# The Python to use: the one of .venv once there is one. `make test PYTHON=python3.13` changes to another.
PYTHON ?= $(if $(wildcard .venv/bin/python),.venv/bin/python,python3)
# Further words for the program, as in: make run ARGS="--theme light"
ARGS ?=
# Further words for pytest, as in: make test TESTS="tests/core -k filter"
TESTS ?=
# How many inputs of each kind make fuzz tries
CASES ?= 100000
# The benchmarks to run: make bench BENCH=startup
BENCH ?= calls respond filter startup room

BIN := .venv/bin
UV := uv==0.13.9

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help setup run test fuzz peers bench screenshots lock

help: ## Say what there is to make
	@awk -F ':[^#]*## ' '/^[a-z]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))
	@echo
	@echo 'PYTHON=python3.13 uses another Python, ARGS="..." is passed to the program, TESTS="..." to pytest.'

setup: ## Create .venv and install system libraries (or print the command that does)
	@$(PYTHON) -m setup environment

run: setup ## Set up, then start RPC Inspector with its demo
	@$(BIN)/python -m setup window
	@$(BIN)/rpc-inspector --demo $(ARGS)

test: setup ## Set up, then check style, types and imports, and run all tests
	@$(BIN)/python -m setup tests
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo --no-cache
	$(BIN)/pytest $(TESTS)

fuzz: setup ## Set up, then try 100,000 mutated inputs of each kind on whatever reads bytes from outside
	@$(BIN)/python -m setup tests
	RPC_INSPECTOR_FUZZ_CASES=$(CASES) $(BIN)/pytest -m fuzz --timeout 7200 -o faulthandler_timeout=7200 $(TESTS)

peers: ## Bring livekit-server, Chromium, and the Node and older Python peers, which some tests talk to
	@$(PYTHON) -m setup peers

bench: setup ## Set up, then measure the figures the program promises
	@$(BIN)/python -m setup tests
	@set -e; for name in $(BENCH); do $(BIN)/python -m bench $$name; done

screenshots: setup ## Set up, then make the pictures that README and docs show
	@$(BIN)/python -m setup tests
	@$(BIN)/python -m tests.screenshots

lock: ## Renew the lock files, requirements.lock from pyproject.toml (UPGRADE=--upgrade takes newer versions)
	@$(PYTHON) -m venv .venvs/lock && .venvs/lock/bin/pip install --quiet $(UV)
	@.venvs/lock/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --group dev --custom-compile-command "make lock" $(UPGRADE) --output-file requirements.lock pyproject.toml
	@for sdk in 1.0 1.1; do .venvs/lock/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --custom-compile-command "make lock" $(UPGRADE) \
	  --output-file tests/interop/peers/python-$$sdk.txt tests/interop/peers/python-$$sdk.in; done
