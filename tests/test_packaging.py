"""The wheel: what an installed ``chitieu`` has with it, and that it installs and works with every Python there is."""

from __future__ import annotations

import csv
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


def _pythons() -> dict[tuple[int, int], list[Path]]:
    """Version → the programs of that name, of all versions that chitieu is for; always with the one that runs this."""
    metadata = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    oldest = int(re.findall(r'requires-python = ">=3\.(\d+)"', metadata)[0])
    folders = [Path(folder) for folder in os.get_exec_path()] + sorted(Path.home().glob(".pyenv/versions/*/bin"))
    found = {sys.version_info[:2]: [Path(sys.executable)]}
    for path in (path for folder in folders if folder.is_dir() for path in folder.iterdir()):
        name = re.fullmatch(r"python3\.(\d+)(?:\.exe)?", path.name)
        if name and int(name[1]) >= oldest:
            found.setdefault((3, int(name[1])), []).append(path)
    return dict(sorted(found.items()))


PYTHONS = _pythons()


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    built = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(built)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return next(built.glob("chitieu-*.whl"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel's files as they lie after an install."""
    place = tmp_path_factory.mktemp("site")
    with zipfile.ZipFile(wheel) as files:
        files.extractall(place)
    return place


def files_below(folder: Path) -> set[str]:
    return {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def test_wheel_carries_the_patterns_and_nothing_beside_the_package(installed: Path) -> None:
    shipped = files_below(installed / "extractor" / "_patterns")
    assert shipped == files_below(ROOT / "patterns")
    assert any(name.endswith(".yaml") for name in shipped)
    assert (installed / "extractor" / "py.typed").exists()
    assert (installed / "extractor" / "messages.yaml").exists()
    assert [path.name for path in installed.iterdir() if not path.name.endswith(".dist-info")] == ["extractor"]


def test_installed_package_finds_its_own_patterns(installed: Path, tmp_path: Path) -> None:
    plan = tmp_path / "plan.txt"
    plan.write_text("KẾ HOẠCH\n\nI. MỤC TIÊU\n\n- Phấn đấu có thêm 04 xã đạt chuẩn nông thôn mới.\n", encoding="utf-8")
    code = (
        "import sys, runpy; from extractor.patterns import load; print(load().folder)\n"
        f"sys.argv = ['chitieu', 'run', {str(plan)!r}, '--out', 'out', '--format', 'csv', '--lang', 'vi']\n"
        "runpy.run_module('extractor', run_name='__main__')"
    )
    # From elsewhere and first on the path: the unpacked wheel is what is imported, not the checkout.
    done = subprocess.run(
        [sys.executable, "-P", "-c", f"import sys; sys.path.insert(0, {str(installed)!r})\n{code}"],
        cwd=tmp_path,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.stdout.splitlines()[0] == str((installed / "extractor" / "_patterns").resolve()), done.stderr
    assert "Văn bản    1 đã đọc" in done.stdout


def test_spacy_finds_the_components_of_the_installed_package(installed: Path, tmp_path: Path) -> None:
    code = (
        f"import sys; sys.path.insert(0, {str(installed)!r})\n"
        "import spacy\n"
        "assert not any(name.startswith('extractor') for name in sys.modules)\n"
        "nlp = spacy.blank('vi', config={'nlp': {'tokenizer': {'@tokenizers': 'chitieu_tokenizer'}}})\n"
        "nlp.add_pipe('chitieu')\n"
        "doc = nlp('Phấn đấu có thêm 04 xã đạt chuẩn nông thôn mới.')\n"
        "print([(span.text, span.label_, str(span._.value)) for span in doc.spans['targets']])\n"
        "print(spacy.registry.displacy_colors.get_all()['chitieu']['TARGET'])\n"
        "import extractor; print(extractor.__file__)"
    )
    done = subprocess.run(
        [sys.executable, "-P", "-c", code], cwd=tmp_path, capture_output=True, encoding="utf-8", check=False
    )
    spans, color, home = done.stdout.splitlines() or [done.stderr, "", ""]
    assert "'TARGET', '4'" in spans, done.stderr
    assert color.startswith("#")
    assert Path(home).is_relative_to(installed)


# --- installed, with nothing but what it asks for


@pytest.fixture(scope="module", params=PYTHONS.values(), ids=[f"{major}.{minor}" for major, minor in PYTHONS])
def environment(request: pytest.FixtureRequest, wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs of a new environment of one Python, which has the wheel and what it asks for, as pinned."""
    place = tmp_path_factory.mktemp("environment")
    if not any(_makes_environment(python, place) for python in request.param):
        assert Path(sys.executable) not in request.param, "no environment of the Python that runs the tests"
        pytest.skip(f"none of these makes environments: {', '.join(map(str, request.param))}")
    programs = place / ("Scripts" if os.name == "nt" else "bin")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", str(programs / "python")]
    pinned = ["--only-binary", ":all:", "--constraint", str(ROOT / "constraints.txt")]
    # Not compiled before they are imported: most of what comes along never is.
    _run([*pip, "install", "-qq", "--no-compile", *pinned, str(wheel)], place)
    return programs


def _makes_environment(python: Path, place: Path) -> bool:
    """Whether a program is a Python (pyenv has stand-ins for those that are not chosen) that can make one."""
    command = [str(python), "-m", "venv", "--without-pip", "--clear", str(place)]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def _run(command: list[str], folder: Path, **variables: str) -> str:
    """What a program prints, far from the checkout and its environment."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))}
    done = subprocess.run(
        command, cwd=folder, env={**kept, **variables}, capture_output=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_python_that_runs_the_tests_is_among_those_tried() -> None:
    assert Path(sys.executable) in PYTHONS[sys.version_info[:2]]


def test_installed_command_works(environment: Path, tmp_path: Path) -> None:
    """Version, a run of two plans into CSV and Parquet, and every example of the patterns."""
    plans = tmp_path / "plans"
    plans.mkdir()
    sentence = "- Phấn đấu có thêm {} xã đạt chuẩn nông thôn mới trước 30/11/2023, giao Sở Y tế chủ trì.\n"
    for number in (4, 5):
        (plans / f"{number}.txt").write_text(f"KẾ HOẠCH\n\n{sentence.format(number)}", encoding="utf-8")
    chitieu = str(environment / "chitieu")
    assert re.fullmatch(r"chitieu \d+\.\d+\.\d+\S*\n", _run([chitieu, "--version"], tmp_path))
    _run([chitieu, "run", "plans", "--out", "out", "--format", "csv", "--format", "parquet", "--jobs", "2"], tmp_path)
    with (tmp_path / "out" / "targets.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["value"], row["unit"], row["due_date"]) for row in rows] == [
        ("4", "xã", "2023-11-30"),
        ("5", "xã", "2023-11-30"),
    ]
    code = "import pandas; print(pandas.read_parquet('out/targets.parquet')['quote'].tolist())"
    quotes = [row["quote"] for row in rows]
    assert _run([str(environment / "python"), "-c", code], tmp_path).strip() == str(quotes)
    assert ", 0 fail" in _run([chitieu, "patterns", "test", "--lang", "en"], tmp_path)


def test_installed_package_is_complete(environment: Path, tmp_path: Path) -> None:
    """spaCy finds it, ``extract`` gives rows and frames, and nothing that it asks for is missing or too old."""
    code = (
        "import spacy, sys\n"
        "nlp = spacy.blank('vi', config={'nlp': {'tokenizer': {'@tokenizers': 'chitieu_tokenizer'}}})\n"
        "nlp.add_pipe('chitieu')\n"
        "doc = nlp('Phấn đấu có thêm 04 xã đạt chuẩn nông thôn mới.')\n"
        "print([(span.text, str(span._.value)) for span in doc.spans['targets']])\n"
        "import extractor\n"
        "print(len(extractor.extract(doc.text).to_pandas()['targets']), extractor.__file__.startswith(sys.prefix))"
    )
    python = str(environment / "python")
    assert _run([python, "-c", code], tmp_path).splitlines() == ["[('04 xã đạt chuẩn nông thôn mới', '4')]", "1 True"]
    _run([sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", python, "check"], tmp_path)
