# SnapAsset. Bare `make` prints this list.
.DEFAULT_GOAL := help
SHELL := /bin/bash

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SETUP := $(VENV)/.ready gen/.ready

export PYTHONPATH := .:gen
# Tests start hundreds of processes, which would compile all that they import, each again.
export PYTHONDONTWRITEBYTECODE :=
# uv trusts what the machine trusts, as pip does: a company's proxy has a certificate of its own.
export UV_SYSTEM_CERTS ?= true

help:  ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-18s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(SETUP)  ## Install what is needed into .venv and generate code (the others do it for you)

$(VENV)/.ready: requirements/dev.txt requirements/uv.txt
	@echo "Installing Python packages into $(VENV) ..."
	@$(PYTHON) -c 'import sys; sys.exit("SnapAsset needs Python 3.11 or newer; set PYTHON=...") if sys.version_info < (3, 11) else None'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.txt
	@$(BIN)/uv pip sync --quiet --python $(BIN)/python --require-hashes requirements/dev.txt
	@touch $@

run: $(SETUP)  ## Run SnapAsset in the foreground [PORT=3001]
	@$(BIN)/python -m deploy.local.run

demo: $(SETUP)  ## One job from prompt to images in out/ [PROMPT=... PLATFORMS=... PORT=3001]
	@$(BIN)/python -m deploy.local.demo

token: $(SETUP)  ## Print a token for the local stack [USER_ID=user-123 ROLE=authenticated]
	@$(BIN)/python -m deploy.local.token

api-key: $(SETUP)  ## Print an API key for the local stack [KEY_NAME=local SCOPES=jobs,admin]
	@$(BIN)/python -m deploy.local.api_key

check: lint types unit  ## Lint, types and unit tests: no network, no other process

