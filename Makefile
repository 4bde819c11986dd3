# Two commands do all set-up: `make demo` and `make test`. PYTHON chooses the interpreter.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
LOWEST := tests/store tests/ingest tests/tables tests/exporters tests/answers

.PHONY: help install demo test lowest lint bench docs frontend clean

help:
	@echo "make demo   install, read the example lab, show runs, write runlift-demo/runs.xlsx"
	@echo "make test   install what the tests need and run them all"
	@echo "make lowest   test store, tables and answers with the oldest releases that pyproject.toml allows"
	@echo "make lint   style, types, import contracts"
	@echo "make frontend   build the front end again (needs Node)"
	@echo "make docs   write the generated pages again"
	@echo "make bench  measure beside the peers (minutes)"

$(VENV)/installed.stamp: pyproject.toml setup.py $(wildcard runlift/wire/*.c) $(wildcard runlift/wire/*.h)
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade pip
	$(BIN)/python -m pip install --disable-pip-version-check --editable .
	touch $@

$(VENV)/test.stamp: $(VENV)/installed.stamp
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --group test
	@missing=""; command -v chromium chromium-browser google-chrome >/dev/null || missing="chromium"; \
	command -v firefox-esr firefox >/dev/null || missing="$$missing firefox-esr"; \
	if [ -n "$$missing" ]; then if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; \
	then apt-get update -qq && apt-get install -y -qq $$missing >/dev/null; \
	else echo "Not here: $$missing. The tests in that browser are skipped."; fi; fi
	touch $@

$(VENV)/lint.stamp: $(VENV)/test.stamp
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --group lint
	touch $@

install: $(VENV)/installed.stamp

demo: $(VENV)/installed.stamp
	$(BIN)/python examples/demo.py

test: $(VENV)/test.stamp
	$(BIN)/python -m pytest $(PYTEST_ARGS)

lowest: $(VENV)/test.stamp
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv
	$(BIN)/uv venv --quiet --clear --python $(BIN)/python $(VENV)/lowest
	$(BIN)/uv pip install --quiet --python $(VENV)/lowest --resolution lowest-direct --requirements pyproject.toml
	$(BIN)/uv pip install --quiet --python $(VENV)/lowest pytest hypothesis scikit-learn tensorboardX
	$(VENV)/lowest/bin/python -m pytest --quiet -p no:cacheprovider $(LOWEST)

lint: $(VENV)/lint.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/python docs/generate.py --check
	@if command -v npm >/dev/null; then $(MAKE) --no-print-directory frontend && git diff --exit-code --stat -- runlift/web/static; \
	else echo "npm is not here: that the built front end is that of its source was not checked."; fi

frontend:
	cd frontend && npm ci --silent --no-audit --no-fund && npm run --silent check && npm run --silent build && npm test --silent

docs: $(VENV)/lint.stamp
	$(BIN)/python docs/generate.py

bench: $(VENV)/test.stamp
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --group bench
	for b in benchmarks/*.py; do $(BIN)/python $$b || exit 1; done

clean:
	rm -rf $(VENV) build runlift.egg-info runlift-demo runlift/wire/*.so
