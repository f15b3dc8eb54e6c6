"""Plans written in Markdown (CommonMark with tables).

Headings and paragraphs are lines, list items have the marker that is shown, tables are rows with tabs between their
cells; marks of emphasis, links and code are taken away. Markdown has no signature, so the file's name decides.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from extractor.model import Reading
from extractor.reading import needs, txt
from extractor.reading.building import TextBuilder
from extractor.reading.errors import ReadError

if TYPE_CHECKING:
    from markdown_it.token import Token

FORMAT = "md"
SUFFIXES: tuple[str, ...] = (".md", ".markdown")

_FRONT_MATTER = re.compile(r"---[ \t]*\r?\n.*?\n(?:---|\.\.\.)[ \t]*(?:\r?\n|$)", re.S)
_ELEMENT = re.compile(r"</?[A-Za-z][^<>]*>")
_TAG = re.compile(rf"<!--(?:.*?-->|(.*))|{_ELEMENT.pattern}", re.S)  # of a comment without end all that follows
_BREAK_TAG = re.compile(r"<br\s*/?>", re.I)


def matches(data: bytes, name: str) -> bool:
    """Whether a file is called one of Markdown."""
    return name.lower().endswith(SUFFIXES)


def read(data: bytes, name: str) -> Reading:
    """Read a Markdown file.

    Args:
        data: the file's bytes.
        name: the file's name, for messages.

    Returns:
        The source text, with a spot for each paragraph and each cell of a table.

    Raises:
        ReadError: as for plain text, or if nothing but marks is in it.
    """
    needs.check("markdown-it-py", name)
    from markdown_it import MarkdownIt  # loaded where a Markdown file is read

    decoded = txt.read(data, name)
    text = _FRONT_MATTER.sub("", decoded.text, count=1) if decoded.text.startswith("---") else decoded.text
    writer = _Writer()
    writer.write(MarkdownIt("commonmark").enable("table").parse(text))
    if not writer.out.text:
        raise ReadError(name, "is a Markdown file without text", "Check that it is the right file.")
    return Reading(writer.out.text, decoded.warnings, "markdown-it", spots=writer.out.spots)


class _Writer:
    """Writes the tokens of a Markdown file as lines."""

    def __init__(self) -> None:
        self.out = TextBuilder()
        self._lists: list[int | None] = []  # of each open list the next number; None: bullets
        self._marker = ""
        self._table = self._row = 0
        self._cells: list[str] | None = None

    def write(self, tokens: Sequence[Token]) -> None:
        """Write the tokens of a file."""
        for token in tokens:
            self._structure(token)
            if token.type == "inline":
                self._text(_inline(token))
            elif token.type in ("fence", "code_block"):
                self._text(token.content)
            elif token.type == "html_block":
                self._text(_TAG.sub(_untagged, _BREAK_TAG.sub("\n", token.content)))

    def _structure(self, token: Token) -> None:
        kind = token.type
        if kind == "ordered_list_open":
            self._lists.append(int(token.attrs.get("start", 1)))
        elif kind == "bullet_list_open":
            self._lists.append(None)
        elif kind in ("ordered_list_close", "bullet_list_close"):
            self._lists.pop()
        elif kind == "list_item_open":
            number = self._lists[-1]
            self._marker = "- " if number is None else f"{number}{token.markup} "
            if number is not None:
                self._lists[-1] = number + 1
        elif kind in ("heading_open", "hr", "blockquote_open", "paragraph_open") and not self._lists:
            self.out.gap()
        elif kind == "table_open":
            self.out.gap()
            self._table, self._row = self.out.table(), 0
        elif kind == "tr_open":
            self._cells = []
        elif kind == "tr_close" and self._cells is not None:
            self._row += 1
            self.out.row(self._table, self._row, self._cells)
            self._cells = None
        elif kind == "table_close":
            self.out.gap()

    def _text(self, text: str) -> None:
        if self._cells is not None:
            self._cells.append(text)
            return
        marker, self._marker = self._marker, ""
        if text.strip():
            self.out.paragraph(marker + text.strip())


def _untagged(found: re.Match[str]) -> str:
    """What stays of a tag or a comment: nothing, but of a comment without end what it says."""
    return "" if found[1] is None else "<!--" + _ELEMENT.sub("", found[1])


def _inline(token: Token) -> str:
    """The words of a paragraph: a line end of the file is a space, one that was asked for a line end."""
    parts = []
    for child in token.children or ():
        if child.type in ("text", "code_inline", "text_special"):
            parts.append(child.content)
        elif child.type == "softbreak":
            parts.append(" ")
        elif child.type == "hardbreak" or (child.type == "html_inline" and _BREAK_TAG.fullmatch(child.content)):
            parts.append("\n")
    return "".join(parts)
