"""The benchmark runs, and writes a page and a chart in which every section stands; no figure of it is judged."""

from __future__ import annotations

import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "performance.md"
SECTIONS = [
    "Goals", "The same documents, one process", "By stage", "By length", "Documents full of one thing",
    "Twice as many patterns and names", "Batches", "Start", "Tables",
]  # fmt: skip


def benchmark(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "benchmarks.throughput", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True)


def test_benchmark_writes_every_section_into_the_page_and_the_chart_beside_it(tmp_path: Path) -> None:
    page, figures = tmp_path / "performance.md", tmp_path / "figures.json"
    page.write_text(PAGE.read_text(encoding="utf-8"), encoding="utf-8")
    ran = benchmark("--quick", "--page", str(page), "--figures", str(figures))
    assert ran.returncode == 0, ran.stderr
    text = page.read_text(encoding="utf-8")
    begin, end = text.index("<!-- benchmark: begin"), text.index("<!-- benchmark: end -->")
    block = text[begin:end]
    assert [line[4:] for line in block.splitlines() if line.startswith("### ")] == SECTIONS
    for word in ("chitieu: text in, all rows out", "`relate_targets`", "1 kB", "names of communes", "patterns: "):
        assert word in block
    before = PAGE.read_text(encoding="utf-8")
    assert text[:begin] == before[: before.index("<!-- benchmark: begin")]
    assert text[end:] == before[before.index("<!-- benchmark: end -->") :]

    chart = ET.parse(tmp_path / "images" / "performance.svg").getroot()
    assert "prefers-color-scheme: dark" in ET.tostring(chart, encoding="unicode")
    description = chart.findtext("{http://www.w3.org/2000/svg}desc") or ""
    assert description and f"![{description}](images/performance.svg)" in block

    once_more = benchmark("--from", "--page", str(page), "--figures", str(figures))
    assert once_more.returncode == 0, once_more.stderr
    assert page.read_text(encoding="utf-8") == text


def test_benchmark_names_a_folder_without_documents(tmp_path: Path) -> None:
    ran = benchmark(str(tmp_path), "--only", "stages", "--figures", str(tmp_path / "figures.json"))
    assert ran.returncode == 1
    assert "no *.txt below" in ran.stderr