RELEASES := $(sort $(wildcard protos/releases/*.binpb))  # the contracts as they were released
lint: $(SETUP)
	@$(BIN)/ruff check --quiet
	@$(BIN)/ruff format --check --quiet
	@$(BIN)/buf lint gen/snapasset.binpb --config buf.yaml
	@$(BIN)/buf breaking gen/snapasset.binpb --against $(lastword $(RELEASES)) --exclude-imports
	@$(BIN)/hadolint deploy/Dockerfile

types: $(SETUP)
	@$(BIN)/mypy services deploy clients tests

# In parallel; tests/conftest.py decides how many at once: `logical` are tests that compute.
PYTEST := $(BIN)/pytest --quiet --no-loadscope-reorder --durations 10
unit: $(SETUP)
	@$(PYTEST) --numprocesses logical tests/unit

NODE_PACKAGES := clients/javascript/node_modules/.package-lock.json \
  tests/e2e/guide/node_modules/.package-lock.json \
  tests/e2e/studio/node_modules/.package-lock.json \
  tests/servers/oidc/node_modules/.package-lock.json \
  third_party/swagger-ui/node_modules/.package-lock.json

%/node_modules/.package-lock.json: %/package-lock.json
	@if command -v npm >/dev/null; then npm ci --silent --no-audit --no-fund --prefix $*; \
	  else echo "npm is missing: what needs JavaScript is skipped"; fi

client-types: $(SETUP)  ## Write the types of the JavaScript client anew from protos/
	@$(BIN)/python -m clients.javascript.generate

swagger-ui: third_party/swagger-ui/node_modules/.package-lock.json  ## Take the files of the API page from the version in third_party/swagger-ui
	@cd third_party/swagger-ui && for file in dist/*; do cp node_modules/swagger-ui-dist/$${file#dist/} dist/; done

DASHBOARD := $(VENV)/dashboard/.ready
$(DASHBOARD): requirements/dashboard.txt $(VENV)/.ready
	@$(BIN)/uv venv --quiet --clear --python $(BIN)/python $(VENV)/dashboard
	@$(BIN)/uv pip sync --quiet --python $(VENV)/dashboard/bin/python --require-hashes $<
	@touch $@

dashboard: $(SETUP) $(DASHBOARD)  ## RQ's dashboard, to look at the jobs [REDIS_URL=redis://... PORT=9181]
	@$(VENV)/dashboard/bin/rq-dashboard --bind 127.0.0.1 --port $(or $(PORT),9181) \
	  --json --disable-delete --redis-url "$(or $(REDIS_URL),redis://:$$(cat var/redis-password)@127.0.0.1:6379/0)"

# The manifest checkers need other versions than we do, so they have their own environment.
MANIFEST_TOOLS := $(VENV)/manifests/.ready
$(MANIFEST_TOOLS): requirements/manifests.txt $(VENV)/.ready
	@$(BIN)/uv venv --quiet --clear --python $(BIN)/python $(VENV)/manifests
	@$(BIN)/uv pip sync --quiet --python $(VENV)/manifests/bin/python --require-hashes $<
	@touch $@

# It needs other versions than we do, too.
LITELLM := $(VENV)/litellm/.ready
$(LITELLM): requirements/litellm.txt $(VENV)/.ready
	@$(BIN)/uv venv --quiet --clear --python $(BIN)/python $(VENV)/litellm
	@$(BIN)/uv pip sync --quiet --python $(VENV)/litellm/bin/python --require-hashes $<
	@touch $@

test-litellm: $(SETUP) $(LITELLM)  ## Jobs that buy through LiteLLM's proxy: what is charged, and what the books say
	@$(BIN)/pytest tests/litellm

check-manifests: $(SETUP) $(MANIFEST_TOOLS)  ## The Kubernetes manifests, alerts and dashboard
	@$(BIN)/pytest tests/manifests

check-cluster: $(SETUP)  ## The manifests on a real API server; builds it with Go, the first time for minutes
	@$(BIN)/pytest tests/cluster --ignore tests/cluster/nodes

test-cluster: $(SETUP)  ## The overlays on a cluster of two nodes; needs root, Debian, Go and Docker, and an hour
	@$(BIN)/pytest tests/cluster/nodes

test: check test-processes  ## Everything that this machine can run; with CI=true a skipped test is a failure

tools: $(NODE_PACKAGES) $(MANIFEST_TOOLS) $(LITELLM)

PROCESS_TESTS := $(PYTEST) tests --ignore tests/unit --ignore tests/bench \
  --ignore tests/cluster --ignore tests/containers --ignore tests/packages
test-processes: $(SETUP) tools  ## The tests that start processes; the ten slowest are named at the end
	@$(PROCESS_TESTS) --numprocesses auto \
	  || { echo "Once more, alone: what passes now failed under load, which is a fault too, but a lesser one."; \
	    $(PROCESS_TESTS) --verbose --last-failed --last-failed-no-failures none; }

check-packages: $(SETUP) $(NODE_PACKAGES)  ## The clients as strangers install them: each Python, protobuf, Node
	@$(BIN)/pytest tests/packages

TARGETS := gateway worker generator resizer storage envoy image-api
IMAGES ?= snapasset
TAG ?= dev
images:  ## Build a container image of each service [IMAGES=snapasset TAG=dev]
	@for target in $(TARGETS); do \
	  echo "Building $(IMAGES)/$$target:$(TAG) ..."; \
	  docker build --quiet --file deploy/Dockerfile --target $$target --tag $(IMAGES)/$$target:$(TAG) \
	    $(if $(PYTHON_IMAGE),--build-arg PYTHON_IMAGE=$(PYTHON_IMAGE)) \
	    --build-arg REVISION=$$(git rev-parse HEAD 2>/dev/null || echo unknown) \
	    --build-arg SOURCE_DATE_EPOCH=$$(git log -1 --format=%ct 2>/dev/null || echo 0) \
	    . || exit 1; done

up: $(SETUP) images  ## Run SnapAsset in containers, in the background [PORT=3001 MONITORING=1]
	@$(BIN)/python -m deploy.containers up

down: $(SETUP)  ## Stop it; the data stay
	@$(BIN)/python -m deploy.containers down

site: $(SETUP)  ## The docs as a site, in out/site [REPOSITORY_URL=...]
	@$(BIN)/python -m deploy.site

notices: $(SETUP)  ## The licences of all that the images contain, in out/notices
	@$(BIN)/python -m deploy.notices

# In an environment of its own: it is needed once a week, and no test uses it.
AUDIT := $(VENV)/audit/.ready
$(AUDIT): requirements/audit.txt $(VENV)/.ready
	@$(BIN)/uv venv --quiet --clear --python $(BIN)/python $(VENV)/audit
	@$(BIN)/uv pip sync --quiet --python $(VENV)/audit/bin/python --require-hashes $<
	@touch $@

IN_IMAGES := gateway worker generator resizer storage envoy standin
audit: $(SETUP) $(AUDIT)  ## Known weaknesses of what we install, by pip-audit and npm audit
	@for group in $(IN_IMAGES) dev build; do \
	  echo "requirements/$$group.txt"; \
	  $(VENV)/audit/bin/pip-audit --strict --disable-pip --require-hashes --progress-spinner off \
	    --requirement requirements/$$group.txt || failed=1; done; \
	for folder in $(patsubst %/package-lock.json,%,$(wildcard */*/package-lock.json */*/*/package-lock.json)); do \
	  echo "$$folder"; npm audit --prefix $$folder || failed=1; done; \
	test -z "$$failed" || { echo "The audit found something, or could not read what is known: see above. It asks" \
	  "PyPI's JSON pages and npm's advisories, which not every mirror of the registries has."; exit 1; }

