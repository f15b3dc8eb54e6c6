"""What the command says, in Vietnamese or English.

The code is written in English and the wordings of ``messages.yaml`` are put in its place where a message is shown:

- the command's own lines are templates: ``say("{count} files in {out}", count=3, out=path)``;
- what the library raises or warns of is an English sentence already: ``in_language`` finds the template that it was
  made of and fills the Vietnamese one. A sentence that no template fits stays English.

Tables, logs for machines and ``--help`` stay English: programs and other people's scripts read them.

A new message needs its line in ``messages.yaml``; a test names those that are missing.
"""

from __future__ import annotations

import re
import string
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

LANGUAGES = ("en", "vi")
"""The languages there are; the first one is that of the code."""

PATH = Path(__file__).with_name("messages.yaml")

SECTIONS = ("said", "reasons", "advice", "errors", "warnings", "phrases")
"""The parts of ``messages.yaml``; its head says what stands in which."""

_WHOLE = ("errors", "warnings", "phrases", "advice")  # where a whole message is looked for
_LONGEST = 20_000  # characters of a message that is still worth matching
_WHERE = re.compile(r" at byte position (?P<position>\d+)(?: \(line (?P<line>\d+)\))?\Z")
_SWAPPED = str.maketrans(",.", ".,")

_language = LANGUAGES[0]
_chosen = False


def use(language: str) -> None:
    """Set the language of all messages of this process.

    Raises:
        ValueError: there is no such language; the message names those there are.
    """
    global _language, _chosen
    if language not in LANGUAGES:
        raise ValueError(f"{language!r} is no language of the messages; there are {', '.join(LANGUAGES)}")
    _language, _chosen = language, True


def reset() -> None:
    """As if no language had been chosen."""
    global _language, _chosen
    _language, _chosen = LANGUAGES[0], False


def language() -> str:
    """The language of all messages of this process."""
    return _language


def for_readers() -> str:
    """The language of pages for Vietnamese readers: Vietnamese, unless somebody has asked for a language."""
    return _language if _chosen else "vi"


def say(template: str, /, *, err: bool = False, **values: object) -> None:
    """Print a line in the language in use.

    Args:
        template: English, with ``{name}``, ``{count:,}`` … for the values; one of ``said`` in ``messages.yaml``.
        err: print it to stderr.
        **values: what stands in the places of the template. A message of the library is given as it is: where it comes
            to stand, the Vietnamese template says ``{error:message}``.
    """
    import typer

    typer.echo(text(template, **values), err=err)


def text(template: str, /, **values: object) -> str:
    """A template in the language in use, with its values; in English where there is no other.

    Args:
        template: as for ``say``.
        **values: as for ``say``.
    """
    wording = template if _language == "en" else _wordings(_language)["said"].get(template, template)
    return _FORMATTER.vformat(wording, (), values)


def in_language(message: str, language: str | None = None) -> str:
    """An English message of the library in another language.

    Args:
        message: what an exception or a warning says: ``str(error)``. Several may be joined by ``; `` or stand in lines.
        language: the one in use, unless given.

    Returns:
        The message with the wording of ``messages.yaml``; the message itself where none fits.
    """
    language = language or _language
    if language == "en" or not message or len(message) > _LONGEST:
        return message
    return "\n".join(_line(line, language) for line in message.split("\n"))


@lru_cache(maxsize=1024)
def _line(message: str, language: str) -> str:
    whole = _read_error(message, language) or _translated(message, language, *_WHOLE)
    if whole is not None:
        return whole
    # Several joined: the longest beginning that is a message, then what is left.
    ends = [found.start() for found in re.finditer("; ", message)]
    for end in reversed(ends):
        head = message[:end]
        known = _read_error(head, language) or _translated(head, language, "errors", "warnings")
        if known is not None:
            return f"{known}; {_line(message[end + 2 :], language)}"
    if ends:
        return f"{message[: ends[0]]}; {_line(message[ends[0] + 2 :], language)}"
    return message


def _read_error(message: str, language: str) -> str | None:
    """A ``ReadError``'s message: ``{name}: {reason}{where}. {advice}``, where the name may hold anything."""
    for stop in re.finditer(r"\. ", message):
        advice = _translated(message[stop.end() :], language, "advice")
        if advice is None:
            continue
        head, where = message[: stop.start()], ""
        if place := _WHERE.search(head):
            head = head[: place.start()]
            where = _where(place, language)
        for colon in re.finditer(": ", head):
            reason = _translated(head[colon.end() :], language, "reasons")
            if reason is not None:
                return f"{head[: colon.start()]}: {reason}{where}. {advice}"
    return None


def _where(place: re.Match[str], language: str) -> str:
    template = " at byte position {position}" + (" (line {line})" if place["line"] else "")
    return _wordings(language)["phrases"].get(template, template).format(**place.groupdict())


def _translated(message: str, language: str, *sections: str) -> str | None:
    for template in _templates(language, *sections):
        if found := template.english.fullmatch(message):
            return _FORMATTER.vformat(template.wording, (), found.groupdict())
    return None


@dataclass(frozen=True, slots=True)
class _Template:
    english: re.Pattern[str]
    wording: str


@cache
def _templates(language: str, *sections: str) -> tuple[_Template, ...]:
    """The templates of these sections, those with the most words of their own first."""
    wordings = {en: wording for section in sections for en, wording in _wordings(language)[section].items()}
    english = sorted(wordings, key=lambda template: (-_own(template), template))
    return tuple(_Template(re.compile(_expression(one), re.DOTALL), wordings[one]) for one in english)


def _own(template: str) -> int:
    return sum(len(literal) for literal, *_ in string.Formatter().parse(template))


def _expression(template: str) -> str:
    parts = []
    for literal, name, spec, _ in string.Formatter().parse(template):
        parts.append(re.escape(literal))
        if name is not None:
            parts.append(f"(?P<{name}>{_HOLES[spec or '']})")
    return "".join(parts)


# What stands in a place of a template: anything, a whole number, or a word without spaces.
_HOLES = {"": ".+?", "d": r"[\d,]+", "word": r"\S+?"}


class _Formatter(string.Formatter):
    """``str.format`` with two more formats: ``message`` (in the language) and ``number`` (with its separators)."""

    def get_value(self, key: int | str, args: Any, kwargs: Mapping[str, Any]) -> Any:
        return kwargs[str(key)]

    def format_field(self, value: Any, spec: str) -> str:
        if spec == "message":
            return _line_or_more(str(value))
        if spec == "number":
            return (value if isinstance(value, str) else f"{value:,}").translate(_SWAPPED)
        return str(super().format_field(value, spec))

    def check_unused_args(self, used: Any, args: Any, kwargs: Any) -> None:
        """A wording may leave a value out."""


_FORMATTER = _Formatter()


def _line_or_more(message: str) -> str:
    # Only a wording that is not English asks for this, so there is one other language to ask for.
    return in_language(message, _language if _language != "en" else LANGUAGES[1])


@cache
def _wordings(language: str) -> dict[str, dict[str, str]]:
    """Section → English template → wording."""
    import yaml  # not at start-up: English needs none

    assert language != "en"
    read = yaml.safe_load(PATH.read_text(encoding="utf-8"))
    return {section: dict(read.get(section) or {}) for section in SECTIONS}


def placeholders(template: str) -> Iterator[str]:
    """The names of a template's places, in order."""
    return (name for _, name, _, _ in string.Formatter().parse(template) if name is not None)
