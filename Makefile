# From a fresh machine: `make run` to try it, `make test` to check it, `make help` for the rest.
# What is done already leaves a stamp in .make/, so that a second start takes a second.

PYTHON ?= python3
PORT ?= 8000
BIN := .venv/bin
UV := uv==0.13.8
PIP_AUDIT := pip-audit@2.10.1
CATALOGUES := $(wildcard translations/*/LC_MESSAGES/*.po)
SYSTEM := postgresql redis-server nginx postfix dovecot-imapd chromium firefox-esr libfribidi0 \
  fonts-noto-core fonts-noto-cjk libreoffice-calc-nogui age gnupg poppler-utils \
  wordpress mariadb-server php-cli php-mysql php-xml

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:
.PHONY: help run test system lock catalogues language bench fuzz audit

help: ## Show this list
	@sed -n 's/^\([a-z]*\):.*## /  make \1|/p' Makefile | column -t -s '|' 2>/dev/null \
	  || sed -n 's/^\([a-z]*\):.*## /  make \1: /p' Makefile

run: .make/signing .make/translations ## Try it: web server, worker and mails on this machine (PORT=8000)
	@exec $(BIN)/signing demo --port $(PORT)

test: system .make/test .make/signing .make/translations ## Run every check; stops at the first failure
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/pytest -q tests/laws/test_catalogues.py
	$(BIN)/pytest -n 2 --dist loadfile --ignore=tests/laws/test_catalogues.py

bench: .make/test .make/signing .make/translations ## Run the benchmarks; they print ratios
	$(BIN)/python -m benchmarks

fuzz: .make/test .make/signing .make/translations ## Attack every form and route (INPUTS=100000)
	SIGNING_FUZZ_INPUTS=$(or $(INPUTS),100000) $(BIN)/pytest tests/fuzz

audit: $(BIN)/uv ## Ask the index which of our pinned packages have known holes
	@$(BIN)/uvx --quiet $(PIP_AUDIT) --strict --disable-pip --require-hashes -r requirements/run.txt \
	  || { echo "Not audited, or holes were found: see above." >&2; exit 1; }

lock: $(BIN)/uv ## Pin what pyproject.toml asks for, with hashes (newer versions: FLAGS=--upgrade)
	$(BIN)/uv pip compile $(PINS) --group build -o requirements/run.txt
	$(BIN)/uv pip compile $(PINS) --group build --group test -o requirements/test.txt

PINS = pyproject.toml --quiet --universal --python-version 3.11 --generate-hashes \
  --no-header --no-emit-index-url --no-annotate $(FLAGS)

catalogues: .make/signing ## Bring translations/ up to what the code says
	$(EXTRACT)
	$(EXTRACT_STAFF)
	$(BIN)/pybabel -q update -i translations/messages.pot -d translations $(WRITTEN)
	@for one in translations/*/LC_MESSAGES/staff.po; do \
	  $(BIN)/pybabel -q update -i translations/staff.pot -o $$one -l $$(basename $${one%/LC_MESSAGES/*}) \
	    -D staff $(WRITTEN) || exit 1; done
	$(COMPILE)

language: .make/signing ## Begin a translation: make language LOCALE=eu
	@test -n "$(LOCALE)" || { echo "Which language? make language LOCALE=eu" >&2; exit 2; }
	@test ! -e translations/$(LOCALE) || { echo "translations/$(LOCALE) is there already." >&2; exit 1; }
	$(EXTRACT)
	$(BIN)/pybabel -q init -i translations/messages.pot -d translations -l $(LOCALE) -w 100
	@echo "Now fill translations/$(LOCALE)/LC_MESSAGES/messages.po, then: make test"

POT = $(BIN)/pybabel -q extract -k _l -c "Translators:" \
  --sort-by-file --add-location=file --project=Signing --version=1 -w 100 \
  --copyright-holder="the authors of Signing"
EXTRACT = $(POT) -F translations/babel.cfg -o translations/messages.pot .
EXTRACT_STAFF = $(POT) -F translations/staff.cfg -o translations/staff.pot .
COMPILE = $(BIN)/pybabel -q compile -d translations -D "messages staff"
WRITTEN = --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date -w 100

system: ## Install what tests need beyond Python (on Debian, as root)
	@missing=$$(for name in $(SYSTEM); do \
	    dpkg-query -W -f '$${Status}' $$name 2>/dev/null | grep -q ' installed' || echo $$name; done); \
	  test -n "$$missing" || exit 0; \
	  if [ "$$(id -u)" = 0 ] && grep -qs '^ID=debian' /etc/os-release; then \
	    export DEBIAN_FRONTEND=noninteractive; \
	    apt-get -qq update && apt-get -qq install --no-install-recommends $$missing; \
	  else echo "Not installed, so tests that need it are skipped:" $$missing; fi

.make/signing: .make/run pyproject.toml
	@$(BIN)/pip install --quiet --no-deps --no-build-isolation -e .
	@mkdir -p .make && touch $@

.make/run: requirements/run.txt .venv/pyvenv.cfg
	@echo "Installing what Signing runs on …"
	@$(INSTALL) -r requirements/run.txt
	@mkdir -p .make && touch $@

.make/test: requirements/test.txt .venv/pyvenv.cfg
	@echo "Installing what the tests need …"
	@$(INSTALL) -r requirements/test.txt
	@mkdir -p .make && touch $@

INSTALL = $(BIN)/pip install --quiet --disable-pip-version-check --require-hashes

.make/translations: $(CATALOGUES) | .make/signing
	@$(COMPILE)
	@mkdir -p .make && touch $@

.venv/pyvenv.cfg:
	@command -v $(PYTHON) >/dev/null \
	  || { echo "Python is missing. On Debian: apt install python3 python3-venv" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Python 3.11 or newer is needed, this is $$($(PYTHON) -V)." \
	       "Another one: make PYTHON=python3.13 …" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null \
	  || { echo "Python lacks venv. On Debian: apt install python3-venv" >&2; exit 1; }
	@mkdir -p .make
	@$(PYTHON) -m venv .venv

$(BIN)/uv: | .venv/pyvenv.cfg
	@$(BIN)/pip install --quiet $(UV)
