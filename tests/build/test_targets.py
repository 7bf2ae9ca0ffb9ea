"""The targets a person can name besides the default one: size, flash, emulate."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.support.projects import copy_hello
from tests.support.scons import ROOT, scons


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("targets")
    copy_hello(folder / "hello")
    return folder


def own_board(folder: Path, text: str) -> Path:
    """A board of the user's own, somewhere on disk, that extends one of ours."""
    parent = ROOT / "boards" / "soc" / "nrf5340-app.yaml"
    (folder / "mine.yaml").write_text(f"schema: 1\nname: mine\nextends: {parent}\n{text}")
    return folder / "mine.yaml"


def test_size_shows_the_table_each_time_it_is_asked_for(folder: Path) -> None:
    words = ("size", f"project={folder / 'hello'}", "board=nrf5340", f"build_dir={folder / 'build'}")
    for _ in range(2):
        run = scons(*words)
        assert run.code == 0, run.text
        assert re.search(r"^  flash  \[#+\.+\] .* KiB of .* KiB \(budget\)", run.out, re.MULTILINE)
    assert "CC" not in run.verbs


def test_flash_runs_the_boards_own_tool_on_the_checked_image(folder: Path) -> None:
    log = folder / "log.txt"
    tool = folder / "fake-programmer"
    tool.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" > "{log}"\n')
    tool.chmod(0o755)
    board = own_board(folder, f"emulator: null\nflash: {{tool: {tool}, args: [-c, 'program {{hex}} verify']}}\n")
    run = scons("flash", f"project={folder / 'hello'}", f"board={board}", f"build_dir={folder / 'build'}")
    assert run.code == 0, run.text
    option, command = log.read_text().splitlines()
    image = Path(command.removeprefix("program ").removesuffix(" verify"))
    assert option == "-c" and image.suffix == ".hex" and image.exists()


def test_flash_writes_nothing_that_breaks_a_budget(folder: Path, tmp_path: Path) -> None:
    log = tmp_path / "log.txt"
    project = copy_hello(tmp_path / "hello")
    project.write_text(re.sub(r"flash: \S+ KiB", "flash: 1 KiB", project.read_text()))
    tool = tmp_path / "fake-programmer"
    tool.write_text(f'#!/bin/sh\ntouch "{log}"\n')
    tool.chmod(0o755)
    board = own_board(tmp_path, f"emulator: null\nflash: {{tool: {tool}, args: ['{{hex}}']}}\n")
    run = scons("flash", f"project={project}", f"board={board}", f"build_dir={tmp_path / 'build'}")
    assert run.code == 2 and "flash budget exceeded" in run.err
    assert not log.exists()


def test_emulate_compares_with_tflm_and_counts_the_same_instructions_twice(folder: Path, tmp_path: Path) -> None:
    results = []
    for build in ("one", "two"):
        run = scons("emulate", f"project={folder / 'hello'}", "board=nrf5340", f"build_dir={tmp_path / build}")
        assert run.code == 0, run.text
        assert "0 differ" in run.out
        results.append(json.loads((tmp_path / build / "hello" / "nrf5340" / "emulate.json").read_text()))
    assert results[0] == results[1]
    assert results[0]["mismatches"] == 0 and results[0]["machine"] == "mps2-an505"
    assert results[0]["instructions_per_inference"] > sum(layer["macs"] for layer in results[0]["layers"])


def test_a_board_of_ones_own_can_be_anywhere_and_have_no_emulator(folder: Path, tmp_path: Path) -> None:
    board = own_board(tmp_path, "emulator: null\n")
    words = (f"project={folder / 'hello'}", f"board={board}", f"build_dir={tmp_path / 'build'}")
    assert scons(*words).code == 0
    run = scons("emulate", *words)
    assert run.code == 2 and "error: mine has no emulator" in run.err and "mine.yaml:4:" in run.err


def test_a_board_without_a_flash_tool_says_so(folder: Path, tmp_path: Path) -> None:
    board = own_board(tmp_path, "emulator: null\n")
    run = scons("flash", f"project={folder / 'hello'}", f"board={board}", f"build_dir={tmp_path / 'build'}")
    assert run.code == 2 and "names no tool that writes its flash" in run.err
