"""The pictures of the README: the list, a document and the report, as a desktop and as a phone show them.

    make screenshots

The corpus is run, some rows are decided on as a reviewer would, and Debian's chromium (``/usr/bin/chromium``) takes the
pictures into ``docs/images``. Look at them before they are committed.
"""

from __future__ import annotations

import io
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from browser import Reviewer, chromium, served

from extractor.review.decisions import Item, Reviews

ROOT = Path(__file__).parent.parent
IMAGES = ROOT / "docs" / "images"
SIZES = {"": (1440, 900), "-phone": (390, 844)}
MOST = "SELECT doc_id FROM targets GROUP BY doc_id ORDER BY count(*) DESC LIMIT 1"


def chitieu(*arguments: str) -> None:
    subprocess.run([sys.executable, "-m", "extractor", *arguments], check=True, cwd=ROOT, stdout=subprocess.DEVNULL)


def decide(out: Path) -> str:
    """Some rows of one plan accepted, one corrected, one rejected; the plan's id."""
    with Reviews(out) as reviews:
        doc_id = str(reviews.all(MOST)[0][0])
        loaded = reviews.document(doc_id)
        assert loaded is not None
        targets, assignments = (list(loaded.rows[table]) for table in ("targets", "assignments"))
        items = [Item("targets", row, "accept") for row in targets[:3]]
        items.append(Item("targets", targets[3], "correct", {"comparator": ">="}))
        items.append(Item("assignments", assignments[-1], "reject", reason="chỉ là nơi nhận"))
        reviews.decide(doc_id, items, "Lan")
        return doc_id


def picture(page: Page, name: str) -> None:
    page.wait_for_timeout(600)  # fonts, and what follows a scroll
    path = IMAGES / f"{name}.png"
    shot = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    shot.quantize(256, dither=Image.Dither.NONE).save(path, optimize=True)  # a third of the bytes, and looks the same
    print(path.relative_to(ROOT), path.stat().st_size // 1000, "kB")


def take(browser: Browser, link: str, doc_id: str, report: Path) -> None:
    for suffix, (width, height) in SIZES.items():
        reviewer = Reviewer(browser, link, viewport={"width": width, "height": height})
        page = reviewer.page
        picture(page, f"documents{suffix}")
        page.goto(link.split("?")[0] + f"doc/{doc_id}")
        reviewer.ready()
        reviewer.press(*"jjjj")
        picture(page, f"document{suffix}")
        page.goto(report.as_uri())
        picture(page, f"report{suffix}")
        reviewer.context.close()


def main() -> None:
    IMAGES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        out, report = Path(folder) / "tables", Path(folder) / "report.html"
        chitieu("run", "corpus/documents", "--out", str(out), "--format", "csv")
        doc_id = decide(out)
        chitieu("report", str(out), "--html", str(report), "--lang", "vi")
        with chromium() as browser, served(out) as link:
            take(browser, link, doc_id, report)


if __name__ == "__main__":
    main()
