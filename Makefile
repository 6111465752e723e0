# Two commands do everything on a fresh machine: `make demo` and `make test`.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.installed
LOCK   := requirements-dev.lock
# What the distributions were called before; a folder that has them gives them up.
FORMER := quilt-core quilt-core-quilt3 quilt-core-platform quilt-core-local-registry
LOCAL  := -e .[testing] -e packages/registry_client -e plugins/quilt3_backend -e plugins/platform_backend -e plugins/local_registry

.PHONY: demo test lint unit soak audit bench setup clean lock docs docs-reference screenshots parity record catalog test-browser schemas
setup: $(STAMP)

$(STAMP): pyproject.toml requirements-dev.txt $(LOCK) $(wildcard packages/*/pyproject.toml) $(wildcard plugins/*/pyproject.toml) $(wildcard examples/*/pyproject.toml)
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip uninstall --quiet --yes $(FORMER) 2>/dev/null
	$(BIN)/python -m pip install --quiet --disable-pip-version-check $(LOCAL) -r requirements-dev.txt -c $(LOCK)
	touch $@

demo: setup ## the main job: every backend against the local registry
	$(BIN)/quiltops demo

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

unit: setup
	$(BIN)/pytest tests/unit -q

test: lint ## everything CI runs
	$(BIN)/pytest -q -n auto

soak: setup ## long campaigns with faults on both backends, many tenants, and a lying registry
	$(BIN)/python tests/soak/campaign.py --operations 10000 --workers 16
	$(BIN)/python tests/soak/tenants.py --operations 20000 --identities 100
	QUILT_FUZZ_EXAMPLES=100000 $(BIN)/pytest -q -n auto --timeout 3600 \
	    tests/unit/fuzzing/test_lying_registry.py

audit: ## known weaknesses of the locked versions; needs the network
	rm -rf $(VENV)-audit && $(PYTHON) -m venv $(VENV)-audit
	$(VENV)-audit/bin/python -m pip install --quiet --disable-pip-version-check pip-audit
	$(VENV)-audit/bin/pip-audit --strict --no-deps --disable-pip -r $(LOCK)
	rm -rf $(VENV)-audit

bench: setup ## measure against the peers, installed beside, and write benchmarks/RESULTS.md
	$(BIN)/python benchmarks/run.py

lock: ## write the versions that development uses, from the ranges, anew
	rm -rf $(VENV)-lock && $(PYTHON) -m venv $(VENV)-lock
	$(VENV)-lock/bin/python -m pip install --quiet --disable-pip-version-check $(LOCAL) -r requirements-dev.txt
	( echo '# The versions that development uses, written by `make lock`; the distributions have ranges.'; \
	  $(VENV)-lock/bin/python -m pip freeze --exclude-editable --disable-pip-version-check ) > $(LOCK)
	rm -rf $(VENV)-lock

clean:
	rm -rf $(VENV)

docs: setup ## build the documentation's site into site/; a broken link fails
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet

screenshots: setup ## write docs/images/*.svg from what the commands print
	$(BIN)/python docs/screenshots.py

docs-reference: setup ## write the generated pages of docs/reference
	for generator in $(filter-out docs/generate/page.py,$(wildcard docs/generate/*.py)); do \
	    $(BIN)/python $$generator || exit 1; done

parity: setup ## run the conformance suite on both backends and write docs/parity.md
	$(BIN)/python docs/generate_parity.py

CASSETTE_TESTS := tests/integration/cassettes

record: setup ## record all cassettes anew from a local registry, then replay and check them
	rm -rf tests/cassettes/platform
	$(BIN)/pytest -q -n auto --record-mode=rewrite $(CASSETTE_TESTS) --ignore=$(CASSETTE_TESTS)/test_recordings.py
	$(BIN)/pytest -q -n auto $(CASSETTE_TESTS)

catalog: setup ## the same tests on the real catalog of QUILT_TEST_CATALOG_URL (docs/cassettes.md)
	$(BIN)/pytest -q -m catalog $(CASSETTE_TESTS)

test-browser: setup ## a real browser on the registry's pages, and on the built catalog of QUILT_TEST_CATALOG_DIR
	$(BIN)/python -m pip install --quiet --disable-pip-version-check 'playwright>=1.40' -e 'plugins/local_registry[previews]'
	$(BIN)/pytest -q tests/browser tests/integration/local_registry/test_previews.py

schemas: setup ## compare the schema states that the local registry serves with the files of DIR
	@test -n "$(DIR)" || { echo "usage: make schemas DIR=folder"; exit 2; }
	$(BIN)/python -m local_registry.graphql.coordinates "$(DIR)"
