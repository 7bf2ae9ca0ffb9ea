"""{path: text} → a folder that holds exactly these files, and a zip file with the same bytes wherever it is made."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

from mcuforge.errors import InternalError
from mcuforge.resources import write_atomic

# The first moment that zip files know. Files are readable by all, writable by their owner, as `stat` has it.
_EPOCH = (1980, 1, 1, 0, 0, 0)
_MODE = 0o100644 << 16
_UNIX = 3


def write_folder(folder: Path, files: Mapping[str, str]) -> None:
    """Writes what differs, so that a second export changes no date, and removes what an earlier one left."""
    for name, text in files.items():
        path = folder / name
        if not path.resolve().is_relative_to(folder.resolve()):
            raise InternalError(f"{name} would lie outside of the export")
        if not path.is_file() or path.read_bytes() != text.encode():
            write_atomic(path, text)
    for path in sorted(folder.rglob("*"), reverse=True):
        if path.is_dir():
            if not any(path.iterdir()):
                path.rmdir()
        elif path.relative_to(folder).as_posix() not in files:
            path.unlink()


def zip_bytes(files: Mapping[str, str], root: str) -> bytes:
    """A zip file of everything below `root`, or at its top when that is empty; sorted and without times.

    Stored, not compressed: how well a text is compressed depends on the zlib at hand.
    """
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
        for name, text in sorted(files.items()):
            entry = zipfile.ZipInfo(f"{root}/{name}" if root else name, _EPOCH)
            entry.external_attr, entry.create_system = _MODE, _UNIX
            archive.writestr(entry, text.encode())
    return stream.getvalue()
