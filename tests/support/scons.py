"""Runs the real `scons` on this repository's SConstruct, the way a person does."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_VERB = re.compile(r"^  ([A-Z]+) +(\S.*)$", re.MULTILINE)


@dataclass(frozen=True)
class Run:
    code: int
    out: str
    err: str

    @property
    def text(self) -> str:
        return self.out + self.err

    @property
    def verbs(self) -> list[str]:
        """What was done, in order and by verb: GENERATE, CC, LINK, …"""
        return [match[1] for match in _VERB.finditer(self.out)]


def scons_argv(*words: str | Path) -> list[str]:
    return [sys.executable, "-m", "SCons", *map(str, words)]


def scons_environment(**extra: str) -> dict[str, str]:
    """A clean environment: what a developer has set for SCons must not change what tests see."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("SCONS", "TFLM"))}
    return {**kept, "PYTHONDONTWRITEBYTECODE": "1", **extra}


def scons(*words: str | Path, cwd: Path = ROOT, timeout: float = 300, **extra: str) -> Run:
    """One run to its end. `extra` is set in the environment."""
    done = subprocess.run(
        scons_argv(*words),
        cwd=cwd,
        env=scons_environment(**extra),
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )
    return Run(done.returncode, done.stdout, done.stderr)


def files_below(folder: Path, *suffixes: str) -> dict[str, bytes]:
    """{relative path: content} of the files with these suffixes, for comparing whole builds."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix in suffixes
    }
