"""Which files a run is given, and what each is called in the tables."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from extractor.reading import SUFFIXES


class InputError(Exception):
    """Nothing to run on. The message names the path and says what to do."""


@dataclass(frozen=True, slots=True)
class Input:
    """One file of a run.

    Attributes:
        path: where it lies.
        name: what ``documents.source`` says: its path inside the given folder, or its own name.
    """

    path: Path
    name: str


@dataclass(frozen=True, slots=True)
class Inputs:
    """The files of a run, sorted by name, and what was odd about the paths given."""

    files: tuple[Input, ...]
    warnings: tuple[str, ...] = ()


def expand(paths: Iterable[Path | str], ignore: Path | None = None) -> Inputs:
    """The files that these paths name: files as they are, folders with every readable document below them.

    The result does not depend on the order of the paths, nor on the current folder.

    Args:
        paths: files and folders.
        ignore: a folder that is left out where it lies below one of them: that of the tables, which hold texts, too.

    Returns:
        Each file once, sorted by the name it gets in the tables.

    Raises:
        InputError: if a path does not exist, or if there is no document in any of them.
    """
    found: dict[Path, str] = {}
    warnings: list[str] = []
    given = sorted({Path(path) for path in paths})
    left_out = set() if ignore is None else {os.path.realpath(place) for place in (ignore, ignore / "text")}
    for path in given:
        if not _exists(path):
            raise InputError(f"{path} does not exist or cannot be reached. Check the spelling; nothing was run.")
        for file, name in _files_of(path, warnings, left_out):
            real = Path(os.path.realpath(file))
            # A file named twice keeps its longest name: the one that says which folder it lies in.
            found[real] = max(found.get(real, ""), name, key=lambda n: (len(PurePosixPath(n).parts), n))
    if not found:
        folders = ", ".join(map(str, given)) or "the list of paths"
        suffixes = ", ".join(sorted(SUFFIXES))
        raise InputError(
            f"no document in {folders}: looked for files ending in {suffixes}. Name another folder or a file."
        )
    files = [Input(path, name) for path, name in _distinct(found).items()]
    return Inputs(tuple(sorted(files, key=lambda file: (file.name, file.path))), tuple(warnings))


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:
        # No permission on a folder above it, or a name longer than the file system takes.
        return False


def _files_of(path: Path, warnings: list[str], left_out: set[str]) -> Iterator[tuple[Path, str]]:
    if not path.is_dir():
        yield path, _clean(path.name)
        return

    def unreadable(error: OSError) -> None:
        warnings.append(
            f"{error.filename}: folder cannot be listed: {error.strerror}. Its files are not in the tables."
        )

    count = 0
    for folder, folders, names in os.walk(path, onerror=unreadable):
        folders[:] = sorted(
            name
            for name in folders
            if not name.startswith(".") and os.path.realpath(os.path.join(folder, name)) not in left_out
        )
        for name in names:
            # Hidden files and Office's lock files ("~$plan.docx") are nobody's documents.
            if not name.startswith((".", "~$")) and Path(name).suffix.lower() in SUFFIXES:
                file = Path(folder) / name
                count += 1
                yield file, _clean(file.relative_to(path).as_posix())
    if not count:
        warnings.append(
            f"{path}: no document in this folder (looked for files ending in {', '.join(sorted(SUFFIXES))})"
        )


def _clean(name: str) -> str:
    """A file name as text: bytes that are no UTF-8 are spelled out, so that every table can hold it."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")


def _distinct(found: dict[Path, str]) -> dict[Path, str]:
    """Give files of one name the names of their folders in front, as many as tell them apart."""
    groups: dict[str, list[Path]] = {}
    for path, name in found.items():
        groups.setdefault(name, []).append(path)
    names = dict(found)
    for name, paths in groups.items():
        depth = len(PurePosixPath(name).parts)
        while len(paths) > 1 and len({names[path] for path in paths}) < len(paths):
            depth += 1
            names.update({path: _clean("/".join(path.parts[-depth:]).lstrip("/")) for path in paths})
    return names
