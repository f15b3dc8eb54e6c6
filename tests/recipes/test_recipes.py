"""The recipes of docs/cluster.md, run as they stand there.

Spark, Ray and an S3 server weigh gigabytes, so they have a venv of their own, and `make test` leaves them out:

    make recipes
"""

from __future__ import annotations

import logging
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pyarrow.dataset as ds
import pytest
import s3fs
from distributed import LocalCluster
from moto.server import ThreadedMotoServer

from extractor import extract_files
from extractor.tables.frames import to_frames
from extractor.tables.schema import TABLES, TARGETS
from extractor.tables.writing import arrow_schema, csv_bytes

ROOT = Path(__file__).parent.parent.parent
CORPUS = ROOT / "corpus" / "documents"
_BLOCK = re.compile(r"^```python\n# recipe: ([^\n]+)\n(.*?)^```$", re.M | re.S)
RECIPES = dict(_BLOCK.findall((ROOT / "docs" / "cluster.md").read_text(encoding="utf-8")))
ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_DEFAULT_REGION": "us-east-1",
    "NO_PROXY": "127.0.0.1",
    "RAY_USAGE_STATS_ENABLED": "0",
    "SPARK_LOCAL_IP": "127.0.0.1",
    "PYSPARK_PYTHON": sys.executable,
}


@pytest.fixture(scope="module", autouse=True)
def store() -> Iterator[s3fs.S3FileSystem]:
    """An S3 server on this machine, with the corpus as ``s3://plans/2021``."""
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    before = dict(os.environ)
    os.environ.update(ENVIRONMENT, AWS_ENDPOINT_URL=f"http://{host}:{port}", PYTHONPATH=str(ROOT))
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    found = s3fs.S3FileSystem()
    found.mkdir("plans")
    for path in CORPUS.glob("*.txt"):
        found.put_file(str(path), f"plans/2021/{path.name}")
    yield found
    server.stop()
    os.environ.clear()
    os.environ.update(before)


@pytest.fixture(scope="module")
def expected() -> pd.DataFrame:
    return to_frames(extract_files([CORPUS]))["targets"]


def run(recipe: str, folder: Path, **changes: str) -> str:
    """Run a recipe as the program it is, with what it names for what is here."""
    code = RECIPES[recipe]
    for old, new in changes.items():
        assert CHANGES[old] in code
        code = code.replace(CHANGES[old], new)
    program = folder / "recipe.py"
    program.write_text(code, encoding="utf-8")
    done = subprocess.run([sys.executable, str(program)], capture_output=True, text=True, check=False, cwd=folder)
    assert done.returncode == 0, done.stderr[-5000:]
    return done.stdout


# What a recipe names, and the machine of the test has elsewhere.
CHANGES = {"scheduler": "tcp://scheduler:8786", "s3a": "s3a://plans", "many": "repartition(64)"}


def same(found: pd.DataFrame, expected: pd.DataFrame) -> None:
    """The same rows in whatever order, with the names and the kinds of types of the schema."""
    order = ["doc_id", "start", "target_id"]
    mine = found.sort_values(order, ignore_index=True)
    theirs = expected.sort_values(order, ignore_index=True)
    assert mine.columns.tolist() == theirs.columns.tolist()
    pd.testing.assert_frame_equal(mine.astype(theirs.dtypes.to_dict()), theirs)


def test_every_recipe_is_tested() -> None:
    assert list(RECIPES) == ["dask", "spark", "ray", "dask data frame"]


def test_dask(store: s3fs.S3FileSystem, tmp_path: Path) -> None:
    with LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address="127.0.0.1:0", silence_logs=logging.CRITICAL
    ) as two:
        said = [run("dask", tmp_path, scheduler=two.scheduler_address) for _ in range(2)]
    assert said[0].startswith("{'ok': 5, 'partial': 0, 'failed': 0, 'skipped': 0}")
    assert said[0].endswith("before: 0\n") and said[1].endswith("before: 1\n")
    store.invalidate_cache()
    extractions = list(extract_files([CORPUS]))
    for table in TABLES:
        assert store.cat(f"plans/tables/{table.name}.csv") == csv_bytes(table, extractions)
        found = ds.dataset(f"plans/tables/{table.name}", filesystem=store, format="parquet")
        assert found.schema.equals(arrow_schema(table))


def test_spark(tmp_path: Path, expected: pd.DataFrame) -> None:
    # Spark's own S3 client is a Java archive from elsewhere: here it reads and writes a disk.
    (tmp_path / "2021").symlink_to(CORPUS)
    run("spark", tmp_path, s3a=f"file://{tmp_path}", many="repartition(2)")
    found = ds.dataset(tmp_path / "spark-targets", format="parquet").to_table()
    assert [str(field.type) for field in found.schema] == [str(field.type) for field in arrow_schema(TARGETS)]
    same(found.to_pandas(), expected)


def test_ray(store: s3fs.S3FileSystem, tmp_path: Path, expected: pd.DataFrame) -> None:
    run("ray", tmp_path)
    store.invalidate_cache()
    same(ds.dataset("plans/ray-targets", filesystem=store, format="parquet").to_table().to_pandas(), expected)


def test_dask_data_frame(store: s3fs.S3FileSystem, tmp_path: Path, expected: pd.DataFrame) -> None:
    paths = sorted(CORPUS.glob("*.txt"))
    texts = [path.read_bytes().decode("utf-8-sig") for path in paths]
    pd.DataFrame({"source": [path.name for path in paths], "text": texts}).to_parquet("s3://plans/texts.parquet")
    run("dask data frame", tmp_path)
    store.invalidate_cache()
    found = ds.dataset("plans/dask-targets", filesystem=store, format="parquet").to_table().to_pandas()
    same(found[expected.columns.tolist()], expected)
