"""How fast a run is and how long it will take, from what it has done; no clock is looked at."""

from __future__ import annotations

import math
from dataclasses import dataclass

from extractor.messages import text

_TOO_EARLY = 1.0  # seconds before which a rate says more about starting than about the work


@dataclass(frozen=True, slots=True)
class Pace:
    """How far a run is.

    Attributes:
        done: files worked through.
        total: files of the run.
        chars: characters of source text worked through.
        elapsed: seconds since the work began.
    """

    done: int
    total: int
    chars: int = 0
    elapsed: float = 0.0

    @property
    def documents_per_second(self) -> float | None:
        """``None`` while it is too early to say."""
        return self._rate(self.done)

    @property
    def characters_per_second(self) -> float | None:
        """``None`` while it is too early to say."""
        return self._rate(self.chars)

    @property
    def seconds_left(self) -> float | None:
        """``None`` while it is too early to say; 0 at the end."""
        left = max(0, self.total - self.done)
        if not left:
            return 0.0
        rate = self.documents_per_second
        seconds = left / rate if rate else math.inf
        return seconds if math.isfinite(seconds) else None

    def _rate(self, count: int) -> float | None:
        # A clock that was set back, or infinite time, gives no rate rather than a wrong one.
        if not math.isfinite(self.elapsed) or self.elapsed < _TOO_EARLY:
            return None
        return max(0, count) / self.elapsed


def progress_line(done: int, total: int, chars: int, elapsed: float) -> str:
    """One line for a terminal or a log: how many of how many, how fast, how much longer, in the language in use.

    Args:
        done: files worked through.
        total: files of the run.
        chars: characters of source text worked through.
        elapsed: seconds since the work began.

    >>> progress_line(120, 1200, 9_600_000, 60)
    '120/1,200 documents, 2 documents/s, 160k characters/s, 9 min left'
    >>> progress_line(0, 1200, 0, 0.01)
    '0/1,200 documents'
    """
    pace = Pace(done, total, chars, elapsed)
    parts = [text("{done:,}/{total:,} documents", done=done, total=total)]
    if pace.documents_per_second:
        parts.append(text("{rate} documents/s", rate=short(pace.documents_per_second)))
    if pace.characters_per_second:
        parts.append(text("{rate} characters/s", rate=short(pace.characters_per_second)))
    if done < total and pace.seconds_left is not None:
        parts.append(text("{time} left", time=duration(pace.seconds_left)))
    return ", ".join(parts)


def short(number: float) -> str:
    """A number in three digits at most: ``0.25``, ``12``, ``160k``, ``3.2M``.

    >>> [short(n) for n in (0.0041, 0.25, 9.96, 12.4, 999.7, 160_000, 3_200_000)]
    ['0.0041', '0.25', '10', '12', '1k', '160k', '3.2M']
    """
    for unit in ("", "k", "M", "G"):
        if float(f"{number:.2g}" if number < 10 else f"{number:.3g}") < 1000 or unit == "G":
            return (f"{number:.2g}" if number < 9.95 else f"{number:.0f}") + unit
        number /= 1000
    raise AssertionError


def duration(seconds: float) -> str:
    """Seconds as a person says them, in the language in use: ``45 s``, ``9 min``, ``2 h 05 min``, ``3 d 4 h``.

    >>> [duration(s) for s in (0.2, 45, 89.6, 540, 7500, 273_600)]
    ['0 s', '45 s', '90 s', '9 min', '2 h 05 min', '3 d 4 h']
    """
    if seconds < 99.5:
        return text("{seconds} s", seconds=f"{seconds:.0f}")
    minutes = round(seconds / 60)
    if minutes < 100:
        return text("{minutes} min", minutes=minutes)
    hours, minutes = divmod(minutes, 60)
    if hours < 48:
        return text("{hours} h {minutes:02} min", hours=hours, minutes=minutes)
    return text("{days} d {hours} h", days=hours // 24, hours=hours % 24)
