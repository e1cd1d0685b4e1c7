# What a machine needs beforehand: Python 3.11 or newer with pip and venv, and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# Networks of banks and governments sign with their own certificates: trust the system's.
export UV_SYSTEM_CERTS := 1
STAMP := $(VENV)/.ready-$(shell cat pyproject.toml requirements.lock requirements-uv.lock | cksum | tr ' ' -)

.PHONY: run test test-postgres setup spark contenders lock check bench bench-city bench-real check-city check-engines clean

run: setup
	@$(BIN)/bureau demo

# A file's tests stay in one process, which makes what its files share. Files go out in the order of their names: by the
# number of their tests, as is usual, those of few and long tests would come last and leave the other cores idle.
test: setup
	@$(BIN)/pytest --numprocesses logical --maxprocesses 4 --dist loadfile --no-loadscope-reorder

# The suite of the API once more, with the databases of every served home on PostgreSQL.
test-postgres: setup
	@BUREAU_TEST_DATABASE=postgresql $(BIN)/pytest --numprocesses logical --maxprocesses 4 --dist loadfile \
		--no-loadscope-reorder -m "not postgres" tests/api

check: setup
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy

# The numbers of this machine, three quarters of an hour on two quiet cores. Less: make bench ARGUMENTS="--no-peers
# --large 200000", or parts alone: "--only audit --only billing". The ledger in full, 29 GB of disk: "--ledger 18000000".
bench: setup
	@$(BIN)/python -m tests.bench.bench $(ARGUMENTS)

# The full-size run, 4 million enterprises: hours, 50 GB of disk. Killed, it goes on. Less: ARGUMENTS="--enterprises 40000".
bench-city: setup
	@$(BIN)/python -m tests.bench.city $(ARGUMENTS)

# Whether a city of 100,000 is what its generator promises, a naive join's gain among it; the table is kept beside the
# benchmarks'. An hour, 10 GB of disk. Less: make check-city ARGUMENTS="--enterprises 2000".
check-city: setup
	@$(BIN)/python -m tests.bench.promises $(ARGUMENTS)

# The whole library by every engine, Spark among them, cell for cell on records full of edges: a quarter of an hour.
# Where Spark cannot run it ends with 2. The table is kept beside the benchmarks'.
check-engines: spark
	@$(BIN)/python -m tests.bench.engines $(ARGUMENTS)

# Our models beside others' on real outcomes: make bench-real DATA=DIR [JUDGE=DIR2] [ARGUMENTS="--set german_credit"].
bench-real: setup
	@test -n "$(DATA)" || { echo "Say where the real data is: make bench-real DATA=DIR"; exit 2; }
	@$(BIN)/bureau models bench-real --train-data "$(DATA)" $(if $(JUDGE),--data "$(JUDGE)") \
		--out tests/bench/results/real-$$(date +%F).json $(ARGUMENTS)

setup: $(STAMP)

$(STAMP):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Python 3.11 or newer is needed: run 'make PYTHON=/path/to/python3.11 setup'."; exit 2; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) \
		|| { echo "Python's venv module is missing: install your system's python3-venv package."; exit 2; }
	@echo "Installing the locked packages (half a minute, once) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-uv.lock
	@$(BIN)/uv pip sync --quiet --python $(BIN)/python --require-hashes --compile-bytecode requirements.lock requirements-uv.lock \
		|| { echo "uv cannot reach the package index; pip tries with your pip settings (some minutes) ..."; \
			$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock; }
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --compile-bytecode --editable .
	@$(BIN)/python -c 'import lightgbm' 2>/dev/null \
		|| { echo "LightGBM cannot start: install the OpenMP library with your system's package manager (Debian and Ubuntu: apt-get install libgomp1), then run make again."; exit 2; }
	@rm -f $(VENV)/.ready-* && touch $@

# The third execution of features, for cities that one machine does not hold; needs Java 17 or newer.
spark: setup
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes --no-build-isolation -r requirements-spark.lock

# Rivals and baselines of our models for bench-real and model reports: optbinning, interpret, CatBoost; 700 MB.
contenders: setup
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes -r requirements-contenders.lock

lock: setup
	@$(BIN)/uv pip compile pyproject.toml --group dev --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-emit-find-links --no-header --quiet --output-file requirements.lock
	@$(BIN)/python -c 'import tomllib; print(*tomllib.load(open("pyproject.toml", "rb"))["project"]["optional-dependencies"]["spark"])' \
		| $(BIN)/uv pip compile - --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-emit-find-links --no-header --no-annotate --quiet --output-file requirements-spark.lock
	@$(BIN)/python -c 'import tomllib; print(*tomllib.load(open("pyproject.toml", "rb"))["project"]["optional-dependencies"]["contenders"], sep="\n")' \
		| $(BIN)/uv pip compile - --constraints requirements.lock --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-emit-find-links --no-header --no-annotate --quiet --output-file requirements-contenders.lock

# The environment alone: the home (var, or what BUREAU_HOME names) holds the ledger and the keys that sign and open it.
clean:
	@rm -rf $(VENV)