WORKFLOW_CHECKER := github.com/rhysd/actionlint/cmd/actionlint@v1.7.12
check-workflows:  ## The workflows of .github, by actionlint; needs Go
	@go run $(WORKFLOW_CHECKER) .github/workflows/*.yml

test-containers: $(SETUP)  ## Build every image and drive the compose stack; needs root, Debian and Docker
	@$(BIN)/pytest tests/containers

attack: $(SETUP)  ## Attack the running stack: memory, slowness, secrets, names [ONLY=memory]
	@$(BIN)/pytest tests/attack -m "long or not long" $(if $(ONLY),-k $(ONLY))

fuzz: $(SETUP)  ## Send the running stack what its OpenAPI document allows and forbids [EXAMPLES=30]
	@EXAMPLES=$(or $(EXAMPLES),30) $(BIN)/pytest tests/e2e/test_schema.py -m long -rP

chaos: $(SETUP)  ## Kill, cut and restart under load, then count what was lost [SECONDS=1800 SEED=7 JOBS_PER_SECOND=1 PAUSE_SECONDS=2 S3=1 SENTINEL=1]
	@$(BIN)/python -m tests.chaos --seconds $(or $(SECONDS),1800) --seed $(or $(SEED),7) \
	  --jobs-per-second $(or $(JOBS_PER_SECOND),1) --pause-seconds $(or $(PAUSE_SECONDS),2) \
	  $(if $(S3),--s3) $(if $(SENTINEL),--sentinel)

BENCH := var/bench/venv
bench: $(SETUP) $(BENCH)/.ready tests/bench/contenders/node_modules/.package-lock.json  ## Measure against what others would use [ONLY=jobs,events QUICK=1]
	@$(BENCH)/bin/python -m tests.bench $(if $(ONLY),--only $(ONLY)) $(if $(QUICK),--quick)

flame: $(SETUP) $(BENCH)/.ready  ## Draw where the CPU time of one job goes
	@$(BENCH)/bin/python -m tests.bench.flame

$(BENCH)/.ready: requirements/bench.txt $(VENV)/.ready
	@echo "Installing what is measured against into $(BENCH) ..."
	@test -x $(BENCH)/bin/python || $(PYTHON) -m venv --without-pip $(BENCH)
	@$(BIN)/uv pip sync --quiet --python $(BENCH)/bin/python --require-hashes requirements/bench.txt
	@touch $@

clean:  ## Remove .venv, gen, var and caches; the images in out/ stay
	@rm -rf $(VENV) gen var .mypy_cache .pytest_cache .ruff_cache .hypothesis

PROTOS := $(shell find protos -name '*.proto')

gen/.ready: protos/generate $(PROTOS) $(VENV)/.ready
	@echo "Generating code from protos/ ..."
	@PYTHON='$(CURDIR)/$(BIN)/python' TYPES=yes protos/generate
	@touch $@

GROUPS := gateway worker generator resizer storage envoy standin build local dev bench manifests litellm audit dashboard
lock:  ## Write requirements/*.txt anew from pyproject.toml
	@for group in $(GROUPS); do \
	  $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	    --no-emit-index-url --custom-compile-command "make lock" \
	    --group pyproject.toml:$$group -o requirements/$$group.txt || exit 1; done
	@echo uv | $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --custom-compile-command "make lock" \
	  --constraint requirements/dev.txt - -o requirements/uv.txt
.PHONY: help setup run demo token api-key dashboard check lint types unit tools check-manifests \
  check-cluster test-cluster check-packages test test-litellm test-processes images up down site notices audit check-workflows test-containers attack fuzz chaos bench flame \
  clean lock client-types swagger-ui
