# Two commands matter: `make run` and `make test`. Both do their own set-up.
PYTHON ?= python3
READY := .venv/.ready

.PHONY: run test test-fast demo check lint audit format bench setup chromium

run: setup
	@.venv/bin/python deploy/run.py

# Processes and browsers want the machine to themselves. What fails there is tried once more: on a machine that is short of
# breath a page may be drawn at another moment than a test's hand comes to it. What is broken fails twice.
test: test-fast chromium
	@.venv/bin/python -m pytest -m "browser or slow" || .venv/bin/python -m pytest -m "browser or slow" --last-failed

test-fast: setup lint
	@.venv/bin/python -m pytest -n auto --dist loadfile -m "not browser and not slow"

demo: setup
	@.venv/bin/python -m store demo

check: setup
	@.venv/bin/python -m store check

lint: setup
	@.venv/bin/ruff check --quiet . && .venv/bin/ruff format --check --quiet . && .venv/bin/lint-imports --no-logo >/dev/null \
		|| { echo "Style or layering is off: .venv/bin/ruff check . ; make format ; .venv/bin/lint-imports"; exit 1; }

# Known weaknesses in our code and in what it is made of. The second asks a service on the internet; without it the answer
# is missing, which is said and stops nothing.
audit: setup
	@.venv/bin/bandit --quiet --recursive --severity-level medium --configfile pyproject.toml store ingest pages deploy bench streamlit_app.py
	@sh deploy/audit.sh

format: setup
	@.venv/bin/ruff check --quiet --fix . ; .venv/bin/ruff format --quiet .

bench: setup
	@.venv/bin/python -m bench

setup: $(READY)

$(READY): requirements.txt
	@sh deploy/setup.sh $(PYTHON)
	@touch $(READY)

chromium:
	@sh deploy/chromium.sh
