"""Paths written in manifests, and questions about files that never fail: an absurd path is one that does not exist."""

from __future__ import annotations

import os
from pathlib import Path


def resolve(written: str, directory: Path) -> Path:
    """An absolute path for one written in a file of `directory`; `a\\b` is accepted as `a/b`.

    `directory` has no symbolic links in it, so folding `..` as text leads where the file system would.
    """
    return Path(os.path.normpath(directory / written.replace("\\", "/")))


def exists(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):  # too long, or not readable on the way
        return False


def is_directory(path: Path) -> bool:
    return exists(path) and path.is_dir()


def is_file(path: Path) -> bool:
    return exists(path) and path.is_file()
