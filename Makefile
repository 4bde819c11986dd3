# Two commands do all set-up: `make demo` and `make test`. PYTHON chooses the interpreter.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin

.PHONY: help install demo test lint bench docs clean

help:
	@echo "make demo   install, read the example lab, show runs, write runlift-demo/runs.xlsx"
	@echo "make test   install what the tests need and run them all"
	@echo "make lint   style, types, import contracts"
	@echo "make docs   write the generated pages again"
	@echo "make bench  measure beside the peers (minutes)"

$(VENV)/installed.stamp: pyproject.toml setup.py $(wildcard runlift/wire/*.c) $(wildcard runlift/wire/*.h)
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade pip
	$(BIN)/python -m pip install --disable-pip-version-check --editable .
	touch $@

$(VENV)/test.stamp: $(VENV)/installed.stamp
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --group test
	touch $@

$(VENV)/lint.stamp: $(VENV)/test.stamp
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --group lint
	touch $@

install: $(VENV)/installed.stamp

demo: $(VENV)/installed.stamp
	$(BIN)/python examples/demo.py

test: $(VENV)/test.stamp
	$(BIN)/python -m pytest $(PYTEST_ARGS)

lint: $(VENV)/lint.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/python docs/generate.py --check

docs: $(VENV)/lint.stamp
	$(BIN)/python docs/generate.py

bench: $(VENV)/test.stamp
	for b in benchmarks/*.py; do $(BIN)/python $$b || exit 1; done

clean:
	rm -rf $(VENV) build runlift.egg-info runlift-demo runlift/wire/*.so
