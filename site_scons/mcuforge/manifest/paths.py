"""Paths written in manifests."""

from __future__ import annotations

import os
from pathlib import Path


def resolve(written: str, directory: Path) -> Path:
    """An absolute path for one written in a file of `directory`; `a\\b` is accepted as `a/b`.

    Symbolic links are kept: the path a person knows is the one that messages show.
    """
    return Path(os.path.normpath(directory / written.replace("\\", "/")))
