"""With ``CHITIEU_NO_SKIP`` set, as ``.ci/run`` sets it, a test that is skipped fails the run: nothing is left out there."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

import extractor.api  # noqa: F401 - bound to the real pipeline before a test puts another in its place
from extractor import messages


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    skipped = reporter.stats.get("skipped", []) if reporter else []
    if os.environ.get("CHITIEU_NO_SKIP") and skipped:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
        for report in skipped:
            reporter.write_line(f"skipped, and CHITIEU_NO_SKIP is set: {report.nodeid}: {report.longrepr}")


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    """A test that runs the command with ``--lang vi`` leaves the others their language."""
    yield
    messages.reset()
