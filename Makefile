# `make` lists the commands. Each needs Python 3.11 or newer, make and the package registries, nothing else.

HOST ?= 127.0.0.1
PORT ?= 8000
VENV := .venv
PYTHON := $(VENV)/bin/python
PYTEST := env -u DATABASE_URL -u CACHE_URL $(PYTHON) -m pytest
# What goes to pytest besides: make test ARGS='-k dateline'
ARGS ?=

# The grown-up installation needs the drivers of its database and cache too.
RUNTIME := $(if $(filter postgres% psql% redis%,$(DATABASE_URL) $(CACHE_URL)),requirements-scale.txt,requirements.txt)

# What tests may use when it is there. PostgreSQL and Redis: NEWSROOM_TEST_POSTGRES_URL, NEWSROOM_TEST_REDIS_URL.
MATERIAL := $(wildcard ../shared/material)
export NEWSROOM_TEST_MATERIAL ?= $(and $(MATERIAL),$(abspath $(MATERIAL)))
export NEWSROOM_TEST_CHROMIUM ?= /usr/bin/chromium
ifeq ($(CI),true)
export NEWSROOM_TEST_STRICT ?= 1
endif

# Checks of the code itself run on settings of their own, whatever the environment or an .env file says.
SAFE := env SECRET_KEY=for-this-check-alone-0123456789-abcdefghijklmnopqrstuvwxyz DATABASE_URL=sqlite://:memory: \
	CACHE_URL=locmemcache:// DEBUG=off ALLOWED_HOSTS=newsroom.example NEWSROOM_HTTPS=on NEWSROOM_HSTS_SECONDS=31536000

# Whether HSTS covers subdomains and goes on the browsers' list is for the domain's owner to say.
OWNERS_CHOICE := (security.W005)\|(security.W021)

.DEFAULT_GOAL := help
.PHONY: help run test check bench lint format messages requirements clean check-lint check-lock check-django check-postgres

help: ## List the commands
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' $(MAKEFILE_LIST) | \
		while IFS='|' read -r name words; do printf '%-20s %s\n' "$$name" "$$words"; done

run: $(VENV)/$(RUNTIME) ## Serve the newsroom at http://127.0.0.1:8000/ (PORT=8001 make run: at another port)
	@folder="$${NEWSROOM_VAR_DIR:-var}"; \
	mkdir -p -m 700 "$$folder" 2>/dev/null && probe=$$(mktemp "$$folder/.writable.XXXXXX" 2>/dev/null) && rm "$$probe" || \
		{ echo "The folder $$folder cannot be written. Make it writable, or name another one in NEWSROOM_VAR_DIR." >&2; exit 1; }
	@exec $(PYTHON) manage.py serve --host "$(HOST)" --port "$(PORT)"

test: $(VENV)/requirements-dev.txt ## Run all tests on SQLite (make test ARGS='-k word': some of them)
	@$(PYTEST) -n 2 $(ARGS)

check: check-lint check-lock check-django ## Run all that CI runs: linters, lock file, tests on both databases, browser
	@$(MAKE) --no-print-directory test ARGS='-m "not browser and not bench"'
	@$(MAKE) --no-print-directory check-postgres
	@$(MAKE) --no-print-directory test ARGS='-m "browser or bench"'

bench: $(VENV)/requirements-dev.txt ## Measure the newsroom beside Django's hello world and nginx (ARGS=--quick: a minute, no report)
	@$(PYTHON) -m bench.run $(ARGS)

lint: check-lint ## Look for mistakes in code and templates

format: $(VENV)/requirements-dev.txt ## Bring the code into the house's format
	@$(PYTHON) -m ruff check --fix --quiet .; $(PYTHON) -m ruff format .

messages: $(VENV)/requirements-dev.txt ## Bring the catalogues in locale/ up to the code, and compile them
	@$(PYTHON) -m tests.catalogues

requirements: $(VENV)/requirements-dev.txt ## Bring uv.lock and requirements*.txt up to pyproject.toml
	@$(VENV)/bin/uv lock
	@$(call export_requirements,.)

