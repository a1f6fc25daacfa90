# Every target works from a fresh clone: it first makes .venv and installs the locked requirements.
PYTHON ?= python3
VENV := .venv
RUN_PYTHON := $(VENV)/bin/python
# Hashes of every file of a version, so that one lock serves Linux and macOS; no address of an index.
LOCK_OPTIONS := --quiet --generate-hashes --strip-extras --allow-unsafe \
  --no-emit-index-url --no-emit-trusted-host --no-emit-find-links --no-emit-options
export PYTHONPATH := $(CURDIR):$(CURDIR)/platform
# Every process that starts would compile everything anew.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help install run login test test-browser lint audit bench messages contract styles lock clean

help: ## Say what can be asked
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1	/' | expand -t 22

install: ## Make .venv and install the locked requirements, if they changed
	@$(PYTHON) deploy/local/bootstrap.py

run: install ## Start the whole platform on this machine (PORT=8000)
	@$(RUN_PYTHON) -m deploy.local.run

login: install ## Print one-time sign-in links to the running platform, for the back office and for operators
	@echo "Back office of the demonstration city:"
	@$(RUN_PYTHON) manage.py login_link --city saran --email mairie@saran.example
	@echo "Operators:"
	@$(RUN_PYTHON) manage.py login_link --ops --email operations@territoires-resilients.example

test: install ## Run every test but those that drive Chromium (or those of ARGS="tests/onboarding -k slug")
	@$(RUN_PYTHON) -m pytest -n 3 $(or $(ARGS),-m "not browser")

test-browser: install ## Run the tests that drive Chromium
	@$(RUN_PYTHON) -m pytest -n 3 -m browser $(if $(filter tests/%,$(ARGS)),,tests/browser) $(ARGS)

lint: install ## Run every static check
	@$(RUN_PYTHON) -m deploy.local.lint

audit: install ## Look for known vulnerabilities of what production runs; write its bill of materials
	@$(RUN_PYTHON) -m deploy.local.audit

bench: install ## Print ratios against named baselines, on services of their own (wants wrk)
	@$(RUN_PYTHON) -m tests.bench $(ARGS)

messages: install ## Bring the French catalogues up to date with the code (needs gettext)
	@$(RUN_PYTHON) -m deploy.local.catalogue --extract

contract: install ## Write the descriptions of the APIs anew, after changing what they take or give
	@$(RUN_PYTHON) -m deploy.local.catalogue --compile
	@$(RUN_PYTHON) manage.py write_contracts --settings config.settings.test

styles: install ## Cut Bootstrap to the classes that pages use, after using a new one
	@$(RUN_PYTHON) -m deploy.assets.styles

lock: install ## Choose anew the versions that requirements/*.in allow (ARGS=--upgrade)
	@cd requirements && for name in base dev; do \
	  echo "Choosing the versions of $$name.txt…"; \
	  CUSTOM_COMPILE_COMMAND="make lock" ../$(RUN_PYTHON) -m piptools compile $(LOCK_OPTIONS) $(ARGS) \
	    --output-file $$name.txt $$name.in || exit 1; \
	done

clean: install ## Forget the local data, logs and caches (not .venv)
	@$(RUN_PYTHON) -m deploy.local.clean
