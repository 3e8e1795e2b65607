# Everything that is done with a clone; `make` alone says what there is.
# The first run makes .venv from a lock file with hashes, later ones find it as it is.

PYTHON ?= python3
export PYTHON

BIN := .venv/bin
FARSTU := $(BIN)/python -c 'from broker.cli.main import main; main()'
RUNTIME := .venv/requirements.lock.installed
DEV := .venv/requirements-dev.lock.installed
BENCH := .venv/bench.installed
FONT := /usr/share/fonts/truetype/dejavu/DejaVuSans.ttf
# What the browser tests' driver is linked against; a small Debian does not have it.
ATOMIC := $(firstword $(wildcard /usr/lib/*/libatomic.so.1) /usr/lib/libatomic.so.1)
# Real servers for the tests, on ports of their own.
POSTGRES := $(firstword $(wildcard /usr/lib/postgresql/*/bin/initdb) /usr/lib/postgresql/bin/initdb)
SERVERS := redis-server=redis-server $(POSTGRES)=postgresql
COMPILE := uv pip compile --quiet --generate-hashes --no-emit-index-url --universal \
	--python-version 3.11 pyproject.toml

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo demo-check test check faults simulate drill bench fmt docs image image-demo chart lock clean

help: ## Say what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(RUNTIME) ## Broker, four providers and a portal on localhost (PORT=9000 moves them)
	@$(BIN)/python -m broker.dev --port $(or $(PORT),8000)

demo-check: $(RUNTIME) ## Sign in through each provider without a browser, and show the tokens
	@$(BIN)/python -m broker.dev --check --port $(or $(PORT),0)

test: $(DEV) ## Run all tests
	@$(BIN)/python -m pytest

check: $(DEV) ## Format, lint, types, layers, generated pages: all but the tests
	@$(BIN)/ruff format --quiet --check . || { echo "Run: make fmt" >&2; exit 1; }
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache
	@$(FARSTU) config reference --check

fmt: $(DEV) ## Format, and mend what can be mended by itself
	@$(BIN)/ruff check --quiet --fix-only .
	@$(BIN)/ruff format --quiet .

faults: $(DEV) ## Kill, empty, roll back, restart, fill: what people see of it (a table)
	@$(BIN)/python -m tests.faults --write docs/figures.md

simulate: $(DEV) ## Attack the rules by simulation: bounds, waits, curves (some minutes)
	@$(BIN)/python -m tests.simulate

drill: $(DEV) ## Rotate keys while workers are killed, put to sleep, lose the time (some minutes)
	@$(BIN)/python -m tests.drill

bench: $(BENCH) ## Measure beside a floor and beside oidc-provider (tables; some minutes)
	@$(BIN)/python -m tests.bench

docs: $(DEV) ## Write the generated pages again
	@$(FARSTU) config reference --write

image: $(RUNTIME) ## Build the image, run it read-only and sign in (BASE_IMAGE=, BUILDER=, IMAGE=)
	@deploy/build-image runtime $(or $(IMAGE),localhost/farstu)
	@deploy/try-image $(or $(IMAGE),localhost/farstu)
	@deploy/image-size $(or $(IMAGE),localhost/farstu)

image-demo: ## Build the demo's image, for people without make
	@deploy/build-image demo $(or $(IMAGE),localhost/farstu-demo)

chart: $(DEV) ## Render the Helm chart and hold it against Kubernetes' own schemas (needs helm or go)
	@deploy/check-chart

lock: ## Choose newest allowed versions and write both lock files (needs uv)
	@command -v uv >/dev/null || { echo "Missing: uv" >&2; exit 1; }
	@$(COMPILE) --upgrade --extra otel --output-file requirements.lock
	@$(COMPILE) --upgrade --extra otel --extra dev --output-file requirements-dev.lock
	@grep -o 'setuptools[^"]*' pyproject.toml | head -n 1 | uv pip compile --quiet --generate-hashes \
		--no-emit-index-url --no-header --universal --python-version 3.11 --upgrade \
		--output-file deploy/build.lock -

clean: ## Take away .venv and everything that was made
	@rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache build dist
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(RUNTIME): requirements.lock
	@.ci/prepare $<

$(DEV): requirements-dev.lock
	@.ci/prepare $< chromium=chromium $(FONT)=fonts-dejavu-core $(ATOMIC)=libatomic1 $(SERVERS) faketime=faketime

$(BENCH): $(DEV)
	@.ci/prepare requirements-dev.lock wrk=wrk node=nodejs npm=npm
	@touch $@
