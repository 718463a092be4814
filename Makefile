# One verb per task; `make` alone prints them. A fresh machine needs Python 3.11 with pip, Node 20,
# npm and make: `make setup` brings everything else into this folder (.tools/, .venv/, .cache/).

SHELL := /bin/sh
PYTHON ?= python3
UV_VERSION := 0.13.9
UV := .tools/bin/uv
BIN := .venv/bin
DATA ?= runstone-data
PYTEST_ARGS ?=
# Tests wait for processes more than they compute. By file, the longest first (tests/conftest.py): its
# tests share servers and browsers.
PYTEST_JOBS ?= 5

export UV_PYTHON_DOWNLOADS := never
unexport VIRTUAL_ENV
# Without compiled modules each of the hundreds of processes of a test run takes twice as long to start.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help run setup wheel dev fmt lint types unit test conformance compat e2e golden screenshots web openapi \
        docs bench check clean clients browser lock s3 torch

help: ## this list
	@echo "Runstone: make VERB"
	@echo
	@sed -n 's/^\([a-z0-9]*\):.*## /  \1\t/p' $(MAKEFILE_LIST) | expand -t 16

run: setup web ## set up, serve runstone-data on 127.0.0.1:8470; a new folder gets runs to watch
	@exec $(BIN)/python scripts/run.py --data "$(DATA)"

setup: .venv/.runstone-setup ## the Python environment, into .venv

.tools/bin/uv:
	@# --target needs neither venv nor rights on the system's own packages.
	$(PYTHON) -m pip install --quiet --disable-pip-version-check --target .tools uv==$(UV_VERSION)

.venv/.runstone-setup: $(UV) uv.lock pyproject.toml
	$(UV) sync --quiet --frozen --all-extras --all-groups
	@touch $@

web: setup ## build the web app, where its sources changed
	@$(BIN)/python scripts/build_web.py

wheel: setup web ## what pip installs, with the web app in it, into dist/
	$(UV) build --quiet --wheel --out-dir dist
	@ls dist/*.whl

dev: setup ## serve and rebuild the page as you edit: the API on 8470, the page on 5173
	@$(BIN)/python scripts/dev.py --data "$(DATA)"

fmt: setup ## format Python and the web app
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format .
	cd web && npm run --silent format

lint: setup ## lint, format check, import rule
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports

types: setup ## strict types, as on Windows and macOS, too
	$(BIN)/mypy
	$(BIN)/mypy --platform win32 --no-warn-unreachable -p runstone
	$(BIN)/mypy --platform darwin --no-warn-unreachable -p runstone

unit: setup ## the fast tests only
	$(BIN)/pytest -q -n $(PYTEST_JOBS) -m "not slow and not compat and not e2e" $(PYTEST_ARGS)

conformance: setup ## each port's suite over each backend
	$(BIN)/pytest -q tests/conformance tests/stateful $(PYTEST_ARGS)

compat: setup web clients ## real wandb clients against a real server
	$(BIN)/pytest -q -n $(PYTEST_JOBS) -m compat $(PYTEST_ARGS)

e2e: setup web clients browser ## a real browser on a real server
	$(BIN)/pytest -q -m e2e $(PYTEST_ARGS)

test: setup web clients browser check ## everything, as CI runs it
	$(BIN)/python scripts/test.py -n $(PYTEST_JOBS) --dist loadfile --no-loadscope-reorder $(PYTEST_ARGS)
	cd web && npm run --silent test

check: setup web lint types ## every check that runs no test: lint, types, generated files
	@$(BIN)/python -m runstone.wire.rest.openapi | diff -u openapi/openapi.json - \
	    || { echo "openapi/openapi.json is not what the code says: make openapi"; exit 1; }
	@cd web && npm exec -- openapi-typescript ../openapi/openapi.json 2>/dev/null \
	    | diff -q - src/api/generated/schema.ts >/dev/null \
	    || { echo "web/src/api/generated is not what openapi.json says: make openapi"; exit 1; }
	cd web && npm run --silent typecheck && npm run --silent lint

clients: setup
	@$(BIN)/python tests/compat/install_clients.py --uv $(UV)

s3: setup clients ## the S3 backend on a real S3 server: Swift, installed from Debian
	@sh scripts/install_swift.sh
	$(BIN)/pytest -q -m s3 $(PYTEST_ARGS)

torch: setup ## watch() with real PyTorch, which is installed into .cache/torch-venv
	@test -x .cache/torch-venv/bin/pytest || { $(PYTHON) -m venv .cache/torch-venv && \
	    .cache/torch-venv/bin/pip install --quiet torch==2.13.0 numpy pytest -e .; }
	.cache/torch-venv/bin/pytest -q -c tests/torch/pytest.ini --rootdir . -p no:cacheprovider tests/torch

browser:
	@sh scripts/install_chromium.sh

screenshots: web clients browser ## pictures of every page, with real data, into docs/screenshots
	cd web && node scripts/screenshots.mjs

golden: web ## write the golden pictures again; review the difference
	cd web && npm run --silent golden

openapi: setup ## write openapi/openapi.json and the web app's types again
	$(BIN)/python -m runstone.wire.rest.openapi openapi/openapi.json
	cd web && npm run --silent openapi

docs: setup ## write the generated pages again
	$(BIN)/python -m runstone.server.settings_docs > docs/settings.md
	$(BIN)/python -m runstone.tracking.options_docs > docs/client-settings.md
	$(BIN)/python -m runstone.tracking.wandb_names > docs/coming-from-wandb.md

bench: setup web clients ## the benchmarks, one table each; not bench/soak.py (an hour, PyTorch) nor bench/web (a browser)
	@for script in $$(grep -l __main__ bench/*.py | grep -v bench/soak.py); do echo "== $$script"; $(BIN)/python $$script || exit 1; done

lock: $(UV) ## newest releases that are at least a week old, into uv.lock
	$(UV) lock --upgrade --exclude-newer "$$(date -u -d '7 days ago' +%Y-%m-%dT00:00:00Z)"

clean: ## remove what was built or cached; runstone-data stays
	rm -rf .venv .tools .cache .mypy_cache .ruff_cache .pytest_cache .hypothesis \
	    .import_linter_cache web/node_modules web/dist src/runstone/server/web
