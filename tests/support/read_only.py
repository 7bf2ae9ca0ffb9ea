"""Folders that nothing is written into, not even by root: mounted read-only, for one command alone.

Where mounts are not allowed, the folder's files and their times are compared before and after instead.
"""

from __future__ import annotations

import functools
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_SCRIPT = 'mount --bind "$0" "$0" && mount -o remount,ro,bind "$0" && exec "$@"'


@contextmanager
def read_only(folder: Path) -> Iterator[tuple[str, ...]]:
    """The words before a command that must not write into `folder`; nothing else may write there meanwhile."""
    before = _state(folder)
    yield _prefix(folder) if _may_mount() else ()
    assert _state(folder) == before, f"something was written into {folder}"


def _state(folder: Path) -> dict[str, int]:
    return {str(path): path.stat().st_mtime_ns for path in sorted(folder.rglob("*"))}


def _prefix(folder: Path) -> tuple[str, ...]:
    return ("unshare", "--map-root-user", "--mount", "sh", "-c", _SCRIPT, str(folder))


@functools.cache
def _may_mount() -> bool:
    """Tried with a file, which must not come into being."""
    if shutil.which("unshare") is None:
        return False
    with tempfile.TemporaryDirectory() as name:
        command = [*_prefix(Path(name)), "sh", "-c", f"! touch {name}/x"]
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
