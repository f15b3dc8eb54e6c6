"""Debian's chromium driven by Playwright, and the reviewers' page served to it by the real command."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

CHROMIUM = "/usr/bin/chromium"
# Neither the sandbox (tests run as root in containers) nor anything that talks to the network by itself.
_ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_LINK = re.compile(r"http://\S+")


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser without a window. A test without one is skipped, which CI does not let pass."""
    if not Path(CHROMIUM).exists():
        pytest.skip(f"{CHROMIUM} is not installed: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=_ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def served(out: Path) -> Iterator[str]:
    """``chitieu review`` over an output folder, in Vietnamese; gives the link that it prints."""
    command = [sys.executable, "-m", "extractor", "review", str(out), "--port", "0"]
    environment = {**os.environ, "CHITIEU_LANG": "vi", "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, encoding="utf-8", env=environment) as process:
        try:
            assert process.stdout is not None
            link = next((found[0] for line in process.stdout if (found := _LINK.search(line))), None)
            assert link is not None, "the command printed no link"
            yield link
        finally:
            process.terminate()


class Reviewer:
    """A browser of one reviewer, logged in by the link; ``close`` says whether the page broke no rule.

    Args:
        browser: where to open it.
        link: what the command printed.
        name: who reviews.
        settings: of the browser's context: ``viewport``, ``color_scheme``, …
    """

    def __init__(self, browser: Browser, link: str, name: str = "Lan", **settings: object) -> None:
        self.link = link
        self.context: BrowserContext = browser.new_context(
            **{"viewport": {"width": 1440, "height": 900}, **settings}  # type: ignore[arg-type]
        )
        if name:
            self.context.add_init_script(f"localStorage.setItem('chitieu.reviewer', {name!r})")
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(10_000)
        self.broken: list[str] = []
        self.page.on("pageerror", lambda error: self.broken.append(f"error: {error}"))
        self.page.on("dialog", lambda dialog: (self.broken.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        self.page.on("console", self._console)
        self.page.goto(link)

    def _console(self, message: object) -> None:
        text = getattr(message, "text", "")
        # An answer of 422 is how the server says that a value is not valid.
        if getattr(message, "type", "") == "error" and "422" not in text:
            self.broken.append(text)

    def open(self, source: str, lang: str = "") -> Page:
        """The document of this file, ready."""
        self.page.goto(self.link.split("?")[0] + (f"?lang={lang}" if lang else ""))
        self.page.locator("tbody tr", has_text=source).locator("th a").click()
        self.ready()
        return self.page

    def ready(self) -> None:
        """Wait until the document is there."""
        self.page.wait_for_selector("#document[data-ready]")

    def press(self, *keys: str) -> None:
        """Keys, one behind the other."""
        for key in keys:
            self.page.keyboard.press(key)

    def until(self, expression: str) -> None:
        """Wait for a JavaScript expression. (Playwright's own waiting needs ``eval``, which the page's policy forbids.)"""
        end = time.monotonic() + 30
        while not self.page.evaluate(expression):
            assert time.monotonic() < end, f"in vain: {expression}"
            self.page.wait_for_timeout(30)

    def told(self, words: str) -> None:
        """Wait for words in the line that says what was done."""
        self.page.locator(".told", has_text=words).wait_for()

    def saved(self) -> None:
        """Wait until the server has everything."""
        self.until("!document.querySelector('.card.pending') && document.querySelector('.alarm').hidden")

    def select(self, row_id: str) -> None:
        """Go to a row."""
        self.page.evaluate("id => chitieu.current.select(chitieu.current.rows.get(id), {focus: true})", row_id)

    def mark(self, words: str, occurrence: int = 0) -> None:
        """Select words of the source as a mouse does."""
        self.page.evaluate(
            """([words, occurrence]) => {
                const view = chitieu.current;
                let unit = -1;
                for (let i = 0; i <= occurrence; i++) unit = view.data.text.indexOf(words, unit + 1);
                const start = view.offsets.point(unit);
                const range = view.range(start, view.offsets.point(unit + words.length));
                document.getSelection().removeAllRanges();
                document.getSelection().addRange(range);
            }""",
            [words, occurrence],
        )
        self.until("chitieu.current.last !== null")

    def rows(self, test: str = "true") -> list[dict[str, object]]:
        """The rows that the page holds, those for which a JavaScript expression over ``row`` is true."""
        return self.page.evaluate(
            "() => chitieu.current.order.filter(row => row.id !== chitieu.current.document.id && ("
            + test
            + ")).map(row => ({...row.data, verdict: row.verdict}))"
        )

    def close(self) -> None:
        """End; no script may have failed, no dialog been opened, no policy been broken."""
        self.context.close()
        assert self.broken == []


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser for the tests of a module."""
    with chromium() as found:
        yield found
