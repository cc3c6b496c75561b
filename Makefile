# `make help` is the manual. Each verb sets up what it needs and re-does that only when the lock files change.
SHELL := bash
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PYTHON ?= python3
VENV ?= .venv
LINT_VENV ?= .venv-lint
CONFORMANCE_VENV ?= .venv-conformance
PYTEST_ARGS ?=
# Compiled bytecode halves the time to import Great Expectations; some shells switch it off.
unexport PYTHONDONTWRITEBYTECODE
unexport PYTHONPATH
unexport VIRTUAL_ENV

BIN := $(VENV)/bin
CONFORMANCE_LOCKS := requirements/conformance.txt requirements/conformance-schemas.txt
# dbt renders the templates that sqlfluff reads; no table is needed for that.
SQLFLUFF = PHYGITAL_BUILD_DATABASE=:memory: $(LINT_VENV)/bin/sqlfluff
# These clients leave sockets open, which is theirs to mend.
CONFORMANCE = $(CONFORMANCE_VENV)/bin/python -m pytest -W ignore::ResourceWarning tests/conformance $(PYTEST_ARGS)
COMPILE = ../$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-header $(UPGRADE)

.PHONY: demo test test-slow conformance bench prove lint format lock clean help

demo: $(VENV)/.ready ## the whole way in one go: sandbox, Airflow, ledgers, release, page (2 minutes on a quick machine, 8 on a busy one)
	$(BIN)/phygital demo

# Files in their order: the long ones of dbt and e2e come early, so that no worker is left with one of them at the end.
# Status 5 is pytest's "nothing was selected", which is no failure when somebody picks tests.
test: $(VENV)/.ready $(CONFORMANCE_VENV)/.ready ## every test but the slow ones; PYTEST_ARGS="-k funnel" picks some
	$(BIN)/python -m pytest -m "not slow" -n 2 --dist loadfile --no-loadscope-reorder $(PYTEST_ARGS)
	$(CONFORMANCE) || { status=$$?; test -n "$(PYTEST_ARGS)" -a $$status -eq 5; }

# Three workers on two cores, since these tests wait for schedulers, servers and killed processes.
test-slow: $(VENV)/.ready ## the tests that take minutes
	$(BIN)/python -m pytest -m slow -n 3 --dist loadfile --no-loadscope-reorder $(PYTEST_ARGS) || { status=$$?; test $$status -eq 5; }

conformance: $(CONFORMANCE_VENV)/.ready ## the sandbox read by other people's API clients; part of test
	$(CONFORMANCE)

bench: $(VENV)/.ready ## how fast the world is made, the sandbox answers, reports are landed and journeys are credited (about 17 minutes)
	$(BIN)/python -m phygital_funnel.sandbox.bench world
	$(BIN)/python -m phygital_funnel.sandbox.bench world --size large
	$(BIN)/python -m phygital_funnel.sandbox.bench server
	$(BIN)/python -m phygital_funnel.sources.bench
	$(BIN)/python -m phygital_funnel.warehouse.credit_bench

# Random histories differ from run to run; what fails prints how to see it again.
HISTORIES = tests/dbt/test_incremental.py tests/dbt/test_order_ledger.py -m slow -k "histories or bridges"

prove: $(VENV)/.ready ## many random histories, and every row of the demo world through extraction under faults (over an hour); renews docs/extraction.md, docs/anomalies.md and docs/quality.md
	PHYGITAL_TEST_HISTORIES=$${PHYGITAL_TEST_HISTORIES:-20} $(BIN)/python -m pytest -n 0 $(HISTORIES)
	$(BIN)/python -m tests.slow.conservation demo --write
	$(BIN)/python -m tests.slow.false_alarms --write
	$(BIN)/python -m tests.slow.restatements --write
	$(BIN)/python -m tests.slow.mutation_matrix --write

lint: $(VENV)/.ready $(LINT_VENV)/.ready ## ruff, mypy strict, sqlfluff
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(SQLFLUFF) lint --disable-progress-bar --processes 2 dbt_project/models

format: $(VENV)/.ready $(LINT_VENV)/.ready ## let ruff and sqlfluff mend what they can
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .
	$(SQLFLUFF) fix --disable-progress-bar dbt_project/models

lock: $(VENV)/.ready ## compile requirements/*.in into hashed lock files; UPGRADE=--upgrade takes newer versions
	cd requirements && $(COMPILE) uv.in -o uv.txt
	cd requirements && $(COMPILE) runtime.in -o runtime.txt
	cd requirements && $(COMPILE) -c runtime.txt dev.in -o dev.txt
	cd requirements && $(COMPILE) -c runtime.txt compose.in -o compose.txt
	cd requirements && $(COMPILE) lint.in -o lint.txt
	cd requirements && $(COMPILE) conformance.in -o conformance.txt
	cd requirements && $(COMPILE) --no-deps conformance-schemas.in -o conformance-schemas.txt

clean: ## remove the environments and caches; var/ (landing, releases) is kept
	rm -rf $(VENV) $(LINT_VENV) $(CONFORMANCE_VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis dbt_project/target dbt_project/logs
	find src dags tests -name __pycache__ -prune -exec rm -rf {} + 2>/dev/null || true

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# --- set-up ----------------------------------------------------------------------------------------------------------

# An environment that was interrupted half-way is thrown away: an installer killed while linking can leave
# packages that look installed and are not.
define create_environment
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo "phygital needs Python 3.11 or newer; '$(PYTHON)' is $$($(PYTHON) --version 2>/dev/null || echo not found)." >&2; \
		echo "Install one and run: make $(firstword $(MAKECMDGOALS)) PYTHON=python3.11" >&2; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { \
		echo "$(PYTHON) lacks the modules venv and ensurepip, which create the environment." >&2; \
		echo "Debian, Ubuntu: apt-get install python3-venv" >&2; \
		echo "Elsewhere: install the package of your system that holds Python's venv module." >&2; exit 1; }
	@if test -e $(1)/.installing || ! $(1)/bin/python -m pip --version >/dev/null 2>&1; then \
		echo "Creating $(1)"; $(PYTHON) -m venv --clear $(1); fi
	@touch $(1)/.installing
	@$(1)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.txt
	@echo "Installing $(2) into $(1)"
	@VIRTUAL_ENV=$(abspath $(1)) $(1)/bin/uv pip sync --quiet --require-hashes --compile-bytecode $(2)
endef

$(VENV)/.ready: requirements/uv.txt requirements/dev.txt pyproject.toml
	$(call create_environment,$(VENV),requirements/dev.txt)
	@VIRTUAL_ENV=$(abspath $(VENV)) $(BIN)/uv pip install --quiet --no-deps --no-build-isolation -e .
	@rm $(VENV)/.installing
	@touch $@

$(LINT_VENV)/.ready: requirements/uv.txt requirements/lint.txt
	$(call create_environment,$(LINT_VENV),requirements/lint.txt)
	@rm $(LINT_VENV)/.installing
	@touch $@

$(CONFORMANCE_VENV)/.ready: requirements/uv.txt $(CONFORMANCE_LOCKS) pyproject.toml
	$(call create_environment,$(CONFORMANCE_VENV),$(CONFORMANCE_LOCKS))
	@VIRTUAL_ENV=$(abspath $(CONFORMANCE_VENV)) $(CONFORMANCE_VENV)/bin/uv pip install --quiet --no-deps --no-build-isolation -e .
	@rm $(CONFORMANCE_VENV)/.installing
	@touch $@
