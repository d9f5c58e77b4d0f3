# What one does with this repository; `make help` lists it. Needed: make, and Python 3.11 or newer.

.DEFAULT_GOAL := help
.PHONY: help demo test test-browser lint types bench bench-publishing bench-console rate chaos screenshot lock \
	clean

VENV := .venv
PYTHON := $(VENV)/bin/python
UV := $(VENV)/bin/uv
PYTHONS := python3 python3.14 python3.13 python3.12 python3.11
NEEDED := import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))

export UV_PYTHON_DOWNLOADS := never
export UV_NO_PROGRESS := 1
export UV_SYSTEM_CERTS := 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' Makefile

demo: $(VENV)/demo ## everything, with a phone to text from (RESET=1 begins afresh, PORT=8000)
	@$(VENV)/bin/henji demo $(if $(RESET),--reset) $(if $(PORT),--port $(PORT))

test: $(VENV)/dev ## every test but those in a browser (ARGS="-k stop" for some of them)
	@$(PYTHON) -m pytest -m "not browser" $(ARGS)

test-browser: $(VENV)/browser ## the story of the README in a real browser
	@$(PYTHON) -m pytest -m browser -rs $(ARGS)

lint: $(VENV)/dev ## style
	@$(PYTHON) -m ruff check .
	@$(PYTHON) -m ruff format --check .

types: $(VENV)/dev ## types
	@$(PYTHON) -m mypy

bench: $(VENV)/dev ## how fast it is, next to a bare Flask route (ARGS="--help")
	@$(PYTHON) -m bench $(ARGS)

bench-publishing: $(VENV)/dev ## scripts published at 200 messages a second (ARGS="--help")
	@$(PYTHON) -m bench.publishing $(ARGS)

rate: $(VENV)/dev ## how fast one worker sends, and whether it keeps its pace: 4 minutes (ARGS="--help")
	@$(PYTHON) -m bench.rate $(ARGS)

bench-console: $(VENV)/dev ## how quick the console is with 5 million messages, built once (ARGS="--help")
	@$(PYTHON) -m bench.console $(ARGS)

chaos: $(VENV)/dev ## everything fails and nothing is lost: three runs, 15 minutes (ARGS="--help")
	@$(PYTHON) -m chaos $(ARGS)

screenshot: $(VENV)/browser ## the picture of the README
	@$(PYTHON) -m tests.browser.screenshot

lock: $(UV) ## newest versions within pyproject.toml, with their hashes
	@rm -f uv.lock
	@$(UV) lock --quiet
	@$(EXPORT) --extra demo --group build -o requirements.lock
	@$(EXPORT) --extra demo --group build --group dev -o requirements-dev.lock
	@$(EXPORT) --only-group browser -o requirements-browser.lock
	@rm -f uv.lock

clean: ## forget the environment and every cache (var/ stays)
	@rm -rf $(VENV) build *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
	@find . -name __pycache__ -prune -exec rm -rf {} +

# uv.lock would name the registry's hosts; these files do not.
EXPORT = $(UV) export --quiet --frozen --no-emit-project --no-header --no-annotate

# Plain pip knows more ways to reach a registry than uv, so it has the second try.
install = $(UV) pip install --quiet --compile-bytecode --python $(PYTHON) $(1) || $(PYTHON) -m pip install --quiet $(1)

# Each environment file says that the packages of a lock file are there; nothing is done twice.
$(VENV)/demo: requirements.lock pyproject.toml | $(UV)
	@echo "Installing the packages of requirements.lock ..."
	@$(call install,--require-hashes -r requirements.lock)
	@$(call install,--no-deps --no-build-isolation --editable .)
	@touch $@

$(VENV)/dev: requirements-dev.lock $(VENV)/demo
	@echo "Installing the packages of requirements-dev.lock ..."
	@$(call install,--require-hashes -r requirements-dev.lock)
	@touch $@

$(VENV)/browser: requirements-browser.lock $(VENV)/dev
	@echo "Installing the packages of requirements-browser.lock ..."
	@$(call install,--require-hashes -r requirements-browser.lock)
	@touch $@

# uv itself comes with its hash from the same lock file.
$(UV): | $(PYTHON)
	@sed -n '/^uv==/,/[^\\]$$/p' requirements.lock > $(VENV)/uv.lock
	@$(PYTHON) -m pip install --quiet --require-hashes --no-deps -r $(VENV)/uv.lock

$(PYTHON):
	@for python in $(PYTHONS); do \
		if $$python -c '$(NEEDED)' 2> /dev/null; then exec $$python -m venv --clear $(VENV); fi; \
	done; \
	echo "Henji needs Python 3.11 or newer with its venv module; none of these is: $(PYTHONS)." >&2; \
	exit 1
