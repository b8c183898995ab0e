# make install     .venv with everything in it
# make chat        install, build the index, open the page on 127.0.0.1:7860
# make test        all tests, the browser's too
# make test-long   what takes longer: the tests marked long, and faults put into the code
# make baseline    the gate's figures written anew, after a change that is meant to move them
# make check       format, lint, bandit, types (on Windows as well), then the tests
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
PYTEST := $(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder
PIP := $(BIN)/python -m pip install --disable-pip-version-check --quiet -c constraints.txt
# PyPI's torch for Linux brings several GB of CUDA that nothing here uses; here lies the build without.
TORCH_INDEX ?= https://download.pytorch.org/whl/cpu
REACHED := import sys, urllib.request; urllib.request.urlopen(sys.argv[1] + "/torch/", timeout=5)

.PHONY: install chat test test-long baseline check browser clean

install: $(STAMP)

$(STAMP): pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "policy-qa: expected Python 3.11 or newer, found " + sys.version.split()[0] + "; name one: make install PYTHON=python3.11")'
	$(PYTHON) -m venv $(VENV)
	@if $(PYTHON) -c '$(REACHED)' '$(TORCH_INDEX)' 2>/dev/null; \
	then echo 'torch from $(TORCH_INDEX)'; $(PIP) --extra-index-url '$(TORCH_INDEX)' torch; \
	else echo 'torch from where pip looks'; $(PIP) torch; fi
	$(PIP) -e '.[dev]'
	touch $@

chat: install
	$(BIN)/policy-qa build
	$(BIN)/python app.py

browser: install
	@$(BIN)/python tests/browser.py

test: browser
	$(PYTEST)

test-long: browser
	$(PIP) -e '.[mutants]'
	$(BIN)/python -m pytest -m long
	$(BIN)/python bench/mutants.py --seed 20261126 --count 60 --fail-under .85

baseline: install
	$(BIN)/policy-qa build
	$(BIN)/policy-qa eval eval/gate/questions.jsonl --corpus eval/gate/corpus --corpus corpus --rows eval/gate/baseline.jsonl
	$(BIN)/policy-qa eval --split fit --rows eval/baseline.jsonl

check: browser
	$(BIN)/ruff format --check src tests bench app.py
	$(BIN)/ruff check src tests bench app.py
	$(BIN)/bandit -q -c pyproject.toml -r src app.py
	$(BIN)/mypy
	$(BIN)/mypy --platform win32
	$(PYTEST)

clean:
	rm -rf $(VENV) build dist src/*.egg-info .pytest_cache .mypy_cache .ruff_cache
