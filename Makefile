# Two commands do everything on a fresh machine: `make demo` and `make test`; `make help` lists the rest.
PYTHON ?= python3
VENV   := .venv
# Windows calls the folder of an environment's programs Scripts.
BIN    := $(VENV)/$(if $(filter Windows_NT,$(OS)),Scripts,bin)
STAMP  := $(VENV)/.installed
LOCK   := requirements-dev.lock
# What development installs, the core first.
FOLDERS := . packages/registry_client plugins/platform_backend plugins/quilt3_backend plugins/local_registry
# What is released: that, and what brings too much to be installed for everybody.
RELEASED := $(FOLDERS) integrations/quilt_mcp
NAMES   := quiltops quiltops-registry quiltops-platform quiltops-quilt3 quiltops-local-registry quiltops-mcp
# What the distributions were called before; an environment that has these gives them up.
FORMER  := quilt-core quilt-core-quilt3 quilt-core-platform quilt-core-local-registry
# What they install.
CODE    := quilt_core packages/registry_client/quilt_registry integrations/quilt_mcp/quiltops_mcp \
    $(foreach name,platform_backend quilt3_backend local_registry,plugins/$(name)/$(name))
# What `lowest`, `newest` and `lock` resolve.
SOURCES := -e .[testing] -e packages/registry_client[transfer] -e plugins/platform_backend -e plugins/quilt3_backend -e plugins/local_registry[testing]
# Errors are shown; warnings about the package client's own configuration are not the reader's problem.
PIP     := -m pip --quiet --quiet --disable-pip-version-check --no-input

# Python keeps what it compiles: pytest would rewrite every test module in each of its processes, and
# every program that a test starts would compile the sources anew.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help setup demo test lint unit test-windows mutants older-registries stateful fuzz soak \
        audit bench clean lock wheels check-wheels lowest newest quilt3-oldest test-quilt-mcp \
        quilt-mcp-page release docs docs-reference screenshots parity record catalog schemas \
        test-browser

help: ## this list
	@sed -n 's/^\([a-z0-9-]*\):[^#]*## \(.*\)/\1|\2/p' $(firstword $(MAKEFILE_LIST)) | \
	    while IFS='|' read -r target text; do printf '%-17s %s\n' "$$target" "$$text"; done

setup: $(STAMP) ## the development environment, in .venv

# Third-party packages by their hashes; then ours, which have none. pip takes no editable installs
# beside hashes, hence two steps.
$(STAMP): $(LOCK) $(addsuffix /pyproject.toml,$(FOLDERS))
	@test -e $(BIN)/python -o -e $(BIN)/python.exe || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python $(PIP) uninstall --yes $(FORMER)
	@$(BIN)/python $(PIP) install --require-hashes --no-deps -r $(LOCK)
	@$(BIN)/python $(PIP) install --no-deps --no-build-isolation $(addprefix -e ,$(FOLDERS))
	@touch $@

demo: setup ## the main job: every backend against the local registry
	$(BIN)/quiltops demo

# Those that take seconds run two at a time, the longest first.
LINTERS := MYPY BANDIT PHRASES
MYPY    := $(BIN)/mypy
BANDIT  := $(BIN)/bandit --quiet --configfile pyproject.toml --recursive $(CODE)
PHRASES := $(BIN)/python tools/phrases.py

lint: setup ## ruff, mypy, bandit, and phrases that the documentation avoids
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	@printf '%s\n' $(foreach command,$(LINTERS),'$($(command))') | xargs -P 2 -L 1 env

# Neighbours go to one process, so that it makes what a module shares, and idle ones take from others.
PARALLEL := -n auto --dist worksteal
# `make unit UNIT=` runs them all. Hypothesis's plugin reads all modules before the first test.
UNIT := -m 'not (slow or fuzz or hypothesis)' --ignore=tests/unit/fuzzing -p no:hypothesispytest

unit: setup ## the unit tests that take milliseconds
	$(BIN)/pytest -q $(PARALLEL) tests/unit $(UNIT)

# The nightly workflow runs the rest: mutants, older-registries, soak, and many examples of the others.
test: lint ## what every change must pass
	$(BIN)/pytest -q $(PARALLEL) -m 'not (mutant or older or soak)'

# What is supported on Windows, as README.md says; runs everywhere.
test-windows: setup ## the tests of what is supported on Windows
	$(BIN)/pytest -q tests/unit/core tests/unit/plugins tests/unit/manifest tests/unit/revisions \
	    tests/unit/search tests/integration/conformance/test_memory.py

mutants: setup ## faults that backend authors make, each caught by the conformance suite
	$(BIN)/pytest -q -n auto -m mutant

