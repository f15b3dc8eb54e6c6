"""How long a reviewer waits: a document of 300 pages with 5,000 rows in Debian's chromium.

Use:  python benchmarks/review.py [ROWS]

Prints when the document was ready (from the click to the last row there), and how long keys took from the press to the
frame that shows the answer: the selection moved (j), the verdict shown (a).
"""

from __future__ import annotations

import statistics
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from browser import Reviewer, chromium, served
from review_stores import make_run

_CROPS = ("chè", "cam", "bưởi", "quế", "keo", "mía", "lạc", "ngô", "dứa", "sắn")
_FILLER = (
    "Trong những năm qua, kinh tế của huyện tiếp tục phát triển ổn định, đời sống nhân dân từng bước được cải thiện, "
    "bộ mặt nông thôn có nhiều đổi mới, an ninh chính trị được giữ vững. "
)
_HEAD = """ỦY BAN NHÂN DÂN
HUYỆN CẨM XUYÊN
Số: 15/KH-UBND
Cẩm Xuyên, ngày 20 tháng 01 năm 2021

KẾ HOẠCH
Phát triển nông nghiệp năm 2021

"""
# From the press of a key to the frame behind the one that was drawn for it.
_KEY = """key => new Promise((done) => {
    const start = performance.now();
    document.activeElement.dispatchEvent(new KeyboardEvent("keydown", {key, bubbles: true, cancelable: true}));
    requestAnimationFrame(() => setTimeout(() => done(performance.now() - start)));
})"""


def _plan(rows: int) -> str:
    lines = []
    for i in range(rows // 2):  # a line gives a target and a deadline
        if i % 50 == 0:
            lines.append(f"\nMục {i // 50 + 1}. Nhiệm vụ của đợt {i // 50 + 1}\n")
        lines.append(
            f"{i + 1}. Trồng mới {i % 90 + 3} ha {_CROPS[i % 10]} trước ngày {i % 28 + 1}/9/2021. {_FILLER * 2}"
        )
    return _HEAD + "\n".join(lines) + "\n"


def main(rows: int) -> None:
    """Make the document, open it, press keys, print."""
    with tempfile.TemporaryDirectory() as folder:
        text = _plan(rows)
        out = make_run({"large.txt": text}, Path(folder))
        with chromium() as browser, served(out) as link:
            one = Reviewer(browser, link)
            ready = []
            for _ in range(3):
                one.page.goto(link)
                one.page.locator("tbody th a").click()
                one.ready()
                ready.append(one.page.evaluate("performance.getEntriesByName('chitieu-ready')[0].startTime"))
                ready[-1] += one.page.evaluate(
                    "new Promise(done => { const start = performance.now();"
                    " requestAnimationFrame(() => setTimeout(() => done(performance.now() - start))); })"
                )
            print(f"Document   {len(text):,} characters, {len(one.rows()):,} rows")
            print(f"Ready      {' '.join(f'{ms:,.0f}' for ms in ready)} ms")
            for key in ("j", "a", "n", "k"):
                taken = [one.page.evaluate(_KEY, key) for _ in range(40)]
                print(f"Key {key}      median {statistics.median(taken):.0f} ms, longest {max(taken):.0f} ms")
            one.page.evaluate("chitieu.current.select(chitieu.current.order[4000] || chitieu.current.order[9])")
            taken = [one.page.evaluate(_KEY, key) for key in "jajajaja"]
            print(f"Far below  median {statistics.median(taken):.0f} ms, longest {max(taken):.0f} ms")
            one.saved()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5_000)
