"""One build at a time in a build folder, and no trust in a database that a killed build did not write.

SCons keeps what it knows of targets in memory and writes it when it ends. A build killed with SIGKILL leaves new files
beside an old database, which may then call a stale object up to date. The mark says whether the last build ended.
"""

from __future__ import annotations

import atexit
import os
from pathlib import Path
from typing import IO

from mcuforge.errors import Location, UserError, display_path
from mcuforge.resources import make_folder

try:
    import fcntl
except ImportError:  # Windows: no advisory locks; builds there are not protected from each other
    fcntl = None  # type: ignore[assignment]

_MARK = ".building"
DATABASE = ".sconsign"


def hold_build_folder(folder: Path) -> Path:
    """Locks the folder until this process ends; forgets what was known if the last build was killed.

    Returns where the build system is to keep its database. Raises UserError when another build runs in the folder, and
    for one that cannot be written to.
    """
    make_folder(folder)
    stream = _open_mark(folder)
    _lock(stream, folder)
    if stream.read():
        for database in folder.glob(f"{DATABASE}*"):
            database.unlink()
    stream.seek(0)
    stream.write(f"{os.getpid()}\n")
    stream.flush()
    atexit.register(_release, stream)
    return folder / DATABASE


def _open_mark(folder: Path) -> IO[str]:
    """Without truncating it: the mark is what the last build left."""
    try:
        handle = os.open(folder / _MARK, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise UserError(f"cannot build in this folder: {error.strerror}", location=Location(folder)) from None
    return os.fdopen(handle, "r+", encoding="ascii", errors="replace")


def _lock(stream: IO[str], folder: Path) -> None:
    if fcntl is None:
        return
    try:
        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        raise UserError(
            f"another build runs in {display_path(folder)}", hint="wait for it to end, or give a build_dir= of its own"
        ) from None


def _release(stream: IO[str]) -> None:
    stream.seek(0)
    stream.truncate()
    stream.close()
