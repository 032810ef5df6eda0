# Two commands do everything on a machine with make and Python 3.11 or later: `make refresh` and `make test`.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

# The first Python that fits, from 3.14 down to 3.11, and then `python3`. Another: make PYTHON=/path/to/python
PYTHON ?= $(shell tools/find_python.sh)
BIN := .venv/bin
# Two workers, a file's tests together: files share costly fixtures (a whole workbook, a whole publication).
PYTEST_ARGS ?= -n 2 --dist loadfile
REFRESH_ARGS ?=
UI_ARGS ?=
DRILL_ARGS ?=
KILLS_ARGS ?=
FUZZ_ARGS ?=

# What is read for spelling; .codespellrc says how.
TEXTS := civic_assets civic_assets_tests benchmarks tools docs data_contracts README.md CHANGELOG.md pyproject.toml Makefile

# What is installed is remembered in stamps, so that a changed pyproject.toml or constraints.txt installs again.
RUNTIME := .venv/.installed-runtime
DEV := .venv/.installed-dev
DOCS := .venv/.installed-docs
DISTRIBUTED := .venv/.installed-distributed

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

# PostgreSQL and Redis come from the system's packages; the target says how to get what is missing.
.PHONY: test-distributed
test-distributed: $(DISTRIBUTED) ## Run refreshes on several workers, with PostgreSQL, Redis and an S3 server that it starts and stops
	@CIVIC_DISTRIBUTED=1 $(BIN)/python -m pytest civic_assets_tests/distributed

.PHONY: exhaustive
exhaustive: $(DEV) ## Run the tests that take minutes each and of which `make test` runs a smaller one (CIVIC_REAL_DATA=DIR as for test)
	@CIVIC_EXHAUSTIVE=1 $(BIN)/python -m pytest -m exhaustive $(PYTEST_ARGS)
	@CIVIC_EXHAUSTIVE=1 $(BIN)/python -m pytest $(PYTEST_ARGS) \
	  civic_assets_tests/acceptance/test_json_answers.py civic_assets_tests/parsing/test_damaged_files.py

# `test` is a prerequisite, not a step, so that `make check test` runs the suite once, after the quick verdicts.
.PHONY: check
check: static test ## Everything that must hold before a change lands: format, lint, types, contracts, tests

.PHONY: static
static: $(DEV) ## The part of `check` that runs nothing: format, lint, imports, types, contracts, spelling
	@echo "Format ..."; $(BIN)/ruff format --check --quiet --output-format concise . || { echo "Run 'make format'."; exit 1; }
	@echo "Lint ..."; $(BIN)/ruff check --quiet .
	@if [ -f .importlinter ] || grep -q '^\[tool\.importlinter\]' pyproject.toml; then \
	  echo "Imports ..."; $(BIN)/lint-imports --no-cache >/dev/null || { $(BIN)/lint-imports --no-cache; exit 1; }; fi
	@echo "Types (about a minute the first time) ..."; $(BIN)/mypy
	@echo "Contracts ..."; $(BIN)/python tools/lint_contracts.py
	@echo "Spelling and wording ..."; $(BIN)/codespell $(TEXTS); $(BIN)/python -m tools.prose

# Without this, `make -j check` would start the tests beside the type checker and mix their output.
test: | $(if $(filter check,$(MAKECMDGOALS)),static)

.PHONY: format
format: $(DEV) ## Format the code and mend what the linter can mend safely
	@$(BIN)/ruff check --quiet --fix-only . && $(BIN)/ruff format .

.PHONY: wheel-test
wheel-test: $(DEV) ## Build the wheel and run every command of it in an empty folder without a network
	@UV=$(BIN)/uv tools/wheel_test.sh

.PHONY: versions oldest newest
versions: oldest newest ## Run the sample and some tests with the oldest and the newest dependencies

oldest: $(DEV) ## ... with the oldest that pyproject.toml admits, on the oldest Python
	@UV=$(BIN)/uv tools/resolutions.sh lowest-direct python3.11

newest: $(DEV) ## ... with the newest, on the newest Python that is on this machine
	@for version in 3.14 3.13 3.12 3.11; do \
	  ! tools/find_python.sh $$version >/dev/null || { UV=$(BIN)/uv tools/resolutions.sh highest python$$version; exit; }; done

.PHONY: dg-test
dg-test: $(DEV) ## Run `dg check` and `dg list`, Dagster's newer command line, in a copy of the checkout
	@UV=$(BIN)/uv tools/dg_test.sh

.PHONY: ui
ui: $(RUNTIME) ## Open the Dagster UI on the store (CIVIC_STORE, or .civic/)
	@$(BIN)/civic-assets ui $(UI_ARGS)

.PHONY: drill
drill: $(DEV) ## A release day in ten minutes, in the UI, against made-up publishers on this machine (DRILL_ARGS="--port 3001")
	@$(BIN)/python -m tools.drill $(DRILL_ARGS)

