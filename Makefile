# Everything a newcomer types. `make` alone says what there is.
#
#   TAKT_HOME   where the demo keeps its database and demo.env     (default .takt)
#   TAKT_PORT   where the demo listens                             (default 8080)
#   TAKT_VENV   where the virtual environment lies                 (default .venv)
#   PYTHON      which Python makes it                              (default: the first that is 3.11 or later)

PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
TAKT_VENV ?= .venv
BIN = $(TAKT_VENV)/bin
ARGS ?=

export TAKT_VENV

# Every process that tests and demos start finds its modules compiled: beside the packages, never in the tree.
export PYTHONPYCACHEPREFIX = $(abspath $(TAKT_VENV))/bytecode
export PYTHONDONTWRITEBYTECODE =

.DEFAULT_GOAL := help
.PHONY: help demo test fast mutants check fmt bench lock clean python demo-env develop-env

help: ## say what there is
	@grep -E '^[a-z]+:.*## ' Makefile | sed -E 's/:.*## /\t/' | while IFS="$$(printf '\t')" read -r name about; do \
		printf '  make %-8s %s\n' "$$name" "$$about"; done

demo: demo-env ## run the demo world on http://127.0.0.1:8080 (TAKT_PORT, TAKT_HOME)
	@$(BIN)/takt demo

test: develop-env ## run all tests, in three processes; ARGS go to pytest, as in: make test ARGS="-k window"
	$(BIN)/python -m pytest --numprocesses 3 --dist loadfile --no-loadscope-reorder $(ARGS)

fast: develop-env ## run the tests of the pure parts, in seconds
	$(BIN)/python -m pytest -q tests/core tests/wire $(ARGS)

mutants: develop-env ## show which small faults in the money core no test notices; ARGS="ledger rating" names modules
	PYTHONHASHSEED=0 $(BIN)/python -m tools.mutants $(ARGS)

check: develop-env ## format, lint, types, import directions, our own rules
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/python tools/tidy.py
	$(BIN)/python tools/compatibility.py --check

fmt: develop-env ## format, and mend what can be mended by itself
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: develop-env ## run the benchmarks, each with a baseline beside it; ARGS name some of them
	$(BIN)/python -m bench $(ARGS)

lock: ## lock the dependencies anew, with hashes (needs uv)
	uv pip compile pyproject.toml --group build $(LOCKING) -o requirements.txt
	uv pip compile pyproject.toml --group build --group dev $(LOCKING) -c requirements.txt -o requirements-dev.txt

LOCKING = --universal --python-version 3.11 --generate-hashes --upgrade --quiet \
	--no-header --no-emit-index-url --no-emit-find-links

clean: ## remove the virtual environment and all caches; databases stay
	rm -rf $(TAKT_VENV) $(TAKT_VENV).lock .mypy_cache .ruff_cache .hypothesis .import_linter_cache .ci/out
	find takt tests tools bench -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true

python:
	@if [ -z "$(PYTHON)" ]; then \
		echo "Takt needs Python 3.11 or later. Here: $$(python3 --version 2>&1 || echo none)."; \
		echo "Install a newer one (python3.11 to python3.14 are found by name), or say PYTHON=/path/to/python3."; \
		exit 1; fi

demo-env: python
	@$(PYTHON) tools/environment.py demo

develop-env: python
	@$(PYTHON) tools/environment.py develop
