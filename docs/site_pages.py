"""A hook of MkDocs: pages that stand outside ``docs/``, and links that hold on the site and in a repository browser.

A page links to another one by its path in the repository; here these links become those of the site.
"""

from __future__ import annotations

import posixpath
import re
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

# Path in the repository → page of the site.
OUTSIDE = {
    "README.vi.md": "README.vi.md",
    "CONTRIBUTING.md": "CONTRIBUTING.md",
    "CHANGELOG.md": "CHANGELOG.md",
    "patterns/gazetteer/SOURCES.md": "SOURCES.md",
}
# The README is what a repository begins with; the site begins with its own first page.
_PAGES = {**OUTSIDE, "README.md": "index.md"}
_PLACES = {page: path for path, page in OUTSIDE.items()}
_LINK = re.compile(r"(?<=\]\()(?P<path>[^()\s:#]+\.(?:md|png))(?=[)#])")


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages from outside."""
    root = Path(config.config_file_path).parent
    for path, page in OUTSIDE.items():
        files.append(File.generated(config, page, content=(root / path).read_text(encoding="utf-8")))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Write links between files of the repository as those of the site; others are left for MkDocs to complain of."""
    here = page.file.src_uri
    folder = posixpath.dirname(_PLACES.get(here, f"docs/{here}"))

    def of_the_site(link: re.Match[str]) -> str:
        path = posixpath.normpath(posixpath.join(folder, link["path"]))
        target = _PAGES.get(path, path.removeprefix("docs/"))
        return posixpath.relpath(target, posixpath.dirname(here) or ".")

    return _LINK.sub(of_the_site, markdown)
