# Paydesk: everything that a person runs. Needs Python 3.11 or newer and make; nothing else.

PYTHON ?= $(shell for p in python3 python3.11 python3.12 python3.13 python3.14 python; do \
	if $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then echo $$p; break; fi; done)
PY = .venv/bin/python
WORKERS ?= 2

.DEFAULT_GOAL := help
.PHONY: help up test check bench soak lock messages environment

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/make \1\t\2/p' Makefile | expand -t 20

environment: ## the virtual environment, from the hash-checked lock
	@$(if $(PYTHON),,$(error Python 3.11 or newer was not found: install it, or name it: make PYTHON=/path/to/python3.11))$(PYTHON) tools/environment.py

up: environment ## start everything: database, demo data, web, worker (PAYDESK_PORT=8000)
	@$(PY) -m paydesk up

test: environment ## every test, browser included
	@$(PY) -m tools.browser
	@$(PY) -m pytest -n $(WORKERS) --durations=25

check: environment ## before each commit: lint, types, contracts, tidy, fast tests
	@$(PY) -m tools.check

bench: environment ## measured comparisons: make bench, or make bench NAME=ledger
	@$(PY) -m bench $(NAME)

soak: environment ## the long form of the fault and load tests
	@PAYDESK_TEST_SOAK=1 $(PY) -m pytest -m soak --durations=25

lock: environment ## pin the dependencies again (needs uv)
	@for part in app dev; do uv pip compile -q --generate-hashes --no-emit-index-url --no-header \
		requirements/$$part.in -o requirements/$$part.txt || exit 1; done

messages: environment ## collect texts from code and templates into each app's English catalogue
	@$(PY) -m tools.messages
