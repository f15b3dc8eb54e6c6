"""What went wrong with one file."""

from __future__ import annotations

from typing import Self


class ReadError(Exception):
    """A file that gives no text. ``str()`` names the file, the reason, the place in it, and what to do.

    Attributes:
        name: the file, as ``documents.source`` names it.
        reason: what is wrong.
        advice: what to do about it.
        position: offset of the first bad byte, from 0, where there is one.
        line: the line it stands in, from 1.
        sha256: hash of the file's bytes; empty if they could not be had.
    """

    def __init__(
        self,
        name: str,
        reason: str,
        advice: str,
        *,
        position: int | None = None,
        line: int | None = None,
        sha256: str = "",
    ) -> None:
        self.name, self.reason, self.advice = name, reason, advice
        self.position, self.line, self.sha256 = position, line, sha256
        where = (
            "" if position is None else f" at byte position {position}" + ("" if line is None else f" (line {line})")
        )
        super().__init__(f"{name}: {reason}{where}. {advice}")

    def of(self, sha256: str) -> Self:
        """The same error with the hash of the file's bytes."""
        return type(self)(self.name, self.reason, self.advice, position=self.position, line=self.line, sha256=sha256)

    def as_dict(self) -> dict[str, str | int | None]:
        """Its parts by name, to cross between processes; ``ReadError(**parts)`` makes it again."""
        return {
            "name": self.name,
            "reason": self.reason,
            "advice": self.advice,
            "position": self.position,
            "line": self.line,
            "sha256": self.sha256,
        }
