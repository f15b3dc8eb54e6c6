"""The documentation site: it builds without a warning, asks nothing of the network, and its links hold in the repository."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGES = [
    *(ROOT / name for name in ("README.md", "README.vi.md", "CONTRIBUTING.md", "CHANGELOG.md")),
    ROOT / "patterns" / "gazetteer" / "SOURCES.md",
    *sorted((ROOT / "docs").glob("*.md")),
]


def _prose(page: Path) -> str:
    return re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.S | re.M)


def _anchors(page: Path) -> set[str]:
    titles = re.findall(r"^#+ +(.*)$", _prose(page), re.M)
    return {re.sub(r"[^\w\- ]", "", title.lower()).strip().replace(" ", "-") for title in titles}


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_links_of_the_pages_hold_in_the_repository(page: Path) -> None:
    for link in re.findall(r"(?<!\\)\]\(([^()\s]+)\)", _prose(page)):
        if "://" in link:
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.is_file(), f"{page.name}: {link}"
        assert not anchor or anchor in _anchors(target), f"{page.name}: {link}"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("mkdocstrings", reason="the site needs the extra [docs]")
    pytest.importorskip("material", reason="the site needs the extra [docs]")
    out = tmp_path_factory.mktemp("site")
    # any connection goes to a proxy that is not there; with --quiet the build would not see its own warnings
    nowhere = dict.fromkeys(
        ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"), "http://127.0.0.1:9"
    )
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(out)],
        cwd=ROOT,
        env={**os.environ, **nowhere, "NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return out


def test_the_site_has_every_page(site: Path) -> None:
    names = {("index" if page.name == "README.md" else page.stem) + ".html" for page in PAGES}
    assert names <= {path.name for path in site.glob("*.html")}


def test_the_site_loads_nothing_from_elsewhere(site: Path) -> None:
    loads = re.compile(
        r"<(?:script|img|iframe|source)\b[^>]*\ssrc=[\"']?(?:https?:)?//|<link\b[^>]*\bhref=[\"']?(?:https?:)?//"
    )
    for page in site.rglob("*.html"):
        assert not loads.search(page.read_text(encoding="utf-8")), page.name
    for style in site.rglob("*.css"):
        assert not re.search(r"(?:url\(|@import)\s*[\"']?(?:https?:)?//", style.read_text(encoding="utf-8")), style.name


def test_the_site_leaves_out_what_is_no_page(site: Path) -> None:
    assert not list(site.rglob("*.py"))


def test_the_api_reference_is_made_from_the_docstrings(site: Path) -> None:
    text = (site / "api.html").read_text(encoding="utf-8")
    for name in ("extractor.pipeline.extract", "extractor.api.extract_files", "extractor.model.Target"):
        assert f'id="{name}"' in text
    assert "Extract all rows of a text" in text


def test_lists_and_tables_are_the_same_on_the_site_and_in_a_repository_browser(site: Path) -> None:
    from html import unescape

    from markdown_it import MarkdownIt

    for page in PAGES:
        if page.name in ("README.md", "api.md"):
            continue
        article = re.search(r"<article.*?</article>", (site / f"{page.stem}.html").read_text(encoding="utf-8"), re.S)
        assert article is not None
        made = MarkdownIt().enable("table").render(page.read_text(encoding="utf-8"))
        for tag in ("<li>", "<tr>", "<h2"):
            assert unescape(article[0]).count(tag) == unescape(made).count(tag), f"{page.name}: {tag}"
