# Two commands do everything on a machine with Python 3.11 and make: `make refresh` and `make test`.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PYTHON ?= python3.11
BIN := .venv/bin
PIP := $(BIN)/python -m pip install -qq --disable-pip-version-check -c constraints.txt
# Two workers, a file's tests together: files share costly fixtures (a whole workbook, a whole publication).
PYTEST_ARGS ?= -n 2 --dist loadfile
REFRESH_ARGS ?=
UI_ARGS ?=

# What is installed is remembered in two stamps, so that a changed pyproject.toml or constraints.txt installs again.
RUNTIME := .venv/.installed-runtime
DEV := .venv/.installed-dev

.PHONY: help
help: ## Show what there is (the default)
	@echo "civic-assets: make <target>"
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-18s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: refresh
refresh: $(RUNTIME) ## Run the main job on the inputs that ship (others: REFRESH_ARGS="--profile local --inputs DIR")
	@$(BIN)/civic-assets refresh $(REFRESH_ARGS)

.PHONY: test
test: $(DEV) ## Run the tests (CIVIC_REAL_DATA=DIR adds those on publishers' files; PYTEST_ARGS="-k period" picks some)
	@$(BIN)/python -m pytest $(PYTEST_ARGS)

# `test` is a prerequisite, not a step, so that `make check test` runs the suite once, after the quick verdicts.
.PHONY: check
check: static test ## Everything that must hold before a change lands: format, lint, types, tests

.PHONY: static
static: $(DEV) ## The part of `check` that runs nothing: format, lint, types
	@echo "Format ..."; $(BIN)/ruff format --check --quiet --output-format concise . || { echo "Run 'make format'."; exit 1; }
	@echo "Lint ..."; $(BIN)/ruff check --quiet .
	@echo "Types (about a minute the first time) ..."; $(BIN)/mypy

# Without this, `make -j check` would start the tests beside the type checker and mix their output.
test: | $(if $(filter check,$(MAKECMDGOALS)),static)

.PHONY: format
format: $(DEV) ## Format the code and mend what the linter can mend safely
	@$(BIN)/ruff check --quiet --fix-only . && $(BIN)/ruff format .

.PHONY: ui
ui: $(RUNTIME) ## Open the Dagster UI on the store (CIVIC_STORE, or .civic/)
	@$(BIN)/civic-assets ui $(UI_ARGS)

.PHONY: datacontract-test
datacontract-test: $(RUNTIME) ## Run the standard's own tool over what is published of the samples (another store: STORE=DIR)
	@tools/datacontract_test.sh $(BIN)/python $(STORE)

.PHONY: bench
bench: $(DEV) ## Measure against the plain stack (needs CIVIC_REAL_DATA=DIR)
	@$(BIN)/python -m benchmarks

.PHONY: constraints
constraints: ## Resolve pyproject.toml afresh and rewrite the pins in constraints.txt
	@fresh=$$(mktemp -d); trap 'rm -rf "$$fresh"' EXIT; \
	echo "Resolving in a fresh environment (about three minutes) ..."; \
	$(PYTHON) -m venv "$$fresh/venv"; \
	"$$fresh/venv/bin/python" -m pip install -qq --disable-pip-version-check -e '.[dev]'; \
	grep '^#' constraints.txt > "$$fresh/pins"; \
	"$$fresh/venv/bin/python" -m pip freeze --exclude-editable >> "$$fresh/pins"; \
	if grep -nE '://|^-|^[^#]* @ ' "$$fresh/pins"; then \
	  echo "These lines name a place instead of a version; constraints.txt is left as it was."; exit 1; fi; \
	cp "$$fresh/pins" constraints.txt; echo "constraints.txt: $$(grep -c == constraints.txt) pins. Now run 'make check'."

.PHONY: clean
clean: ## Remove the environment and every cache; the store .civic/ stays
	@rm -rf .venv build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
	@find . -name __pycache__ -type d -not -path './.git/*' -prune -exec rm -rf {} +

.venv/pyvenv.cfg:
	@command -v $(PYTHON) >/dev/null || \
	  { echo "$(PYTHON) is not on this machine. Install Python 3.11, or name another: make PYTHON=/path/to/python"; exit 1; }
	@echo "Setting up .venv (once, one to two minutes) ..."
	@$(PYTHON) -m venv .venv || \
	  { rm -rf .venv; echo "No virtual environment could be made. On Debian: apt-get install python3.11-venv"; exit 1; }

$(RUNTIME): pyproject.toml constraints.txt | .venv/pyvenv.cfg
	@echo "Installing civic-assets with its pinned dependencies ..."
	@$(PIP) -e .
	@touch $@

# The dev extra contains the runtime, so this satisfies both stamps.
$(DEV): pyproject.toml constraints.txt | .venv/pyvenv.cfg
	@echo "Installing civic-assets with the tools for tests and checks ..."
	@$(PIP) -e '.[dev]'
	@touch $(RUNTIME) $@
