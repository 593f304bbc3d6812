# Everything is installed into .venv. Needs Python 3.11 or newer, make and git.

.DEFAULT_GOAL := help
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
# Compiled modules are kept: compiling the tests again in each process takes longer than most of them.
unexport PYTHONDONTWRITEBYTECODE

UV_VERSION := 0.13.9
PORT ?= 8000

PYTHON ?= $(shell for name in python3 python3.13 python3.12 python3.11; do \
	$$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$name && break; done)
BIN := .venv/bin
RUN := .venv/.run
DEV := .venv/.dev
# uv is faster than pip, but has no wheel for some platforms.
INSTALL = if [ -x $(BIN)/uv ]; then $(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r $(1); \
	else $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $(1); fi
PYTEST = $(BIN)/python -m pytest --quiet
# Two cores are kept busy by two processes, or three on SQLite, where tests wait for servers and for Chromium.
TWO = --numprocesses 2
THREE = --numprocesses 3
# Behind the tests in memory, whose one process would otherwise be the last to end, with a core for itself.
BEHIND = nice -n 5
# Outputs of parallel targets. The make of macOS mixes them.
ONE_AFTER_ANOTHER = $(if $(filter output-sync,$(.FEATURES)),--output-sync=target)
# What a change breaks most often, without what is slow to collect or to run: HTTP, pages, commands and documents.
UNIT_TESTS = tests/kernel tests/architecture tests/accounts tests/courses tests/progress tests/credentials \
	--ignore=tests/accounts/oauth --ignore-glob='*_api*.py' --ignore-glob='*_admin*.py' --ignore-glob='*_command*.py' \
	--ignore-glob='*/accounts/test_pages_*.py' --ignore-glob='*/courses/test_olx*.py'
# Memory and PostgreSQL together run every line; to measure SQLite as well costs time and adds none.
COVERED = --cov --cov-report=
SERVE = $(BIN)/python -m authsvc.demo.serve --port="$(PORT)"
# A production configuration with throw-away secrets.
AS_IN_PROD = APP_ENV=prod DATABASE_URL=sqlite:///var/check.sqlite3 ALLOWED_HOSTS=auth.example \
	PUBLIC_URL=https://auth.example EMAIL_URL=smtp://mail.example SIGNING_KEYS_FILE=var/check-keys.json \
	SECRET_KEY="$$($(BIN)/python -c 'import secrets; print(secrets.token_urlsafe(50))')"

.PHONY: help
help: ## Show this help
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' Makefile

.PHONY: run
run: $(RUN) ## Serve on http://localhost:8000 with a database and sample data (set PORT= to change it)
	@exec $(SERVE)

.PHONY: memory
memory: $(RUN) ## Serve the API in memory, without a database (set PORT= to change it)
	@exec $(SERVE) --memory

.PHONY: test
test: $(DEV) ## Run the tests: repositories on memory, SQLite and PostgreSQL, HTTP in memory
	@echo "Testing on the three stores side by side. The results of each are shown when all of it is done."
	@$(MAKE) --no-print-directory --jobs --keep-going $(ONE_AFTER_ANOTHER) test-memory test-sqlite test-postgres

.PHONY: test-memory
test-memory: $(DEV) ## Run the part of the tests that runs in memory
	@SUITE=quick STORE=memory $(PYTEST)

.PHONY: test-sqlite
test-sqlite: $(DEV) ## Run the part that runs on SQLite, with Chromium if it is there
	@SUITE=quick STORE=sqlite $(BEHIND) $(PYTEST)

.PHONY: test-postgres
test-postgres: $(DEV) ## Run the part that runs on PostgreSQL
	@SUITE=quick STORE=postgres $(BEHIND) $(PYTEST) $(TWO)

.PHONY: test-all
test-all: $(DEV) ## Run every test on every store that can run it, and measure coverage (nightly, before a release)
	@export SUITE=full HYPOTHESIS_PROFILE=thorough; rm -f .coverage .coverage.*; \
	COVERAGE_FILE=.coverage.memory STORE=memory $(PYTEST) $(TWO) $(COVERED); \
	STORE=sqlite $(PYTEST) $(THREE); \
	COVERAGE_FILE=.coverage.postgres STORE=postgres $(PYTEST) $(TWO) $(COVERED); \
	$(BIN)/coverage combine --quiet; \
	$(BIN)/coverage report --fail-under=95; \
	$(BIN)/coverage report --include='*/domain/*' --fail-under=100

.PHONY: test-hurried
test-hurried: $(DEV) ## Run the tests by a clock that hurries, to find those that depend on the speed of the machine
	@export SUITE=quick; for store in memory postgres; do \
		STORE=$$store $(PYTEST) $(TWO) -p tests.support.hurried_clock; done

.PHONY: fast
fast: $(DEV) ## Run the unit tests of domain, services and architecture in memory: no HTTP, pages or commands
	@STORE=memory $(PYTEST) $(TWO) $(UNIT_TESTS)

.PHONY: check
check: $(DEV) ## Check format, types, import contracts, migrations, deployment, OpenAPI file and documentation
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy .
	@PYTHONPATH=. $(BIN)/lint-imports
	@DATABASE_URL=sqlite://:memory: $(BIN)/python manage.py makemigrations --check --dry-run
	@mkdir -p var && $(BIN)/python manage.py new_signing_keys > var/check-keys.json
	@$(AS_IN_PROD) $(BIN)/python manage.py check --deploy --fail-level WARNING
	@DATABASE_URL= $(BIN)/python manage.py spectacular --format openapi-json | diff docs/openapi.json - \
		|| { echo "docs/openapi.json is out of date. Run make openapi." >&2; exit 1; }
	@$(BIN)/python -m tests.support.openapi_changes \
		|| { echo "The API breaks clients of the last release. Undo it, or state the reason in ACCEPTED." >&2; exit 1; }
	@$(BIN)/mkdocs build --quiet --strict

.PHONY: format
format: $(DEV) ## Format the code
	@$(BIN)/ruff format --quiet .
	@$(BIN)/ruff check --quiet --fix .

.PHONY: openapi
openapi: $(DEV) ## Regenerate docs/openapi.json
	@DATABASE_URL= $(BIN)/python manage.py spectacular --format openapi-json > docs/openapi.json

.PHONY: permissions
permissions: $(DEV) ## Regenerate docs/permissions.md
	@DJANGO_SETTINGS_MODULE=authsvc.settings $(BIN)/python -m tests.support.permissions > docs/permissions.md

.PHONY: events
events: $(DEV) ## Regenerate docs/events.md
	@$(BIN)/python -m tests.support.event_catalogue > docs/events.md

.PHONY: bench
bench: $(DEV) ## Measure the server next to pgbench, or next to another revision (AGAINST=)
	@$(BIN)/python -m tests.bench $(if $(AGAINST),--against $(AGAINST))

.PHONY: bench-alike
bench-alike: $(DEV) ## Measure whether known and unknown users, clients and devices are answered in the same time
	@$(BIN)/python -m tests.bench.alike

.PHONY: bench-reports
bench-reports: $(DEV) ## Measure the reports over a million events, next to the same counts in plain SQL
	@$(BIN)/python -m tests.bench.reports

.PHONY: bench-admin
bench-admin: $(DEV) ## Measure the pages of the admin site with 100,000 users and a million events
	@$(BIN)/python -m tests.bench.admin

.PHONY: bench-inputs
bench-inputs: $(DEV) ## Measure how long definitions and Open edX courses take to read that were made to be expensive
	@$(BIN)/python -m tests.bench.inputs

.PHONY: bench-badges
bench-badges: $(DEV) ## Measure the processor time of signing, verifying and baking 1,000 badges
	@$(BIN)/python -m tests.bench.badges

.PHONY: bench-metrics
bench-metrics: $(DEV) ## Measure what metrics cost a request
	@$(BIN)/python -m tests.bench.metrics

.PHONY: bench-verify
bench-verify: $(DEV) ## Measure the verification of a million events
	@$(BIN)/python -m tests.bench.verification

.PHONY: bench-streams
bench-streams: $(DEV) ## Measure enrolments beside 200 answers of the tutor that are being written
	@$(BIN)/python -m tests.bench.streams

.PHONY: bench-jobs
bench-jobs: $(DEV) ## Measure how many background jobs are enqueued and done in a second, next to pgbench
	@$(BIN)/python -m tests.bench.jobs

.PHONY: kill
kill: $(DEV) ## Kill the processes of a loaded site 60 times, and count what was lost
	@$(BIN)/python -m tests.bench.kills

.PHONY: requirements
requirements: $(DEV) ## Regenerate the lock files requirements*.txt
	@$(BIN)/uv pip compile --quiet --upgrade --universal --generate-hashes --no-strip-extras \
		--python-version 3.11 pyproject.toml --output-file requirements.txt
	@$(BIN)/uv pip compile --quiet --upgrade --universal --generate-hashes --no-strip-extras \
		--python-version 3.11 --extra dev pyproject.toml --output-file requirements-dev.txt
	@$(BIN)/uv pip compile --quiet --upgrade --universal --generate-hashes --no-strip-extras \
		--python-version 3.11 --extra otel pyproject.toml --output-file requirements-otel.txt

.PHONY: clean
clean: ## Remove generated files, except the data under var/
	@rm -rf .venv .coverage .coverage.* .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

$(BIN)/python:
	@[ -n "$(PYTHON)" ] || { echo "authsvc needs Python 3.11 or newer." >&2; exit 1; }
	@echo "Creating a virtual environment in .venv"
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --only-binary :all: uv==$(UV_VERSION) \
		|| echo "uv is not available for this platform. Using pip."

$(RUN): requirements.txt | $(BIN)/python
	@echo "Installing dependencies (up to 60 s)"
	@$(call INSTALL,requirements.txt)
	@touch $@

$(DEV): requirements-dev.txt | $(BIN)/python
	@echo "Installing development dependencies (up to 90 s)"
	@$(call INSTALL,requirements-dev.txt)
	@touch $@
