"""Folders that nothing is written into, not even by root: mounted read-only, for one command alone."""

from __future__ import annotations

import functools
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

import pytest

_SCRIPT = 'mount --bind "$0" "$0" && mount -o remount,ro,bind "$0" && exec "$@"'


def read_only(folder: Path, command: Sequence[str | Path] = ()) -> list[str]:
    """The command as it must be run, or with none the words before any. Skips the test where mounts are not allowed."""
    if not _may_mount():
        pytest.skip("no mount namespace can be made here")
    return [*_prefix(folder), *map(str, command)]


def _prefix(folder: Path) -> list[str]:
    return ["unshare", "--map-root-user", "--mount", "sh", "-c", _SCRIPT, str(folder)]


@functools.cache
def _may_mount() -> bool:
    """Tried with a file, which must not come into being."""
    if shutil.which("unshare") is None:
        return False
    with tempfile.TemporaryDirectory() as name:
        done = subprocess.run([*_prefix(Path(name)), "sh", "-c", f"! touch {name}/x"], capture_output=True, check=False)
        return done.returncode == 0
