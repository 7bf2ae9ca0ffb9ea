"""Every command on the pages about other people's builds, run as it stands there.

A block whose first line names a file is written to that file. `sh` blocks run in order, each from the page's folder. A
block without a language is output: each of its lines has been printed by the commands before it. Blocks of other
languages without a file are fragments of what stands in full elsewhere on the page. Programs that are too large to
fetch are stand-ins, which build the same files for this computer (stand_ins.py).
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

from tests.build.test_second_opinion import stand_in
from tests.docs.stand_ins import PROGRAMS
from tests.support.scons import ROOT
from tests.support.tools import require

HOSTS = sorted((ROOT / "docs" / "hosts").glob("*.md"))
PAGES = [*HOSTS, ROOT / "docs" / "editor.md"]
_BLOCK = re.compile(r"^```(\w*)(?: (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_FRAGMENTS = {"c", "cmake", "cpp", "ini", "json", "make", "python", "text", "yaml"}
_NEEDS = {"esp-idf": ("riscv64-unknown-elf-gcc", "qemu-system-riscv32")}
_OURS = {
    "mcuforge": '-m mcuforge.cli "$@"',
    "scons": '-m SCons "$@"',
    "unzip": '-m zipfile -e "$2" "$4"',
    "python": '"$@"',
    **{name: f'"{ROOT}/tests/docs/stand_ins.py" {name} "$@"' for name in PROGRAMS},
}


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
    folder = stand_in(tmp_path / "bin")
    for name, words in _OURS.items():
        (folder / name).write_text(f'#!/bin/sh\nexec "{sys.executable}" {words}\n')
        (folder / name).chmod(0o755)
    return folder


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_pages_commands_work_as_they_stand(page: Path, commands: Path, tmp_path: Path) -> None:
    require("cmake", "ninja", "make", *_NEEDS.get(page.stem, ("arm-none-eabi-gcc",)))
    folder = tmp_path / "firmware"
    shutil.copytree(ROOT / "projects" / "hello", folder / "projects" / "hello")
    shutil.copyfile(ROOT / "SConstruct", folder / "SConstruct")
    (tmp_path / "home").mkdir()
    environment = {
        **os.environ,
        "PATH": f"{commands}:{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT / "site_scons"),
        "STAND_IN_HOME": str(tmp_path / "home"),
    }
    printed: set[str] = set()
    for block in blocks_of(page):
        if block.file:
            (folder / block.file).parent.mkdir(parents=True, exist_ok=True)
            (folder / block.file).write_text(block.text)
        elif block.language == "sh":
            done = subprocess.run(
                ["sh", "-e"], input=block.text, cwd=folder, env=environment, capture_output=True, text=True, check=False
            )
            assert done.returncode == 0, f"{block.text}\n{done.stdout}{done.stderr}"
            printed.update(line.strip() for line in done.stdout.splitlines())
        elif not block.language:
            shown = {line.strip() for line in block.text.splitlines()}
            assert shown <= printed, f"not printed by the commands before:\n{block.text}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_no_command_stands_where_it_is_not_run(page: Path) -> None:
    programs = "|".join(map(re.escape, (*_OURS, "pip", "cmake", "make", "gcc", "cd", "git", "pre-commit", "stedgeai")))
    for block in blocks_of(page):
        assert block.language in ({"sh", ""} | _FRAGMENTS), f"nobody knows what to do with {block.language}"
        if block.language != "sh" and not block.file:
            # A line of dots is pre-commit's.
            assert not re.search(rf"^ *\$? ?({programs}) (?!.*\.{{9}})", block.text, re.MULTILINE), block.text


@pytest.mark.parametrize("page", [page for page in HOSTS if page.stem != "README"], ids=lambda page: page.stem)
def test_a_page_begins_with_their_hello_world_and_ends_with_the_model_running_in_it(page: Path) -> None:
    """The same file twice: theirs, then with the model; and after that what the model prints."""
    blocks = blocks_of(page)
    (at,) = (at for at, block in enumerate(blocks) if block.file and "hello_invoke()" in block.text)
    before = [block.text for block in blocks[:at] if block.file.endswith((".c", ".ino"))]
    assert before and not any("hello.h" in text for text in before)
    rest = blocks[at + 1 :]
    commands = [place for place, block in enumerate(rest) if block.language == "sh"]
    assert commands and any(not block.language for block in rest[commands[0] :]), "it runs, and prints"


def test_every_ecosystem_has_a_page_that_the_overview_links() -> None:
    overview = (ROOT / "docs" / "hosts" / "README.md").read_text(encoding="utf-8")
    from mcuforge.backends.export_steps import ecosystem_names

    for name in ecosystem_names():
        assert f"`export-{name}`" in overview
    for page in HOSTS:
        assert page.name == "README.md" or f"]({page.name})" in overview
