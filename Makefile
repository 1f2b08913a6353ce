# Two commands for a stranger: `make report` and `make test`. Each makes its own environment first.
PYTHON ?= $(shell command -v python3.11 || command -v python3.12 || command -v python3)
VENV ?= .venv
BIN := $(VENV)/bin

.PHONY: report test check format constraints clean

report: $(VENV)/.ready
	@$(BIN)/litmine run

test: $(VENV)/.ready-dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python -m pytest

format: $(VENV)/.ready-dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

$(VENV)/.ready: constraints.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 12))' || \
		{ echo "litmine needs Python 3.11 or 3.12: make $(MAKECMDGOALS) PYTHON=/path/to/python3.11" >&2; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing what litmine needs into $(VENV) (once, about two minutes) ..." >&2
	@$(BIN)/python -m pip install -q --disable-pip-version-check -c constraints.txt -e .
	@touch $@

$(VENV)/.ready-dev: $(VENV)/.ready
	@$(BIN)/python -m pip install -q --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@

constraints: # pin what a fresh environment resolves to today
	@rm -rf build/constraints && $(PYTHON) -m venv build/constraints
	@build/constraints/bin/python -m pip install -q --disable-pip-version-check -e '.[dev]' $(shell grep '^torch==' constraints.txt)
	@build/constraints/bin/python -m pip freeze --all --exclude-editable \
		| sed -e 's/+.*//' -e '/ @ /d' -e '/^-e/d' -e '/^pip==/d' -e '/^litmine==/d' > constraints.new && mv constraints.new constraints.txt
	@rm -rf build/constraints

clean:
	rm -rf $(VENV) build dist reports indexes/her2_resistance *.egg-info