older-registries: setup ## on the oldest state of the schema, the behaviours that it does not change
	$(BIN)/pytest -q -n auto -m older

stateful: setup ## many random sequences of calls, which give the same on every backend
	QUILT_STATEFUL_EXAMPLES=200 $(BIN)/pytest -q -n auto --timeout 7200 \
	    tests/integration/conformance/test_stateful.py

fuzz: setup ## many made-up answers, files and arguments
	QUILT_FUZZ_EXAMPLES=100000 $(BIN)/pytest -q -n auto --timeout 3600 tests/unit -m fuzz

soak: setup ## long campaigns with faults on both backends, many tenants, many clients
	$(BIN)/python tests/soak/campaign.py --operations 10000 --workers 16
	$(BIN)/python tests/soak/writers.py --updates 1000 --writers 16
	$(BIN)/python tests/soak/tenants.py --operations 20000 --identities 100
	$(BIN)/pytest -q -m soak

audit: ## known weaknesses of the locked versions; says so when the advisory service cannot be reached
	@rm -rf $(VENV)-audit && $(PYTHON) -m venv $(VENV)-audit
	@$(VENV)-audit/bin/python $(PIP) install pip-audit
	@$(VENV)-audit/bin/python tools/audit.py $(LOCK)
	@rm -rf $(VENV)-audit

bench: setup ## measure against the peers, and write benchmarks/RESULTS.md; ONLY=transfer.py one program; QUICK=1 writes nothing
	$(BIN)/python benchmarks/run.py $(if $(QUICK),--quick) $(addprefix --only ,$(ONLY))

# One lock for all supported versions of Python and systems, with the hash of every file.
lock: ## write the versions that development uses anew, from the ranges
	@rm -rf $(VENV)-lock && $(PYTHON) -m venv $(VENV)-lock
	@$(VENV)-lock/bin/python $(PIP) install uv
	@printf '%s\n' $(subst -e ,,$(SOURCES)) | sed 's/^/-e /' > $(VENV)-lock/requirements.txt
	@$(VENV)-lock/bin/uv pip compile --quiet --upgrade --universal --python-version 3.11 \
	    --generate-hashes --no-annotate --custom-compile-command 'make lock' \
	    $(addprefix --no-emit-package ,$(NAMES)) \
	    $(VENV)-lock/requirements.txt requirements-dev.txt --output-file $(LOCK)
	@rm -rf $(VENV)-lock

wheels: setup ## build every distribution into dist/
	@rm -rf dist
	@for folder in $(RELEASED); do \
	    $(BIN)/python -m build --no-isolation --outdir dist $$folder > /dev/null || exit 1; done
	@ls dist

