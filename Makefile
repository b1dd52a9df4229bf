# Two commands do everything on a fresh machine: `make demo` and `make test`.
.DEFAULT_GOAL := help
.PHONY: help demo test lint lock bench bench-detect bench-targeting bench-attribution bench-scope bench-dossiers bench-impact soak fuzz clean soak-evtx bench-evtx

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

help: ## list what can be made
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/'

$(VENV)/python: pyproject.toml requirements.lock
	@$(PYTHON) -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' \
		|| { echo 'Vigilia needs Python 3.11 or newer with venv (on Debian: apt install python3-venv).' >&2; exit 2; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade 'pip>=25.1'
	$(BIN)/python -m pip install --quiet --constraint requirements.lock --editable .
	touch $@

$(VENV)/tests: $(VENV)/python
	$(BIN)/python -m pip install --quiet --constraint requirements.lock --group test
	touch $@

demo: $(VENV)/python ## a fictional incident, written, investigated and explained
	$(BIN)/vigilia demo --folder demo --clobber

test: $(VENV)/tests lint ## lint, types, import rules and every test but the long ones
	$(BIN)/python -m pytest --numprocesses auto -m "not slow"

lint: $(VENV)/tests ## style, types and import rules
	$(BIN)/ruff check src tests bench
	$(BIN)/ruff format --check src tests bench
	$(BIN)/mypy
	$(BIN)/lint-imports

lock: $(VENV)/tests ## renew requirements.lock from pyproject.toml
	$(BIN)/python -m pip install --quiet 'uv>=0.8'
	$(BIN)/uv pip compile pyproject.toml --group test --universal --python-version 3.11 --no-header \
		--no-emit-index-url --upgrade --output-file requirements.lock

soak: $(VENV)/tests ## kill and resume at random instants; evidence of every kind; 50,000 mutated files (an hour)
	$(BIN)/python -m pytest -m slow --capture=no tests

soak-evtx: $(VENV)/tests ## thousands of damaged event logs; ten million records in flat memory (a quarter of an hour)
	PYTHONPATH=tests:. $(BIN)/python -m pytest -m slow --capture=no tests/readers/windows/test_evtx_damage.py tests/soak/test_big_evtx.py

fuzz: $(VENV)/tests ## every fuzz target for a minute
	VIGILIA_FUZZ_SECONDS=60 $(BIN)/python -m pytest --numprocesses auto tests/fuzz

bench: $(VENV)/tests ## speed of every reader, and of detection beside other scanners on the PATH
	PYTHONPATH=tests:. $(BIN)/python -m bench

bench-detect: $(VENV)/tests ## the detection part of the bench alone
	PYTHONPATH=tests:. $(BIN)/python -m bench --part detection

bench-targeting: $(VENV)/tests ## how much of what labelled searches name is found, in each language, and how fast
	PYTHONPATH=tests:. $(BIN)/python -m bench --part targeting

bench-impact: $(VENV)/tests ## what is said of data that left, on a grid of generated intrusions with exact truth (an hour)
	PYTHONPATH=tests:. $(BIN)/python -m bench.impact

bench-attribution: $(VENV)/tests ## how surely actors, countries and motives can be told, leaky figures beside honest ones
	PYTHONPATH=tests:. $(BIN)/python -m bench.attribution

bench-evtx: $(VENV)/tests ## event logs to columns beside the fastest library's JSON, on 537 MB of real chunks twice
	PYTHONPATH=tests:. $(BIN)/python -m bench.evtx

bench-scope: $(VENV)/tests ## how well scope tells intruders from staff, on generated months with exact truth
	PYTHONPATH=tests:. $(BIN)/python -m bench.scope

bench-dossiers: $(VENV)/tests ## who it was, on generated dossiers and made-up operators: how right, how calibrated, how misled
	PYTHONPATH=tests:. $(BIN)/python -m bench.dossiers

clean: ## remove what the targets above made
	rm -rf $(VENV) demo build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
