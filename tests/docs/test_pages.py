"""Every command on the pages about other people's builds, run as it stands there.

A block whose first line names a file is written to that file; `sh` blocks run in order, each from the page's folder.
Commands of ecosystems that are too large to fetch are stand-ins, which fail when a file or folder they name is missing.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.scons import ROOT
from tests.support.tools import require

HOSTS = sorted((ROOT / "docs" / "hosts").glob("*.md"))
PAGES = [*HOSTS, ROOT / "docs" / "editor.md"]
_BLOCK = re.compile(r"^```(\w*)(?: (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_STAND_IN = """\
#!/bin/sh
# Every argument that looks like a path has to be there.
for word in "$@"; do
  case "$word" in
    -D*=/*) path="${word#*=}" ;;
    -* | *:* | nrf5340dk/*) continue ;;
    */*) path="$word" ;;
    *) continue ;;
  esac
  [ -e "$path" ] || { echo "$0: there is no $path" >&2; exit 1; }
done
"""
# What a page's commands need besides, by page.
TOOLS = {"esp-idf": ("riscv64-unknown-elf-gcc", "qemu-system-riscv32")}
STAND_INS = ("west", "idf.py", "arduino-cli", "cpackget")


@dataclass(frozen=True)
class Block:
    """`file` is what it is to be written to, empty for none."""

    language: str
    file: str
    text: str


def blocks_of(page: Path) -> list[Block]:
    return [Block(*found) for found in _BLOCK.findall(page.read_text(encoding="utf-8"))]


@pytest.fixture
def commands(tmp_path: Path) -> Path:
    """A folder of programs: ours as a user has them installed, and stand-ins."""
    folder = tmp_path / "bin"
    folder.mkdir()
    programs = dict.fromkeys(STAND_INS, _STAND_IN)
    programs["mcuforge"] = f'#!/bin/sh\nexec "{sys.executable}" -m mcuforge.cli "$@"\n'
    programs["scons"] = f'#!/bin/sh\nexec "{sys.executable}" -m SCons "$@"\n'
    programs["unzip"] = f'#!/bin/sh\nexec "{sys.executable}" -m zipfile -e "$2" "$4"\n'
    programs["python"] = f'#!/bin/sh\nexec "{sys.executable}" "$@"\n'
    for name, text in programs.items():
        (folder / name).write_text(text)
        (folder / name).chmod(0o755)
    return folder


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_pages_commands_work_as_they_stand(page: Path, commands: Path, tmp_path: Path) -> None:
    require("cmake", "ninja", "make", *TOOLS.get(page.stem, ()))
    folder = tmp_path / "firmware"
    shutil.copytree(ROOT / "projects" / "hello", folder / "projects" / "hello")
    shutil.copyfile(ROOT / "SConstruct", folder / "SConstruct")
    environment = {**os.environ, "PATH": f"{commands}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT / "site_scons")}
    for block in blocks_of(page):
        if block.file:
            (folder / block.file).parent.mkdir(parents=True, exist_ok=True)
            (folder / block.file).write_text(block.text)
        elif block.language == "sh":
            done = subprocess.run(
                ["sh", "-e"], input=block.text, cwd=folder, env=environment, capture_output=True, text=True, check=False
            )
            assert done.returncode == 0, f"{block.text}\n{done.stdout}{done.stderr}"


def test_every_ecosystem_has_a_page_that_the_overview_links() -> None:
    overview = (ROOT / "docs" / "hosts" / "README.md").read_text(encoding="utf-8")
    from mcuforge.backends.export_steps import ecosystem_names

    for name in ecosystem_names():
        assert f"`export-{name}`" in overview
    for page in HOSTS:
        assert page.name == "README.md" or f"]({page.name})" in overview
