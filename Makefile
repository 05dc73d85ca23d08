# Everything runs in .venv, with the embedded Lean in the user's cache folder; both are set up when missing.
PYTHON ?= python3
BIN := .venv/bin
JOBS ?= $(shell getconf _NPROCESSORS_ONLN 2>/dev/null || echo 1)

.PHONY: help setup prove test vscode lint check format clean

help:  ## what there is to make
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/'

INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --editable

.venv/installed: pyproject.toml
	$(PYTHON) -m venv .venv
	$(INSTALL) .
	touch $@

.venv/developing: .venv/installed
	$(INSTALL) '.[dev]'
	touch $@

setup: .venv/installed  ## .venv with the prover in it, and the embedded Lean
	$(BIN)/prover setup

prove: setup  ## prove the open theorems of lean_project/ (all proved or not: that is no failure)
	$(BIN)/prover prove lean_project --lean embedded --jobs $(JOBS) --seconds 5 || [ $$? -eq 1 ]

test: setup .venv/developing  ## the tests
	$(BIN)/pytest

vscode: .venv/installed  ## the extension for VS Code: prover/editor/vscode/prover.vsix
	cd prover/editor/vscode && PATH="$(abspath $(BIN)):$$PATH" sh -c 'npm install --no-audit --no-fund && npm run package'

lint: .venv/developing
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

check: lint test  ## format, lint, types, tests

format: .venv/developing  ## put the code into its format
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

clean:  ## remove .venv and what tools left behind; the embedded Lean stays in the cache folder
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .hypothesis
