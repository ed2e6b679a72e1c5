# Everything a fresh machine needs is Python 3.11 or later and make; `make` alone lists the targets.

VENV = .venv
BIN = $(VENV)/bin
PYTEST = $(BIN)/pytest -q
SOURCES = procmine apps sample_logs benchmarks docs tests
SAY = printf '\n== %s\n'
HEADLINE = import json, sys; print('-', json.load(sys.stdin)['headline'])

.NOTPARALLEL:
.PHONY: help setup system test format-check lint types floors test-fast test-slow doctest readme \
	test-long format bench demo measures wheel constraints clean

help: ## List the targets
	@sed -n 's/^\([a-z][a-z-]*\):.*## \(.*\)/\1|\2/p' Makefile | while IFS='|' read -r name text; do \
		printf '  %-14s %s\n' "$$name" "$$text"; done

setup: $(VENV)/.stamp ## Make .venv with procmine and everything its checks need

$(VENV)/.stamp: pyproject.toml constraints.txt
	@$(SAY) "Setting up $(VENV)"
	@python=; for p in python3 python3.13 python3.12 python3.11; do \
		if "$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then python=$$p; break; fi; \
	done; \
	if [ -z "$$python" ]; then \
		echo "procmine needs Python 3.11 or later, and none is on PATH: install one, then run make again." >&2; exit 1; fi; \
	if ! "$$python" -c 'import ensurepip' 2>/dev/null; then \
		echo "This Python has no venv: install it (on Debian: apt-get install python3-venv), then run make again." >&2; exit 1; fi; \
	"$$python" -m venv $(VENV)
	@$(BIN)/python -m pip install -qq --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@

system: ## Install what the browser tests and pictures use from Debian, where that is possible
	@sh .ci/system

test: setup system format-check lint types floors test-fast test-slow doctest readme ## Run all checks and tests
	@$(SAY) "All checks and tests passed"

format-check: setup ## Check the formatting
	@$(SAY) "Formatting"
	@$(BIN)/ruff format --check --quiet --diff $(SOURCES)

lint: setup ## Check the style
	@$(SAY) "Style"
	@$(BIN)/ruff check $(SOURCES)

types: setup ## Check the types
	@$(SAY) "Types"
	@PYRIGHT_PYTHON_IGNORE_WARNINGS=1 $(BIN)/pyright --pythonpath $(BIN)/python

floors: setup ## Check that imports run downward only
	@$(SAY) "Floors"
	@$(BIN)/lint-imports --no-logo

test-fast: setup ## Run the fast tests
	@$(SAY) "Fast tests"
	@$(PYTEST) -n 2 -m "not slow" --ignore=tests/test_readme.py

test-slow: setup ## Run the slow tests: browser, builds, whole real logs
	@$(SAY) "Slow tests"
	@$(PYTEST) -n 2 -m slow --ignore=tests/test_readme.py

doctest: setup ## Run the examples in the docstrings
	@$(SAY) "Examples in docstrings"
	@$(PYTEST) --doctest-modules procmine

readme: setup ## Run the README's commands and Python
	@$(SAY) "README"
	@$(PYTEST) tests/test_readme.py

test-long: setup system ## Run all tests with many more examples for the properties
	@HYPOTHESIS_PROFILE=long $(PYTEST)

format: setup ## Format the code and mend what the style checks can
	@$(BIN)/ruff check --fix --quiet $(SOURCES) || true
	@$(BIN)/ruff format $(SOURCES)

bench: setup ## Compare with peers and a bare group-by, into BENCHMARKS.md (BENCH="--large --repeat 1")
	@$(BIN)/python -m pip install -qq --disable-pip-version-check -c constraints.txt -e '.[dev,bench]'
	@$(BIN)/python -m benchmarks --output BENCHMARKS.md $(BENCH)
	@$(BIN)/python -m benchmarks.journeys
	@$(BIN)/python -m benchmarks.app

demo: setup ## Prepare the sample log, print the findings, write out/report.html, serve the app
	@mkdir -p out
	@$(SAY) "Preparing the sample log from the files of five systems"
	@$(BIN)/procmine sample broadband --output out/broadband
	@$(BIN)/procmine prepare --mapping out/broadband/mapping.toml --output out/broadband.parquet
	@$(SAY) "What it says"
	@for question in overview journeys cycle_time handoffs variants; do \
		answer=$$($(BIN)/procmine $$question out/broadband.parquet --format json) || exit $$?; \
		printf '%s' "$$answer" | $(BIN)/python -c "$(HEADLINE)" || exit $$?; \
	done
	@$(BIN)/procmine report out/broadband.parquet --output out/report.html
	@if [ -t 1 ]; then $(BIN)/procmine app out/broadband.parquet; \
	else echo "Start the app with: $(BIN)/procmine app out/broadband.parquet"; fi

measures: setup ## Write MEASURES.md and its pictures anew
	@$(BIN)/python docs/measures.py

wheel: setup ## Build the wheel and the sdist into dist/
	@$(BIN)/python -m build --outdir dist .

constraints: setup ## Choose the newest versions anew (names and versions only)
	@$(BIN)/python -m pip install -qq --disable-pip-version-check uv
	@$(BIN)/python -m uv pip compile --quiet --upgrade --no-header --no-annotate \
		--all-extras --universal --python-version 3.11 pyproject.toml --output-file constraints.txt

clean: ## Remove what the other targets made
	@rm -rf $(VENV) out dist .pytest_cache .ruff_cache .hypothesis .import_linter_cache .benchmarks
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
