# `make` lists what there is. What takes more than a line stands in scripts/.
.DEFAULT_GOAL := help
.PHONY: help run test on-sqlite test-postgres fuzz fuzz-files bench lint clean
BIN := .venv/bin
# One more than the two cores that there always are: while one process waits for a browser or a server, another works.
JOBS ?= 3
# Each of the many processes of a test run would compile the same modules again.
on-sqlite test-postgres: export PYTHONDONTWRITEBYTECODE =

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' Makefile

run: ## set up, seed the demo story, serve Accord (PORT=8000)
	@scripts/run

test: ## set up, check the style, run every test on SQLite (ARGS="-k deck" to choose)
	@scripts/setup test
	@$(MAKE) --no-print-directory --jobs=2 lint on-sqlite

on-sqlite:
	@$(BIN)/pytest -n $(JOBS) --dist worksteal $(ARGS)

test-postgres: ## run the portable tests on a PostgreSQL that lives as long as they do
	@scripts/setup postgres
	@scripts/with-postgres $(BIN)/pytest -n $(JOBS) --dist worksteal -m portable $(ARGS)

fuzz: ## compare the engine with a plain reading of the rules on many contracts (SEED=0 COUNT=100000)
	@scripts/setup test
	@SEED=$(SEED) COUNT=$(COUNT) JOBS=$(JOBS) $(BIN)/python scripts/fuzz

fuzz-files: ## compare the reader with a plain reading of many odd workbooks and CSV files (SEED=0 COUNT=20000)
	@scripts/setup test
	@SEED=$(SEED) COUNT=$(COUNT) JOBS=$(JOBS) $(BIN)/python scripts/fuzz-files

bench: ## speed, as ratios beside a bare baseline
	@scripts/setup test
	@$(BIN)/python -m tests.bench.engine
	@$(BIN)/python -m tests.bench.uploads

lint: ## formatting, lint and types
	@scripts/setup test
	@$(BIN)/ruff format --check --quiet . || { echo "run: .venv/bin/ruff format ."; exit 1; }
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy

clean: ## remove what tests and tools leave behind; instance/ and .venv stay
	@rm -rf .pytest_cache .ruff_cache .mypy_cache .hypothesis tests/pictures
	@find . -path ./.venv -prune -o -name __pycache__ -type d -print0 | xargs -0 rm -rf
