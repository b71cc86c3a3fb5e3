# Each target sets up what it needs. Nothing but Python 3.11 or newer is assumed.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
DEV_READY := $(VENV)/.ready-dev
SPARK_READY := $(VENV)/.ready-spark
DASHBOARD_READY := $(VENV)/.ready-dashboard

RAW ?= data/raw
DB ?= data/warehouse.duckdb
LEADS ?= 5000
DEMO := data/demo
OLIST ?= data/olist

# Small tables cost DuckDB more memory calls than work: with this, glibc keeps more small blocks at
# hand. Other systems pass it over.
MALLOC := GLIBC_TUNABLES=glibc.malloc.tcache_count=4000
# A worker per core, each with its own dbt; what runs together is told in tests/conftest.py.
PARALLEL := -n auto --maxprocesses 8 --dist loadscope --no-loadscope-reorder --durations 20

.PHONY: help demo test check lint lint-sql types pytest build fresh olist what-if spark dashboard browser prove bench clean

help:
	@echo "make demo                   simulate a company, build, train, score, publish; summary and report"
	@echo "make test                   lint, types, dbt tests, pytest"
	@echo "make check                  lint, types, the fast tests: before every commit"
	@echo "make bench                  raw files, nights against whole builds, stages, points, routing, the CRM, the model; figures into bench/results"
	@echo "make prove                  1,000 random histories: increments end as a full refresh"
	@echo "make build RAW=dir DB=file  run the pipeline on your own raw tables (ACCEPT=1: publish even if much differs)"
	@echo "make build SOURCES=file     the same with the tools listed in a YAML file: docs/sources.md"
	@echo "make fresh RAW=dir DB=file  within the day: what is new since the last build, for the leads it touches"
	@echo "make olist OLIST=dir        run the pipeline on the Olist data set"
	@echo "make what-if RULES=file     other points rules on full history, beside the published marts (DB=file CAPS=file CELLS=file)"
	@echo "make dashboard              the explorer of the published copy, in the browser (DB=file)"
	@echo "make browser                try the explorer in a real browser (needs Debian's chromium)"
	@echo "make spark                  run the models on Spark too and compare the marts row for row (needs Java 17)"

$(READY): pyproject.toml constraints.txt
	@test -d $(VENV) || $(PYTHON) -m venv $(VENV)
	@echo "Installing (a minute or two the first time) ..."
	@$(BIN)/pip install --quiet --constraint constraints.txt --editable .
	@touch $@

$(DEV_READY): pyproject.toml constraints.txt
	@test -d $(VENV) || $(PYTHON) -m venv $(VENV)
	@echo "Installing with the development tools (a minute or two the first time) ..."
	@$(BIN)/pip install --quiet --constraint constraints.txt --editable '.[dev]'
	@touch $@ $(READY)

$(SPARK_READY): pyproject.toml constraints.txt
	@test -d $(VENV) || $(PYTHON) -m venv $(VENV)
	@echo "Installing with Spark (a few minutes the first time) ..."
	@$(BIN)/pip install --quiet --constraint constraints.txt --editable '.[spark]'
	@touch $@ $(READY)

$(DASHBOARD_READY): pyproject.toml constraints.txt
	@test -d $(VENV) || $(PYTHON) -m venv $(VENV)
	@echo "Installing with the explorer (a minute or two the first time) ..."
	@$(BIN)/pip install --quiet --constraint constraints.txt --editable '.[dashboard]'
	@touch $@ $(READY)

demo: $(READY)
	@$(BIN)/lead-funnel demo --leads $(LEADS) --out $(DEMO)

olist: $(READY)
	@$(BIN)/python -m demo.olist --source $(OLIST) --out data/olist/raw
	@$(MAKE) --no-print-directory build RAW=data/olist/raw DB=data/olist/warehouse.duckdb ACCEPT=1

# dbt builds and scores with the champion there is; training may change the champion, and
# then what hangs on the scores is built again. Only a build that passed its tests is published,
# and one that lost much of what is published only with ACCEPT=1.
build: $(READY)
	@$(BIN)/lead-funnel build --raw $(RAW) --db $(DB) $(if $(TRUTH),--truth $(TRUTH)) $(if $(SOURCES),--sources $(SOURCES)) $(if $(ACCEPT),--accept-changes)

fresh: $(READY)
	@$(BIN)/lead-funnel build --fresh --raw $(RAW) --db $(DB) $(if $(SOURCES),--sources $(SOURCES))

what-if: $(READY)
	@test -n "$(RULES)" || { echo "Name a file of rules: make what-if RULES=my_rules.csv DB=$(DB)"; exit 2; }
	@$(BIN)/lead-funnel what-if $(RULES) --db $(DB) $(if $(CAPS),--caps $(CAPS)) $(if $(CELLS),--cells $(CELLS))

dashboard: $(DASHBOARD_READY)
	@$(BIN)/lead-funnel dashboard --db $(DB)

lint: lint-sql
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

# A minute on one core, so beside the tests.
types: $(DEV_READY)
	$(BIN)/mypy

pytest: $(DEV_READY)
	$(MALLOC) $(BIN)/pytest $(PARALLEL) $(if $(FAST),-m "not slow")

# Only what differs from the main branch.
lint-sql: $(DEV_READY)
	SQLFLUFF=$(BIN)/sqlfluff .ci/lint_sql

test: lint
	@$(MAKE) --no-print-directory --jobs 2 types pytest

check: lint
	@$(MAKE) --no-print-directory --jobs 2 types pytest FAST=1

# Small, because Spark takes seconds for each model whatever its size.
spark: $(SPARK_READY)
	@$(BIN)/python -m engines.spark

browser: $(DEV_READY)
	@command -v chromium > /dev/null || { echo "The explorer is tried in Debian's browser: apt-get install chromium"; exit 2; }
	@$(BIN)/pip install --quiet --constraint constraints.txt --editable '.[dev,browser]'
	$(BIN)/pytest tests/publish/test_browser.py

prove: $(DEV_READY)
	$(MALLOC) PROOF_HISTORIES=1000 FRESH_HISTORIES=20 $(BIN)/pytest tests/properties tests/pipeline/test_fresh_histories.py

bench: $(DEV_READY)
	@for leads in 5000 40000 200000; do $(BIN)/python -m bench.night --leads $$leads --compare --record || exit 1; done
	@$(BIN)/python -m bench.performance
	@for name in intake stages points routing routing_gain nights scoring training attribution truth truth_seeds; do $(BIN)/python -m bench.$$name --record || exit 1; done
	@SYNC_KILLS=50 $(BIN)/pytest -s tests/sync/test_killed.py

clean:
	rm -rf $(VENV) target logs data/demo
