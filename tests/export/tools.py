"""The ecosystems' own tools, in a virtual environment of their own: no user of mcuforge needs them.

MCUFORGE_ECOSYSTEMS=required installs them where pytest keeps what it fetched once (as CI does); a path there names an
environment that has them.
"""

from __future__ import annotations

import fcntl
import functools
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support.scons import ROOT

PACKAGES = ("platformio==6.2.0", "idf-component-manager==3.1.2", "pykwalify==1.8.0", "pre-commit==4.7.0")
_VARIABLE = "MCUFORGE_ECOSYSTEMS"


@functools.cache
def _environment() -> Path | None:
    wanted = os.environ.get(_VARIABLE, "")
    if wanted != "required":
        return Path(wanted) if wanted else None
    folder = ROOT / ".pytest_cache" / "d" / "ecosystems"
    folder.parent.mkdir(parents=True, exist_ok=True)
    # Tests run in several processes, of which one installs.
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        _install(folder)
    return folder


def _install(folder: Path) -> None:
    mark, wanted = folder / "ready", "\n".join(PACKAGES)
    if not mark.exists() or mark.read_text() != wanted:
        subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
        subprocess.run([folder / "bin" / "pip", "install", "--quiet", *PACKAGES], check=True, timeout=600)
        mark.write_text(wanted)


def run_tool(name: str, *words: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    """A program of the environment, without the network's help. Skips the test where there is no environment."""
    environment = _environment()
    if environment is None:
        _skip()
    variables = {**os.environ, "PLATFORMIO_CORE_DIR": str(cwd / ".platformio"), "IDF_TOOLS_PATH": str(cwd / ".idf")}
    variables |= {"PLATFORMIO_SETTING_ENABLE_TELEMETRY": "no", "NO_COLOR": "1", "COLUMNS": "200"}
    command = [str(environment / "bin" / name), *map(str, words)]
    return subprocess.run(command, cwd=cwd, env=variables, capture_output=True, text=True, timeout=120, check=False)


def _skip() -> Any:
    pytest.skip(f"the ecosystems' own tools are not asked for: {_VARIABLE}=required")
