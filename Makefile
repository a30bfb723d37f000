# Every target explains itself: make help
SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-builtin-rules --no-print-directory

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# Modules are kept compiled even if the environment says not to: each worker of the tests would compile
# all of them again, and each command that a test starts too.
unexport PYTHONDONTWRITEBYTECODE
PIP := $(BIN)/python -m pip --disable-pip-version-check

.PHONY: help faults uvicorn setup setup-dev setup-evaluate setup-peer setup-clients setup-gradio setup-lint setup-browser setup-postgres demo gateway-demo takeover-demo rehearsal swaps kills test frontend font frontend-check browser check fix acceptance model setup-model mutate bench bench-gateway bench-web board-pictures takeover-pictures gallery docs lock lock-evaluate clean setup-hub-client

help: ## Show this list
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  \033[1m%-14s\033[0m %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(VENV)/.base ## Make .venv with the frontrunner command (no torch, no mteb)

setup-dev: $(VENV)/.dev ## ... and the tools and libraries that the tests need

setup-evaluate: setup ## Make .venv-evaluate, where `frontrunner evaluate` runs mteb (2.5 GB)
	$(BIN)/frontrunner evaluate --prepare

$(VENV)/.base: requirements/base.txt requirements/build.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Python 3.11 or newer is needed: make PYTHON=python3.12 ...")'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing frontrunner into $(VENV) ..."
	@$(PIP) install -q --require-hashes -r requirements/base.txt
	@$(PIP) install -q --require-hashes -r requirements/build.txt
	@$(PIP) install -q --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/.base requirements/dev.txt
	@echo "Installing the development tools into $(VENV) ..."
	@$(PIP) install -q --require-hashes -r requirements/dev.txt
	@touch $@

setup-peer: .venv-peer/.done ## Make .venv-peer with mteb's own service, to compare with

.venv-peer/.done: requirements/peer.txt
	@test -x .venv-peer/bin/python || $(PYTHON) -m venv .venv-peer
	@echo "Installing mteb's leaderboard service into .venv-peer ..."
	@.venv-peer/bin/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements/peer.txt
	@touch $@

CLIENTS := 0.11.0 1.14.0 2.7.2

setup-clients: $(CLIENTS:%=.venv-client-%/.done) ## Make an environment for each gradio_client that old programs use

.venv-client-%/.done: requirements/client-%.txt
	@test -x .venv-client-$*/bin/python || $(PYTHON) -m venv .venv-client-$*
	@echo "Installing gradio_client $* into .venv-client-$* ..."
	@.venv-client-$*/bin/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements/client-$*.txt
	@touch $@

GRADIOS := 3 4 5 6

setup-gradio: $(GRADIOS:%=.venv-gradio-%/.done) ## Make an environment for each Gradio that old boards run on (2 GB)

.venv-gradio-%/.done: requirements/gradio-%.txt
	@test -x .venv-gradio-$*/bin/python || $(PYTHON) -m venv .venv-gradio-$*
	@echo "Installing Gradio $* into .venv-gradio-$* ..."
	@.venv-gradio-$*/bin/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements/gradio-$*.txt
	@touch $@

setup-lint: .venv-lint/.done ## Install what checks the files of `emit`: actionlint, hadolint, schemas, Debian's systemd and cron
	@command -v systemd-analyze >/dev/null || { apt-get update -qq && apt-get install -y -qq --no-install-recommends systemd; }
	@command -v crontab >/dev/null || { apt-get update -qq && apt-get install -y -qq --no-install-recommends cron; }
	@command -v npm >/dev/null || { apt-get update -qq && apt-get install -y -qq --no-install-recommends nodejs npm; }
	@$(MAKE) tests/acceptance/lint/node_modules/.done

tests/acceptance/lint/node_modules/.done: tests/acceptance/lint/package-lock.json
	@npm --prefix tests/acceptance/lint ci --silent --no-audit --no-fund --ignore-scripts
	@touch $@

.venv-lint/.done: requirements/lint.txt
	@test -x .venv-lint/bin/python || $(PYTHON) -m venv .venv-lint
	@echo "Installing linters into .venv-lint ..."
	@.venv-lint/bin/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements/lint.txt
	@touch $@

demo: setup ## Build the starter board and serve it on http://127.0.0.1:8000 (or PORT=8001)
	$(BIN)/frontrunner demo $(if $(PORT),--port $(PORT))

gateway-demo: setup-dev .venv-gradio-5/.done ## An old Gradio board, the new board and the gateway; says what to open
	$(BIN)/python examples/gateway_demo.py .venv-gradio-5/bin/python

setup-postgres: ## Install Debian's PostgreSQL and the shell of SQLite, for the tests of both (as root)
	@if { compgen -G '/usr/lib/postgresql/*/bin/initdb' || command -v initdb; } >/dev/null && command -v sqlite3 >/dev/null; then :; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then apt-get update -qq && apt-get install -y -qq --no-install-recommends postgresql sqlite3; \
	else echo "PostgreSQL or sqlite3 is not installed: its tests are skipped, but fail in CI"; fi

takeover-demo: setup-dev .venv-gradio-5/.done ## Rehearse a take-over with three faults, and write takeover-demo.html (minutes)
	$(BIN)/frontrunner takeover rehearse --requests 20000 --gradio .venv-gradio-5/bin/python --html takeover-demo.html \
	  --fault plan-edited --fault envoy-killed --fault successor-killed

REQUESTS := 1000000

rehearsal: setup-dev .venv-gradio-5/.done ## Rehearse a take-over with every fault and REQUESTS requests (20 minutes)
	$(BIN)/frontrunner takeover rehearse --requests $(REQUESTS) --gradio .venv-gradio-5/bin/python --html rehearsal.html

swaps: setup-dev ## 50 swaps under 200,000 requests to 3 servers (4 minutes)
	FRONTRUNNER_REQUESTS=200000 $(BIN)/python -m pytest -q -n 0 -s tests/acceptance/test_swaps.py

kills: setup-dev ## Kill 200 updates at random moments (15 minutes)
	FRONTRUNNER_KILLS=200 $(BIN)/python -m pytest -q -n 0 tests/acceptance/test_refresh_killed.py

test: setup-dev setup-postgres ## Run the tests (minutes)
	$(BIN)/python -m pytest -q -n auto --dist worksteal -m "not acceptance and not browser"

UVICORNS := 0.40.0 0.54.0

uvicorn: setup-dev ## Test the server with the oldest and the newest uvicorn that pyproject.toml admits
	@for version in $(UVICORNS); do \
	  echo "uvicorn $$version"; \
	  $(PIP) install -q --no-deps --upgrade --target .uvicorn/$$version uvicorn==$$version; \
	  PYTHONPATH=.uvicorn/$$version $(BIN)/python -m pytest -q tests/http/test_guard.py tests/http/test_server.py; \
	done

frontend/node_modules/.done: frontend/package-lock.json
	@npm --prefix frontend ci --silent --no-audit --no-fund
	@touch $@

frontend: frontend/node_modules/.done ## Build the pages' scripts and styles (needs Node 20)
	npm --prefix frontend run --silent check
	npm --prefix frontend run --silent build

font: frontend/node_modules/.done ## Make the pages' font again from the package that is pinned
	@python3 -m venv .venv-font && .venv-font/bin/pip install -q fonttools brotli
	.venv-font/bin/python frontend/fonts/subset.py

frontend-check: frontend/node_modules/.done ## Fail if the committed build differs from what frontend/ gives
	npm --prefix frontend run --silent check
	npm --prefix frontend run --silent build -- --check

setup-browser: setup-dev ## Install Debian's Chromium, and Node if it is missing, for the browser tests
	@command -v chromium >/dev/null || { apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium fonts-noto-cjk; }
	@command -v npm >/dev/null || { apt-get update -qq && apt-get install -y -qq --no-install-recommends nodejs npm; }
	@$(MAKE) frontend/node_modules/.done

browser: setup-browser setup-gradio ## Drive the pages in a real browser (minutes; real boards too where ../shared is)
	$(BIN)/python -m pytest -q -m browser -n 0 --ignore tests/acceptance/gateway
	$(BIN)/python -m pytest -q -m browser -n 0 tests/acceptance/gateway

check: setup-dev ## Lint, format, types, architecture
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

fix: setup-dev ## Let ruff fix what it can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# Whole take-overs, which mostly wait, so two run at once.
WAITING := tests/takeover tests/hub

acceptance: setup-dev setup-clients setup-gradio setup-lint setup-model setup-hub-client ## Run the slow checks on the real data in ../shared
	$(BIN)/python -m pytest -q -n 2 --dist worksteal -m "acceptance and not browser" $(WAITING)
	$(BIN)/python -m pytest -q -m "acceptance and not browser" $(WAITING:%=--ignore %)

tests/hub/node/node_modules/.done: tests/hub/node/package-lock.json
	@npm --prefix tests/hub/node ci --silent --no-audit --no-fund
	@touch $@

setup-hub-client: ## Install the Hub's client for JavaScript, and Node if it is missing
	@command -v npm >/dev/null || { apt-get update -qq && apt-get install -y -qq --no-install-recommends nodejs npm; }
	@$(MAKE) tests/hub/node/node_modules/.done

setup-model: ## Install Debian's Spin and gcc, for the model of the take-over's protocol
	@command -v spin >/dev/null && command -v gcc >/dev/null || { apt-get update -qq && apt-get install -y -qq --no-install-recommends spin gcc libc6-dev; }

model: setup-dev setup-model ## Check the model of the take-over's protocol (five minutes)
	$(BIN)/python -m pytest -q -n 0 tests/takeover/test_protocol.py

faults: setup-dev ## Send 200,000 requests while the new board and Envoy fail in every way (minutes)
	$(BIN)/python -m pytest -q -s -n 0 tests/acceptance/gateway/test_faults.py

PACKAGES := ranking results snapshot checks
LEAST := 90

mutate: setup-dev ## Change the code in small ways and count what the tests notice (hours; SAMPLE=40: minutes)
	$(BIN)/python -m bench.mutation --least $(LEAST) $(if $(SAMPLE),--sample $(SAMPLE)) $(PACKAGES)

bench: setup-dev setup-peer ## Measure us and the peer side by side on ../shared (about 20 minutes)
	@bash bench/setup.sh
	@$(BIN)/python -m bench.table

bench-gateway: setup-dev ## Measure the gateway beside HAProxy and a plain proxy (5 minutes)
	@bash bench/setup.sh
	@$(BIN)/python -m bench.gateway

bench-web: setup-browser ## Measure the real boards in a browser; HOME_DIR is a home that holds them
	@$(BIN)/python -m bench.web $(HOME_DIR)

gallery: setup-browser ## Take pictures of every page into gallery/ (minutes); HOME_DIR is a home with boards
	$(BIN)/python -m bench.gallery $(HOME_DIR)

board-pictures: setup-browser ## Take the pictures of the README and the docs again; HOME_DIR is a home with the public results
	$(BIN)/python -m bench.board_pictures $(HOME_DIR)

takeover-pictures: setup-browser ## Take the pictures of docs/takeover.md again
	$(BIN)/python -m bench.takeover_pictures

docs: setup-dev ## Build the documentation into site/ (warnings are errors)
	$(BIN)/mkdocs build --strict

lock: ## Refresh the lock files from pyproject.toml (needs uv)
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header pyproject.toml -o $$(readlink -f requirements/base.txt)
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --extra gateway --constraints requirements/base.txt pyproject.toml -o src/frontrunner/hub/space_files/requirements-gateway.txt
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --extra catalog --extra gateway --extra takeover --extra postgres --extra hub --extra store --group dev --group docs --constraints requirements/base.txt pyproject.toml -o requirements/dev.txt
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --constraints requirements/dev.txt requirements/build.in -o requirements/build.txt
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header requirements/peer.in -o requirements/peer.txt
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header requirements/lint.in -o requirements/lint.txt
	for client in $(CLIENTS); do uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header requirements/client-$$client.in -o requirements/client-$$client.txt; done
	for gradio in $(GRADIOS); do uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header requirements/gradio-$$gradio.in -o $$(readlink -f requirements/gradio-$$gradio.txt); done

EVALUATE := src/frontrunner/evaluate/requirements

lock-evaluate: ## Refresh the lock file of the evaluation environment (needs uv)
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --override $(EVALUATE)/overrides.txt $(EVALUATE)/evaluate.in -o $(EVALUATE)/evaluate.txt

clean: ## Remove everything that the targets made
	rm -rf $(VENV) .venv-* .uvicorn site .frontrunner .mypy_cache .ruff_cache .pytest_cache .hypothesis .mutation
