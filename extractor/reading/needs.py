"""What readers and table formats need beside Python: packages and programs, whether they are here, and how to get them.

A reader says ``check(name, document)`` before it uses one of them, so that a file that cannot be read for want of it
says so; ``chitieu doctor`` shows the whole list. One more is one more line in ``NEEDS``.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from extractor.reading.errors import ReadError

_TESSERACT_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Need:
    """A package or a program that a reader or a table format needs.

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


def _has_vietnamese() -> bool:
    """Whether tesseract has its Vietnamese model."""
    program = shutil.which("tesseract")
    if program is None:
        return False
    try:
        listed = subprocess.run([program, "--list-langs"], capture_output=True, timeout=_TESSERACT_SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return "vie" in listed.stdout.decode("utf-8", "replace").split()


_CORE = "pip install --force-reinstall chitieu"

NEEDS: tuple[Need, ...] = (
    Need("python-docx", "package", "Word documents (.docx)", _CORE, "docx"),
    Need("lxml", "package", "Word documents, web pages", _CORE),
    Need("trafilatura", "package", "web pages (.html)", _CORE),
    Need("lxml_html_clean", "package", "web pages (.html)", _CORE),
    Need("charset-normalizer", "package", "web pages in old encodings", _CORE, "charset_normalizer"),
    Need("markdown-it-py", "package", "Markdown (.md)", _CORE, "markdown_it"),
    Need("pdfplumber", "package", "PDF files, tables on scans", "pip install 'chitieu[pdf]'"),
    Need("pypdfium2", "package", "PDF files", "pip install 'chitieu[pdf]'"),
    Need("pdftotext", "program", "second reading of PDF files with broken fonts", "apt-get install poppler-utils"),
    Need("pillow", "package", "scans and pictures", "pip install 'chitieu[ocr]'", "PIL"),
    Need("tesseract", "program", "scans and pictures", "apt-get install tesseract-ocr tesseract-ocr-vie"),
    Need(
        "tesseract-ocr-vie",
        "program",
        "scans and pictures: the Vietnamese model",
        "apt-get install tesseract-ocr-vie",
        present=_has_vietnamese,
    ),
    Need("soffice", "program", "Word 97-2003, RTF, OpenDocument", "apt-get install libreoffice-writer"),
    Need("catdoc", "program", "Word 97-2003 without LibreOffice", "apt-get install catdoc"),
    Need("antiword", "program", "Word 97-2003 without LibreOffice and catdoc", "apt-get install antiword"),
    Need("striprtf", "package", "RTF without LibreOffice", "pip install 'chitieu[legacy]'"),
    Need("XlsxWriter", "package", "Excel workbooks (--format xlsx)", "pip install 'chitieu[xlsx]'", "xlsxwriter"),
    Need("duckdb", "package", "DuckDB databases (--format duckdb)", "pip install 'chitieu[duckdb]'"),
    Need("watchfiles", "package", "watching a folder (chitieu watch)", "pip install 'chitieu[watch]'"),
)

_BY_NAME = {need.name: need for need in NEEDS}


def get(name: str) -> Need:
    """One of ``NEEDS``, by its name."""
    return _BY_NAME[name]


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