clean: ## Remove the environment and what tools left; var/ with database and photos stays
	rm -rf $(VENV) .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# What `check` is made of ----------------------------------------------------------------------------------------------

check-lint: $(VENV)/requirements-dev.txt
	$(PYTHON) -m ruff check .
	$(PYTHON) -m ruff format --check .
	$(VENV)/bin/djlint --lint --quiet .

check-lock: $(VENV)/requirements-dev.txt
	$(VENV)/bin/uv lock --check
	@fresh=$$(mktemp -d) && trap 'rm -rf "$$fresh"' EXIT && $(call export_requirements,$$fresh) && \
	for file in requirements*.txt; do diff -u "$$file" "$$fresh/$$file" || \
		{ echo "$$file is not what uv.lock says: run make requirements" >&2; exit 1; }; done

check-django: $(VENV)/requirements-dev.txt
	@echo "manage.py makemigrations --check; manage.py check --deploy"
	@$(SAFE) $(PYTHON) manage.py makemigrations --check --dry-run
	@report=$$(mktemp) && trap 'rm -f "$$report"' EXIT && \
	{ $(SAFE) $(PYTHON) manage.py check --deploy --fail-level ERROR >"$$report" 2>&1 || { cat "$$report" >&2; exit 1; }; } && \
	! grep ': (' "$$report" | grep -v '$(OWNERS_CHOICE)' >&2

check-postgres: $(VENV)/requirements-dev.txt
ifneq ($(NEWSROOM_TEST_POSTGRES_URL),)
	@env -u CACHE_URL DATABASE_URL="$$NEWSROOM_TEST_POSTGRES_URL" $(PYTHON) -m pytest -n 2 -m "not browser and not bench"
else ifneq ($(NEWSROOM_TEST_STRICT),)
	@echo "NEWSROOM_TEST_POSTGRES_URL is not set, and nothing may be skipped here." >&2; exit 1
else
	@echo "Not run on PostgreSQL: set NEWSROOM_TEST_POSTGRES_URL=postgres://user:password@host/database for that."
endif

# $(call export_requirements,FOLDER): the four files that pip installs from, with hashes.
EXPORT = $(VENV)/bin/uv export --frozen --quiet --no-header --no-annotate --no-emit-project
export_requirements = { \
	$(EXPORT) --no-dev --output-file $(1)/requirements.txt >/dev/null && \
	$(EXPORT) --no-dev --extra scale --output-file $(1)/requirements-scale.txt >/dev/null && \
	$(EXPORT) --no-dev --extra learn --output-file $(1)/requirements-learn.txt >/dev/null && \
	$(EXPORT) --all-extras --all-groups --output-file $(1)/requirements-dev.txt >/dev/null; }

# The environment. A file in .venv named like the requirements it was made from says that those are installed. -------

$(VENV)/requirements%txt: requirements%txt | $(VENV)/bin/python
	@echo "Installing what $< lists ..."
	@$(PYTHON) -m pip install -qq --disable-pip-version-check --require-hashes -r $< || \
		{ echo "The packages could not be installed: is the Python package index reachable?" >&2; exit 1; }
	@cp $< $@

$(VENV)/bin/python:
	@found=; for name in python3.13 python3.12 python3.11 python3.14 python3 python; do \
		"$$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && found="$$name" && break; done; \
	[ -n "$$found" ] || \
		{ echo "The newsroom needs Python 3.11 or newer, and none of python3.13, python3.12, python3.11, python3 is." >&2; exit 1; }; \
	"$$found" -c 'import ensurepip, venv' 2>/dev/null || \
		{ echo "$$found lacks its module venv; on Debian and Ubuntu: apt install python3-venv" >&2; exit 1; }; \
	[ -w . ] || { echo "The folder $(CURDIR) cannot be written, and the environment $(VENV) goes there." >&2; exit 1; }; \
	echo "Making the environment $(VENV) with $$($$found --version) ..."; \
	"$$found" -m venv $(VENV)
