"""Files on any store that fsspec opens: how they are listed, named as local ones are, fetched, and put there whole.

A path without ``://``, and one of the kind ``file://``, is a path of this machine and of every worker.
"""

from __future__ import annotations

import os
import secrets
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import fsspec

from extractor.reading import SUFFIXES
from extractor.running.inputs import InputError, expand

# Where a file appears when it is complete and not before, and where moving one would mean to copy it.
_WHOLE = frozenset({"s3", "s3a", "gs", "gcs", "abfs", "abfss", "az", "adl", "oci", "oss", "memory"})
# What a store says of a file's content; without any of these, the time of its last change.
_MARKS = ("ETag", "etag", "md5Hash", "content_md5", "checksum", "crc32c")
_TIMES = ("mtime", "LastModified", "last_modified", "updated", "modified", "modify", "created")


@dataclass(frozen=True, slots=True)
class StoredFile:
    """One input file.

    Attributes:
        url: where it lies: an absolute path, or a URL.
        name: what ``documents.source`` says: its path inside the given folder, or its own name.
        size: in bytes.
        mark: changes when its content does: the store's checksum of it, or the time of its last change.
    """

    url: str
    name: str
    size: int
    mark: str


@dataclass(frozen=True, slots=True)
class Listing:
    """The input files, sorted by name, and what was odd about the paths given."""

    files: tuple[StoredFile, ...]
    warnings: tuple[str, ...] = ()


def is_local(url: str) -> bool:
    """Whether this is a path on a disk."""
    return "://" not in url


def normal(path: str | os.PathLike[str]) -> str:
    """A path of a disk as an absolute path, a URL of another store as it is, without a slash at the end.

    Raises:
        InputError: it is a chain of URLs.
    """
    given = os.fspath(path)
    if "::" in given and "://" in given:
        raise InputError(f"{given} is a chain of URLs, which cannot be read: name a file, a folder or a zip file.")
    for prefix in ("file://", "local://"):
        given = given.removeprefix(prefix)
    return os.path.abspath(given) if is_local(given) else given.rstrip("/")


def opened(url: str) -> tuple[Any, str]:
    """The store of a URL, and the file's path in it.

    Raises:
        InputError: the kind of URL is unknown, or the package that opens it is not installed.
    """
    try:
        return fsspec.core.url_to_fs(url)  # type: ignore[no-any-return]
    except (ImportError, ValueError) as error:
        raise InputError(f"{url} cannot be opened: {' '.join(str(error).split())}") from error


def list_files(paths: Iterable[str | os.PathLike[str]]) -> Listing:
    """The files that these paths and URLs name, by the rules of ``extractor.running.inputs.expand``.

    Args:
        paths: files and folders.

    Returns:
        Each file once, sorted by its name.

    Raises:
        InputError: a path does not exist, its store cannot be reached, or there is no document in any of them.
    """
    given = sorted({normal(path) for path in paths})
    disk = [path for path in given if is_local(path)]
    rest = [path for path in given if not is_local(path)]
    warnings: list[str] = []
    files: list[StoredFile] = []
    if disk or not rest:
        inputs = expand(disk)
        warnings.extend(inputs.warnings)
        files.extend(_on_disk(file.path, file.name) for file in inputs.files)
    files.extend(_elsewhere(rest, warnings))
    if not files:
        suffixes = ", ".join(sorted(SUFFIXES))
        raise InputError(f"no document in {', '.join(given)}: looked for files ending in {suffixes}.")
    return Listing(tuple(sorted(_told_apart(files), key=lambda file: (file.name, file.url))), tuple(warnings))


def _on_disk(path: Path, name: str) -> StoredFile:
    try:
        status = path.stat()
    except OSError:  # it is gone again, or may not be looked at: reading it will say so
        return StoredFile(os.fspath(path.absolute()), name, 0, _no_mark())
    return StoredFile(os.fspath(path.absolute()), name, status.st_size, str(status.st_mtime_ns))


def _elsewhere(urls: Sequence[str], warnings: list[str]) -> list[StoredFile]:
    found: dict[str, StoredFile] = {}
    for url in urls:
        try:
            for file in _below(url, warnings):
                known = found.get(file.url)
                if known is None or _depth(file.name) > _depth(known.name):
                    found[file.url] = file
        except FileNotFoundError:
            raise InputError(
                f"{url} does not exist or cannot be reached. Check the spelling; nothing was run."
            ) from None
        except (InputError, KeyboardInterrupt):
            raise
        except Exception as error:  # each store has exceptions of its own
            raise InputError(
                f"{url} cannot be listed: {type(error).__name__}: {' '.join(str(error).split())}"
            ) from error
    return list(found.values())


def _depth(name: str) -> tuple[int, str]:
    return len(PurePosixPath(name).parts), name


