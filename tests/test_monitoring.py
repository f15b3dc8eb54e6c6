"""What a run says to machines: the figures for Prometheus, the JSON log, and how fast it is."""

from __future__ import annotations

import doctest
import json
import math
import re
import stat
import sys
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families

from extractor.running import events, pace
from extractor.running.metrics import BUCKETS, RunFigures, metrics_text, write_metrics
from extractor.tables.files import OutputError

FIGURES = RunFigures(
    documents={"ok": 7, "partial": 1, "failed": 2},
    done=4,
    unchanged=6,
    gone=1,
    rows={"targets": 31, "places": 0},
    flags={"percent_mismatch": 2},
    seconds=12.25,
    document_seconds=(0.01, 0.02, 5, 500),
    bytes_read=123_456_789_012,
    finished=1_763_773_200.5,
    exit_code=3,
    version="0.1.0",
)


def samples(text: str) -> dict[tuple[str, str], float]:
    """Name and label value → figure, as Prometheus' own parser reads them."""
    found = {}
    for family in text_string_to_metric_families(text):
        assert family.documentation and family.name.startswith("chitieu_")
        for sample in family.samples:
            found[sample.name.removeprefix("chitieu_"), ",".join(sample.labels.values())] = sample.value
    return found


def test_metrics_are_what_prometheus_reads(tmp_path: Path) -> None:
    path = tmp_path / "chitieu.prom"
    path.write_text("of the run before")
    write_metrics(path, FIGURES)
    assert [one.name for one in tmp_path.iterdir()] == ["chitieu.prom"]
    figures = samples(path.read_text(encoding="utf-8"))
    statuses = ("ok", "partial", "failed", "skipped")
    assert [figures["documents", status] for status in statuses] == [7, 1, 2, 0]
    assert [figures["last_run_documents", work] for work in ("done", "unchanged", "gone")] == [4, 6, 1]
    assert figures["rows", "targets"] == 31 and figures["rows", "places"] == 0
    assert figures["flagged_rows", "percent_mismatch"] == 2
    assert figures["last_run_seconds", ""] == 12.25
    assert figures["last_run_read_bytes", ""] == 123_456_789_012
    assert figures["last_run_timestamp_seconds", ""] == 1_763_773_200.5
    assert figures["last_run_exit_code", ""] == 3
    assert figures["info", "0.1.0"] == 1


def test_the_histogram_counts_each_document_once() -> None:
    figures = samples(metrics_text(FIGURES))
    counts = [value for (name, _), value in figures.items() if name == "document_seconds_bucket"]
    assert counts == [1, 2, 2, 2, 2, 2, 3, 3, 3, 3, 4]  # a value on a bound belongs below it
    assert figures["document_seconds_count", ""] == 4
    assert figures["document_seconds_sum", ""] == pytest.approx(505.03)
    assert len(counts) == len(BUCKETS) + 1


def test_a_run_that_did_nothing_has_figures_too() -> None:
    figures = samples(metrics_text(RunFigures()))
    assert figures["documents", "failed"] == 0
    assert figures["document_seconds_bucket", "+Inf"] == 0


@given(st.text(), st.text())
def test_no_label_breaks_the_metrics(one: str, other: str) -> None:
    text = metrics_text(RunFigures(flags={one: 1, other: 1}, version=one))
    text.encode("utf-8")
    assert sum(name == "flagged_rows" for name, _ in samples(text)) == len({one, other})


@pytest.mark.skipif(sys.platform == "win32", reason="no such rights there")
def test_metrics_can_be_read_by_another_user(tmp_path: Path) -> None:
    write_metrics(tmp_path / "a.prom", FIGURES)
    (tmp_path / "plain").touch()
    assert stat.S_IMODE((tmp_path / "a.prom").stat().st_mode) == stat.S_IMODE((tmp_path / "plain").stat().st_mode)


def test_metrics_that_cannot_be_written_say_so(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"metrics file .*a\.prom cannot be written: No such file"):
        write_metrics(tmp_path / "none" / "a.prom", FIGURES)
    (tmp_path / "folder.prom").mkdir()
    with pytest.raises(OutputError, match="choose another --metrics"):
        write_metrics(tmp_path / "folder.prom", FIGURES)
    assert [one.name for one in tmp_path.iterdir()] == ["folder.prom"]


# --- the JSON log

NOW = datetime(2026, 11, 22, 8, 30, 5, 123456, tzinfo=timezone(timedelta(hours=7)))


