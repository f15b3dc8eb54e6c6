"""What the readers need beside Python: packages and programs, whether they are here, and how to get them.

A reader says ``check(name, document)`` before it uses one of them, so that a file that cannot be read for want of it
says so; ``chitieu doctor`` shows the whole list. One more is one more line in ``NEEDS``.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from extractor.reading.errors import ReadError


@dataclass(frozen=True, slots=True)
class Need:
    """A package or a program that a reader needs.

    Attributes:
        name: what it is called: a package's name in the index, a program's on the command line.
        kind: whether it is a Python package or a program of the system.
        use: what it is for.
        install: the one line that installs it.
        module: of a package, what is imported.
        present: of what is neither, how to tell whether it is here (a program's language data, …).
    """

    name: str
    kind: Literal["package", "program"]
    use: str
    install: str
    module: str = ""
    present: Callable[[], bool] | None = None

    def version(self) -> str | None:
        """Its version, or where it lies; ``None`` where it is missing."""
        if self.present is not None:
            return "present" if self.present() else None
        if self.kind == "program":
            return shutil.which(self.name)
        if importlib.util.find_spec(self.module or self.name) is None:
            return None
        try:
            return importlib.metadata.version(self.name)
        except importlib.metadata.PackageNotFoundError:
            return "present"


_CORE = "pip install --force-reinstall chitieu"

NEEDS: tuple[Need, ...] = (
    Need("python-docx", "package", "Word documents (.docx)", _CORE, "docx"),
    Need("lxml", "package", "Word documents, web pages", _CORE),
    Need("trafilatura", "package", "web pages (.html)", _CORE),
    Need("lxml_html_clean", "package", "web pages (.html)", _CORE),
    Need("charset-normalizer", "package", "web pages in old encodings", _CORE, "charset_normalizer"),
    Need("markdown-it-py", "package", "Markdown (.md)", _CORE, "markdown_it"),
)

_BY_NAME = {need.name: need for need in NEEDS}


def check(name: str, document: str) -> None:
    """See that something a reader needs is here.

    Args:
        name: one of ``NEEDS``.
        document: the file that needs it, for the message.

    Raises:
        ReadError: it is missing; the message has the line that installs it.
    """
    need = _BY_NAME[name]
    if need.version() is None:
        raise ReadError(
            document, f"cannot be read here: {need.name} is not installed ({need.use})", f"Install it: {need.install}"
        )