# With pip and the index, each in an environment of its own; tests/e2e/wheels does without.
check-wheels: wheels ## install each wheel alone in a fresh environment and import all of its modules
	@rm -rf $(VENV)-wheels && $(PYTHON) -m venv $(VENV)-wheels/twine
	@$(VENV)-wheels/twine/bin/python $(PIP) install twine
	@$(VENV)-wheels/twine/bin/twine check --strict dist/*
	@for name in $(NAMES) 'quiltops[testing]' 'quiltops[otel]' 'quiltops[yaml]' 'quiltops[fsspec]' \
	    'quiltops[query]' 'quiltops-local-registry[testing]' 'quiltops-local-registry[query]'; do \
	    folder=$(VENV)-wheels/$$(echo $$name | tr -d '[]'); \
	    extra=$$(echo $$name | sed -n 's/.*\[\(.*\)\]/\1/p'); \
	    $(PYTHON) -m venv $$folder && \
	    $$folder/bin/python $(PIP) install --find-links dist "$$name" && \
	    $$folder/bin/python -P tools/import_all.py $${name%%\[*} $$extra || exit 1; \
	done
	@rm -rf $(VENV)-wheels

# Environments of their own, with other versions than the lock has. TESTS narrows what runs.
TESTS := tests
# Generated pages show help as the locked version of click prints it; warnings of other versions than
# the locked ones are shown, and are no errors.
ANY_VERSIONS := --deselect tests/unit/docs/test_reference.py -W default
QUILT3_TESTS := tests/unit/quilt3_backend tests/integration/quilt3_backend tests/integration/parity \
    tests/integration/conformance/test_quilt3.py tests/integration/conformance/test_quilt3_folder.py

define versions # the environment's name, uv's options, further requirements
	@rm -rf $(VENV)-$(1) && $(PYTHON) -m venv $(VENV)-$(1)
	@$(VENV)-$(1)/bin/python $(PIP) install uv
	@$(VENV)-$(1)/bin/uv pip install --quiet --python $(VENV)-$(1)/bin/python $(2) $(SOURCES) \
	    $(3) -r requirements-dev.txt
endef

lowest: ## the suite with the lowest versions that the distributions declare
	$(call versions,lowest,--resolution lowest-direct)
	$(VENV)-lowest/bin/pytest -q -n auto $(TESTS) $(ANY_VERSIONS)

newest: ## the suite with the newest versions, and with pre-releases of quilt3
	$(call versions,newest,--upgrade,'quilt3>=8.1.0a3')
	$(VENV)-newest/bin/pytest -q -n auto $(TESTS) $(ANY_VERSIONS)

quilt3-oldest: ## the quilt3 backend's tests with the oldest quilt3 that is supported
	$(call versions,quilt3-oldest,,'quilt3==7.3.*')
	$(VENV)-quilt3-oldest/bin/pytest -q -n auto -W default $(QUILT3_TESTS)

# quilt-mcp, of the range that quiltops-mcp declares, brings numpy, matplotlib, pysam and much else.
MCP := $(VENV)-quilt-mcp
MCP_STAMP := $(MCP)/.installed

$(MCP_STAMP): $(addsuffix /pyproject.toml,$(RELEASED))
	@test -e $(MCP)/bin/python || $(PYTHON) -m venv $(MCP)
	@$(MCP)/bin/python $(PIP) install $(SOURCES) -e .[query] -e plugins/local_registry[query] -e integrations/quilt_mcp
	@touch $@

test-quilt-mcp: $(MCP_STAMP) ## quilt-mcp's tools on both backends, in an environment of their own
	$(MCP)/bin/pytest -q integrations/quilt_mcp

quilt-mcp-page: $(MCP_STAMP) ## call every tool of quilt-mcp and write docs/reference/quilt-mcp.md
	$(MCP)/bin/python docs/generate_quilt_mcp.py

# VERSION=1.2.3: nothing is published or tagged here; RELEASING.md says what comes next.
release: setup ## check the changelog, set VERSION, build everything and run the demo from the wheels
	@$(BIN)/python tools/release.py $(VERSION)
	@$(BIN)/python $(PIP) install --no-deps --no-build-isolation $(addprefix -e ,$(FOLDERS))
	@$(MAKE) --no-print-directory check-wheels
	@rm -rf $(VENV)-release && $(PYTHON) -m venv $(VENV)-release
	@$(VENV)-release/bin/python $(PIP) install --find-links dist 'quiltops[all]==$(VERSION)'
	@cd $(VENV)-release && bin/quiltops demo
	@rm -rf $(VENV)-release
	@echo "dist/ holds version $(VERSION); RELEASING.md says how it is published."

clean: ## remove the environments and what was built
	rm -rf $(VENV) $(VENV)-* dist site .cache

docs: setup ## build the documentation's site into site/; a broken link fails
	$(BIN)/zensical build --strict --clean

screenshots: setup ## write docs/images from what the commands print and a browser shows
	$(BIN)/python -m pip install --quiet --disable-pip-version-check 'playwright>=1.40'
	$(BIN)/python docs/screenshots.py

docs-reference: setup ## write the generated pages of docs/reference
	for generator in $(filter-out docs/generate/page.py docs/generate/python_pages.py,$(wildcard docs/generate/*.py)); do \
	    $(BIN)/python $$generator || exit 1; done

parity: setup ## run the conformance suite on both backends and write docs/parity.md
	$(BIN)/python docs/generate_parity.py

CASSETTE_TESTS := tests/integration/cassettes

record: setup ## record all cassettes anew from a local registry, then replay and check them
	rm -rf tests/cassettes
	$(BIN)/pytest -q -n auto --record-mode=rewrite $(CASSETTE_TESTS) --ignore=$(CASSETTE_TESTS)/test_recordings.py
	$(BIN)/pytest -q -n auto $(CASSETTE_TESTS)

catalog: setup ## the same tests on the real catalog of QUILT_TEST_CATALOG_URL (docs/cassettes.md)
	$(BIN)/pytest -q -m catalog $(CASSETTE_TESTS)

test-browser: setup ## a real browser on the registry's pages, the documentation, and the catalog of QUILT_TEST_CATALOG_DIR
	$(BIN)/python -m pip install --quiet --disable-pip-version-check 'playwright>=1.40' -e 'plugins/local_registry[previews]'
	$(BIN)/pytest -q tests/browser tests/integration/local_registry/test_previews.py

schemas: setup ## compare the schema states that the local registry serves with the files of DIR
	@test -n "$(DIR)" || { echo "usage: make schemas DIR=folder"; exit 2; }
	$(BIN)/python -m local_registry.graphql.coordinates "$(DIR)"
