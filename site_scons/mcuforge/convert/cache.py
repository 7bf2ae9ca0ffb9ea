"""Conversions by content: what was converted once, from the same bytes by the same programs, is copied."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sys
from collections.abc import Iterable
from pathlib import Path

from mcuforge.convert.job import FACTS_FILE, FLOAT_FILE, MODEL_FILE, Facts, Job
from mcuforge.resources import write_atomic

_CHUNK_BYTES = 1 << 20
_PACKAGE = Path(__file__).parent
_FILES = (MODEL_FILE, FLOAT_FILE, FACTS_FILE)


def cache_root() -> Path:
    """`$MCUFORGE_CACHE`, else a folder of the person's cache directory."""
    given = os.environ.get("MCUFORGE_CACHE")
    if given:
        return Path(given)
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(home) / "mcuforge"


def file_sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest()


def digests(job: Job) -> list[str]:
    """The SHA-256 of each file that the job reads, in order; names of a directory's files count too."""
    return [f"{path.name} {file_sha256(path)}" if job.source.is_dir() else file_sha256(path) for path in job.files]


def job_key(job: Job, versions: dict[str, str]) -> str:
    """A name for everything that decides the result: files, settings, versions, this package's own code, Python."""
    own = [file_sha256(path) for path in sorted(_PACKAGE.rglob("*.py"))]
    parts = [digests(job), job.settings, versions, own, sys.version_info[:2], sys.platform]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


class ConversionCache:
    """One folder for each key. An entry counts when it is whole and its digests are right."""

    def __init__(self, root: Path) -> None:
        self._root = root / "models"

    def folder(self, key: str) -> Path:
        return self._root / key

    def take(self, key: str, output: Path) -> Facts | None:
        """Copies an entry into `output`; None when there is none that is sound."""
        found = self.read(self.folder(key))
        if found is None:
            return None
        facts, contents = found
        for name, content in contents.items():
            write_atomic(output / name, content)
        return facts

    def read(self, entry: Path) -> tuple[Facts, dict[str, bytes]] | None:
        """What an entry holds; one that is damaged is removed."""
        try:
            facts = Facts.from_json((entry / FACTS_FILE).read_text(encoding="utf-8"))
            contents = {name: (entry / name).read_bytes() for name in _FILES}
        except (OSError, ValueError, KeyError, TypeError):
            return None
        found = (hashlib.sha256(contents[MODEL_FILE]).hexdigest(), hashlib.sha256(contents[FLOAT_FILE]).hexdigest())
        if found != (facts.sha256, facts.float_sha256):
            shutil.rmtree(entry, ignore_errors=True)
            return None
        return facts, contents

    def keep(self, key: str, output: Path) -> None:
        """Copies a finished conversion into the cache. A cache that cannot be written to is no reason to fail."""
        try:
            for name in _in_order(_FILES):
                write_atomic(self._root / key / name, (output / name).read_bytes())
        except OSError:
            return


def _in_order(names: Iterable[str]) -> list[str]:
    """The facts last: an entry without them does not count."""
    return sorted(names, key=lambda name: name == FACTS_FILE)
