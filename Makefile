# Two commands do all on a fresh checkout: `make demo` and `make test`.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
# Every command and worker would compile what it imports anew, which takes longer than a small report.
unexport PYTHONDONTWRITEBYTECODE
# Modules are compiled when they are first imported: most of what torch and others bring never is.
INSTALL := $(BIN)/pip install --quiet --no-compile

.PHONY: help install system demo test test-all tests slow lint samples testset clean
help:            ## list the commands
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/'

$(VENV)/.installed: pyproject.toml
	$(PYTHON) -m venv $(VENV) || { $(AS_ROOT) && $(APT) python3-venv && $(PYTHON) -m venv --clear $(VENV); }
	$(BIN)/pip install --quiet --upgrade pip
	$(INSTALL) --editable .
	touch $@

$(VENV)/.installed-dev: $(VENV)/.installed
	$(INSTALL) ./packaging/opencv-python --editable '.[dev]'
	touch $@

install: $(VENV)/.installed      ## make the virtual environment and install Gouji into it

demo: $(VENV)/.installed         ## convert the sample archive and show the result
	$(BIN)/gouji convert 'annotations/samples/*/*.pdf' 'annotations/samples/*/*.docx' 'annotations/samples/*/*.html' \
	  -o demo-out --workers 2
	$(BIN)/gouji show demo-out

lint: $(VENV)/.installed-dev     ## ruff and strict mypy
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

test: $(VENV)/.installed-dev $(VENV)/.system  ## lint, type-check and run the fast tests, both at once
	$(MAKE) --jobs 2 lint tests

test-all: test slow              ## all of that, then the slow tests: data sets, clusters, kills, training, the browser

PYTEST := $(BIN)/pytest -n 2 --dist worksteal --durations=10

tests: $(VENV)/.installed-dev    ## run the fast tests
	$(PYTEST) -m 'not slow'

slow: $(VENV)/.installed-dev     ## run the slow tests, and every property test with all its examples
	GOUJI_TEST_EXAMPLES=all $(PYTEST) -m 'slow or hypothesis'

SYSTEM := chromium libreoffice-writer-nogui tesseract-ocr tesseract-ocr-chi-sim texlive-lang-chinese \
  fonts-noto-cjk fonts-arphic-uming fonts-arphic-ukai fonts-arphic-gbsn00lp fonts-arphic-gkai00mp fonts-lxgw-wenkai \
  fonts-wqy-microhei fonts-wqy-zenhei fonts-cns11643-sung fonts-cns11643-kai fonts-liberation fonts-crosextra-carlito \
  fonts-dejavu-core fonts-texgyre postgresql

# Programs and fonts of the system: tests that lack one are skipped and say so.
AS_ROOT := [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null
APT := DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends

system:          ## install the Debian packages for data sets, baselines and tests (as root)
	apt-get update
	$(APT) $(SYSTEM)

# Once, where it may: without root, apt-get or a network the tests run with what is there.
$(VENV)/.system: $(VENV)/.installed
	@dpkg --status $(SYSTEM) >/dev/null 2>&1 || { $(AS_ROOT) && timeout 1200 $(MAKE) system; } \
	  || echo "Some Debian packages are not installed: tests that need one are skipped (make system, as root, brings all)."
	@touch $@

testset: $(VENV)/.installed-dev  ## make the full test set in testset/ (needs make system)
	$(BIN)/python -m training.synthetic testset --split test --reports 320 --seed 7 --series 0.3

samples: $(VENV)/.installed-dev  ## rebuild the sample reports (needs Chromium and CJK fonts, see annotations/samples)
	$(BIN)/python -m training.samples

clean:                           ## remove everything that is made
	rm -rf $(VENV) demo-out .pytest_cache .mypy_cache .ruff_cache .hypothesis
