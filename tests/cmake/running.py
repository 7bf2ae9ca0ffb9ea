"""Runs the real cmake on small projects."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.support.scons import ROOT

GENERATORS = ("Ninja", "Unix Makefiles")


@dataclass(frozen=True)
class Run:
    code: int
    text: str


@dataclass(frozen=True)
class Build:
    """A source folder and its build folder. `env` replaces the environment when given; `prefix` is what runs cmake."""

    source: Path
    folder: Path
    env: dict[str, str] | None = None
    prefix: tuple[str, ...] = ()

    def configure(self, generator: str, *words: str | Path) -> Run:
        python = f"-DMCUFORGE_PYTHON={sys.executable}"
        return self._run("cmake", "-G", generator, "-S", self.source, "-B", self.folder, python, *words)

    def build(self, *words: str | Path) -> Run:
        return self._run("cmake", "--build", self.folder, *words)

    def install(self, prefix: Path) -> Run:
        return self._run("cmake", "--install", self.folder, "--prefix", prefix)

    def program(self, name: str) -> str:
        return subprocess.run([self.folder / name], check=True, capture_output=True, text=True).stdout

    def _run(self, *words: str | Path) -> Run:
        env = dict(os.environ) if self.env is None else self.env
        command = [*self.prefix, *map(str, words)]
        done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=300, check=False)
        return Run(done.returncode, done.stdout + done.stderr)


def mcuforge(*words: str | Path, cwd: Path | None = None) -> Run:
    """`mcuforge …` as a person runs it."""
    env = {**os.environ, "PYTHONPATH": str(ROOT / "site_scons")}
    command = [sys.executable, "-m", "mcuforge.cli", *map(str, words)]
    done = subprocess.run(command, env=env, cwd=cwd, capture_output=True, text=True, timeout=300, check=False)
    return Run(done.returncode, done.stdout + done.stderr)
