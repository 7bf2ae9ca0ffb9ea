"""The texts and models of a stranger's archive, or of the folder it was unpacked to. Nothing is ever written to disk.

An archive is bounded before anything of it is believed: its own size, the number of its entries, what they unpack to.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath, PureWindowsPath

from mcuforge.errors import Location, UserError

_MAX_ARCHIVE_BYTES = 256 << 20
_MAX_BYTES = 64 << 20
_MAX_ENTRIES = 50_000
_ENTRY_SIGNATURE = b"PK\x01\x02"
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_IS_ENCRYPTED = 1
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError)


def read_files(path: Path, folders: Sequence[str], suffixes: Sequence[str]) -> dict[PurePosixPath, bytes]:
    """{name from the folder on: content} of the files with these suffixes in these folders, at whatever depth they lie.

    Raises UserError for what is no archive, or one that no tool would have made.
    """
    if path.is_dir():
        return _bounded(path, {_from(folders, name): file for name, file in _in_folder(path, folders, suffixes)})
    data = _archive_bytes(path)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _from_archive(archive, path, folders, suffixes)
    except _BROKEN as error:
        raise UserError(f"this is not a whole zip file: {error}", location=Location(path)) from error


def _in_folder(path: Path, folders: Sequence[str], suffixes: Sequence[str]) -> Iterator[tuple[PurePosixPath, Path]]:
    for folder in folders:
        for file in sorted((path / folder).rglob("*")):
            if file.suffix in suffixes and file.is_file():
                yield PurePosixPath(file.relative_to(path).as_posix()), file


def _bounded(path: Path, files: dict[PurePosixPath, Path]) -> dict[PurePosixPath, bytes]:
    _check_size(sum(file.stat().st_size for file in files.values()), path)
    return {name: file.read_bytes() for name, file in files.items()}


def _archive_bytes(path: Path) -> bytes:
    """Each entry takes memory before its name can be looked at: they are counted in the bytes."""
    if path.stat().st_size > _MAX_ARCHIVE_BYTES:
        raise UserError(f"the archive is larger than {_MAX_ARCHIVE_BYTES >> 20} MiB", location=Location(path))
    data = path.read_bytes()
    if data.count(_ENTRY_SIGNATURE) > _MAX_ENTRIES:
        raise UserError(f"the archive has more than {_MAX_ENTRIES:,} entries", location=Location(path))
    return data


def _from_archive(
    archive: zipfile.ZipFile, path: Path, folders: Sequence[str], suffixes: Sequence[str]
) -> dict[PurePosixPath, bytes]:
    wanted: dict[PurePosixPath, zipfile.ZipInfo] = {}
    for entry in archive.infolist():
        name = _safe_name(entry.filename, path)
        if name.suffix not in suffixes or not any(folder in name.parts[:-1] for folder in folders):
            continue
        if wanted.setdefault(_from(folders, name), entry) is not entry:
            raise UserError(f"the archive holds `{_from(folders, name)}` twice", location=Location(path))
        if entry.flag_bits & _IS_ENCRYPTED or entry.compress_type not in _METHODS:
            raise UserError(f"`{name}` in the archive is encrypted, or packed in a rare way", location=Location(path))
    _check_size(sum(entry.file_size for entry in wanted.values()), path)
    return {name: _content(archive, entry) for name, entry in wanted.items()}


def _safe_name(written: str, path: Path) -> PurePosixPath:
    """Though nothing is unpacked: an archive whose names lead elsewhere is an attack, and not to be built from."""
    name = PurePosixPath(written.replace("\\", "/"))
    if name.is_absolute() or PureWindowsPath(written).drive or ".." in name.parts:
        raise UserError(f"the archive has an entry that leads out of it: {written[:80]!r}", location=Location(path))
    return name


def _from(folders: Sequence[str], name: PurePosixPath) -> PurePosixPath:
    parts = name.parts
    return PurePosixPath(*parts[min(parts.index(folder) for folder in folders if folder in parts) :])


def _check_size(count: int, path: Path) -> None:
    if count > _MAX_BYTES:
        raise UserError(f"it unpacks to more than {_MAX_BYTES >> 20} MiB", location=Location(path))


def _content(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    """No more than the entry's stated size is unpacked, whatever its data would give."""
    with archive.open(entry) as stream:
        content = stream.read(entry.file_size)
        if len(content) != entry.file_size or stream.read(1):
            raise zipfile.BadZipFile(f"{entry.filename} has not the size that is stated")
        return content