def test_events_are_one_json_object_a_line() -> None:
    rows = {"targets": 3, "places": 1}
    done = events.DocumentDone(
        "xã/kế hoạch.docx", "00ff" * 4, "partial", 0.12345, 2048, rows, {"percent_mismatch": 1}, "page 3 is left out"
    )
    assert json.loads(events.json_line(done, NOW)) == {
        "time": "2026-11-22T01:30:05.123Z",
        "level": "warning",
        "event": "document",
        "source": "xã/kế hoạch.docx",
        "doc_id": "00ff" * 4,
        "status": "partial",
        "seconds": 0.123,
        "bytes": 2048,
        "rows": rows,
        "flags": {"percent_mismatch": 1},
        "reason": "page 3 is left out",
    }


def test_every_event_says_what_it_is() -> None:
    every = [
        events.RunStarted(5, "/srv/tables", 2, "0.1.0"),
        events.DocumentDone("a.txt", "", "failed"),
        events.RunFinished({"ok": 4, "failed": 1}, written=["targets.csv"], exit_code=3),
        events.Warned("folder cannot be listed"),
        events.Stopped("no document", 2),
    ]
    lines = [json.loads(events.json_line(event, NOW)) for event in every]
    assert [(line["event"], line["level"]) for line in lines] == [
        ("run_started", "info"),
        ("document", "error"),
        ("run_finished", "info"),
        ("warning", "warning"),
        ("error", "error"),
    ]
    assert lines[2]["written"] == ["targets.csv"]


@given(st.text(st.characters(exclude_categories=())), st.floats())
def test_no_name_and_no_number_breaks_the_log(name: str, seconds: float) -> None:
    line = events.json_line(events.DocumentDone(name, "", "ok", seconds, flags={name: 1}), NOW)
    assert line.isascii() and len(line.splitlines()) == 1
    read = json.loads(line)
    read["source"].encode("utf-8")  # no half of a pair is left
    if all(not 0xD800 <= ord(letter) < 0xE000 for letter in name):
        assert read["source"] == name
    assert read["seconds"] is None or math.isfinite(read["seconds"])


def test_an_event_needs_a_time_zone() -> None:
    with pytest.raises(ValueError, match="time zone"):
        events.json_line(events.Warned("x"), datetime(2026, 1, 1))
    assert '"2026-01-01T00:00:00.000Z"' in events.json_line(events.Warned("x"), datetime(2026, 1, 1, tzinfo=UTC))


PAGE = (Path(__file__).parent.parent / "docs" / "unattended.md").read_text(encoding="utf-8")


def test_the_page_shows_the_log_as_it_is() -> None:
    shown = [json.loads(line) for line in PAGE.split("```json\n")[1].split("```")[0].splitlines()]
    kinds = (events.RunStarted, events.DocumentDone, events.Warned, events.RunFinished)
    for line in shown:
        (kind,) = (one for one in kinds if one.event == line["event"])
        values = {key: value for key, value in line.items() if key not in ("time", "level", "event")}
        now = datetime.fromisoformat(line["time"])
        assert json.loads(events.json_line(kind(**values), now)) == line
    assert {line["event"] for line in shown} == {kind.event for kind in kinds}


def test_the_page_names_every_figure() -> None:
    written = set(re.findall(r"# TYPE (\w+)", metrics_text(FIGURES)))
    assert set(re.findall(r"^\| `(chitieu_\w+)`", PAGE, re.M)) == written
    assert set(re.findall(r"chitieu_\w+", PAGE)) - written == set()


# --- pace


def test_pace_examples_hold() -> None:
    assert doctest.testmod(pace).failed == 0


def test_pace_says_nothing_before_it_can() -> None:
    for early in (pace.Pace(0, 0), pace.Pace(0, 9), pace.Pace(3, 9, 100, 0.0), pace.Pace(3, 9, 100, -5)):
        assert early.documents_per_second is None
        assert early.characters_per_second is None
        assert early.seconds_left in (None, 0.0)
    assert pace.Pace(0, 9, 0, 50).seconds_left is None  # nothing done: no rate to go by
    assert pace.Pace(9, 9, 0, 0).seconds_left == 0.0
    assert pace.Pace(3, 9, 300, 6).seconds_left == 12


@given(st.integers(), st.integers(), st.integers(), st.floats(allow_nan=True))
def test_the_progress_line_never_fails(done: int, total: int, chars: int, elapsed: float) -> None:
    assert "\n" not in pace.progress_line(done, total, chars, elapsed)