def _below(url: str, warnings: list[str]) -> Iterator[StoredFile]:
    store, root = opened(url)
    store.invalidate_cache()
    if not store.isdir(root):
        yield _stored(url, store.info(root), root.rpartition("/")[2])
        return
    prefix = root.rstrip("/") + "/"
    count = 0
    for path, info in store.find(root, detail=True).items():
        name = path.removeprefix(prefix)
        *folders, last = name.split("/")
        # As in a folder: hidden files and Office's lock files are nobody's documents.
        hidden = last.startswith((".", "~$")) or any(folder.startswith(".") for folder in folders)
        if not hidden and PurePosixPath(last).suffix.lower() in SUFFIXES:
            count += 1
            yield _stored(f"{url}/{name}", info, name)
    if not count:
        warnings.append(f"{url}: no document in this folder (looked for files ending in {', '.join(sorted(SUFFIXES))})")


def _stored(url: str, info: dict[str, Any], name: str) -> StoredFile:
    said = next((str(info[key]) for key in (*_MARKS, *_TIMES) if info.get(key)), "")
    return StoredFile(url, name, int(info.get("size") or 0), said or _no_mark())


def _no_mark() -> str:
    # Nothing tells whether the file has changed, so it must be taken for changed.
    return secrets.token_hex(8)


def _told_apart(files: Sequence[StoredFile]) -> Iterator[StoredFile]:
    """Give files of one name the names of their folders in front, as many as tell them apart."""
    groups: dict[str, list[StoredFile]] = {}
    for file in files:
        groups.setdefault(file.name, []).append(file)
    for name, group in groups.items():
        depth, names = len(PurePosixPath(name).parts), [name] * len(group)
        while len(set(names)) < len(group):
            depth += 1
            names = ["/".join(file.url.split("/")[-depth:]).lstrip("/") for file in group]
        for file, its_name in zip(group, names, strict=True):
            yield StoredFile(file.url, its_name, file.size, file.mark)


def fetch(url: str, path: Path) -> None:
    """Copy a file of a store to a disk."""
    store, source = opened(url)
    store.get_file(source, os.fspath(path))


def put(path: Path, url: str) -> None:
    """Copy a file of this disk to where it belongs, where it appears when it is complete and not before.

    Raises:
        OSError: it cannot be written; stores have exceptions of their own beside.
    """
    store, target = opened(url)
    if _kind(store) in _WHOLE:
        store.put_file(os.fspath(path), target)
        return
    _by_moving(store, target, lambda temporary: store.put_file(os.fspath(path), temporary))


def put_bytes(data: bytes, url: str) -> None:
    """Write a small file, as ``put`` does."""
    with tempfile.TemporaryDirectory(prefix="chitieu-") as folder:
        path = Path(folder, "data")
        path.write_bytes(data)
        put(path, url)


def copy(url: str, new: str) -> None:
    """Copy a file inside its store, as ``put`` does."""
    store, source = opened(url)
    _, target = opened(new)
    if _kind(store) in _WHOLE:
        store.cp_file(source, target)
        return
    try:
        _by_moving(store, target, lambda temporary: store.cp_file(source, temporary))
    except NotImplementedError:  # a store that copies nothing by itself
        with tempfile.TemporaryDirectory(prefix="chitieu-") as folder:
            path = Path(folder, "data")
            store.get_file(source, os.fspath(path))
            put(path, new)


def _by_moving(store: Any, target: str, write: Any) -> None:
    folder, _, name = target.rpartition("/")
    # Two workers may write the same part, where one of them was given up for lost: each has a name of its own.
    temporary = f"{folder}/.{name}.{secrets.token_hex(4)}.tmp"
    store.makedirs(folder, exist_ok=True)
    try:
        write(temporary)
        if _kind(store) == "file":
            os.replace(temporary, target)
            return
        try:
            store.mv(temporary, target)
        except Exception:
            # Some stores do not move onto a file. What stands there has the same name, so it is to be replaced.
            store.rm_file(target)
            store.mv(temporary, target)
    except BaseException:
        with suppress(Exception):
            store.rm_file(temporary)
        raise


def _kind(store: Any) -> str:
    kind = store.protocol
    return str(kind if isinstance(kind, str) else kind[0])


def names_in(url: str) -> set[str]:
    """The names of the files right in a folder; none where there is no such folder."""
    store, path = opened(url)
    store.invalidate_cache()
    try:
        return {str(info["name"]).rpartition("/")[2] for info in store.ls(path, detail=True) if info["type"] == "file"}
    except (FileNotFoundError, NotADirectoryError):
        return set()


def remove(url: str, names: Iterable[str]) -> None:
    """Remove these files of a folder; one that is gone already is no error."""
    store, path = opened(url)
    paths = [f"{path.rstrip('/')}/{name}" for name in sorted(names)]
    if paths and _kind(store) in _WHOLE - {"memory"}:
        store.rm(paths)  # many in one request
        return
    for one in paths:
        with suppress(FileNotFoundError):
            store.rm_file(one)


def contents(url: str, names: Iterable[str]) -> dict[str, bytes]:
    """Name → content of small files in a folder; those that cannot be read are left out."""
    store, path = opened(url)
    paths = {f"{path.rstrip('/')}/{name}": name for name in names}
    found = store.cat(list(paths), on_error="omit") if paths else {}
    return {paths[key]: data for key, data in found.items() if key in paths}
