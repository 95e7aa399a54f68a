# The two commands of the README are `make study` and `make test`; both set everything up first.
# Needs only Python 3.11 or 3.12 with pip, and make. Another interpreter: make PYTHON=python3.12 study

PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

# One thread for linear algebra: trials, not matrix products, are what runs side by side.
export OPENBLAS_NUM_THREADS = 1
export OMP_NUM_THREADS = 1
export MKL_NUM_THREADS = 1
export NUMBA_NUM_THREADS = 1

SPECS := spec-edge-inference spec-always-on spec-smallest-energy

.PHONY: $(SPECS) study test test-slow check smoke cluster bench lock setup clean

study: $(READY)   ## optimisation study of an MTJ learning network on MNIST, ends with a Pareto front
	$(BIN)/dse run quickstart -j 2

$(SPECS): spec-%: $(READY)   ## a use case again: search, specification, verification
	$(BIN)/dse run $* -j 1   # one at a time: designs are asked for in the same order
	$(BIN)/dse export $* -j 2
	$(BIN)/dse verify runs/$*/spec-recommended.json -j 2

test: $(READY)    ## the test suite
	$(BIN)/pytest -n 2 --dist loadfile -m "not slow"

test-slow: $(READY)
	$(BIN)/pytest -m slow

check: $(READY)   ## style, types, import contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

smoke: $(READY)
	$(BIN)/dse run smoke -j 2 --storage "$$(mktemp -d)/smoke.db"

cluster: $(READY) ## workers on a PostgreSQL server of their own; skipped where there is no initdb
	$(BIN)/pytest tests/dse/test_cluster_postgres.py

bench: $(READY)   ## every claim of docs/benchmarks.md, measured on this machine
	$(BIN)/python -m benchmarks

setup: $(READY)

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; v = sys.version_info[:2]; sys.exit(0 if v in [(3, 11), (3, 12)] else \
	  f"mtj-dse needs Python 3.11 or 3.12, but $(PYTHON) is {v[0]}.{v[1]}; try: make PYTHON=python3.12 ...")'
	$(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $(READY)

lock:             ## resolve requirements.lock again (needs uv: pip install uv)
	uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 \
	  --generate-hashes --no-header -o requirements.lock

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache build *.egg-info
