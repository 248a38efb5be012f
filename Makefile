# `make demo` shows the product, `make test` proves it; `make help` lists the rest.
SHELL := /bin/bash
.DEFAULT_GOAL := help

VENV ?= .venv
PYTHON := $(VENV)/bin/python
PIP := $(PYTHON) -m pip --disable-pip-version-check --no-input -qq
DEMO_HOME ?= demo/home
DEMO_ARGS ?=
LOCKS := requirements/build.lock.txt requirements/runtime.lock.txt requirements/test.lock.txt requirements/check.lock.txt \
	requirements/spark.lock.txt requirements/embeddings.lock.txt requirements/bench.lock.txt
MESSAGES := $(patsubst %.po,%.mo,$(shell find src -name '*.po'))
# What touches the relational database, and therefore runs a second time on PostgreSQL.
DATABASE_TESTS := $(wildcard tests/operations tests/usecases tests/api tests/jobs tests/web)
# Half a gigabyte, and of no use without Java: the tests on a cluster are skipped, saying so, where there is none.
SPARK := $(if $(shell command -v java),$(VENV)/.spark)
LOWER := history stream runners engine connectors usecases

export PYTHONUTF8 := 1
# Compiled tests and modules are kept: every process of the suite would compile them anew.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: help
help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

# --- installing -------------------------------------------------------------------------------------------------------

.PHONY: install
install: $(VENV)/.runtime $(MESSAGES) ## build .venv with .venv/bin/lakmus, from hashed locks

$(VENV)/.runtime: requirements/build.lock.txt requirements/runtime.lock.txt pyproject.toml
	@scripts/make-venv $(VENV)
	@echo "Installing the packages (about a minute the first time)."
	@$(PIP) install --require-hashes -r requirements/build.lock.txt
	@$(PIP) install --require-hashes -r requirements/runtime.lock.txt
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.test: requirements/test.lock.txt $(VENV)/.runtime
	@$(PIP) install --require-hashes -r requirements/test.lock.txt
	@touch $@

$(VENV)/.spark: requirements/spark.lock.txt $(VENV)/.test
	@echo "Installing Spark for its tests (450 MB)."
	@if $(PIP) install --require-hashes -r requirements/spark.lock.txt; then touch $@; \
	else echo "Spark could not be installed; the tests that need it will be skipped, saying so."; fi

$(VENV)/.check: requirements/check.lock.txt $(VENV)/.test
	@$(PIP) install --require-hashes -r requirements/check.lock.txt
	@touch $@

$(VENV)/.bench: requirements/bench.lock.txt $(VENV)/.test
	@$(PIP) install --require-hashes -r requirements/bench.lock.txt
	@touch $@

%.mo: %.po | $(VENV)/.runtime
	@$(PYTHON) -m lakmus.web.compile_messages >/dev/null

# --- running ----------------------------------------------------------------------------------------------------------

.PHONY: demo
demo: install ## a simulated shop, imported, computed and served on localhost; Ctrl-C stops it
	@$(VENV)/bin/lakmus demo --home $(DEMO_HOME) $(DEMO_ARGS)

# --- proving ----------------------------------------------------------------------------------------------------------

.PHONY: test
test: $(VENV)/.test $(SPARK) $(MESSAGES) ## the whole suite on SQLite, then what touches the database on PostgreSQL
	@scripts/get-chromium
	$(PYTHON) -m pytest tests/runners -m spark
	$(PYTHON) -m pytest -n 2 --dist worksteal -m "not browser and not spark"
	$(PYTHON) -m pytest -m browser
	LAKMUS_TEST_DATABASE=postgres $(PYTHON) -m pytest -n 2 --dist worksteal -m "not browser" $(DATABASE_TESTS)

.PHONY: check
check: $(VENV)/.check $(MESSAGES) ## style, types, contracts, house rules and the fast tests; about a minute
	@$(MAKE) --no-print-directory --jobs=2 --output-sync=target check-style check-contracts check-types check-tests

.PHONY: check-style check-types check-contracts check-tests
check-style: $(VENV)/.check
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .

check-types: $(VENV)/.check
	LAKMUS_HOME=.mypy_cache/home $(VENV)/bin/mypy

check-contracts: $(VENV)/.check
	@$(VENV)/bin/lint-imports --no-logo

check-tests: $(VENV)/.check $(MESSAGES)
	POLARS_MAX_THREADS=1 $(PYTHON) -m pytest -q -n 2 --dist worksteal -m "not slow and not browser"

.PHONY: bench
bench: $(VENV)/.bench ## each claim of speed, as a ratio to a named peer in the same run
	$(PYTHON) -m benchmarks

.PHONY: docs
docs: install ## write docs/reference from the catalogues
	$(PYTHON) docs/generate.py

.PHONY: format
format: $(VENV)/.check ## lay out the code as `make check` wants it
	$(VENV)/bin/ruff check --fix-only --quiet .
	$(VENV)/bin/ruff format --quiet .

# --- locks ------------------------------------------------------------------------------------------------------------

COMPILE = $(VENV)/bin/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header --python-version 3.11 $(UPGRADE)

.PHONY: lock
lock: ## resolve pyproject.toml anew into requirements/; UPGRADE=--upgrade takes newer versions
	@test -x $(VENV)/bin/uv || $(PIP) install uv
	$(COMPILE) pyproject.toml --output-file requirements/runtime.lock.txt
	$(COMPILE) --group build --output-file requirements/build.lock.txt
	$(COMPILE) --group test --constraints requirements/runtime.lock.txt --output-file requirements/test.lock.txt
	$(COMPILE) --group check --constraints requirements/runtime.lock.txt --constraints requirements/test.lock.txt --output-file requirements/check.lock.txt
	$(COMPILE) --group spark --constraints requirements/runtime.lock.txt --constraints requirements/test.lock.txt --output-file requirements/spark.lock.txt
	$(COMPILE) --group embeddings --constraints requirements/runtime.lock.txt --constraints requirements/test.lock.txt --output-file requirements/embeddings.lock.txt
	$(COMPILE) --group bench --constraints requirements/runtime.lock.txt --constraints requirements/test.lock.txt --output-file requirements/bench.lock.txt
