# make run     extract the corpus into outputs/ and print the summary
# make test    lint, types, tests
# make outputs rewrite the committed CSV tables of outputs/ after a change of rules (look at `git diff outputs/` then)
# make recipes run the recipes of docs/cluster.md (Spark, Ray, S3: two gigabytes, some minutes, and Java)
# make benchmark  measure what extraction costs, beside other libraries, and write docs/performance.md and its chart (a
#              quarter of an hour on a machine that does nothing else; FOLDERS="…" for other documents)
# make screenshots  take the README's pictures anew (chromium)
# make docs    build the documentation site into build/site
# make clean   remove .venv and what tools left behind
#
# Python >= 3.11 and make are all that is needed; the first call makes .venv.

PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	"$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$python" && break; done)
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check install -qq --constraint constraints.txt

.PHONY: run test outputs recipes benchmark screenshots docs clean
.DELETE_ON_ERROR:

run: .venv/run.stamp
	$(BIN)/chitieu run corpus/documents --out outputs

outputs: .venv/run.stamp
	$(BIN)/chitieu run corpus/documents --out outputs --format csv --prune

test: .venv/test.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check --quiet .
	$(BIN)/mypy
	$(BIN)/pytest -n 2 --dist loadfile -m "not alone"
	$(BIN)/pytest -m alone

# The package is installed in place: a changed rule or module needs no new install, a changed dependency does.
.venv/run.stamp: pyproject.toml constraints.txt
	@test -n "$(PYTHON)" || { echo "chitieu needs Python 3.11 or newer: install it, or name it: make PYTHON=/path/to/python" >&2; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(PIP) --editable .
	@touch $@

.venv/test.stamp: .venv/run.stamp
	$(PIP) --editable '.[pdf,ocr,legacy,xlsx,duckdb,watch,postgres,pandera,dask,review,docs,test]'
	@touch $@

# An environment of its own: Spark wants an older pandas than the rest.
recipes:
	test -x build/recipes/bin/python || $(PYTHON) -m venv build/recipes
	build/recipes/bin/python -m pip --disable-pip-version-check install -qq -r tests/recipes/requirements.txt --editable '.[dask]'
	build/recipes/bin/pytest tests/recipes

# An environment of its own: the libraries it compares with are of no other use here.
benchmark:
	test -x build/benchmark/bin/python || $(PYTHON) -m venv build/benchmark
	build/benchmark/bin/python -m pip --disable-pip-version-check install -qq --constraint constraints.txt -r benchmarks/requirements.txt --editable '.[postgres]'
	build/benchmark/bin/python -m benchmarks.throughput $(FOLDERS)

screenshots: .venv/test.stamp
	$(BIN)/python -m benchmarks.screenshots

docs: .venv/test.stamp
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict # not --quiet: it would hide the warnings from --strict

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis build dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