.PHONY: kills
kills: $(DEV) ## Kill live refreshes at 300 random moments while others read, against made-up publishers (KILLS_ARGS="--kills 50")
	@$(BIN)/python -m civic_assets_tests.kills $(KILLS_ARGS)

.PHONY: fuzz
fuzz: $(DEV) ## Try 20,000 damaged and hostile files, one after another (FUZZ_ARGS="--inputs 500 --files DIR --seed 2")
	@$(BIN)/python -m civic_assets_tests.fuzz $(FUZZ_ARGS)

.PHONY: datacontract-test datacontract-inputs
datacontract-test: $(RUNTIME) ## Run the standard's own tool over what is published of the samples (another store: STORE=DIR) and over inputs
	@tools/datacontract_test.sh $(BIN)/python $(if $(STORE),--store $(STORE))

datacontract-inputs: $(RUNTIME) ## ... over inputs alone: a file of each table (others: FILES="FILE...")
	@tools/datacontract_test.sh $(BIN)/python --inputs $(FILES)

# Nothing of an earlier build is used, because a warning about a page that has not changed would not be repeated.
.PHONY: docs
docs: $(DOCS) ## Build the site of docs/ into build/docs, and check its links (needs no network once installed)
	@rm -rf build/docs
	@$(BIN)/sphinx-build -q -E -n -W --keep-going -b html -d build/docs-cache docs build/docs
	@$(BIN)/python tools/check_site.py build/docs
	@echo "Open build/docs/index.html"

# With every extra, whatever was installed before: the same list on every machine. pip-audit, which asks a database for
# known weaknesses, is for machines that can reach one: uv tool run pip-audit -r constraints.txt --no-deps --disable-pip
.PHONY: audit
audit: $(DEV) $(DOCS) $(DISTRIBUTED) ## Write a bill of materials (build/sbom.json, CycloneDX), and check pins and licences against it
	@mkdir -p build
	@$(BIN)/uv tool run --quiet --from cyclonedx-bom==7.5.0 cyclonedx-py environment $(BIN)/python \
	  --output-reproducible --of JSON -o build/sbom.json
	@$(BIN)/python -m tools.dependency_audit build/sbom.json

.PHONY: docs-links
docs-links: $(DOCS) ## Ask every web address in docs/ whether it is there (needs a network)
	@$(BIN)/sphinx-build -q -E -b linkcheck -d build/docs-cache docs build/docs-links

.PHONY: bench
bench: $(DEV) ## Run the benchmarks (with CIVIC_REAL_DATA=DIR those of publishers' files too); see benchmarks/README.md
	@$(BIN)/python -m benchmarks

# The pins must install on every Python that the project supports, so they are resolved for the oldest.
.PHONY: constraints
constraints: $(DEV) ## Resolve pyproject.toml afresh and rewrite the pins in constraints.txt
	@fresh=$$(mktemp -d); trap 'rm -rf "$$fresh"' EXIT; \
	grep '^#' constraints.txt > "$$fresh/pins"; \
	$(BIN)/uv pip compile --quiet --python-version 3.11 --extra dev --extra docs --extra distributed --extra test-distributed --no-header --no-annotate pyproject.toml \
	  >> "$$fresh/pins"; \
	if grep -nE '://|^-|^[^#]* @ ' "$$fresh/pins"; then \
	  echo "These lines name a place instead of a version; constraints.txt is left as it was."; exit 1; fi; \
	cp "$$fresh/pins" constraints.txt; echo "constraints.txt: $$(grep -c == constraints.txt) pins. Now run 'make check'."

.PHONY: clean
clean: ## Remove the environment and every cache; the store .civic/ stays
	@rm -rf .venv build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
	@find . -name __pycache__ -type d -not -path './.git/*' -prune -exec rm -rf {} +

.venv/pyvenv.cfg:
	@[ -n "$(PYTHON)" ] && command -v "$(PYTHON)" >/dev/null || { \
	  echo "No Python that fits is on this machine: 3.11 or later, with the module venv."; \
	  echo "On Debian and Ubuntu: apt-get install python3 python3-venv. Or name one: make PYTHON=/path/to/python"; exit 1; }
	@echo "Setting up .venv with $$($(PYTHON) --version) (once) ..."
	@$(PYTHON) -m venv .venv || { rm -rf .venv; \
	  echo "No virtual environment could be made. On Debian and Ubuntu: apt-get install python3-venv"; exit 1; }

$(RUNTIME): pyproject.toml constraints.txt tools/install.sh | .venv/pyvenv.cfg
	@tools/install.sh
	@touch $@

$(DOCS): pyproject.toml constraints.txt tools/install.sh | .venv/pyvenv.cfg
	@tools/install.sh docs
	@touch $(RUNTIME) $@

$(DISTRIBUTED): pyproject.toml constraints.txt tools/install.sh | $(DEV)
	@tools/install.sh distributed,test-distributed
	@touch $@

# The dev extra contains the runtime, so this satisfies both stamps.
$(DEV): pyproject.toml constraints.txt tools/install.sh | .venv/pyvenv.cfg
	@tools/install.sh dev
	@touch $(RUNTIME) $@
