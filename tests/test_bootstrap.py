"""bootstrap.sh on machines that lack something, and on one that lacks nothing."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from pathlib import Path

import pytest

from tests.support.scons import ROOT

SECOND_RUN_SECONDS = 2.0


def machine(folder: Path, *lacking: str, **fakes: str) -> dict[str, str]:
    """An environment whose PATH has every program but some; `fakes` are shell scripts put in the place of others."""
    programs = folder / "programs"
    programs.mkdir()
    for directory in filter(os.path.isdir, os.environ["PATH"].split(os.pathsep)):
        for program in Path(directory).iterdir():
            if program.name not in lacking and not (programs / program.name).is_symlink():
                (programs / program.name).symlink_to(program)
    for name, script in fakes.items():
        (programs / name.replace("_", "-")).unlink(missing_ok=True)
        (programs / name.replace("_", "-")).write_text(f"#!/bin/sh\n{script}\n")
        (programs / name.replace("_", "-")).chmod(0o755)
    return {"PATH": str(programs), "HOME": str(folder)}


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    folder = tmp_path / "a checkout"
    folder.mkdir()
    for name in ("bootstrap.sh", "pyproject.toml"):
        shutil.copy(ROOT / name, folder / name)
    return folder


def bootstrap(checkout: Path, environment: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    command = ["sh", checkout / "bootstrap.sh", "true", *words]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def test_without_root_it_names_what_to_install_and_changes_nothing(checkout: Path, tmp_path: Path) -> None:
    done = bootstrap(checkout, machine(tmp_path, "arm-none-eabi-gcc", "qemu-system-arm", id="echo 1000"))
    assert done.returncode == 2
    assert "gcc-arm-none-eabi" in done.stderr and "qemu-system-arm" in done.stderr
    assert "apt-get install" in done.stderr and "elsewhere install" in done.stderr
    assert not (checkout / ".venv").exists()


def test_as_root_it_asks_apt_for_exactly_what_is_missing(checkout: Path, tmp_path: Path) -> None:
    log = tmp_path / "apt.log"
    apt = f'echo "$@" >> {log}; exit 1'
    done = bootstrap(checkout, machine(tmp_path, "qemu-system-arm", id="echo 0", apt_get=apt))
    assert done.returncode == 2
    assert "qemu-system-arm" in done.stderr and "gcc-arm-none-eabi" not in done.stderr
    assert log.read_text().startswith("update")


@pytest.mark.parametrize(("board", "is_riscv"), [("nrf5340", False), ("nrf5340,esp32-c3", True)])
def test_risc_vs_tools_are_asked_for_by_boards_that_need_them(
    board: str, is_riscv: bool, checkout: Path, tmp_path: Path
) -> None:
    shutil.copytree(ROOT / "boards", checkout / "boards")
    lacking = ("riscv64-unknown-elf-gcc", "qemu-system-riscv32", "arm-none-eabi-gcc")
    done = bootstrap(checkout, machine(tmp_path, *lacking, id="echo 1000"), f"board={board}")
    assert done.returncode == 2
    asked = ("gcc-riscv64-unknown-elf", "picolibc-riscv64-unknown-elf", "qemu-system-misc")
    assert [name in done.stderr for name in asked] == [is_riscv] * 3


def test_an_old_python_is_named(checkout: Path, tmp_path: Path) -> None:
    pythons = [f"python3{suffix}" for suffix in ("", ".11", ".12", ".13")]
    done = bootstrap(checkout, machine(tmp_path, *pythons))
    assert done.returncode == 2 and "Python 3.11 or newer is needed" in done.stderr


def test_a_second_run_starts_at_once() -> None:
    if not (ROOT / ".venv" / "stamp").exists():
        pytest.skip("this checkout was not set up by bootstrap.sh")
    begin = time.monotonic()
    done = subprocess.run(["sh", ROOT / "bootstrap.sh", "echo", "started"], capture_output=True, text=True, check=True)
    assert done.stdout == "started\n" and done.stderr == ""
    assert time.monotonic() - begin < SECOND_RUN_SECONDS
