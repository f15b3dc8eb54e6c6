"""The wheel: what an installed ``chitieu`` has with it."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel's files as they lie after an install."""
    built = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(built)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    place = tmp_path_factory.mktemp("site")
    with zipfile.ZipFile(next(built.glob("chitieu-*.whl"))) as wheel:
        wheel.extractall(place)
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
