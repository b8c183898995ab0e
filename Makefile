# make install   .venv with everything in it
# make chat      install, build the index, open the page on 127.0.0.1:7860
# make test      all tests, the browser's too
# make check     format, lint, types, then the tests
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
# The version that was tested. PyPI's build for Linux brings CUDA along; see README for the smaller one.
TORCH := $(shell sed -n 's/^torch==/torch==/p' constraints.txt)

.PHONY: install chat test check browser clean

install: $(STAMP)

$(STAMP): pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "policy-qa: expected Python 3.11 or newer, found " + sys.version.split()[0] + "; name one: make install PYTHON=python3.11")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --disable-pip-version-check --quiet $(TORCH)
	$(BIN)/python -m pip install --disable-pip-version-check --quiet -c constraints.txt -e '.[dev]'
	touch $@

chat: install
	$(BIN)/policy-qa build
	$(BIN)/python app.py

browser: install
	@$(BIN)/python tests/browser.py

test: browser
	$(BIN)/python -m pytest

check: browser
	$(BIN)/ruff format --check src tests bench app.py
	$(BIN)/ruff check src tests bench app.py
	$(BIN)/mypy
	$(BIN)/python -m pytest

clean:
	rm -rf $(VENV) build dist src/*.egg-info .pytest_cache .mypy_cache .ruff_cache
