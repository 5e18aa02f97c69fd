# Two commands on a fresh Debian machine: `make demo` shows what it does, `make test` shows that it works.
# `make help` lists the rest.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

PYTHON ?= python3
BIN := .venv/bin
SAMPLE := samples/connecting-communities
SYSTEM_PROGRAMS := tesseract soffice pdftoppm npm chromium
SYSTEM_PACKAGES := tesseract-ocr tesseract-ocr-eng tesseract-ocr-cym libreoffice-writer poppler-utils fonts-dejavu-core \
  npm chromium
# 2: the machine on which the tests must stay under three minutes
TEST_PROCESSES ?= 2
LOCK := $(BIN)/pip-compile --quiet --generate-hashes --allow-unsafe --strip-extras --build-deps-for wheel \
  --no-header --no-annotate --no-emit-index-url --no-emit-find-links --no-emit-trusted-host

# Compiled files are kept, whatever the environment says: tests start hundreds of processes, each of which would compile the program anew.
unexport PYTHONDONTWRITEBYTECODE

# further options of `digitise serve`: make serve OPTIONS='--port 9000'
OPTIONS ?=

.PHONY: help setup demo serve test test-all lint samples picture lock clean

help: ## Show this list.
	@sed -nE 's/^([a-z-]+):.*## (.*)/make \1|\2/p' Makefile | column -t -s '|'

setup: .venv/ready ## Create .venv with everything in it.

.venv/ready: requirements-dev.lock pyproject.toml build_tools/web/package-lock.json
	@./set-up.sh system "$(SYSTEM_PROGRAMS)" "$(SYSTEM_PACKAGES)"
	@./set-up.sh python "$(PYTHON)"
	@touch $@

demo: setup ## Make a Word report from a sample event, and say where it is.
	$(BIN)/digitise report $(SAMPLE)
	@echo "Open $(SAMPLE)/report/report.docx with Word or LibreOffice."

serve: setup ## Open the web application on this computer; Ctrl-C ends it.
	$(BIN)/digitise serve $(OPTIONS)

test: setup ## Set up, and run the fast tests.
	$(BIN)/pytest -n $(TEST_PROCESSES) --dist worksteal

test-all: setup ## Run all tests, the slow ones too.
	$(BIN)/pytest -n $(TEST_PROCESSES) --dist worksteal -m "slow or not slow"

lint: setup ## Check style and types.
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

samples: setup ## Draw the sample events again.
	$(BIN)/python samples/draw.py

picture: setup ## Make the pictures of the README and of docs again.
	@folder=$$(mktemp -d); $(BIN)/python docs/before_after.py $$folder; $(BIN)/python docs/report_pages.py $$folder; $(BIN)/python docs/web_pages.py; rm -r $$folder

lock: setup ## Choose the newest fitting versions of all packages, and write them down with their hashes.
	@for extra in "" "-dev"; do \
	  echo "# Made by 'make lock'. Exact versions with their hashes, for Python 3.11 and later on Linux." > requirements$$extra.new; \
	  $(LOCK) --upgrade $${extra:+--extra dev} --output-file .venv/lock pyproject.toml; \
	  cat .venv/lock >> requirements$$extra.new; rm .venv/lock; mv requirements$$extra.new requirements$$extra.lock; \
	done

clean: ## Remove what was made here, .venv too.
	rm -rf .venv build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
